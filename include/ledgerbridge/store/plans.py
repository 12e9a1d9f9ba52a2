"""Dry runs: what the next runs would do, as it was when somebody looked (X-5)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from ledgerbridge.reasons import Reason
from ledgerbridge.records import Module
from ledgerbridge.store.database import Connection, execute, fetch_one

__all__ = ["Change", "Plan", "PlanItem", "applied", "keep", "newest"]

Change = tuple[str, str | None, str | None]
"""A field's name, what the target shows, and what it would show; nothing where it has or would have none."""


@dataclass(frozen=True, slots=True)
class PlanItem:
    """What would become of one record. ``action`` is one of ``delivery.dry_run.Action``."""

    module: Module
    source_id: str
    number: str | None
    name: str | None
    action: str
    reason: Reason | None
    changes: tuple[Change, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON that :meth:`from_json` reads."""
        return {
            "module": self.module,
            "source_id": self.source_id,
            "number": self.number,
            "name": self.name,
            "action": self.action,
            "reason": self.reason.to_json() if self.reason else None,
            "changes": [list(change) for change in self.changes],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> PlanItem:
        """The item that :meth:`to_json` wrote."""
        known = {field.name: told[field.name] for field in fields(cls)}
        known |= {
            "module": Module(told["module"]),
            "reason": Reason.from_json(told["reason"]) if told["reason"] else None,
            "changes": tuple((name, before, after) for name, before, after in told["changes"]),
        }
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Plan:
    """``counts``: items by action; ``items``: the first of them."""

    plan_id: int
    integration: str
    made_at: datetime
    made_by: str
    plan_hash: str
    counts: Mapping[str, int]
    items: tuple[PlanItem, ...]
    applied_at: datetime | None
    applied_by: str | None

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Plan:
        """The plan that a database row holds."""
        return cls(**{**row, "items": tuple(PlanItem.from_json(item) for item in row["items"])})


def keep(
    connection: Connection,
    integration: str,
    actor: str,
    plan_hash: str,
    counts: Mapping[str, int],
    items: Sequence[PlanItem],
) -> int:
    """Keep a plan; its number."""
    values = {
        "integration": integration,
        "actor": actor,
        "plan_hash": plan_hash,
        "counts": json.dumps(dict(counts)),
        "items": json.dumps([item.to_json() for item in items], ensure_ascii=False).replace("\\u0000", ""),
    }
    row = fetch_one(connection, "plan_keep", values)
    return int(row["plan_id"]) if row else 0


def newest(connection: Connection, integration: str) -> Plan | None:
    """The last plan, or nothing before the first."""
    row = fetch_one(connection, "plan_newest", {"integration": integration})
    return Plan.from_row(row) if row else None


def applied(connection: Connection, plan_id: int, actor: str) -> None:
    """Somebody let it be carried out."""
    execute(connection, "plan_applied", {"plan_id": plan_id, "actor": actor})
