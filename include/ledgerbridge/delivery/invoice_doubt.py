"""Finding out what an invoice's write in doubt came to (P2, P3)."""

from __future__ import annotations

from ledgerbridge.delivery import writing
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.doubt import is_key_still_good, is_superseded, wait_until_settled
from ledgerbridge.delivery.invoice_keeping import (
    created_draft,
    invoice_of,
    is_for_its_customer,
    keep_booked,
    keep_draft,
    let_go,
)
from ledgerbridge.delivery.totals import check_totals
from ledgerbridge.delivery.writing import Step
from ledgerbridge.errors import Rejection
from ledgerbridge.integration import Finish
from ledgerbridge.store import links, transfers
from ledgerbridge.store.links import TargetKind
from ledgerbridge.store.transfers import Transfer
from ledgerbridge.target.contract import DraftInvoice

__all__ = ["settle_doubt"]


def settle_doubt(desk: Desk, transfer: Transfer) -> Transfer:
    """Find out what the write in doubt came to; the transfer that comes back has no step under way.

    *Absent* means all of: the stored draft number answers 404, no draft and no booked invoice carries the locator
    (drafts asked first, then booked), no booked one has that draft's number as its order number.
    """
    wait_until_settled(desk, transfer)
    match transfer.step:
        case Step.CREATE_DRAFT:
            return _settle_creation(desk, transfer)
        case Step.BOOK:
            return _settle_booking(desk, transfer)
        case Step.DELETE_DRAFT:
            return _settle_deletion(desk, transfer)
        case _:
            # Replacing may be made again: it begins with a look at the draft itself.
            return writing.abandon(desk, transfer, "a replacement is repeated, not looked for")


def _settle_creation(desk: Desk, transfer: Transfer) -> Transfer:
    draft = desk.target.find_draft(transfer.locator)
    if draft is not None:
        keep_draft(desk, transfer, draft)
        return transfers.reload(desk.store, transfer.transfer_id)
    booked = desk.target.find_booked(transfer.locator)
    if booked is not None:
        keep_booked(desk, transfer, booked)
        return transfers.reload(desk.store, transfer.transfer_id)
    may_repeat = is_key_still_good(desk, transfer) and not is_superseded(desk, transfer)
    if not may_repeat or not is_for_its_customer(desk, transfer, desk.target.customer_in(transfer.request_body or "")):
        return writing.abandon(desk, transfer, "neither a draft nor a booked invoice carries the locator")
    transfer, answer = writing.resend(desk, transfer)
    created_draft(desk, transfer, answer)
    return transfers.reload(desk.store, transfer.transfer_id)


def _may_be_resent(desk: Desk, transfer: Transfer, draft: DraftInvoice) -> bool:
    """Whether the booking in doubt would be made just so today: the draft may have been edited meanwhile (CT-19)."""
    if is_superseded(desk, transfer) or not is_key_still_good(desk, transfer):
        return False
    if not is_for_its_customer(desk, transfer, draft.customer_number):
        return False
    invoicing = desk.integration.invoicing
    try:
        check_totals(invoicing, transfer, invoice_of(transfer), desk.target.with_sure_totals(draft))
    except Rejection:
        return False
    return invoicing.finish is Finish.BOOK


def _settle_deletion(desk: Desk, transfer: Transfer) -> Transfer:
    """Gone by our own hand is not "deleted by a person": a newer revision may make the draft anew."""
    link = links.link_of(desk.store, transfer.record_id)
    if link is None or link.target_kind is not TargetKind.DRAFT_INVOICE:
        return writing.abandon(desk, transfer, "there is no draft to delete")
    number = int(link.target_id)
    if desk.target.draft(number) is not None:
        return writing.abandon(desk, transfer, "the draft is still there")
    booked = desk.target.find_booked(transfer.locator, number, link.target_customer)
    if booked is not None:
        keep_booked(desk, transfer, booked)
        return transfers.reload(desk.store, transfer.transfer_id)
    return let_go(desk, transfer)


def _settle_booking(desk: Desk, transfer: Transfer) -> Transfer:
    number = int(transfer.target_draft or 0)
    draft = desk.target.draft(number) if number else None
    if draft is None:
        draft = desk.target.find_draft(transfer.locator)
    link = links.link_of(desk.store, transfer.record_id)
    customer_number = link.target_customer if link is not None else None
    booked = desk.target.find_booked(transfer.locator, number or None, customer_number)
    if booked is not None:
        keep_booked(desk, transfer, booked)
        return transfers.reload(desk.store, transfer.transfer_id)
    if draft is None or not _may_be_resent(desk, transfer, draft):
        return writing.abandon(desk, transfer, "the draft was not booked")
    transfer, answer = writing.resend(desk, transfer)
    if answer.status == 404:
        return writing.abandon(desk, transfer, "the draft is gone")
    invoice = invoice_of(transfer)
    booked = writing.reading(desk, transfer, lambda: desk.target.read_booked(answer, draft, invoice))
    keep_booked(desk, transfer, booked)
    return transfers.reload(desk.store, transfer.transfer_id)
