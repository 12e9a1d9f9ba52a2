"""Runs of a module, and how far each module has read its source."""

from __future__ import annotations

import json
from datetime import datetime

from ledgerbridge.records import Module
from ledgerbridge.store.database import Connection, execute, fetch_all, fetch_one

__all__ = [
    "calls",
    "count_calls",
    "counts",
    "cursor",
    "is_under_way",
    "move_cursor",
    "note_read",
    "orphans",
    "settle",
    "start",
    "started_at",
]


def start(connection: Connection, run_id: str, integration: str, module: Module) -> None:
    """Note that the run has begun; doing it again does nothing."""
    execute(connection, "run_start", {"run_id": run_id, "integration": integration, "module": module})


def started_at(connection: Connection, run_id: str) -> datetime | None:
    """When the run began; nothing when no such run is known."""
    row = fetch_one(connection, "run_started", {"run_id": run_id})
    began: datetime | None = row["started_at"] if row else None
    return began


def is_under_way(connection: Connection, integration: str) -> bool:
    """Whether a run of the integration has begun in the last two hours and has not been settled."""
    row = fetch_one(connection, "run_under_way", {"integration": integration})
    return bool(row and row["is_under_way"])


def note_read(connection: Connection, run_id: str, records: int) -> None:
    """Count records that were read from the source."""
    execute(connection, "run_read", {"run_id": run_id, "records": records})


def count_calls(connection: Connection, run_id: str, calls: int) -> None:
    """Add calls to the target to the run's own count; nothing where no such run is known."""
    execute(connection, "run_calls", {"run_id": run_id, "calls": calls})


def calls(connection: Connection, run_id: str) -> int:
    """Calls to the target that the run's ended tasks have made."""
    row = fetch_one(connection, "run_started", {"run_id": run_id})
    return int(row["calls"]) if row else 0


def cursor(connection: Connection, integration: str, module: Module) -> str | None:
    """Where the module's next read starts; nothing before its first run."""
    row = fetch_one(connection, "cursor_read", {"integration": integration, "module": module})
    return str(row["position"]) if row else None


def move_cursor(connection: Connection, integration: str, module: Module, position: str) -> None:
    """Move it, only after what lies before it has been staged."""
    execute(connection, "cursor_move", {"integration": integration, "module": module, "position": position})


def orphans(connection: Connection, run_id: str) -> list[tuple[int, str]]:
    """(transfer id, state) of what the run left ``staged`` or ``sending`` and nobody holds.

    Takes the record locks: call inside a transaction.
    """
    rows = fetch_all(connection, "run_orphans", {"run_id": run_id})
    return [(int(row["transfer_id"]), str(row["state"])) for row in rows]


def counts(connection: Connection, run_id: str) -> dict[str, int]:
    """How many of the run's transfers stand in each state."""
    return {str(row["state"]): int(row["transfers"]) for row in fetch_all(connection, "run_counts", {"run_id": run_id})}


def settle(connection: Connection, run_id: str, state_counts: dict[str, int]) -> None:
    """Close the run with its counts."""
    execute(connection, "run_settle", {"run_id": run_id, "counts": json.dumps(state_counts)})
