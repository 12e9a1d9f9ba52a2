"""The archive: what was booked, and its documents (CT-2). Nothing is ever removed from it.

``keep_until`` is the end of the fifth year after the invoice's own. The law counts from the end of the financial year,
which Ledgerbridge does not know and which may end later: who removes anything must look at that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ledgerbridge.reasons import Reason
from ledgerbridge.store.database import Connection, Together, execute, fetch_all, fetch_one

__all__ = [
    "Booked",
    "Kept",
    "booked_numbers",
    "foretold",
    "keep",
    "keep_pdf",
    "keep_source_document",
    "kept",
    "locators",
    "not_written_back",
    "otherwise",
    "pdf_overdue",
    "pdfs_asked",
    "seen",
    "without_pdf",
    "written_back",
]


def keep(
    connection: Connection | Together, values: Mapping[str, Any], vat_breakdown: Sequence[Mapping[str, str]]
) -> None:
    """Keep what the target booked; the first word stands, doing it again does nothing."""
    execute(connection, "archive_write", {**values, "vat_breakdown": json.dumps(list(vat_breakdown))})


def foretold(connection: Connection, integration: str, limit: int) -> dict[int, int]:
    """Record id → booked number of what was booked and has not been read in the target since."""
    rows = fetch_all(connection, "archive_foretold", {"integration": integration, "limit": limit})
    return {int(row["record_id"]): int(row["booked_number"]) for row in rows}


def locators(connection: Connection, record_ids: Sequence[int]) -> dict[int, str]:
    """Record id → the mark that its documents carry."""
    rows = fetch_all(connection, "archive_locators", {"record_ids": list(record_ids)})
    return {int(row["record_id"]): str(row["locator"]) for row in rows}


def seen(
    connection: Connection | Together, values: Mapping[str, Any], vat_breakdown: Sequence[Mapping[str, str]]
) -> None:
    """Keep what the target shows of one of them. ``otherwise``: as JSON why it is not what was foretold, if so."""
    execute(connection, "archive_seen", {**values, "vat_breakdown": json.dumps(list(vat_breakdown))})


def otherwise(connection: Connection, record_ids: Sequence[int], since: datetime) -> dict[int, Reason]:
    """Why what was booked of these is not what was foretold, by record id; as far as it was seen since then."""
    rows = fetch_all(connection, "archive_otherwise", {"record_ids": list(record_ids), "since": since})
    return {int(row["record_id"]): Reason.from_json(row["reason"]) for row in rows}


def keep_pdf(connection: Connection, record_id: int, pdf: bytes) -> None:
    """Keep the target's PDF with its SHA-256."""
    values = {"record_id": record_id, "pdf": pdf, "sha256": hashlib.sha256(pdf).hexdigest()}
    execute(connection, "archive_pdf", values)


def keep_source_document(connection: Connection, record_id: int, document: bytes) -> None:
    """Keep the source's own document with its SHA-256."""
    values = {"record_id": record_id, "document": document, "sha256": hashlib.sha256(document).hexdigest()}
    execute(connection, "archive_source_document", values)


def written_back(connection: Connection, record_id: int) -> None:
    """Note that number and totals stand on the source's own row."""
    execute(connection, "archive_written_back", {"record_id": record_id})


def not_written_back(connection: Connection, integration: str, limit: int) -> Sequence[Mapping[str, Any]]:
    """What is booked, and the source's own row does not show it yet."""
    return fetch_all(connection, "archive_not_written_back", {"integration": integration, "limit": limit})


@dataclass(frozen=True, slots=True)
class Booked:
    """What is booked, as the target is asked for its PDF: number, customer's number there, the invoice's date."""

    number: int
    customer_number: str
    date: date


def without_pdf(connection: Connection, integration: str, limit: int) -> dict[int, Booked]:
    """Record id → what lacks the target's PDF and is to be asked for now."""
    rows = fetch_all(connection, "archive_without_pdf", {"integration": integration, "limit": limit})
    return {
        int(row["record_id"]): Booked(int(row["booked_number"]), str(row["customer_number"]), row["invoice_date"])
        for row in rows
    }


def pdfs_asked(connection: Connection, record_ids: Iterable[int]) -> None:
    """Note that their PDFs were asked for in vain."""
    execute(connection, "archive_pdf_asked", {"record_ids": list(record_ids)})


def pdf_overdue(connection: Connection, integration: str) -> Mapping[str, Any] | None:
    """``invoices`` booked more than a day ago without a PDF: how many, the ``first`` number, ``since`` when."""
    row = fetch_one(connection, "archive_pdf_overdue", {"integration": integration})
    return row if row and row["invoices"] else None


def booked_numbers(connection: Connection, integration: str, source_ids: Sequence[str]) -> dict[str, int]:
    """The target's numbers of these invoices, of those that are booked."""
    rows = fetch_all(connection, "archive_booked_numbers", {"integration": integration, "source_ids": list(source_ids)})
    return {str(row["source_id"]): int(row["booked_number"]) for row in rows}


@dataclass(frozen=True, slots=True)
class Kept:
    """What the archive holds of a booked invoice, without its documents."""

    number: int
    customer_number: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    vat_breakdown: Sequence[Mapping[str, str]]
    is_foretold: bool
    """The figures are what was to be booked, and have not been read in the target yet."""
    otherwise: Reason | None
    """Why they are not what was to be booked, if they have been read and are not."""


def kept(connection: Connection, record_id: int) -> Kept | None:
    """What is kept of a record, if it is booked."""
    row = fetch_one(connection, "archive_kept", {"record_id": record_id})
    if row is None:
        return None
    return Kept(**row | {"otherwise": Reason.from_json(row["otherwise"]) if row["otherwise"] else None})
