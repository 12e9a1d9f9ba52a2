"""One invoice's way through the target: draft, totals, booking, archive (CT-1, CT-19, X-8).

Each step looks at what our database and the target say now, so that a way that broke off anywhere is simply
walked again.
"""

from __future__ import annotations

from ledgerbridge.delivery import writing
from ledgerbridge.delivery.booked_figures import see_first_booking
from ledgerbridge.delivery.credit_notes import originals_held_back, wait_for_original
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.doubt import is_superseded
from ledgerbridge.delivery.invoice_doubt import settle_doubt
from ledgerbridge.delivery.invoice_keeping import (
    adopt_draft,
    create_draft,
    invoice_of,
    is_all_that_is_wanted,
    is_for_its_customer,
    is_number_in_doubt,
    keep_booked,
    keep_draft,
    let_go,
    payload_hash,
    points_at,
    read_draft,
    wait_for_customer,
)
from ledgerbridge.delivery.other_departments import (
    held_elsewhere,
    originals_elsewhere,
    taken_back,
    wait_beside_original,
    wait_for_other,
)
from ledgerbridge.delivery.outcomes import WaitsFor, finish, warn
from ledgerbridge.delivery.totals import check_totals, difference_that_was_booked
from ledgerbridge.delivery.writing import Step
from ledgerbridge.errors import Rejection, TryAgain
from ledgerbridge.integration import Finish
from ledgerbridge.reasons import Reason
from ledgerbridge.store import archive, history, links, transfers
from ledgerbridge.store.links import Link, Seen, TargetKind
from ledgerbridge.store.transfers import Operation, State, Transfer
from ledgerbridge.target.contract import DraftInvoice

__all__ = ["deliver_invoice"]


def deliver_invoice(desk: Desk, transfer: Transfer, seen: Seen | None) -> State:
    """Bring the target to hold this revision of the invoice, or to hold it no more.

    ``seen``: the links as they were read together with the transfer; looked up where they are not given.

    Raises:
        InDoubt: an outcome is unknown and cannot be known yet.
        LedgerbridgeError: as :meth:`~ledgerbridge.target.contract.Target.send` and the reads say.
    """
    invoice_of(transfer)  # what cannot be read must fail before anything is sent
    was_in_doubt = transfer.step is not None
    if was_in_doubt:
        transfer = settle_doubt(desk, transfer)
    if seen is None or was_in_doubt:
        customer = invoice_of(transfer).customer_source_id
        seen = links.with_customer(desk.store, transfer.record_id, transfer.integration, customer)
    link = seen.own
    if link is not None and link.target_kind is TargetKind.BOOKED_INVOICE:
        return _already_booked(desk, transfer, link)
    if was_in_doubt and is_superseded(desk, transfer):
        # What the old revision left is known now; the newer one takes it from there.
        return finish(desk, transfer, State.WITHDRAWN, Reason("superseded_by_newer_revision"))
    if transfer.operation is Operation.WITHDRAW:
        return _withdraw(desk, transfer, link)
    if not points_at(seen.customers, desk.target.customer_in(transfer.payload or "")):
        return _wait_for_new_payload(desk, transfer)
    return _wait_for_others(desk, transfer, seen) or _deliver(desk, transfer, link)


def _wait_for_others(desk: Desk, transfer: Transfer, seen: Seen) -> State | None:
    """Until it is known what number the customer has, until the credited invoice is booked, or until this very one is
    taken back elsewhere; nothing when it may go on."""
    invoice = invoice_of(transfer)
    if is_number_in_doubt(desk, seen.customers):
        return wait_for_customer(desk, transfer, invoice)
    if (holder := originals_elsewhere(desk, [invoice]).get(invoice.original_source_id or "")) is not None:
        return wait_beside_original(desk, transfer, invoice, holder)
    if originals_held_back(desk, [invoice]):
        return wait_for_original(desk, transfer, invoice)
    holder = held_elsewhere(desk, [invoice]).get(transfer.source_id)
    return wait_for_other(desk, transfer, holder) if holder is not None else None


def _deliver(desk: Desk, transfer: Transfer, link: Link | None) -> State:
    if link is None and invoice_of(transfer).target_number is not None:
        link = _taken_over(desk, transfer)
        if link is not None and link.target_kind is TargetKind.BOOKED_INVOICE:
            return _already_booked(desk, transfer, link)
    draft = _draft(desk, transfer, link)
    if draft is None:
        return _already_booked_there(desk, transfer)
    if link is None and is_all_that_is_wanted(desk, transfer, draft):
        return State.DELIVERED  # kept with the draft
    return _finish(desk, transfer, draft)


def _finish(desk: Desk, transfer: Transfer, draft: DraftInvoice) -> State:
    """The totals are compared; what agrees is left as a draft, or booked."""
    draft = desk.target.with_sure_totals(draft)
    invoice = invoice_of(transfer)
    rounding = check_totals(desk.integration.invoicing, transfer, invoice, draft)
    warn(desk, transfer, *([rounding] if rounding is not None else []), *desk.target.oddities(draft, invoice))
    if desk.integration.invoicing.finish is Finish.DRAFT:
        return finish(desk, transfer, State.DELIVERED)
    if is_superseded(desk, transfer):
        # It came while this one was under way. Booking cannot be undone, so the newer one decides.
        return finish(desk, transfer, State.WITHDRAWN, Reason("superseded_by_newer_revision"))
    if not is_for_its_customer(desk, transfer, draft.customer_number):
        return _wait_for_new_payload(desk, transfer)
    return _book(desk, transfers.reload(desk.store, transfer.transfer_id), draft)


def _wait_for_new_payload(desk: Desk, transfer: Transfer) -> State:
    """The customer is linked anew, or not at all any more, since the payload was made: the next run makes it again."""
    reason = Reason("customer_link_moved")
    return finish(desk, transfer, State.WAITING, reason, WaitsFor.RUN, expected=transfer.state)


def _taken_over(desk: Desk, transfer: Transfer) -> Link | None:
    """The document of an invoice that is new to us, though the source's row names a number it was booked under.

    Ours, when our own records are an older copy than the target's; else somebody else's.

    Raises:
        Rejection: none of the target's documents carries our mark.
    """
    booked = desk.target.find_booked(transfer.locator)
    if booked is not None:
        keep_booked(desk, transfer, booked)
        return links.link_of(desk.store, transfer.record_id)
    draft = desk.target.find_draft(transfer.locator)
    if draft is not None:
        return adopt_draft(desk, transfer, draft)
    raise Rejection("invoice_has_number_already", booked=invoice_of(transfer).target_number or "")


# Draft.


def _draft(desk: Desk, transfer: Transfer, link: Link | None) -> DraftInvoice | None:
    """The draft that shows this revision; nothing when a person has booked it there."""
    if link is None:
        return create_draft(desk, transfer, may_end=True)
    if (just_made := desk.drafts.pop(transfer.record_id, None)) is not None:
        return just_made
    number = int(link.target_id)
    current = desk.target.draft(number)
    if current is None:
        return _draft_is_gone(desk, transfer, link)
    if current.locator != transfer.locator:
        raise Rejection("draft_is_not_ours", draft=number, locator=transfer.locator)
    is_same = (link.fingerprint, link.payload_hash, link.target_customer) == (
        transfer.content_hash,
        payload_hash(transfer.payload or ""),
        current.customer_number,
    )
    if is_same and not desk.is_asked_for and desk.target.is_whole(current, transfer.payload or ""):
        return current  # a person who clears has mended something, perhaps there: then it is computed again
    request = desk.target.replace_draft(number, transfer.payload or "")
    transfer, answer = writing.send(desk, transfer, Step.REPLACE_DRAFT, request)
    if answer.status == 404:
        return _draft_is_gone(desk, _abandoned(desk, transfer, number), link)
    return keep_draft(desk, transfer, read_draft(desk, transfer, answer))


def _draft_is_gone(desk: Desk, transfer: Transfer, link: Link) -> DraftInvoice | None:
    """Booked by a person, copied, or deleted by one. Then it is sent again only when a person asks for it (TL-10)."""
    number = int(link.target_id)
    booked = desk.target.find_booked(transfer.locator, number, link.target_customer)
    if booked is not None:
        keep_booked(desk, transfer, booked)
        return None
    copy = _copy_of(desk, transfer, number)
    if copy is not None:
        return _draft(desk, transfer, adopt_draft(desk, transfer, copy))
    deleted = Rejection("draft_deleted_in_target", draft=number)
    # A Clear is about the whole chunk: who cleared it knows of this deletion only when it was told before.
    if not (desk.is_asked_for and history.was_rejected(desk.store, transfer.record_id, deleted.reason)):
        raise deleted
    links.remove(desk.store, transfer.record_id)
    return create_draft(desk, transfers.reload(desk.store, transfer.transfer_id))


def _copy_of(desk: Desk, transfer: Transfer, number: int) -> DraftInvoice | None:
    """Another draft with our mark than ``number``, which is gone.

    Raises:
        TryAgain: the list still shows the very one that is not there.
    """
    copy = desk.target.find_draft(transfer.locator)
    if copy is not None and copy.number == number:
        what = f"draft {number} is listed and not there"
        raise TryAgain("target_contradicts_itself", what=what)
    return copy


def _abandoned(desk: Desk, transfer: Transfer, number: int) -> Transfer:
    """A write that was answered «not there», once a look has shown that the draft is indeed gone.

    Raises:
        TryAgain: the draft is there after all.
    """
    transfer = writing.abandon(desk, transfer, "there is no such draft")
    if desk.target.draft(number) is not None:
        what = f"draft {number} was answered as not there, and is there"
        raise TryAgain("target_contradicts_itself", what=what)
    return transfer


# Booking.


def _book(desk: Desk, transfer: Transfer, draft: DraftInvoice) -> State:
    with desk.first_booking.turn() as is_first:
        state = _booked(desk, transfer, draft)
        if is_first:
            see_first_booking(desk, transfer)
        return state


def _booked(desk: Desk, transfer: Transfer, draft: DraftInvoice) -> State:
    request = desk.target.book(draft.number, invoice_of(transfer))
    transfer, answer = writing.send(desk, transfer, Step.BOOK, request)
    if answer.status == 404:
        # Nothing is made anew in the same breath: a person may have booked it, or deleted it.
        transfer = _abandoned(desk, transfer, draft.number)
        booked_by_person = _booked_meanwhile(desk, transfer, draft.number, draft.customer_number)
        if booked_by_person is None:
            raise Rejection("draft_deleted_in_target", draft=draft.number)
        return booked_by_person
    invoice = invoice_of(transfer)
    booked = writing.reading(desk, transfer, lambda: desk.target.read_booked(answer, draft, invoice))
    return keep_booked(desk, transfer, booked)


def _already_booked(desk: Desk, transfer: Transfer, link: Link) -> State:
    """Once booked nothing is resent: what differs is a reported difference (X-8)."""
    if transfer.operation is Operation.WITHDRAW:
        booked = {"booked": link.target_id}
        reason = taken_back(desk, invoice_of(transfer), "invoice_withdrawn_after_booking", booked)
        return finish(desk, transfer, State.UNCHANGED, reason)
    if link.fingerprint == transfer.content_hash:
        kept = archive.kept(desk.store, transfer.record_id)
        if kept is None:
            return finish(desk, transfer, State.DELIVERED)
        otherwise = difference_that_was_booked(desk.integration.invoicing, transfer, invoice_of(transfer), kept)
        if otherwise is None:
            return finish(desk, transfer, State.DELIVERED, kept.otherwise)
        return finish(desk, transfer, State.UNCHANGED, otherwise)
    return finish(desk, transfer, State.UNCHANGED, Reason("invoice_changed_after_booking", {"booked": link.target_id}))


def _already_booked_there(desk: Desk, transfer: Transfer) -> State:
    link = links.link_of(desk.store, transfer.record_id)
    if link is None:
        message = f"transfer {transfer.transfer_id}: booked, and no link was made"
        raise RuntimeError(message)
    return _already_booked(desk, transfer, link)


# Withdrawal.


def _withdraw(desk: Desk, transfer: Transfer, link: Link | None) -> State:
    invoice = invoice_of(transfer)
    if link is None:
        return finish(desk, transfer, State.WITHDRAWN, taken_back(desk, invoice, "invoice_withdrawn"))
    number = int(link.target_id)
    current = desk.target.draft(number)
    if current is not None and current.locator == transfer.locator:
        return _delete_draft(desk, transfer, link)
    booked = _booked_meanwhile(desk, transfer, number, link.target_customer)
    if booked is not None:
        return booked
    copy = _copy_of(desk, transfer, number)
    if copy is not None:
        return _withdraw(desk, transfer, adopt_draft(desk, transfer, copy))
    let_go(desk, transfer)
    if current is None:
        return finish(desk, transfer, State.WITHDRAWN, taken_back(desk, invoice, "invoice_withdrawn"))
    values = {"draft": str(number), "locator": transfer.locator}
    left = taken_back(desk, invoice, "invoice_withdrawn_draft_left", values)
    return finish(desk, transfer, State.WITHDRAWN, left)


def _delete_draft(desk: Desk, transfer: Transfer, link: Link) -> State:
    number = int(link.target_id)
    request = desk.target.delete_draft(number)
    transfer, answer = writing.send(desk, transfer, Step.DELETE_DRAFT, request)
    if answer.status == 404:
        # Between our look and our deletion a person was there: deleted, or booked?
        return _withdraw(desk, _abandoned(desk, transfer, number), link)
    writing.reading(desk, transfer, lambda: desk.target.read_deletion(answer, number))
    let_go(desk, transfer)
    return finish(desk, transfer, State.WITHDRAWN, taken_back(desk, invoice_of(transfer), "invoice_withdrawn"))


def _booked_meanwhile(desk: Desk, transfer: Transfer, number: int, customer_number: str | None) -> State | None:
    booked = desk.target.find_booked(transfer.locator, number, customer_number)
    if booked is None:
        return None
    keep_booked(desk, transfer, booked)
    return _already_booked_there(desk, transfer)
