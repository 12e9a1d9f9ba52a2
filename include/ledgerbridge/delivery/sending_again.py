"""What a person asks for on one record: try again, and send again what was deleted in the target (X-7, TL-10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from ledgerbridge.delivery.absent import follow_absent
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.listing import called
from ledgerbridge.delivery.staging import stage, stage_deletion
from ledgerbridge.errors import Rejection
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Invoice, Record
from ledgerbridge.source.reader import Unreadable
from ledgerbridge.store import links, transfers
from ledgerbridge.store.database import transaction
from ledgerbridge.store.links import TargetKind
from ledgerbridge.store.transfers import Operation, State, Transfer

__all__ = ["alone_with", "send_again", "try_again"]

_PATIENCE = timedelta(seconds=20)
_SET_ASIDE = "set_aside_by_person"
_DELETED = "draft_deleted_in_target"


def try_again(desk: Desk, record_id: int) -> Reason:
    """Have the next run take the record up as the source has it now, whatever stood in its way. What it did.

    What is in doubt is not touched: the next run asks the target. What a person set aside is taken up again.

    Raises:
        Rejection: there is nothing to try again; or a run has it in hand.
        SourceUnavailable: the source cannot be read; nothing was changed.
    """
    with alone_with(desk, record_id) as transfer:
        name = {"record": called(transfer)}
        if transfer.state in {State.STAGED, State.SENDING, State.IN_DOUBT} or transfer.step is not None:
            return Reason("run_takes_it_up", name)
        is_set_aside = transfer.state is State.IGNORED and _code(transfer) == _SET_ASIDE
        if transfer.state not in {State.REJECTED, State.WAITING} and not is_set_aside:
            raise Rejection("nothing_to_try_again", **name)
        if _code(transfer) == _DELETED:
            raise Rejection("send_again_instead", **name)
        _take_up(desk, transfer)
        _compute_anew(desk, transfer)
        desk.note(transfer, "asked_to_try_again")
        return Reason("tried_again_by_next_run", name)


def send_again(desk: Desk, record_id: int) -> Reason:
    """Deliver an invoice once more whose draft a person has deleted in the target (TL-10). What it did.

    The target is asked first, while nobody else can send the record.

    Raises:
        Rejection: it never was delivered as a draft, is still there, or was booked; nothing was changed.
        LedgerbridgeError: the target or the source could not be asked; nothing was changed.
    """
    with alone_with(desk, record_id) as transfer:
        name = {"record": called(transfer)}
        link = links.link_of(desk.store, record_id)
        was_delivered = transfer.state is State.DELIVERED or _code(transfer) == _DELETED
        is_draft = link is not None and link.target_kind is TargetKind.DRAFT_INVOICE
        if link is None or not is_draft or not was_delivered or transfer.step is not None:
            raise Rejection("send_again_no_draft", **name)
        if transfer.operation is Operation.WITHDRAW:
            raise Rejection("send_again_no_draft", **name)
        _require_gone(desk, transfer, int(link.target_id), link.target_customer)
        links.remove(desk.store, record_id)
        _stage_anew(desk, transfer)
        desk.note(transfer, "asked_to_send_again", draft=link.target_id)
        return Reason("sent_again_by_next_run", {**name, "draft": link.target_id})


def _require_gone(desk: Desk, transfer: Transfer, number: int, customer_number: str | None) -> None:
    """Absence as the delivery proves it: no draft under its number, none with our mark, and nothing booked of it.

    Raises:
        Rejection: it is there.
    """
    name = {"record": called(transfer)}
    draft = desk.target.draft(number)
    if draft is None:
        draft = desk.target.find_draft(transfer.locator)
    if draft is not None:
        raise Rejection("send_again_still_there", **name, draft=draft.number)
    booked = desk.target.find_booked(transfer.locator, number, customer_number)
    if booked is not None:
        raise Rejection("send_again_booked", **name, booked=booked.number)


@contextmanager
def alone_with(desk: Desk, record_id: int) -> Iterator[Transfer]:
    """The record's newest transfer, in a transaction in which no run sends or stages it.

    Raises:
        Rejection: a run has it in hand for longer than a person wants to wait; or there is no such record.
    """
    with transaction(desk.store):
        newest = transfers.latest(desk.store, record_id)
        if newest is None or newest.integration != desk.integration.name:
            raise Rejection("no_such_record", record=record_id)
        if not transfers.hold_alone(desk.store, newest.integration, newest.module, record_id, _PATIENCE):
            raise Rejection("record_in_hand", record=called(newest))
        yield transfers.latest(desk.store, record_id) or newest


def _take_up(desk: Desk, transfer: Transfer) -> None:
    """Stage it as the source has it now; where that is what it was, the same transfer begins again.

    Raises:
        Rejection: its row still cannot be read.
    """
    record = _in_source(desk, transfer)
    if isinstance(record, Unreadable):
        raise record.rejection
    if record is None:
        if _taken_back(desk, transfer):
            return
        if not stage_deletion(desk.workplace, desk.store, transfer.module, transfer.source_id):
            transfers.take_up(desk.store, transfer.transfer_id)  # a withdrawal, or one that was set aside
        return
    if stage(desk.workplace, desk.store, transfer.module, record) is None or _code(transfer) == _SET_ASIDE:
        newest = transfers.latest(desk.store, transfer.record_id)
        transfers.take_up(desk.store, (newest or transfer).transfer_id)


def _taken_back(desk: Desk, transfer: Transfer) -> bool:
    """Whether it is another department's by now, and is to be taken back."""
    source = desk.workplace.open_source()
    with closing(source.connection):
        absent = follow_absent(desk.workplace, desk.store, source.reader, transfer.module, [transfer.source_id])
    return bool(absent.taken_back)


def _stage_anew(desk: Desk, transfer: Transfer) -> None:
    """A revision of its own, so that the next run makes the document again.

    Raises:
        Rejection: the source has no such approved document any more.
    """
    record = _in_source(desk, transfer)
    if isinstance(record, Unreadable):
        raise record.rejection
    if not isinstance(record, Invoice) or not record.is_approved:
        raise Rejection("send_again_not_approved", record=called(transfer))
    stage(desk.workplace, desk.store, transfer.module, record, is_forced=True)


def _in_source(desk: Desk, transfer: Transfer) -> Record | Unreadable | None:
    source = desk.workplace.open_source()
    with closing(source.connection):
        return next(iter(source.reader.records(transfer.module, [transfer.source_id])), None)


def _compute_anew(desk: Desk, transfer: Transfer) -> None:
    """A draft that is there is written anew: a person may have mended what its amounts are computed from."""
    link = links.link_of(desk.store, transfer.record_id)
    if link is not None and link.target_kind is TargetKind.DRAFT_INVOICE:
        links.forget_payload(desk.store, transfer.record_id)


def _code(transfer: Transfer) -> str | None:
    return transfer.reason.code if transfer.reason else None
