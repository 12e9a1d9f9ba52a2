"""What the pages list: records by their newest transfer, what needs a person, and one record whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ledgerbridge.reasons import Reason
from ledgerbridge.records import Module
from ledgerbridge.store.database import Connection, fetch_all, fetch_one
from ledgerbridge.store.links import TargetKind
from ledgerbridge.store.searching import anywhere
from ledgerbridge.store.transfers import Operation, State

__all__ = [
    "Attention",
    "Entry",
    "Listed",
    "RecordView",
    "RunView",
    "Search",
    "attention",
    "count",
    "document",
    "entries",
    "latest_runs",
    "page",
    "record",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; ``code`` is a reason's. Texts are found anywhere in a name or number.

    Both ends of days and amounts belong to it.
    """

    states: Sequence[State]
    code: str | None = None
    name: str | None = None
    number: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    least: Decimal | None = None
    most: Decimal | None = None

    def values(self, integration: str, module: Module) -> dict[str, object]:
        """As the statements take it."""
        return {
            "integration": integration,
            "module": module,
            "states": [state.value for state in self.states],
            "code": self.code,
            "name": anywhere(self.name),
            "number": anywhere(self.number),
            "source_id": self.number,
            "first_day": self.first_day,
            "last_day": self.last_day,
            "least": self.least,
            "most": self.most,
        }


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list."""

    record_id: int
    transfer_id: int
    source_id: str
    revision: int
    operation: Operation
    state: State
    reason: Reason | None
    warnings: tuple[Reason, ...]
    shown_number: str | None
    shown_name: str | None
    shown_date: date | None
    shown_amount: Decimal | None
    shown_currency: str | None
    moved_at: datetime
    target_kind: TargetKind | None
    target_id: str | None
    broken_at: datetime | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Listed:
        """The line that a database row holds."""
        return cls(
            **{field.name: row[field.name] for field in fields(cls)}
            | {
                "operation": Operation(row["operation"]),
                "state": State(row["state"]),
                "reason": Reason.from_json(row["reason"]) if row["reason"] else None,
                "warnings": tuple(Reason.from_json(item) for item in row["warnings"]),
                "target_kind": TargetKind(row["target_kind"]) if row["target_kind"] else None,
            }
        )


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record with its link and what was booked of it; amounts of the booking in ``booked_currency``."""

    record_id: int
    transfer_id: int
    module: Module
    source_id: str
    locator: str
    first_seen: datetime
    shown_number: str | None
    shown_name: str | None
    shown_date: date | None
    shown_amount: Decimal | None
    shown_currency: str | None
    target_kind: TargetKind | None
    target_id: str | None
    made_by: str | None
    made_at: datetime | None
    broken_at: datetime | None
    deleted_in_source_at: datetime | None
    target_name: str | None
    target_cvr: str | None
    booked_number: int | None
    booked_on: date | None
    net_amount: Decimal | None
    vat_amount: Decimal | None
    gross_amount: Decimal | None
    booked_currency: str | None
    has_pdf: bool
    has_source_document: bool
    keep_until: date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a record's history. ``sent`` and ``answered`` are bodies; no header was ever kept."""

    entry_id: int
    at: datetime
    event: str
    run_id: str | None
    actor: str
    detail: Mapping[str, Any]
    sent: str | None
    answered: str | None

    @property
    def reason(self) -> Reason | None:
        """Why, where the entry says it."""
        told = self.detail.get("reason")
        return Reason.from_json(told) if isinstance(told, Mapping) and "code" in told else None


@dataclass(frozen=True, slots=True)
class Attention:
    """Records of a module that stand still for one and the same reason; the first of them is the oldest."""

    module: Module
    state: State
    code: str | None
    records: int
    since: datetime
    first_record: int
    first_reason: Reason | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A module's newest run. ``settled_at`` is empty while it runs, ``read_at`` where the source was not read.

    ``counts``: its transfers by state.
    """

    module: Module
    run_id: str
    started_at: datetime
    settled_at: datetime | None
    counts: Mapping[str, int]
    records_read: int
    read_at: datetime | None
    calls: int


def count(connection: Connection, integration: str, module: Module, search: Search) -> int:
    """How many records are found."""
    row = fetch_one(connection, "listed_count", search.values(integration, module))
    return int(row["records"]) if row else 0


def page(
    connection: Connection, integration: str, module: Module, search: Search, *, limit: int, offset: int
) -> list[Listed]:
    """Those of them that stand on one page, the newest transfer first."""
    values = search.values(integration, module) | {"limit": limit, "offset": offset}
    return [Listed.from_row(row) for row in fetch_all(connection, "listed_page", values)]


def record(connection: Connection, integration: str, record_id: int) -> RecordView | None:
    """One record, or nothing where the integration has no such."""
    row = fetch_one(connection, "listed_record", {"integration": integration, "record_id": record_id})
    if row is None:
        return None
    kinds = {
        "module": Module(row["module"]),
        "target_kind": TargetKind(row["target_kind"]) if row["target_kind"] else None,
    }
    return RecordView(**row | kinds)


def entries(connection: Connection, record_id: int, at_most: int) -> list[Entry]:
    """The record's history, the newest first."""
    rows = fetch_all(connection, "listed_history", {"record_id": record_id, "limit": at_most})
    return [Entry(**row) for row in rows]


def attention(connection: Connection, integration: str) -> list[Attention]:
    """What stands still, by reason: doubts first, then rejections, then what waits."""
    found = fetch_all(connection, "listed_attention", {"integration": integration})
    return [
        Attention(
            **row
            | {
                "module": Module(row["module"]),
                "state": State(row["state"]),
                "first_reason": Reason.from_json(row["first_reason"]) if row["first_reason"] else None,
            }
        )
        for row in found
    ]


def latest_runs(connection: Connection, integration: str) -> dict[Module, RunView]:
    """Each module's newest run."""
    found = fetch_all(connection, "listed_runs", {"integration": integration})
    return {Module(row["module"]): RunView(**row | {"module": Module(row["module"])}) for row in found}


def document(connection: Connection, integration: str, record_id: int, *, of_source: bool) -> bytes | None:
    """The archived PDF of the booked invoice, or the source's own document."""
    name = "document_source" if of_source else "document_pdf"
    row = fetch_one(connection, name, {"integration": integration, "record_id": record_id})
    return bytes(row["content"]) if row and row["content"] is not None else None
