"""Records of a shared source that move from one integration's departments to another's (MP-14).

Who has an invoice takes it back first; until that is done, whoever has its department now waits. So it never stands in
two accounts, whichever of the two runs first, and however long one of them is away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.outcomes import WaitsFor, finish
from ledgerbridge.integration import Integration
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Invoice
from ledgerbridge.store import shared_sources
from ledgerbridge.store.database import Connection
from ledgerbridge.store.shared_sources import Holder
from ledgerbridge.store.transfers import State, Transfer

__all__ = ["held_elsewhere", "is_elsewhere", "named_for_us", "share_source", "taken_back", "wait_for_other"]

_OF_MOVED = {
    "invoice_withdrawn": "invoice_moved",
    "invoice_withdrawn_after_booking": "invoice_moved_after_booking",
    "invoice_withdrawn_draft_left": "invoice_moved_draft_left",
}


def share_source(store: Connection, integration: Integration) -> None:
    """Let the other integrations on the source know of this one, before it stages anything."""
    source = integration.source
    shared_sources.note(store, integration.name, source.connection if source.departments is not None else None)


def held_elsewhere(desk: Desk, invoices: Iterable[Invoice]) -> dict[str, Holder]:
    """Which of these invoices another integration is not done with, by source id."""
    if desk.integration.source.departments is None:
        return {}
    source_ids = [invoice.source_id for invoice in invoices]
    return shared_sources.holders(desk.store, desk.integration.name, source_ids) if source_ids else {}


def wait_for_other(desk: Desk, transfer: Transfer, holder: Holder) -> State:
    """The first run after the other one has taken it back takes it up again."""
    if holder.target_kind == "booked_invoice":
        values = {"integration": holder.integration, "booked": holder.target_id or ""}
        reason = Reason("invoice_booked_elsewhere", values)
    else:
        reason = Reason("invoice_held_elsewhere", {"integration": holder.integration})
    return finish(desk, transfer, State.WAITING, reason, WaitsFor.OTHER_INTEGRATION, expected=transfer.state)


def is_elsewhere(integration: Integration, record: Invoice | Customer) -> bool:
    """Whether the record is of another department than the integration's."""
    ours = integration.source.departments
    return ours is not None and (record.department or "") not in ours


def taken_back(desk: Desk, invoice: Invoice, code: str, values: Mapping[str, str] | None = None) -> Reason:
    """The reason ``code`` for an invoice that was taken back; that it was moved is told in its own words."""
    if not is_elsewhere(desk.integration, invoice):
        return Reason(code, values or {})
    return Reason(_OF_MOVED[code], {**(values or {}), "department": invoice.department or "–"})


def named_for_us(desk: Desk, customers: Iterable[Customer]) -> list[Customer]:
    """Those whose row names a number of our accounts, and not the one that it has in another integration's."""
    customers = list(customers)
    if desk.integration.source.departments is None or not customers:
        return customers
    source_ids = [customer.source_id for customer in customers]
    theirs = shared_sources.customer_numbers(desk.store, desk.integration.name, source_ids)
    return [item for item in customers if (item.source_id, item.target_number or "") not in theirs]
