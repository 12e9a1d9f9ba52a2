"""How things stand in our own database, read while Airflow works."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime

from ledgerbridge.records import Module
from ledgerbridge.store import transfers
from ledgerbridge.store.database import connect, fetch_one
from sandbox.demo.house import House

__all__ = ["first_event", "invoice_states", "newest_transfer", "states_of"]


def states_of(house: House, module: Module) -> Mapping[str, int]:
    """Records by state."""
    with closing(connect(house.store_dsn)) as store:
        return transfers.states(store, house.integration.name, module)


def invoice_states(house: House) -> Mapping[str, int]:
    """Invoices by state."""
    return states_of(house, Module.INVOICES)


def newest_transfer(house: House, module: Module, source_id: str) -> transfers.Transfer | None:
    """The newest revision of a record, if it has been staged at all."""
    with closing(connect(house.store_dsn)) as store:
        try:
            record_id = transfers.record_of(store, house.integration.name, module, source_id)
        except LookupError:
            return None
        return transfers.latest(store, record_id)


def first_event(house: House, transfer_id: int, event: str) -> datetime | None:
    """When an event of a transfer's history first happened."""
    values = {"transfer_id": transfer_id, "event": event}
    with closing(connect(house.store_dsn)) as store:
        row = fetch_one(store, "history_first_event", values)
    return row["at"] if row else None
