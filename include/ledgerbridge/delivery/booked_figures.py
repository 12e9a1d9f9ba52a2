"""What was booked, read in the target after a booking that answered with a number and no more (CT-2, CT-19).

The archive then holds what the target shows instead of what was foretold, and the source is told that. Many are read
with few calls, so this is done once at the end of a chunk; what cannot be read now is read by the next run. Only the
first one that a task books is read at once: what is wrong with it may be wrong with all that would follow.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ledgerbridge.delivery.desk import Desk, FirstBooking
from ledgerbridge.errors import LedgerbridgeError, Refusal
from ledgerbridge.reasons import Language, Reason
from ledgerbridge.store import archive, transfers
from ledgerbridge.store.archive import Kept
from ledgerbridge.store.transfers import Transfer
from ledgerbridge.target.contract import BookedInvoice

__all__ = ["OneFirst", "read_booked_figures", "see_first_booking"]

log = logging.getLogger(__name__)

_AT_ONCE = 5000


class OneFirst(FirstBooking):
    """Until it has been seen what the first booking of a task came to, nobody books another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_over = False

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether it is the first one. The lock is taken before any turn at the target, never inside one."""
        if self._is_over:
            yield False
            return
        with self._lock:
            is_first = not self._is_over
            if is_first:
                yield True
        if not is_first:
            yield False

    def went_well(self) -> None:
        """The others need not wait."""
        self._is_over = True


def see_first_booking(desk: Desk, transfer: Transfer) -> None:
    """Read what a booking came to before anybody else books.

    Raises:
        Refusal: it is not what was foretold, or does not carry our mark; nobody books any more. What was booked is
            kept all the same.
    """
    record_id = transfer.record_id
    kept = archive.kept(desk.store, record_id)
    if kept is None or not kept.is_foretold:
        return
    booked = _shown(desk, {kept.number: transfer.locator}).get(kept.number)
    if booked is None:
        return  # not shown yet: then the next one is the first
    reason = _keep(desk, record_id, kept, booked)
    if reason is None and booked.locator != transfer.locator:
        reason = Reason("booked_without_mark", {"number": str(kept.number), "locator": transfer.locator})
    if reason is not None:
        error = Refusal("booking_stopped", cause=reason)
        desk.brake.met(error)
        raise error
    desk.first_booking.went_well()


def read_booked_figures(desk: Desk) -> None:
    """Read what was only foretold."""
    foretold = archive.foretold(desk.store, desk.integration.name, _AT_ONCE)
    locators = archive.locators(desk.store, list(foretold))
    shown = _shown(desk, {number: locators[record_id] for record_id, number in foretold.items()})
    for record_id, number in foretold.items():
        if (booked := shown.get(number)) is None:
            continue
        # Read anew for each: another task may have seen it in the meantime, and told it.
        kept = archive.kept(desk.store, record_id)
        if kept is not None and kept.is_foretold:
            _keep(desk, record_id, kept, booked)


def _shown(desk: Desk, wanted: Mapping[int, str]) -> dict[int, BookedInvoice]:
    """By number; where several have one, the one that carries our mark. Another's is not ours."""
    found: dict[int, BookedInvoice] = {}
    if not wanted:
        return found
    try:
        for booked in desk.target.booked(wanted):
            mark = wanted.get(booked.number)
            if booked.locator == mark or (booked.locator is None and booked.number not in found):
                found[booked.number] = booked
    except LedgerbridgeError as error:
        log.warning("what was booked is read by the next run: %s", error)
    return found


def _keep(desk: Desk, record_id: int, foretold: Kept, booked: BookedInvoice) -> Reason | None:
    """Keep what the target shows; why it is not what was foretold, if it is not."""
    differs = (booked.net, booked.vat, booked.gross) != (foretold.net, foretold.vat, foretold.gross)
    reason = _otherwise(foretold, booked) if differs else None
    values = {
        "record_id": record_id,
        "invoice_date": booked.date,
        "due_date": booked.due_date,
        "customer_number": booked.customer_number,
        "currency": booked.currency,
        "answer": booked.text,
        "otherwise": None if reason is None else json.dumps(reason.to_json(), ensure_ascii=False),
        "net_amount": booked.net,
        "vat_amount": booked.vat,
        "gross_amount": booked.gross,
    }
    # What each rate's part was is known exactly where the whole is as foretold; the target may show but its VAT.
    is_known = foretold.vat_breakdown and not differs
    shares = foretold.vat_breakdown if is_known else [share.to_json() for share in booked.vat_shares]
    with desk.together() as at_once:
        archive.seen(at_once, values, shares)
        if reason is not None and (transfer := transfers.latest(desk.store, record_id)) is not None:
            desk.note(transfer, "booked_otherwise", at_once, reason=reason.to_json())
            transfers.explain_delivered(at_once, transfer.transfer_id, reason)
            log.warning("[%s] %s", reason.code, reason.sentence(Language.ENGLISH))
    return reason


def _otherwise(foretold: Kept, booked: BookedInvoice) -> Reason:
    values = {
        "number": str(booked.number),
        "currency": booked.currency,
        "target": f"{booked.net} / {booked.vat} / {booked.gross}",
        "expected": f"{foretold.net} / {foretold.vat} / {foretold.gross}",
    }
    return Reason("booked_otherwise", values)
