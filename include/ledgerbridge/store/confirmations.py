"""What people have confirmed and decided, and what preflight last found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledgerbridge.store.database import Connection, execute, fetch_all, fetch_one

__all__ = [
    "Preflight",
    "confirm",
    "confirmed",
    "confirmed_by",
    "decide",
    "decisions",
    "read_preflight",
    "seen_hash",
    "write_preflight",
]


@dataclass(frozen=True, slots=True)
class Preflight:
    """``resolved`` holds the target's values that the settings stand for, as plain JSON.

    ``was_misled``: since then something was booked otherwise than had been foretold.
    """

    settings_hash: str
    passed: bool
    resolved: Mapping[str, Any]
    items: Sequence[Mapping[str, Any]]
    was_misled: bool = False


def confirm(connection: Connection, integration: str, item: str, actor: str, facts: Mapping[str, object]) -> None:
    """A person has confirmed ``item``, with the facts as they stood."""
    text = json.dumps(facts, ensure_ascii=False, default=str)
    execute(connection, "confirmation_make", {"integration": integration, "item": item, "actor": actor, "facts": text})


def confirmed(connection: Connection, integration: str) -> dict[str, Mapping[str, Any]]:
    """Confirmed items with their facts."""
    rows = fetch_all(connection, "confirmation_all", {"integration": integration})
    return {row["item"]: row["facts"] for row in rows}


def confirmed_by(connection: Connection, integration: str) -> dict[str, tuple[str, datetime]]:
    """Confirmed items with who confirmed them, and when."""
    rows = fetch_all(connection, "confirmation_all", {"integration": integration})
    return {row["item"]: (row["confirmed_by"], row["confirmed_at"]) for row in rows}


def decide(connection: Connection, integration: str, source_id: str, choice: str, actor: str) -> None:
    """What a person wants with a customer that has no link: ``create``, ``skip``, or ``undecided``: to be asked."""
    values = {"integration": integration, "source_id": source_id, "choice": choice, "actor": actor}
    execute(connection, "decision_make", values)


def decisions(connection: Connection, integration: str, source_ids: Sequence[str]) -> dict[str, str]:
    """Decisions by source id."""
    values = {"integration": integration, "source_ids": list(source_ids)}
    return {row["source_id"]: row["choice"] for row in fetch_all(connection, "decision_of_sources", values)}


def seen_hash(known: Preflight) -> str:
    """What tells one checklist from another: what was found, and for which settings."""
    told = json.dumps([known.settings_hash, list(known.items)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def write_preflight(connection: Connection, integration: str, result: Preflight) -> None:
    """Keep preflight's result."""
    values = {
        "integration": integration,
        "settings_hash": result.settings_hash,
        "passed": result.passed,
        "resolved": json.dumps(result.resolved, ensure_ascii=False),
        "items": json.dumps(list(result.items), ensure_ascii=False),
    }
    execute(connection, "preflight_write", values)


def read_preflight(connection: Connection, integration: str) -> Preflight | None:
    """The last result, or nothing before the first."""
    row = fetch_one(connection, "preflight_read", {"integration": integration})
    if row is None:
        return None
    return Preflight(row["settings_hash"], row["passed"], row["resolved"], row["items"], was_misled=row["was_misled"])
