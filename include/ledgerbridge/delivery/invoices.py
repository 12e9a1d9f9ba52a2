"""One invoice's way through the target: draft, totals, booking, archive (CT-1, CT-19, X-8).

Each step looks at what our database and the target say now, so that a way that broke off anywhere is simply
walked again.
"""

from __future__ import annotations

from ledgerbridge.delivery import writing
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.doubt import is_key_still_good, is_superseded, wait_until_settled
from ledgerbridge.delivery.outcomes import finish, warn
from ledgerbridge.delivery.totals import check_totals
from ledgerbridge.delivery.writing import Step
from ledgerbridge.errors import Rejection
from ledgerbridge.integration import Finish
from ledgerbridge.delivery.payment_lines import payment_line_of
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Invoice, Module
from ledgerbridge.store import archive, links, transfers
from ledgerbridge.store.database import transaction
from ledgerbridge.store.links import Link, TargetKind
from ledgerbridge.store.transfers import Operation, State, Transfer
from ledgerbridge.target.contract import Answer, BookedInvoice, DraftInvoice

__all__ = ["deliver_invoice"]


def deliver_invoice(desk: Desk, transfer: Transfer) -> State:
    """Bring the target to hold this revision of the invoice, or to hold it no more.

    Raises:
        InDoubt: an outcome is unknown and cannot be known yet.
        LedgerbridgeError: as :meth:`~ledgerbridge.target.contract.Target.send` and the reads say.
    """
    was_in_doubt = transfer.step is not None
    if was_in_doubt:
        transfer = _settle_doubt(desk, transfer)
    link = links.link_of(desk.store, transfer.record_id)
    if was_in_doubt and (link is None or link.target_kind is TargetKind.DRAFT_INVOICE) and is_superseded(desk, transfer):
        # What the old revision left is known now; the newer one takes it from there.
        return finish(desk, transfer, State.WITHDRAWN, Reason("superseded_by_newer_revision"))
    if link is not None and link.target_kind is TargetKind.BOOKED_INVOICE:
        return _already_booked(desk, transfer, link)
    if transfer.operation is Operation.WITHDRAW:
        return _withdraw(desk, transfer, link)
    draft = _draft(desk, transfer, link)
    if draft is None:
        return _already_booked_there(desk, transfer)
    rounding = check_totals(desk.integration.invoicing, transfer, _record(transfer), draft)
    if rounding is not None:
        warn(desk, transfer, rounding)
    if desk.integration.invoicing.finish is Finish.DRAFT:
        return finish(desk, transfer, State.DELIVERED)
    return _book(desk, transfers.reload(desk.store, transfer.transfer_id), draft)


# Draft.


def _draft(desk: Desk, transfer: Transfer, link: Link | None) -> DraftInvoice | None:
    """The draft that shows this revision; nothing when a person has booked it there."""
    if link is None:
        return _create_draft(desk, transfer)
    number = int(link.target_id)
    current = desk.target.draft(number)
    if current is None:
        return _draft_is_gone(desk, transfer, number)
    if current.locator != transfer.locator:
        raise Rejection("draft_is_not_ours", draft=number, locator=transfer.locator)
    if link.fingerprint == transfer.content_hash:
        return current
    request = desk.target.replace_draft(number, transfer.payload or "")
    transfer, answer = writing.send(desk, transfer, Step.REPLACE_DRAFT, request)
    if answer.status == 404:
        return _draft_is_gone(desk, writing.abandon(desk, transfer, "the draft is gone"), number)
    return _kept_draft(desk, transfer, answer)


def _create_draft(desk: Desk, transfer: Transfer) -> DraftInvoice:
    request = desk.target.create_draft(transfer.payload or "")
    transfer, answer = writing.send(desk, transfer, Step.CREATE_DRAFT, request)
    return _created_draft(desk, transfer, answer)


def _created_draft(desk: Desk, transfer: Transfer, answer: Answer) -> DraftInvoice:
    draft = _read_draft(desk, transfer, answer)
    if answer.was_replayed and desk.target.draft(draft.number) is None:
        # A replayed key may name a draft that has gone since (economic section 7, no. 35).
        return _create_draft(desk, writing.abandon(desk, transfer, "the replayed answer names a draft that is gone"))
    return _keep(desk, transfer, draft)


def _kept_draft(desk: Desk, transfer: Transfer, answer: Answer) -> DraftInvoice:
    return _keep(desk, transfer, _read_draft(desk, transfer, answer))


def _read_draft(desk: Desk, transfer: Transfer, answer: Answer) -> DraftInvoice:
    return writing.reading(desk, transfer, lambda: desk.target.read_draft(answer))


def _keep(desk: Desk, transfer: Transfer, draft: DraftInvoice) -> DraftInvoice:
    with transaction(desk.store):
        _link(desk, transfer, TargetKind.DRAFT_INVOICE, str(draft.number), transfer.content_hash)
        writing.conclude(desk, transfer, str(draft.number))
        desk.note(transfer, "draft", draft=draft.number, net=draft.net, vat=draft.vat, gross=draft.gross)
    return draft


def _draft_is_gone(desk: Desk, transfer: Transfer, number: int) -> DraftInvoice | None:
    """Booked by a person, or deleted by one. Sent again only when a person asks for it (TL-10)."""
    booked = desk.target.find_booked(transfer.locator, number, _customer_number(desk, transfer))
    if booked is not None:
        _keep_booked(desk, transfer, booked)
        return None
    if not desk.is_asked_for:
        raise Rejection("draft_deleted_in_target", draft=number)
    links.remove(desk.store, transfer.record_id)
    return _create_draft(desk, transfers.reload(desk.store, transfer.transfer_id))


# Booking.


def _book(desk: Desk, transfer: Transfer, draft: DraftInvoice) -> State:
    request = desk.target.book(draft.number, _record(transfer))
    transfer, answer = writing.send(desk, transfer, Step.BOOK, request)
    if answer.status == 404:
        transfer = writing.abandon(desk, transfer, "the draft is gone")
        _draft_is_gone(desk, transfer, draft.number)
        return deliver_invoice(desk, transfers.reload(desk.store, transfer.transfer_id))
    booked = writing.reading(desk, transfer, lambda: desk.target.read_booked(answer))
    return _keep_booked(desk, transfer, booked)


def _keep_booked(desk: Desk, transfer: Transfer, booked: BookedInvoice) -> State:
    invoicing, invoice = desk.integration.invoicing, _record(transfer)
    line, warning = payment_line_of(invoicing, booked)
    if warning is not None:
        warn(desk, transfer, warning)
    values = {
        "record_id": transfer.record_id,
        "integration": transfer.integration,
        "booked_number": booked.number,
        "invoice_date": booked.date,
        "due_date": booked.due_date,
        "customer_number": booked.customer_number,
        "currency": booked.currency,
        "net_amount": booked.net,
        "vat_amount": booked.vat,
        "gross_amount": booked.gross,
        "answer": booked.text,
        "payment_line": line,
    }
    # What was booked is the draft as it stood, so its fingerprint goes on; only without one is it this revision.
    before = links.link_of(desk.store, transfer.record_id)
    fingerprint = (before.fingerprint if before else None) or transfer.content_hash
    with transaction(desk.store):
        _link(desk, transfer, TargetKind.BOOKED_INVOICE, str(booked.number), fingerprint)
        archive.keep(desk.store, values, [share.to_json() for share in booked.vat_shares])
        writing.conclude(desk, transfer, transfer.target_draft)
        transfers.set_state(desk.store, transfer.transfer_id, State.DELIVERED)
        desk.note(transfer, "booked", number=booked.number, source_number=invoice.invoice_number)
    return State.DELIVERED


def _already_booked(desk: Desk, transfer: Transfer, link: Link) -> State:
    """Once booked nothing is resent: what differs is a reported difference (X-8)."""
    if transfer.operation is Operation.WITHDRAW:
        reason = Reason("invoice_withdrawn_after_booking", {"booked": link.target_id})
        return finish(desk, transfer, State.UNCHANGED, reason)
    if link.fingerprint == transfer.content_hash:
        return finish(desk, transfer, State.DELIVERED)
    return finish(desk, transfer, State.UNCHANGED, Reason("invoice_changed_after_booking", {"booked": link.target_id}))


def _already_booked_there(desk: Desk, transfer: Transfer) -> State:
    link = links.link_of(desk.store, transfer.record_id)
    if link is None:
        message = f"transfer {transfer.transfer_id}: booked, and no link was made"
        raise RuntimeError(message)
    return _already_booked(desk, transfer, link)


# Withdrawal.


def _withdraw(desk: Desk, transfer: Transfer, link: Link | None) -> State:
    if link is None:
        return finish(desk, transfer, State.WITHDRAWN, Reason("invoice_withdrawn"))
    number = int(link.target_id)
    current = desk.target.draft(number)
    if current is None and (booked := _booked_meanwhile(desk, transfer, number)) is not None:
        return booked
    if current is not None:
        if current.locator != transfer.locator:
            raise Rejection("draft_is_not_ours", draft=number, locator=transfer.locator)
        transfer, _ = writing.send(desk, transfer, Step.DELETE_DRAFT, desk.target.delete_draft(number))
    with transaction(desk.store):
        links.remove(desk.store, transfer.record_id)
        if transfer.step is not None:
            writing.conclude(desk, transfer)
    return finish(desk, transfer, State.WITHDRAWN, Reason("invoice_withdrawn"))


def _booked_meanwhile(desk: Desk, transfer: Transfer, number: int) -> State | None:
    booked = desk.target.find_booked(transfer.locator, number, _customer_number(desk, transfer))
    if booked is None:
        return None
    _keep_booked(desk, transfer, booked)
    return _already_booked_there(desk, transfer)


# Doubt.


def _settle_doubt(desk: Desk, transfer: Transfer) -> Transfer:
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
        case _:
            # Replacing and deleting may be made again: both begin with a look at the draft itself.
            return writing.abandon(desk, transfer, "a replacement is repeated, not looked for")


def _settle_creation(desk: Desk, transfer: Transfer) -> Transfer:
    draft = desk.target.find_draft(transfer.locator)
    if draft is not None:
        _keep(desk, transfer, draft)
        return transfers.reload(desk.store, transfer.transfer_id)
    booked = desk.target.find_booked(transfer.locator, None, _customer_number(desk, transfer))
    if booked is not None:
        _keep_booked(desk, transfer, booked)
        return transfers.reload(desk.store, transfer.transfer_id)
    if is_superseded(desk, transfer) or not is_key_still_good(desk, transfer):
        return writing.abandon(desk, transfer, "neither a draft nor a booked invoice carries the locator")
    transfer, answer = writing.resend(desk, transfer)
    _created_draft(desk, transfer, answer)
    return transfers.reload(desk.store, transfer.transfer_id)


def _settle_booking(desk: Desk, transfer: Transfer) -> Transfer:
    number = int(transfer.target_draft or 0)
    draft = desk.target.draft(number) if number else None
    if draft is None:
        draft = desk.target.find_draft(transfer.locator)
    booked = desk.target.find_booked(transfer.locator, number or None, _customer_number(desk, transfer))
    if booked is not None:
        _keep_booked(desk, transfer, booked)
        return transfers.reload(desk.store, transfer.transfer_id)
    if draft is None or is_superseded(desk, transfer) or not is_key_still_good(desk, transfer):
        return writing.abandon(desk, transfer, "the draft was not booked")
    transfer, answer = writing.resend(desk, transfer)
    if answer.status == 404:
        return writing.abandon(desk, transfer, "the draft is gone")
    _keep_booked(desk, transfer, writing.reading(desk, transfer, lambda: desk.target.read_booked(answer)))
    return transfers.reload(desk.store, transfer.transfer_id)


def _link(desk: Desk, transfer: Transfer, kind: TargetKind, target_id: str, fingerprint: str) -> None:
    links.make(
        desk.store,
        record_id=transfer.record_id,
        integration=transfer.integration,
        module=Module.INVOICES,
        kind=kind,
        target_id=target_id,
        made_by=desk.workplace.actor,
        fingerprint=fingerprint,
        source_number=_record(transfer).invoice_number,
    )


def _customer_number(desk: Desk, transfer: Transfer) -> str:
    invoice = _record(transfer)
    linked = links.links_of(desk.store, transfer.integration, Module.CUSTOMERS, [invoice.customer_source_id])
    link = linked.get(invoice.customer_source_id)
    return link.target_id if link else "0"


def _record(transfer: Transfer) -> Invoice:
    record = transfer.record
    if not isinstance(record, Invoice):
        message = f"transfer {transfer.transfer_id} is no invoice"
        raise TypeError(message)
    return record
