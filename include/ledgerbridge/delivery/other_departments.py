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
from ledgerbridge.records import Customer, Invoice, Module
from ledgerbridge.store import source_parts
from ledgerbridge.store.database import Connection
from ledgerbridge.store.links import TargetKind
from ledgerbridge.store.source_parts import Holder
from ledgerbridge.store.transfers import State, Transfer

__all__ = [
    "held_elsewhere",
    "is_elsewhere",
    "named_for_us",
    "originals_elsewhere",
    "share_source",
    "taken_back",
    "wait_beside_original",
    "wait_for_other",
]

_OF_MOVED = {
    "invoice_withdrawn": "invoice_moved",
    "invoice_withdrawn_after_booking": "invoice_moved_after_booking",
    "invoice_withdrawn_draft_left": "invoice_moved_draft_left",
}


def share_source(store: Connection, integration: Integration, module: Module) -> bool:
    """Let the other integrations on the source know of this one before it stages anything.

    Whether it has other departments than at its last run: then everything is to be read again. Those of another
    environment know nothing of each other, so that something can be tried out beside what is in force.
    """
    source = f"{integration.environment}/{integration.source.connection}"
    return source_parts.note(store, integration.name, module, source, integration.source.departments)


def held_elsewhere(desk: Desk, invoices: Iterable[Invoice]) -> dict[str, Holder]:
    """Which of these invoices another integration is not done with, by source id."""
    source_ids = [invoice.source_id for invoice in invoices]
    return source_parts.holders(desk.store, desk.integration.name, source_ids) if source_ids else {}


def originals_elsewhere(desk: Desk, invoices: Iterable[Invoice]) -> dict[str, Holder]:
    """Which of the invoices that these credit another integration has, by the credited one's source id."""
    credited = {invoice.original_source_id for invoice in invoices if invoice.original_source_id}
    return source_parts.holders(desk.store, desk.integration.name, sorted(credited)) if credited else {}


def wait_for_other(desk: Desk, transfer: Transfer, holder: Holder) -> State:
    """Each run looks again, and the first one after the other has taken it back goes on."""
    if holder.target_kind == TargetKind.BOOKED_INVOICE:
        values = {"integration": holder.integration, "booked": holder.target_id or ""}
        return _wait(desk, transfer, Reason("invoice_booked_elsewhere", values))
    return _wait(desk, transfer, Reason("invoice_held_elsewhere", {"integration": holder.integration}))


def wait_beside_original(desk: Desk, transfer: Transfer, invoice: Invoice, holder: Holder) -> State:
    """A credit note that is not where its invoice is: these accounts have charged nothing (P14)."""
    original = invoice.original_invoice_number or invoice.original_source_id or ""
    values = {"original": original, "integration": holder.integration}
    return _wait(desk, transfer, Reason("original_elsewhere", values))


def _wait(desk: Desk, transfer: Transfer, reason: Reason) -> State:
    if (transfer.state, transfer.reason) == (State.WAITING, reason):
        return State.WAITING  # it is told already
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
    if not customers:
        return customers
    source_ids = [customer.source_id for customer in customers]
    theirs = source_parts.customer_numbers(desk.store, desk.integration.name, source_ids)
    return [item for item in customers if (item.source_id, item.target_number or "") not in theirs]
