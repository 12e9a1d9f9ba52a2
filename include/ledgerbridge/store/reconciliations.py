"""Reconciliations as they are kept: the comparison, each of its items, and the written reports.

The content is the reconciliation room's; here it is text and JSON. A function is one committed step
unless the caller has a transaction open. Rows come one page at a time from a cursor on the server,
so that 100,000 of them take no more room than a page.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from itertools import count
from typing import Any, BinaryIO

import psycopg2
import psycopg2.extras
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.reasons import Language
from ledgerbridge.store.database import Connection, execute, fetch_all, fetch_one, statement, transaction
from ledgerbridge.store.searching import anywhere

__all__ = [
    "ItemSearch",
    "ReportDamagedError",
    "StoredItem",
    "StoredReconciliation",
    "add_items",
    "beside",
    "class_counts",
    "finish",
    "found_items",
    "items",
    "items_of_class",
    "latest",
    "latest_reported",
    "one_step",
    "prune",
    "read",
    "read_report",
    "reports_of",
    "start",
    "stream",
    "write_report",
]

ROWS_PER_PAGE = 1000
BYTES_PER_PIECE = 1 << 18
DAMAGED = "reconciliation_report_damaged"
_cursor_numbers = count(1)


class ReportDamagedError(LedgerbridgeError):
    """A stored report is not what was written: its checksum differs. It must not be shown as evidence."""


@dataclass(frozen=True, slots=True)
class StoredReconciliation:
    """One row of ``reconciliation``. ``totals`` is JSON text."""

    reconciliation_id: int
    integration: str
    kind: str
    period_from: date | None
    period_to: date | None
    run_id: str
    started_at: datetime
    finished_at: datetime | None
    counts: Mapping[str, int]
    totals: str

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> StoredReconciliation:
        """The reconciliation that a database row holds."""
        return cls(**row | {"totals": json.dumps(row["totals"])})


@dataclass(frozen=True, slots=True)
class StoredItem:
    """One pair. ``source``, ``targets`` and ``reasons`` are JSON text."""

    position: int
    main_class: str
    classes: Sequence[str]
    standing: str
    source: str | None
    targets: str
    reasons: str


def one_step(connection: Connection) -> AbstractContextManager[Connection]:
    """All that is done inside, or none of it; inside the caller's own transaction where there is one."""
    idle = connection.info.transaction_status == TRANSACTION_STATUS_IDLE
    return transaction(connection) if idle else nullcontext(connection)


def stream(connection: Connection, name: str, values: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """The rows of a named statement, page by page. Other statements may run in between."""
    cursor_name = f"ledgerbridge_stream_{next(_cursor_numbers)}"
    with one_step(connection), connection.cursor() as cursor:
        # psycopg2's own named cursors refuse to work while autocommit is on, even inside BEGIN.
        cursor.execute(f"DECLARE {cursor_name} NO SCROLL CURSOR FOR {statement(name)}", values or {})
        while True:
            cursor.execute(f"FETCH {ROWS_PER_PAGE} FROM {cursor_name}")
            page: Sequence[dict[str, Any]] = cursor.fetchall()  # type: ignore[assignment]  # RealDictCursor
            yield from page
            if len(page) < ROWS_PER_PAGE:
                break
        cursor.execute(f"CLOSE {cursor_name}")


def start(
    connection: Connection,
    *,
    integration: str,
    kind: str,
    period: tuple[date | None, date | None],
    run_id: str,
    started_at: datetime,
) -> int:
    """A new reconciliation's id."""
    values = {
        "integration": integration,
        "kind": kind,
        "period_from": period[0],
        "period_to": period[1],
        "run_id": run_id,
        "started_at": started_at,
    }
    row = fetch_one(connection, "reconciliation_start", values)
    if row is None:
        message = f"no reconciliation came back for {integration}"
        raise RuntimeError(message)
    return int(row["reconciliation_id"])


def add_items(connection: Connection, reconciliation_id: int, new: Sequence[StoredItem]) -> None:
    """Keep the next items."""
    rows = [
        (
            reconciliation_id,
            item.position,
            item.main_class,
            list(item.classes),
            item.standing,
            item.source,
            item.targets,
            item.reasons,
        )
        for item in new
    ]
    with connection.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, statement("reconciliation_items_add"), rows, page_size=ROWS_PER_PAGE)


def finish(
    connection: Connection, reconciliation_id: int, *, finished_at: datetime, counts: Mapping[str, int], totals: str
) -> None:
    """Note the end and the figures."""
    values = {
        "reconciliation_id": reconciliation_id,
        "finished_at": finished_at,
        "counts": json.dumps(dict(counts)),
        "totals": totals,
    }
    execute(connection, "reconciliation_finish", values)


def read(connection: Connection, reconciliation_id: int) -> StoredReconciliation | None:
    """One reconciliation, or nothing."""
    row = fetch_one(connection, "reconciliation_read", {"reconciliation_id": reconciliation_id})
    return StoredReconciliation.from_row(row) if row else None


def latest(
    connection: Connection, integration: str, kind: str, *, at_most: int = 1, up_to: int | None = None
) -> list[StoredReconciliation]:
    """The newest finished ones, newest first; with ``up_to``, none newer than that id."""
    values = {"integration": integration, "kind": kind, "at_most": at_most, "up_to": up_to}
    return [StoredReconciliation.from_row(row) for row in fetch_all(connection, "reconciliation_latest", values)]


def latest_reported(connection: Connection, integration: str, kind: str) -> StoredReconciliation | None:
    """The newest finished one that has a written report."""
    row = fetch_one(connection, "reconciliation_latest_reported", {"integration": integration, "kind": kind})
    return StoredReconciliation.from_row(row) if row else None


def items(connection: Connection, reconciliation_id: int) -> Iterator[StoredItem]:
    """Every item, in the order of the report, page by page."""
    for row in stream(connection, "reconciliation_items", {"reconciliation_id": reconciliation_id}):
        yield StoredItem(**row)


def items_of_class(
    connection: Connection, reconciliation_id: int, of: str, *, at_most: int, among_all: bool = False
) -> list[StoredItem]:
    """The first items with this main class; with ``among_all``, with this class at all."""
    values = {"reconciliation_id": reconciliation_id, "class": of, "at_most": at_most, "among_all": among_all}
    return [StoredItem(**row) for row in fetch_all(connection, "reconciliation_items_of_class", values)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemSearch:
    """What is looked for among the pairs of a comparison.

    Without a class, those that agree (and those that are no business of the integration) are left out unless asked for.
    ``words`` are found anywhere in a number or name; both days, of invoices, belong to it.
    """

    of: str | None = None
    with_agreeing: bool = False
    words: str | None = None
    first_day: date | None = None
    last_day: date | None = None


def found_items(
    connection: Connection, reconciliation_id: int, search: ItemSearch, *, limit: int, offset: int
) -> tuple[int, list[StoredItem]]:
    """How many pairs the search finds, and a page of them; beyond the last page comes the last one."""
    values = {
        "reconciliation_id": reconciliation_id,
        "class": search.of,
        "with_agreeing": search.with_agreeing,
        "words": anywhere(search.words),
        "first_day": search.first_day,
        "last_day": search.last_day,
        "limit": limit,
        "offset": offset,
    }
    rows = fetch_all(connection, "reconciliation_items_found", values)
    shown = [row for row in rows if row["position"] is not None]
    found = int(rows[0]["found"])
    return found, [StoredItem(**{name: value for name, value in row.items() if name != "found"}) for row in shown]


def beside(connection: Connection, reconciliation_id: int, kind: str) -> StoredReconciliation | None:
    """The comparison of ``kind`` that the same run has made."""
    row = fetch_one(connection, "reconciliation_beside", {"reconciliation_id": reconciliation_id, "kind": kind})
    return StoredReconciliation.from_row(row) if row else None


def class_counts(connection: Connection, reconciliation_id: int) -> dict[str, int]:
    """How many items have each class, main or not."""
    rows = fetch_all(connection, "reconciliation_class_counts", {"reconciliation_id": reconciliation_id})
    return {row["class"]: row["items"] for row in rows}


def write_report(
    connection: Connection,
    covers: Sequence[int],
    language: Language,
    format_: str,
    content: BinaryIO,
    *,
    written_at: datetime,
) -> str:
    """Keep a report with the first reconciliation that it covers; its SHA-256. Writing again replaces it.

    ``content`` is read from where it stands, piece by piece: only its packed form is held in memory.
    """
    digest = hashlib.sha256()
    packed = BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as archive:
        while piece := content.read(BYTES_PER_PIECE):
            digest.update(piece)
            archive.write(piece)
    values = {
        "reconciliation_id": covers[0],
        "language": language,
        "format": format_,
        "covers": list(covers),
        "content": psycopg2.Binary(packed.getbuffer()),
        "sha256": digest.hexdigest(),
        "written_at": written_at,
    }
    execute(connection, "reconciliation_report_write", values)
    return digest.hexdigest()


def read_report(connection: Connection, reconciliation_id: int, language: Language, format_: str) -> bytes | None:
    """The report as a person gets it, or nothing.

    Raises:
        ReportDamagedError: what is stored is not what was written.
    """
    values = {"reconciliation_id": reconciliation_id, "language": language, "format": format_}
    row = fetch_one(connection, "reconciliation_report_read", values)
    if row is None:
        return None
    try:
        content = gzip.decompress(row["content"])
    except (OSError, EOFError, zlib.error) as error:
        raise ReportDamagedError(DAMAGED, reconciliation=reconciliation_id) from error
    if hashlib.sha256(content).hexdigest() != row["sha256"]:
        raise ReportDamagedError(DAMAGED, reconciliation=reconciliation_id)
    return content


def reports_of(connection: Connection, reconciliation_id: int) -> list[tuple[str, str]]:
    """Language and format of every report that is kept with the reconciliation."""
    rows = fetch_all(connection, "reconciliation_reports_of", {"reconciliation_id": reconciliation_id})
    return [(row["language"], row["format"]) for row in rows]


def prune(connection: Connection, integration: str, *, full: int = 2, reports: int = 60) -> None:
    """Bound what is kept: agreeing items of the ``full`` newest, reports of the ``reports`` newest.

    The last report of every month stays for good, as do all counts and totals.
    """
    with one_step(connection):
        execute(connection, "reconciliation_prune_items", {"integration": integration, "keep": full})
        execute(connection, "reconciliation_prune_reports", {"integration": integration, "keep": reports})
