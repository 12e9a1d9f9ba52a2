"""Two changes are committed in the time system, and watched until they stand in the accounts."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ledgerbridge.records import Module
from ledgerbridge.store.transfers import State, Transfer
from sandbox.airflow_client import AirflowClient
from sandbox.clienttime.live import LiveChange, approve_invoice, change_address
from sandbox.demo.house import House
from sandbox.demo.states import first_event, newest_transfer

__all__ = ["Live", "watch", "watch_live_changes"]

_SECONDS = 90.0
_DONE = {State.DELIVERED, State.UNCHANGED}


@dataclass(frozen=True, slots=True)
class Live:
    """One change on its way: seconds from the commit to the target, and the moments between."""

    what: str
    seconds: Decimal
    run_id: str
    stamps: dict[str, str | None]

    def to_json(self) -> dict[str, Any]:
        """For the summary; ``seconds`` is a number there."""
        return {"what": self.what, "seconds": self.seconds, "stamps": self.stamps}


def watch_live_changes(house: House, say: Callable[[str], None]) -> list[Live]:
    """Commit a customer's new address and an invoice's approval, of the integration's own; how long each took.

    Raises:
        TimeoutError: one did not arrive.
    """
    of, today = house.integration.source.departments, datetime.now(UTC).date()
    changes: tuple[tuple[Module, Callable[[Any], LiveChange]], ...] = (
        (Module.CUSTOMERS, lambda connection: change_address(connection, of)),
        (Module.INVOICES, lambda connection: approve_invoice(connection, today=today, departments=of)),
    )
    found = []
    for module, change in changes:
        with closing(house.source()) as connection:
            committed = change(connection)
        live = watch(house, module, committed)
        say(f"{committed.what}: {live.seconds} s from commit to target")
        found.append(live)
    return found


def watch(house: House, module: Module, change: LiveChange) -> Live:
    """Wait until a change that has been committed stands in the target.

    Raises:
        TimeoutError: it did not arrive.
    """

    def look() -> Transfer | None:
        return newest_transfer(house, module, change.source_id)

    def is_done(transfer: Transfer | None) -> bool:
        return transfer is not None and transfer.state in _DONE and transfer.staged_at > change.committed_at

    transfer = AirflowClient.wait_for(look, is_done, _SECONDS, f"{change.what} in the target")
    if transfer is None or transfer.settled_at is None:
        message = f"{change.what}: delivered without a time"
        raise RuntimeError(message)
    stamps = _stamps(house, module, change, transfer)
    done = first_event(house, transfer.transfer_id, "answered") or transfer.settled_at
    last = max(done, transfer.settled_at)
    seconds = (last - change.committed_at).total_seconds()
    return Live(change.what, Decimal(f"{seconds:.2f}"), transfer.run_id, {**stamps, "done": last.isoformat()})


def _stamps(house: House, module: Module, change: LiveChange, transfer: Transfer) -> dict[str, str | None]:
    dag_id, run_id = transfer.run_id.split("/", 1)
    events = house.client.triggering_events(dag_id, run_id)
    notified = max(
        (str(event["extra"].get("payload", event["extra"]).get("notified_at", "")) for event in events), default=""
    )
    run = house.client.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}")
    loads = [item for item in house.client.task_instances(dag_id, run_id) if item.task_id == "load" and item.started]
    sent = first_event(house, transfer.transfer_id, "sent")
    del module
    return {
        "commit": change.committed_at.isoformat(),
        "notified": notified or None,
        "queued": run.get("queued_at"),
        "load_started": min(item.started for item in loads if item.started).isoformat() if loads else None,
        "sent": sent.isoformat() if sent else None,
    }
