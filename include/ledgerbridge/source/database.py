"""Connections to a source's database, and what its errors mean.

A connection from here gives every ``numeric`` as ``Decimal`` and every instant as an aware UTC ``datetime``. It is in
autocommit mode: reading leaves no transaction open behind it in somebody else's database.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import psycopg2
from psycopg2 import errorcodes, errors
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class that psycopg2 writes in lower case
from psycopg2.extensions import new_type, parse_dsn, register_type
from psycopg2.extras import RealDictCursor

from ledgerbridge.errors import LedgerbridgeError, Refusal, SourceUnavailable

__all__ = ["Connection", "Query", "connect", "explained", "prepared", "rows", "snapshot"]

SECONDS_TO_CONNECT = 10

# A statement and its parameters in, its rows out.
Query = Callable[[str, Mapping[str, object]], list[dict[str, Any]]]

# Classes and codes (PostgreSQL, appendix A) after which the same call may simply be made again.
_TRANSIENT_CLASSES = ("08", "40", "53", "57")
_TRANSIENT_CODES = (errorcodes.LOCK_NOT_AVAILABLE,)
_MISSING_OBJECT = (
    errors.UndefinedTable,
    errors.UndefinedColumn,
    errors.UndefinedFunction,
    errors.UndefinedObject,
    errors.InvalidSchemaName,
)
# libpq gives no code for a connection that was refused, only the server's words.
_LOGIN_WORDS = (
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "does not exist",
    "permission denied",
)


def connect(
    dsn: str | None = None,
    *,
    application_name: str = "ledgerbridge",
    statement_timeout: int | None = None,
    **parameters: Any,
) -> Connection:
    """A connection in autocommit mode, as every function of this room expects it.

    Args:
        dsn: a libpq URL or keyword string; ``parameters`` (host, port, dbname, user, password …) add to it.
        application_name: what the database's administrator sees.
        statement_timeout: seconds after which the server ends a statement; none by default.

    Raises:
        SourceUnavailable: the server does not answer.
        Refusal: it refuses the login, or the DSN cannot be read.
    """
    wanted = {**_parsed(dsn), **parameters}
    if statement_timeout is not None:
        wanted["options"] = f"{wanted.get('options', '')} -c statement_timeout={statement_timeout}s".strip()
    defaults = {"connect_timeout": SECONDS_TO_CONNECT, "keepalives_idle": 30, "client_encoding": "UTF8"}
    try:
        connection = psycopg2.connect(**{**defaults, **wanted, "application_name": application_name})
    except psycopg2.OperationalError as error:
        cause = _one_line(error)
        if any(words in cause for words in _LOGIN_WORDS):
            raise Refusal("source_login_refused", cause=cause) from None
        raise SourceUnavailable("source_unreachable", cause=cause) from None
    return prepared(connection)


def _parsed(dsn: str | None) -> dict[str, Any]:
    """The DSN's parts. libpq's own complaints quote it, password and all: neither they nor their cause go on."""
    try:
        parts: dict[str, Any] = parse_dsn(dsn or "")
    except (psycopg2.ProgrammingError, UnicodeError):
        raise Refusal("source_dsn_unreadable") from None
    # An @, : or / in a password that was not escaped slips into these two, and from there into messages.
    if "@" in parts.get("host", "") or not parts.get("port", "5432").replace(",", "").isdigit():
        raise Refusal("source_dsn_unreadable")
    return parts


def prepared(connection: Connection) -> Connection:
    """Make somebody else's psycopg2 connection (an Airflow hook's) deliver as this room expects it.

    Raises:
        psycopg2.ProgrammingError: a transaction is open on it.
    """
    if not connection.autocommit:
        connection.autocommit = True
    register_type(_DATE, connection)
    register_type(_INSTANT, connection)
    return connection


@contextmanager
def snapshot(connection: Connection) -> Iterator[Query]:
    """Statements that all see the database at one moment: an invoice with just its own lines.

    Raises:
        SourceUnavailable, Refusal: as :func:`explained` says.
    """
    with explained(), connection.cursor(cursor_factory=RealDictCursor) as cursor:

        def query(statement: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
            cursor.execute(statement, parameters)
            return [dict(row) for row in cursor]

        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        try:
            yield query
        finally:
            if not connection.closed:
                cursor.execute("ROLLBACK")  # nothing was written; also right when a statement failed


def rows(connection: Connection, statement: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
    """All rows of one statement, as mappings from column to value.

    Raises:
        SourceUnavailable, Refusal: as :func:`explained` says.
    """
    with explained(), connection.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(statement, parameters)
        return [dict(row) for row in cursor]


@contextmanager
def explained() -> Iterator[None]:
    """psycopg2's errors as Ledgerbridge's.

    Raises:
        SourceUnavailable: connection lost, server stopping, time-out, deadlock: the same call may be made again.
        Refusal: a right, table or column is missing, or the statement does not fit this database.
    """
    try:
        yield
    except psycopg2.Error as error:
        raise _translated(error) from error


def _translated(error: psycopg2.Error) -> LedgerbridgeError:
    cause = _one_line(error)
    code = error.pgcode or ""
    if isinstance(error, errors.InsufficientPrivilege):
        return Refusal("source_permission_missing", cause=cause)
    if isinstance(error, _MISSING_OBJECT):
        return Refusal("source_schema_missing", cause=cause)
    if code.startswith(_TRANSIENT_CLASSES) or code in _TRANSIENT_CODES:
        return SourceUnavailable("source_busy", cause=cause)
    if not code and isinstance(error, psycopg2.OperationalError | psycopg2.InterfaceError):
        return SourceUnavailable("source_unreachable", cause=cause)
    return Refusal("source_statement_failed", cause=cause)


def _one_line(error: psycopg2.Error) -> str:
    """The server's own first sentence. Never a statement's text or parameters: those hold customers' data."""
    text = error.diag.message_primary or str(error).split("\nLINE ", 1)[0]
    return re.sub(r"\s+", " ", text).strip() or type(error).__name__


def _date(text: str | bytes | None, _cursor: object) -> Any:
    """A date; or the text as it stands where Python has no such date (year 20241, infinity, BC).

    psycopg2 would fail on the whole result: one mistyped year must not hold back the other rows (X-3).
    """
    if not isinstance(text, str):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _instant(text: str | bytes | None, _cursor: object) -> Any:
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return text


_DATE = new_type((1082,), "DATE", _date)
_INSTANT = new_type((1184,), "TIMESTAMPTZ", _instant)
