"""A credit note and the invoice that it credits."""

from __future__ import annotations

from collections.abc import Iterable

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.outcomes import WaitsFor, finish
from ledgerbridge.integration import Finish
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Invoice
from ledgerbridge.store import transfers
from ledgerbridge.store.transfers import State, Transfer

__all__ = ["originals_held_back", "wait_for_original"]


def originals_held_back(desk: Desk, invoices: Iterable[Invoice]) -> set[str]:
    """Source ids of credited invoices that are not booked yet, also by the very run that this one is in.

    Their credit notes must not be booked before them: the ledger would owe the customer what it has not charged, by
    a document that refers to nothing (P14). Drafts owe nobody anything, so with ``finish: draft`` there are none. Nor
    is an invoice one that was never ours (from before the take-over), or that a person has set aside.
    """
    if desk.integration.invoicing.finish is not Finish.BOOK:
        return set()
    credited = {invoice.original_source_id for invoice in invoices if invoice.original_source_id is not None}
    return transfers.held_back(desk.store, desk.integration.name, credited) if credited else set()


def wait_for_original(desk: Desk, transfer: Transfer, invoice: Invoice) -> State:
    """The first run after the original is booked takes the credit note up again."""
    original = invoice.original_source_id or ""
    reason = Reason("original_held_back", {"original": invoice.original_invoice_number or original})
    return finish(desk, transfer, State.WAITING, reason, WaitsFor.invoice(original), expected=transfer.state)
