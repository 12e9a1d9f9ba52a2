"""What the linking guide shows: both sides' unlinked customers, and who may be whom (LK-2).

The target's side is as it was at the last look; links, refusals and our own customers are as they are now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

import psycopg2.extras

from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Module, record_from_json
from ledgerbridge.store.database import Connection, execute, fetch_all, fetch_one, statement, transaction
from ledgerbridge.store.searching import anywhere
from ledgerbridge.store.transfers import State

__all__ = [
    "Counterpart",
    "GuidePage",
    "GuideRow",
    "Look",
    "Pair",
    "Possible",
    "Unlinked",
    "UnlinkedPage",
    "class_counts",
    "keep",
    "look",
    "page",
    "refusals",
    "refuse",
    "unlinked",
    "unlinked_count",
    "without_counterpart",
]

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A customer of the target, as it was when it was looked at."""

    target_id: str
    name: str
    cvr_number: str | None = None
    phone: str | None = None
    email: str | None = None
    zip: str | None = None
    city: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that may be one customer; ``score`` 1 to 100, ``matches`` as ``linking.candidates.Match`` names them."""

    target_id: str
    source_id: str
    score: int
    matches: Sequence[str]
    has_other_cvr: bool


@dataclass(frozen=True, slots=True)
class Look:
    """When the target's customers were last read, for whom, and how many there were."""

    looked_at: datetime
    looked_by: str
    targets: int


@dataclass(frozen=True, slots=True)
class Possible:
    """A customer of ours that a customer of the target may be. ``is_mutual``: neither may be anybody
    else. ``has_other_cvr``: each has a CVR number, and not the same one.
    """

    record_id: int
    customer: Customer | None
    number: str | None
    name: str | None
    score: int
    matches: tuple[str, ...]
    is_mutual: bool
    has_other_cvr: bool


@dataclass(frozen=True, slots=True)
class GuideRow:
    """A customer of the target without a link, and who of ours it may be, best first."""

    target: Counterpart
    candidates: tuple[Possible, ...]


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A customer of ours without a link; ``invoices``: how many wait for it. ``choice``: what a person decided.

    ``candidates``: whom it may be, how strongly, by what, and whether the CVR numbers differ.
    """

    record_id: int
    source_id: str
    number: str | None
    name: str | None
    customer: Customer | None
    state: State
    reason: Reason | None
    choice: str | None
    candidates: tuple[tuple[Counterpart, int, tuple[str, ...], bool], ...]
    invoices: int


def keep(
    connection: Connection,
    integration: str,
    actor: str,
    *,
    targets: int,
    unlinked_there: Sequence[Counterpart],
    pairs: Sequence[Pair],
) -> None:
    """What a look has found, in the place of what the former one found. ``targets``: how many there are in all."""
    with transaction(connection):
        execute(connection, "linking_look_begin", {"integration": integration, "actor": actor, "targets": targets})
        execute(connection, "linking_look_clear", {"integration": integration})
        _insert(connection, "linking_targets_add", [(integration, *astuple(item)) for item in unlinked_there])
        rows = [
            (integration, item.target_id, item.source_id, item.score, list(item.matches), item.has_other_cvr)
            for item in pairs
        ]
        _insert(connection, "linking_candidates_add", rows)


def _insert(connection: Connection, name: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, statement(name), rows, page_size=_ROWS_AT_ONCE)


def look(connection: Connection, integration: str) -> Look | None:
    """The last look, or nothing before the first."""
    row = fetch_one(connection, "linking_look_read", {"integration": integration})
    return Look(**row) if row else None


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A page of the target's side. ``counts``: rows of each class; ``found``: what the search finds."""

    counts: dict[str, int]
    found: int
    rows: tuple[GuideRow, ...]


@dataclass(frozen=True, slots=True)
class UnlinkedPage:
    """A page of our side. ``unlinked``: how many there are; ``found``: how many the search finds."""

    unlinked: int
    found: int
    rows: tuple[Unlinked, ...]


def page(
    connection: Connection, integration: str, suggestions: str, name: str | None, *, limit: int, offset: int
) -> GuidePage:
    """The target's unlinked customers of one class, those with the strongest suggestion first.

    Beyond the last page comes the last one.
    """
    values = {
        "integration": integration,
        "suggestions": suggestions,
        "name": anywhere(name),
        "limit": limit,
        "offset": offset,
    }
    row = fetch_one(connection, "linking_page", values) or {"found": 0, "rows": []}
    counts = {name: int(row.get(name, 0)) for name in ("one", "several", "none")}
    return GuidePage(counts, row["found"], tuple(map(_guide_row, row["rows"])))


def class_counts(connection: Connection, integration: str) -> dict[str, int]:
    """How many rows each class of the target's side has."""
    row = fetch_one(connection, "linking_counts", {"integration": integration}) or {}
    return {name: int(row.get(name, 0)) for name in ("one", "several", "none")}


def without_counterpart(connection: Connection, integration: str) -> list[Counterpart]:
    """Every customer of the target that has no link and resembles nobody of ours, by name."""
    return [Counterpart(**row) for row in fetch_all(connection, "linking_none", {"integration": integration})]


def _guide_row(row: dict[str, Any]) -> GuideRow:
    possible = tuple(
        Possible(
            item["record_id"],
            _customer(item["content"]),
            item["number"],
            item["name"],
            item["score"],
            tuple(item["matches"]),
            item["is_mutual"],
            item["has_other_cvr"],
        )
        for item in row.pop("candidates")
    )
    return GuideRow(Counterpart(**row), possible)


def unlinked_count(connection: Connection, integration: str) -> int:
    """How many of our customers have no link."""
    row = fetch_one(connection, "linking_unlinked_count", {"integration": integration})
    return int(row["unlinked"]) if row else 0


def unlinked(connection: Connection, integration: str, name: str | None, *, limit: int, offset: int) -> UnlinkedPage:
    """Our customers without a link; those that a person set aside come last."""
    values = {"integration": integration, "name": anywhere(name), "limit": limit, "offset": offset}
    row = fetch_one(connection, "linking_unlinked", values) or {"unlinked": 0, "found": 0, "rows": []}
    return UnlinkedPage(row["unlinked"], row["found"], tuple(map(_unlinked_row, row["rows"])))


def _unlinked_row(row: dict[str, Any]) -> Unlinked:
    candidates = tuple(
        (Counterpart(item["target_id"], item["name"]), item["score"], tuple(item["matches"]), item["has_other_cvr"])
        for item in row["candidates"]
    )
    known = {
        "customer": _customer(row.pop("content")),
        "state": State(row["state"]),
        "reason": Reason.from_json(row["reason"]) if row["reason"] else None,
        "candidates": candidates,
    }
    return Unlinked(**row | known)


def refuse(connection: Connection, record_id: int, target_id: str, actor: str) -> None:
    """These two are not one customer: they are not proposed again."""
    execute(connection, "linking_refuse", {"record_id": record_id, "target_id": target_id, "actor": actor})


def refusals(connection: Connection, integration: str) -> frozenset[tuple[str, str]]:
    """Pairs of source id and target number that a person has said are not one customer."""
    rows = fetch_all(connection, "linking_refusals", {"integration": integration})
    return frozenset((row["source_id"], row["target_id"]) for row in rows)


def _customer(content: str) -> Customer | None:
    """The customer as the source had it; nothing of a row that could not be read."""
    try:
        record = record_from_json(Module.CUSTOMERS, content)
    except ValueError:
        return None
    return record if isinstance(record, Customer) else None
