"""New drafts in groups, where the target takes several in one write (P7: few calls).

Each invoice keeps its own transfer, intention, outcome and history. Only the call is shared: when its outcome is
unknown, each of them is in doubt, and is looked for by its own locator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from ledgerbridge.delivery import writing
from ledgerbridge.delivery.credit_notes import originals_held_back
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.invoice_keeping import invoice_of, is_number_in_doubt, keep_draft, points_at
from ledgerbridge.delivery.locators import key_of
from ledgerbridge.delivery.other_departments import held_elsewhere, originals_elsewhere
from ledgerbridge.delivery.writing import Overtaken, Step
from ledgerbridge.errors import InDoubt, LedgerbridgeError, Rejection
from ledgerbridge.records import Module
from ledgerbridge.store import transfers
from ledgerbridge.store.transfers import Operation, Owed, Standing, Transfer
from ledgerbridge.target.contract import DraftInvoice

__all__ = ["draft_together", "groups_of"]


def groups_of(desk: Desk, owed: Sequence[Owed]) -> Iterator[list[int]]:
    """The transfers among ``owed`` that may need a new draft, in groups that the target takes at once.

    None where it takes one at a time, or where there is only one to be made.
    """
    size = desk.target.capabilities.drafts_at_once
    if size < 2:
        return
    revisions = Counter(item.record_id for item in owed)
    several = [item.transfer_id for item in owed if _is_plain(item) and revisions[item.record_id] == 1]
    if len(several) < 2:
        return
    rest = iter(several)
    while group := list(islice(rest, size)):
        yield group


def draft_together(desk: Desk, group: Sequence[int]) -> None:
    """Make the drafts of a group, all in one write, and leave them at the desk for whoever delivers these invoices.

    What cannot be made so, for whichever reason, is left to be delivered by itself, and to be told by itself.
    """
    begun = list(_begun(desk, group))
    if not begun:
        return
    try:
        drafts = _made(desk, begun)
    except InDoubt as error:
        for transfer in begun:
            writing.doubt(desk, transfer, error)
        return
    except LedgerbridgeError as error:
        for transfer in begun:
            writing.took_no_effect(desk, transfer, error, was_sent=False)
        return
    for transfer, draft in zip(begun, drafts, strict=True):
        _keep(desk, transfer, draft)


def _is_plain(item: Owed) -> bool:
    """An invoice to be delivered, checked and transformed, and with no write of it under way."""
    is_invoice = item.module is Module.INVOICES
    return is_invoice and item.operation is Operation.DELIVER and item.step is None and item.has_payload


def _begun(desk: Desk, group: Sequence[int]) -> Iterator[Transfer]:
    """Those of the group that need a new draft and may have one; what is about to be sent of each is committed."""
    standings = [transfers.standing(desk.store, transfer_id) for transfer_id in group]
    fit = [standing for standing in standings if _needs_a_draft(desk, standing)]
    invoices = [invoice_of(standing.transfer) for standing in fit]
    not_yet = originals_held_back(desk, invoices) | originals_elsewhere(desk, invoices).keys()
    elsewhere = held_elsewhere(desk, invoices)
    for standing in fit:
        transfer = standing.transfer
        if invoice_of(transfer).original_source_id in not_yet or transfer.source_id in elsewhere:
            continue
        request = desk.target.create_draft(transfer.payload or "")
        key = key_of(transfer, Step.CREATE_DRAFT)
        try:
            yield writing.intend(desk, transfer, Step.CREATE_DRAFT, request, key)
        except Overtaken:
            continue


def _needs_a_draft(desk: Desk, standing: Standing) -> bool:
    transfer, seen = standing.transfer, standing.seen
    if not standing.is_newest or transfer.step is not None or seen.own is not None or not _can_be_read(desk, transfer):
        return False
    if invoice_of(transfer).target_number is not None:
        return False  # whose it is has to be found out first
    if is_number_in_doubt(desk, seen.customers):
        return False
    return points_at(seen.customers, desk.target.customer_in(transfer.payload or ""))


def _can_be_read(desk: Desk, transfer: Transfer) -> bool:
    """Whether record and payload are what they should be; of one where they are not it is told when it is its turn."""
    try:
        invoice_of(transfer)
        desk.target.invoice_fields_in(transfer.payload or "")
    except ValueError:
        return False
    return True


def _made(desk: Desk, begun: Sequence[Transfer]) -> Sequence[DraftInvoice | None]:
    with desk.workplace.gate.turn():
        if (stopped := desk.brake.stopped_by) is not None:
            raise stopped
        for transfer in begun:
            transfers.note_sending(desk.store, transfer.transfer_id)
        try:
            return desk.target.create_drafts([transfer.request_body or "" for transfer in begun])
        except LedgerbridgeError as error:
            desk.brake.met(error)
            raise


def _keep(desk: Desk, transfer: Transfer, draft: DraftInvoice | None) -> None:
    if draft is None:
        writing.abandon(desk, transfer, "it was not among what was made of its group")
        return
    desk.note_soon(transfer, "answered", step=Step.CREATE_DRAFT, draft=draft.number)
    try:
        desk.drafts[transfer.record_id] = keep_draft(desk, transfer, draft, may_end=True)
    except Rejection as error:
        desk.unwritten.clear()
        writing.doubt(desk, transfer, error)  # whoever delivers it meets the same, and tells it
