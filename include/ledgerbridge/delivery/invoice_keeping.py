"""What is kept of an invoice's draft and of its booking; how its draft is made, also from a replayed answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from ledgerbridge.delivery import writing
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.outcomes import WaitsFor, finish, warn
from ledgerbridge.delivery.payment_lines import payment_line_of
from ledgerbridge.delivery.writing import Step
from ledgerbridge.errors import Rejection, TryAgain, WaitsForPerson
from ledgerbridge.integration import Finish
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Invoice, Module
from ledgerbridge.store import archive, links, transfers
from ledgerbridge.store.database import Together
from ledgerbridge.store.links import Link, TargetKind
from ledgerbridge.store.transfers import State, Transfer
from ledgerbridge.target.contract import Answer, BookedInvoice, DraftInvoice

__all__ = [
    "adopt_draft",
    "create_draft",
    "created_draft",
    "invoice_of",
    "is_all_that_is_wanted",
    "is_for_its_customer",
    "is_number_in_doubt",
    "keep_booked",
    "keep_draft",
    "let_go",
    "payload_hash",
    "points_at",
    "read_draft",
    "wait_for_customer",
]


def create_draft(
    desk: Desk, transfer: Transfer, *, is_again: bool = False, may_end: bool = False
) -> DraftInvoice | None:
    """The new draft; nothing when it turns out that a former one was booked. ``may_end``: see :func:`keep_draft`."""
    request = desk.target.create_draft(transfer.payload or "")
    transfer, answer = writing.send(desk, transfer, Step.CREATE_DRAFT, request)
    return created_draft(desk, transfer, answer, is_again=is_again, may_end=may_end)


def created_draft(
    desk: Desk, transfer: Transfer, answer: Answer, *, is_again: bool = False, may_end: bool = False
) -> DraftInvoice | None:
    """The draft that the answer to its creation names; nothing when it was booked since."""
    draft = read_draft(desk, transfer, answer)
    if not answer.was_replayed or desk.target.draft(draft.number) is not None:
        return keep_draft(desk, transfer, draft, may_end=may_end)
    # A replayed key may name a draft that has gone since (economic section 7, no. 35): booked, or deleted?
    booked = desk.target.find_booked(transfer.locator, draft.number, draft.customer_number)
    if booked is not None:
        keep_booked(desk, transfer, booked)
        return None
    transfer = writing.abandon(desk, transfer, "the replayed answer names a draft that is gone")
    if is_again:
        # A new key cannot have been used before: this server says things that cannot be.
        what = f"draft {draft.number} is not there"
        raise TryAgain("target_contradicts_itself", what=what)
    return create_draft(desk, transfer, is_again=True, may_end=may_end)


def read_draft(desk: Desk, transfer: Transfer, answer: Answer) -> DraftInvoice:
    return writing.reading(desk, transfer, lambda: desk.target.read_draft(answer))


def keep_draft(desk: Desk, transfer: Transfer, draft: DraftInvoice, *, may_end: bool = False) -> DraftInvoice:
    """Keep what the target made. ``may_end``: where a draft is all that is wanted and its totals agree, the transfer
    is delivered by that, in the same step."""
    # What the draft shows is what was sent, which may be older than the payload of today.
    sent = transfer.request_body or transfer.payload or ""
    known = {
        "fingerprint": transfer.content_hash,
        "payload_hash": payload_hash(sent),
        "target_customer": draft.customer_number,
    }
    with _linking(desk, transfer, TargetKind.DRAFT_INVOICE, str(draft.number), **known) as at_once:
        desk.note(transfer, "draft", at_once, draft=draft.number, net=draft.net, vat=draft.vat, gross=draft.gross)
        if may_end and is_all_that_is_wanted(desk, transfer, draft):
            delivered = desk.entry(transfer, State.DELIVERED.value, reason=None)
            transfers.end_delivered(at_once, transfer.transfer_id, str(draft.number), delivered)
        else:
            writing.conclude(at_once, transfer, str(draft.number))
    return draft


def is_all_that_is_wanted(desk: Desk, transfer: Transfer, draft: DraftInvoice) -> bool:
    """Whether the integration leaves drafts for people to book, and this one surely comes to what the source says."""
    invoicing, invoice = desk.integration.invoicing, invoice_of(transfer)
    if invoicing.finish is not Finish.DRAFT or not draft.totals_are_sure:
        return False
    if desk.target.oddities(draft, invoice):
        return False  # they are told first
    return (draft.net, draft.vat, draft.gross) == (invoice.net_amount, invoice.vat_amount, invoice.gross_amount)


def keep_booked(desk: Desk, transfer: Transfer, booked: BookedInvoice) -> State:
    invoicing, invoice = desk.integration.invoicing, invoice_of(transfer)
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
        "is_foretold": booked.is_foretold,
        "payment_line": line,
    }
    # What was booked is the draft as it stood, so its fingerprint goes on, be it an unknown one.
    before = links.link_of(desk.store, transfer.record_id)
    fingerprint = before.fingerprint if before else transfer.content_hash
    entry = desk.entry(transfer, "booked", number=booked.number, source_number=invoice.invoice_number)
    with _linking(desk, transfer, TargetKind.BOOKED_INVOICE, str(booked.number), fingerprint=fingerprint) as at_once:
        archive.keep(at_once, values, [share.to_json() for share in booked.vat_shares])
        transfers.end_delivered(at_once, transfer.transfer_id, transfer.target_draft, entry)
    return State.DELIVERED


def payload_hash(payload: str) -> str:
    """Tells whether a draft was made from this payload: from this debtor, zone, product and text."""
    return hashlib.sha256(payload.encode()).hexdigest()


def let_go(desk: Desk, transfer: Transfer) -> Transfer:
    """The draft is no more, and with it the link."""
    with desk.together() as at_once:
        links.drop(at_once, transfer.record_id)
        if transfer.step is not None:
            writing.conclude(at_once, transfer)
    return transfers.reload(desk.store, transfer.transfer_id)


def adopt_draft(desk: Desk, transfer: Transfer, draft: DraftInvoice) -> Link | None:
    """Take a draft that carries our locator for ours; what it was made from is not known."""
    whose = draft.customer_number
    with _linking(desk, transfer, TargetKind.DRAFT_INVOICE, str(draft.number), target_customer=whose) as at_once:
        desk.note(transfer, "draft_adopted", at_once, draft=draft.number)
    return links.link_of(desk.store, transfer.record_id)


@contextmanager
def _linking(
    desk: Desk, transfer: Transfer, kind: TargetKind, target_id: str, **known: str | None
) -> Iterator[Together]:
    """Make the link, and with it whatever else is added inside: all of it or nothing."""
    try:
        with links.told_if_taken(target_id), desk.together() as at_once:
            links.make(
                at_once,
                record_id=transfer.record_id,
                integration=transfer.integration,
                module=Module.INVOICES,
                kind=kind,
                target_id=target_id,
                made_by=desk.workplace.actor,
                source_number=invoice_of(transfer).invoice_number,
                **known,
            )
            yield at_once
    except WaitsForPerson as error:
        # Somebody has copied our mark onto the document of another invoice.
        raise Rejection("document_of_another_invoice", target=target_id, locator=transfer.locator) from error


def is_for_its_customer(desk: Desk, transfer: Transfer, customer_number: str | None) -> bool:
    """Whether the invoice's customer is linked to ``customer_number`` now; a person may have moved the link.

    A payload that names nobody is for the target to refuse.
    """
    customer = invoice_of(transfer).customer_source_id
    link = links.links_of(desk.store, transfer.integration, Module.CUSTOMERS, [customer]).get(customer)
    return points_at(link, customer_number)


def points_at(link: Link | None, customer_number: str | None) -> bool:
    """As :func:`is_for_its_customer`, where the customer's link has been read."""
    if customer_number is None:
        return True
    return link is not None and link.broken_at is None and link.target_id == customer_number


def is_number_in_doubt(desk: Desk, link: Link | None) -> bool:
    """Whether the customer may have another number in the target by now: a change of it was not answered (CT-16)."""
    return desk.target.capabilities.renumbers_customers and link is not None and link.is_in_doubt


def wait_for_customer(desk: Desk, transfer: Transfer, invoice: Invoice) -> State:
    """The first run after the customer's own takes it up again."""
    reason = Reason("customer_in_doubt", {"number": invoice.customer_number, "name": invoice.recipient_name})
    return finish(desk, transfer, State.WAITING, reason, WaitsFor.RUN, expected=transfer.state)


def invoice_of(transfer: Transfer) -> Invoice:
    record = transfer.record
    if not isinstance(record, Invoice):
        message = f"transfer {transfer.transfer_id} is no invoice"
        raise TypeError(message)
    return record
