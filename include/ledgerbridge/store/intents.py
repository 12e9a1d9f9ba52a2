"""What people ask for on the pages, until it is carried out, and what came of it.

The pages only write here. :func:`ask` tells whoever listens on our database that there is something to do; what nobody
heard is found by the next look.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from ledgerbridge.reasons import Reason
from ledgerbridge.store.database import Connection, execute, fetch_all, fetch_one

__all__ = ["Intent", "ask", "begin", "end", "of_page", "open_ones", "withdraw"]


@dataclass(frozen=True, slots=True)
class Intent:
    """One wish of one person. ``wanted`` says about what; ``outcome``: what was done, or why it was not."""

    intent_id: int
    integration: str
    kind: str
    wanted: Mapping[str, Any]
    page: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    went_well: bool | None
    outcome: tuple[Reason, ...]

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Intent:
        """The intent that a database row holds."""
        known = {field.name: row[field.name] for field in fields(cls)}
        return cls(**known | {"outcome": tuple(Reason.from_json(item) for item in row["outcome"] or ())})


def ask(
    connection: Connection, *, integration: str, kind: str, wanted: Mapping[str, object], page: str, asked_by: str
) -> int | None:
    """Write down what ``asked_by`` wants; its number, or nothing where just that is asked for already.

    ``page``: where its answer is looked for.
    """
    values = {
        "integration": integration,
        "kind": kind,
        "wanted": json.dumps(wanted, ensure_ascii=False),
        "page": page,
        "asked_by": asked_by,
    }
    row = fetch_one(connection, "intent_ask", values)
    return int(row["intent_id"]) if row else None


def begin(connection: Connection, intent_id: int) -> tuple[int, bool] | None:
    """Note that it is about to be carried out: for the how many-th time, and whether it is more than an hour old.

    Nothing when somebody has ended it.
    """
    row = fetch_one(connection, "intent_begin", {"intent_id": intent_id})
    return (int(row["attempts"]), bool(row["is_old"])) if row else None


def open_ones(connection: Connection, integration: str) -> list[Intent]:
    """What is still to be carried out, in the order in which it was asked for."""
    return [Intent.from_row(row) for row in fetch_all(connection, "intent_open", {"integration": integration})]


def end(connection: Connection, intent_id: int, *, went_well: bool, outcome: Sequence[Reason], run_id: str) -> bool:
    """Note what came of it; whether it was still open."""
    told = json.dumps([reason.to_json() for reason in outcome], ensure_ascii=False)
    values = {"intent_id": intent_id, "went_well": went_well, "outcome": told, "run_id": run_id}
    return execute(connection, "intent_end", values) > 0


def withdraw(connection: Connection, integration: str, intent_id: int, actor: str) -> bool:
    """Take back what ``actor`` has asked for, unless somebody has begun with it; whether there is such a wish."""
    outcome = json.dumps([Reason("intent_withdrawn", {"actor": actor}).to_json()], ensure_ascii=False)
    values = {"integration": integration, "intent_id": intent_id, "actor": actor, "outcome": outcome}
    return fetch_one(connection, "intent_withdraw", values) is not None


def of_page(connection: Connection, integration: str, page: str, at_most: int = 5) -> list[Intent]:
    """What was asked for on a page and is open or was answered in the last minutes, the newest first."""
    values = {"integration": integration, "page": page, "limit": at_most}
    return [Intent.from_row(row) for row in fetch_all(connection, "intent_of_page", values)]
