"""What is known of an agreement across processes: its hold, its rate headers, its calls in 24 hours."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledgerbridge.reasons import Reason
from ledgerbridge.store.database import Connection, execute, fetch_one

__all__ = ["Agreement", "claim_probe", "count", "hold", "note_rate", "read", "release", "used"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """``held_since`` is set while a new grant is needed (P6)."""

    held_since: datetime | None = None
    hold_reason: Reason | None = None
    probed_at: datetime | None = None
    rate_used: int | None = None
    rate_limit: int | None = None


def read(connection: Connection, agreement: str) -> Agreement:
    """What we know; an agreement never met is simply not held."""
    row = fetch_one(connection, "agreement_read", {"agreement": agreement})
    if row is None:
        return Agreement()
    reason = Reason.from_json(row["hold_reason"]) if row["hold_reason"] else None
    return Agreement(row["held_since"], reason, row["probed_at"], row["rate_used"], row["rate_limit"])


def hold(connection: Connection, agreement: str, reason: Reason) -> bool:
    """Let nobody call this agreement; whether that is news (one alert, not one per run)."""
    values = {"agreement": agreement, "reason": json.dumps(reason.to_json(), ensure_ascii=False)}
    row = fetch_one(connection, "agreement_hold", values)
    return bool(row and row["is_new"])


def claim_probe(connection: Connection, agreement: str, since_last: timedelta) -> bool:
    """Whether the caller is the one who may try a held agreement, when nobody has for so long."""
    values = {"agreement": agreement, "seconds": int(since_last.total_seconds())}
    return execute(connection, "agreement_claim_probe", values) > 0


def release(connection: Connection, agreement: str) -> bool:
    """The grant is good again; whether it was held (one all-clear)."""
    return execute(connection, "agreement_release", {"agreement": agreement}) > 0


def note_rate(connection: Connection, agreement: str, used_now: int, limit: int) -> None:
    """What the target's rate header last said."""
    execute(connection, "agreement_rate", {"agreement": agreement, "used": used_now, "limit": limit})


def count(connection: Connection, agreement: str, calls: int, cost: int) -> None:
    """Add calls, and the vendor's own cost of them, to this hour."""
    execute(connection, "agreement_count", {"agreement": agreement, "calls": calls, "cost": cost})


def used(connection: Connection, agreement: str) -> int:
    """Calls in the last 24 hours."""
    row = fetch_one(connection, "agreement_used", {"agreement": agreement})
    return int(row["calls"]) if row else 0
