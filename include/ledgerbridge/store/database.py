"""Connections to our own database, and its schema.

Each record takes a dozen statements, and they are what a sender's own time goes into. So those that are run for every
record (:data:`PREPARED`) are parsed and planned once for each connection, and :func:`together` sends several in one
message.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from importlib.resources import files
from threading import RLock
from typing import Any

import psycopg2
import psycopg2.extensions
import psycopg2.extras

from ledgerbridge.sql import load

__all__ = [
    "OLDEST_SERVER",
    "PREPARED",
    "Connection",
    "ServerTooOldError",
    "Together",
    "attempt",
    "connect",
    "execute",
    "fetch_all",
    "fetch_one",
    "migrate",
    "statement",
    "together",
    "transaction",
]

PREPARED = frozenset(
    {
        "archive_write",
        "history_append",
        "link_make",
        "link_of",
        "link_of_sources",
        "link_with_customer",
        "record_ensure",
        "transfer_begin_write",
        "transfer_end_delivered",
        "transfer_end_write",
        "transfer_get",
        "transfer_latest",
        "transfer_newer",
        "transfer_payload",
        "transfer_stage",
        "transfer_standing",
        "transfer_state",
        "transfer_supersede",
    }
)
"""Statements whose parameters have one type each, so that PostgreSQL can plan them before it knows the values.

Each finds its rows by a key, so no value calls for another plan; left alone it makes five plans before it keeps one.
"""


class ServerTooOldError(RuntimeError):
    """Our own database is on a PostgreSQL that is older than the statements need."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"Ledgerbridge's own database is on PostgreSQL {number // 10_000}; it needs {OLDEST_SERVER // 10_000} or "
            "newer. Make it on a newer server, such as the one in docker-compose.yaml."
        )


class Connection(psycopg2.extensions.connection):
    """A connection that several threads may share: a statement, or a whole :func:`transaction`, at a time."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.turn = RLock()
        self.prepared: set[str] = set()


_VALUE = re.compile(r"%\((\w+)\)s")
SCHEMA = "ledgerbridge"
# Whatever the database or the role has for a default: what a statement must see is what was committed before it.
_OPTIONS = (
    f"-c search_path={SCHEMA} -c timezone=UTC -c default_transaction_isolation=read\\ committed"
    " -c plan_cache_mode=force_generic_plan"
)


def connect(dsn: str) -> Connection:
    """A connection in autocommit mode: what one statement did is done. Use :func:`transaction` for more."""
    connection: Connection = psycopg2.connect(
        dsn,
        options=_OPTIONS,
        application_name="ledgerbridge",
        connect_timeout=10,
        connection_factory=Connection,
        cursor_factory=psycopg2.extras.RealDictCursor,
    )
    connection.autocommit = True
    return connection


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """All of the statements inside, or none of them; inside the caller's own transaction where there is one."""
    with connection.turn:
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


@contextmanager
def attempt(connection: Connection) -> Iterator[None]:
    """What may be refused: in a transaction the refusal undoes only this, and the rest goes on."""
    if connection.info.transaction_status != psycopg2.extensions.TRANSACTION_STATUS_INTRANS:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT attempt")
        try:
            yield
        except psycopg2.Error:
            cursor.execute("ROLLBACK TO SAVEPOINT attempt")
            raise
        cursor.execute("RELEASE SAVEPOINT attempt")


class Together:
    """Statements that go to the database as one message, once the block of :func:`together` ends."""

    __slots__ = ("_connection", "_cursor", "messages")

    def __init__(self, connection: Connection, cursor: psycopg2.extensions.cursor) -> None:
        self._connection = connection
        self._cursor = cursor
        self.messages: list[bytes] = []

    def add(self, name: str, values: Mapping[str, Any]) -> None:
        """Append a named statement."""
        self.messages.append(self._cursor.mogrify(_as_sent(self._connection, name), values))


@contextmanager
def together(connection: Connection) -> Iterator[Together]:
    """All of the statements that are added inside, or none of them: one message, sent when the block ends.

    Their results are not known. What the database has against one of them is raised by the end of the block.
    """
    with connection.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:
        gathered = Together(connection, cursor)
        yield gathered
        if gathered.messages:
            with connection.turn:
                cursor.execute(b";\n".join(gathered.messages))  # PostgreSQL takes one message as one transaction


def statement(name: str) -> str:
    """The text of ``store/sql/<name>.sql``."""
    return load("ledgerbridge.store.sql", name)


def _as_sent(connection: Connection, name: str) -> str:
    if name not in PREPARED:
        return statement(name)
    preparation, execution = _in_two(name)
    with connection.turn:
        if name not in connection.prepared:
            with connection.cursor() as cursor:
                cursor.execute(preparation)
            connection.prepared.add(name)
    return execution


@cache
def _in_two(name: str) -> tuple[str, str]:
    """A named statement as PREPARE and EXECUTE."""
    text = statement(name)
    names = list(dict.fromkeys(_VALUE.findall(text)))
    numbered = _VALUE.sub(lambda found: f"${names.index(found[1]) + 1}", text).replace("%%", "%")
    given = ", ".join(f"%({value})s" for value in names)
    return f"PREPARE {name} AS {numbered}", f"EXECUTE {name} ({given})"


def execute(connection: Connection | Together, name: str, values: Mapping[str, Any] | None = None) -> int:
    """Run a named statement; how many rows it touched. Among others that go :func:`together` that is not known: 0."""
    if isinstance(connection, Together):
        connection.add(name, values or {})
        return 0
    with connection.turn, connection.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:
        cursor.execute(_as_sent(connection, name), values or {})
        return int(cursor.rowcount)


def fetch_all(connection: Connection, name: str, values: Mapping[str, Any] | None = None) -> Sequence[dict[str, Any]]:
    """All rows of a named statement."""
    with connection.turn, connection.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:
        cursor.execute(_as_sent(connection, name), values or {})
        columns = [column.name for column in cursor.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in cursor]


def fetch_one(connection: Connection, name: str, values: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """The one row of a named statement, or nothing."""
    rows = fetch_all(connection, name, values)
    return rows[0] if rows else None


OLDEST_SERVER = 160000
"""PostgreSQL 16, as its servers number their versions: the statements use ``IS JSON``."""


def migrate(dsn: str) -> None:
    """Bring the schema to the newest version (alembic); doing it again does nothing.

    Raises:
        ServerTooOldError: the statements would not run there.
    """
    with closing(connect(dsn)) as connection:
        if connection.server_version < OLDEST_SERVER:
            raise ServerTooOldError(connection.server_version)
    from alembic import command  # noqa: PLC0415  (seconds of import that only this needs)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(files("ledgerbridge.store") / "migrations"))
    config.attributes["dsn"] = dsn
    command.upgrade(config, "head")
