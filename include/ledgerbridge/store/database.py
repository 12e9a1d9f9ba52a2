"""Connections to our own database, and its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import Any

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from ledgerbridge.sql import load

__all__ = ["Connection", "connect", "execute", "fetch_all", "fetch_one", "migrate", "statement", "transaction"]

Connection = psycopg2.extensions.connection
SCHEMA = "ledgerbridge"
_OPTIONS = f"-c search_path={SCHEMA} -c timezone=UTC"


def connect(dsn: str) -> Connection:
    """A connection in autocommit mode: what one statement did is done. Use :func:`transaction` for more."""
    connection = psycopg2.connect(
        dsn,
        options=_OPTIONS,
        application_name="ledgerbridge",
        connect_timeout=10,
        cursor_factory=psycopg2.extras.RealDictCursor,
    )
    connection.autocommit = True
    return connection


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """All of the statements inside, or none of them; inside the caller's own transaction where there is one."""
    if connection.info.transaction_status != psycopg2.extensions.TRANSACTION_STATUS_IDLE:
        yield connection
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
    try:
        yield connection
    except BaseException:
        # Not connection.rollback(): in autocommit mode psycopg2 takes that for nothing to do.
        if not connection.closed:
            with suppress(psycopg2.Error), connection.cursor() as cursor:
                cursor.execute("ROLLBACK")
        raise
    with connection.cursor() as cursor:
        cursor.execute("COMMIT")


def statement(name: str) -> str:
    """The text of ``store/sql/<name>.sql``."""
    return load("ledgerbridge.store.sql", name)


def execute(connection: Connection, name: str, values: Mapping[str, Any] | None = None) -> int:
    """Run a named statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), values or {})
        return int(cursor.rowcount)


def fetch_all(connection: Connection, name: str, values: Mapping[str, Any] | None = None) -> Sequence[dict[str, Any]]:
    """All rows of a named statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), values or {})
        return [dict(row) for row in cursor]


def fetch_one(connection: Connection, name: str, values: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """The one row of a named statement, or nothing."""
    rows = fetch_all(connection, name, values)
    return rows[0] if rows else None


def migrate(dsn: str) -> None:
    """Bring the schema to the newest version (alembic); doing it again does nothing."""
    from alembic import command  # noqa: PLC0415  (seconds of import that only this needs)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(files("ledgerbridge.store") / "migrations"))
    config.attributes["dsn"] = dsn
    command.upgrade(config, "head")
