"""Load: send one chunk, every outcome committed as it comes, and say what the task must be red for (X-7)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from queue import Empty, SimpleQueue

import psycopg2

from ledgerbridge.delivery.booked_figures import OneFirst, read_booked_figures
from ledgerbridge.delivery.customers import deliver_customer
from ledgerbridge.delivery.desk import Desk, FirstBooking, Workplace
from ledgerbridge.delivery.drafting import draft_together, groups_of
from ledgerbridge.delivery.invoices import deliver_invoice
from ledgerbridge.delivery.outcomes import WaitsFor, finish, unexpected
from ledgerbridge.delivery.rechecking import recheck
from ledgerbridge.delivery.trend import Trend
from ledgerbridge.delivery.writing import Overtaken
from ledgerbridge.delivery.writing_back import write_back
from ledgerbridge.errors import (
    InDoubt,
    LedgerbridgeError,
    NeedsGrant,
    NotSettledYet,
    Refusal,
    Rejection,
    TryAgain,
)
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Module
from ledgerbridge.store import archive, chunks, runs, transfers
from ledgerbridge.store.database import transaction
from ledgerbridge.store.links import Seen
from ledgerbridge.store.transfers import Operation, Owed, State, Transfer

__all__ = ["ChunkOutcome", "Trouble", "load_chunk"]

log = logging.getLogger(__name__)

_DELIVER: dict[Module, Callable[[Desk, Transfer, Seen | None], State]] = {
    Module.CUSTOMERS: deliver_customer,
    Module.INVOICES: deliver_invoice,
}
_OVER = {State.DELIVERED, State.UNCHANGED, State.WITHDRAWN, State.IGNORED}
_LONGEST_WAIT = 60
_TRIES_WHEN_TOLD_TO_WAIT = 5
_CONNECTIONS_PER_EXTRA_SENDER = 2
_SENDERS_PER_STORE = 6


@dataclass(frozen=True, slots=True)
class Trouble:
    """A rejection or doubt that has not been told before, or something booked otherwise than was foretold.

    ``number``: what people know it by; empty if it has none.
    """

    source_id: str
    number: str
    state: State
    reason: Reason


@dataclass(frozen=True, slots=True)
class ChunkOutcome:
    """What came of a chunk. The task is red when there is trouble, or when something stopped it."""

    counts: dict[str, int]
    trouble: tuple[Trouble, ...]
    stopped_by: LedgerbridgeError | None = None


def load_chunk(workplace: Workplace, chunk: int, *, is_asked_for: bool = False) -> ChunkOutcome:
    """Send what the chunk still owes, and only that.

    ``is_asked_for``: a person cleared the task. Then rejected and waiting ones are read and validated again first.

    Raises:
        SourceUnavailable: the source is needed for that and does not answer.
    """
    with closing(workplace.open_store()) as store:
        record_ids = chunks.records(store, workplace.run_id, chunk)
        if not record_ids:
            return ChunkOutcome({}, ())
        workplace.gate.expect_calls()
        desk = workplace.desk_on(store, is_asked_for=is_asked_for)
        with _held(workplace, record_ids) as held:
            if is_asked_for:
                # Read anew: what stood there before the hold may have been settled by whoever held it.
                again = chunks.members(store, workplace.run_id, chunk)
                recheck(desk, chunk, [item for item in again if item.record_id in held])
            trend = Trend(desk.target.values_of_settings())
            was_told = _reopen(workplace, desk, trend)
            owed = [item for item in transfers.owed_of_records(store, sorted(held)) if _is_ready(item)]
            # Whoever meets a failure must be the one to clear: also for a revision that another run staged.
            chunks.join(store, workplace.run_id, chunk, [item.transfer_id for item in owed])
            first = FirstBooking() if desk.target.capabilities.shows_what_it_books else OneFirst()
            _send_all(replace(desk, brake=trend, first_booking=first), owed, trend)
            read_booked_figures(desk)
            write_back(desk)
            return _outcome(desk, chunk, held, None if was_told else trend.stopped_by)


def _reopen(workplace: Workplace, desk: Desk, trend: Trend) -> bool:
    """Ask whether a held agreement is good again; whether it is still held and that has been told already."""
    try:
        workplace.gate.reopen(desk.target.probe, is_asked_for=desk.is_asked_for)
    except NeedsGrant as error:
        trend.stop(error)
        # The task that met the 401 is red. What waits for the grant since then need not redden as well (P6).
        return not desk.is_asked_for
    except (TryAgain, Refusal) as error:
        trend.stop(error)
    return False


def _is_ready(transfer: Transfer | Owed) -> bool:
    """Whether it may be sent: checked and transformed, or under way, or to be taken back.

    A revision that another run has just staged is none of that yet. What waited for nothing but its turn, or for
    the grant, goes on when the task is tried again.
    """
    if transfer.step is not None:
        return True
    if transfer.state is State.WAITING and transfer.waits_for not in {WaitsFor.RUN, WaitsFor.AGREEMENT}:
        return False
    is_complete = transfer.has_payload or transfer.operation is Operation.WITHDRAW
    return is_complete and transfer.state is not State.REJECTED


@contextmanager
def _held(workplace: Workplace, record_ids: Sequence[int]) -> Iterator[set[int]]:
    """Hold the chunk's records on a connection of its own: when this process dies, so does the hold."""
    with closing(workplace.open_store()) as holder, transaction(holder):
        yield transfers.hold(holder, record_ids)


def _send_all(desk: Desk, owed: Sequence[Owed], trend: Trend) -> None:
    queue: SimpleQueue[list[Owed]] = SimpleQueue()
    for _, of_record in groupby(owed, key=attrgetter("record_id")):
        queue.put(list(of_record))
    # More than there are connections: while one writes down what came back, another has its turn at the target.
    connections = desk.integration.loading.connections
    senders = min(connections + -(-connections // _CONNECTIONS_PER_EXTRA_SENDER), queue.qsize())
    if not senders:
        return
    with ThreadPoolExecutor(senders, thread_name_prefix="load") as pool, ExitStack() as opened:
        openings = [pool.submit(desk.workplace.open_store) for _ in range(-(-senders // _SENDERS_PER_STORE))]
        stores = [opened.enter_context(closing(opening.result())) for opening in openings]
        desks = [replace(desk, store=stores[n % len(stores)], unwritten=[]) for n in range(senders)]
        _draft_groups(pool, desks, owed)
        for sender in [pool.submit(_send_from, desk, queue, trend) for desk in desks]:
            sender.result()


def _draft_groups(pool: ThreadPoolExecutor, desks: Sequence[Desk], owed: Sequence[Owed]) -> None:
    """First the drafts that the target takes several at once; each invoice goes its own way from there."""
    groups: SimpleQueue[list[int]] = SimpleQueue()
    for group in groups_of(desks[0], owed):
        groups.put(group)
    if groups.empty():
        return
    for drafting in [pool.submit(_draft_from, desk, groups) for desk in desks]:
        drafting.result()


def _draft_from(desk: Desk, groups: SimpleQueue[list[int]]) -> None:
    while desk.brake.stopped_by is None:
        try:
            group = groups.get_nowait()
        except Empty:
            return
        draft_together(desk, group)


def _send_from(desk: Desk, queue: SimpleQueue[list[Owed]], trend: Trend) -> None:
    while True:
        try:
            of_record = queue.get_nowait()
        except Empty:
            return
        _send_revisions(desk, of_record, trend)


def _send_revisions(desk: Desk, of_record: Sequence[Owed], trend: Trend) -> None:
    """One record's revisions, the oldest first. What an older one left must be known before a newer one is sent."""
    for place, owed in enumerate(of_record):
        _send_one(desk, owed, trend)
        newer = of_record[place + 1 :]
        if newer and transfers.reload(desk.store, owed.transfer_id).step is not None:
            for item in newer:
                if item.step is None:
                    waits = transfers.reload(desk.store, item.transfer_id)
                    reason = Reason("older_revision_in_doubt")
                    finish(desk, waits, State.WAITING, reason, WaitsFor.RUN, expected=item.state)
            return


def _send_one(desk: Desk, owed: Owed, trend: Trend) -> None:  # noqa: C901 - one clause for each kind of error
    """Deliver one transfer; whatever comes of it is committed before this returns."""
    standing = transfers.standing(desk.store, owed.transfer_id)
    transfer = standing.transfer
    if trend.stopped_by is not None:
        _leave(desk, transfer, trend.stopped_by)
        return
    if not _is_ready(transfer) or transfer.state in _OVER:
        return  # superseded since the queue was made
    if transfer.step is None and not standing.is_newest:
        # Sending an old revision over a newer one would bring the old amounts back.
        finish(desk, transfer, State.WITHDRAWN, Reason("superseded_by_newer_revision"), expected=transfer.state)
        return
    try:
        _deliver_patiently(desk, transfer, standing.seen)
    except NotSettledYet as error:
        _keep_in_doubt(desk, transfer, error)  # nobody was asked, so it says nothing about the other side
    except InDoubt as error:
        _keep_in_doubt(desk, transfer, error)
        trend.unanswered(error)
    except Rejection as error:
        _set_aside(desk, transfer, error.reason)
        trend.rejected(error)
    except TryAgain as error:
        _leave(desk, transfer, error)
        if error.after_seconds is not None:
            trend.stop(error)
        trend.unanswered(error)
    except (Refusal, NeedsGrant) as error:
        trend.stop(error)
        _leave(desk, transfer, error)
    except (psycopg2.OperationalError, psycopg2.InterfaceError, psycopg2.InternalError):
        raise  # our own database is gone: nothing can be written down, and the next run finds what was under way
    except Exception as error:  # noqa: BLE001 - a mistake of ours must not hold back the other records (X-3)
        _set_aside(desk, transfer, unexpected(transfer, error))
    else:
        trend.delivered()


def _set_aside(desk: Desk, transfer: Transfer, reason: Reason) -> None:
    """Reject it; but while a write of it is under way its outcome is unknown, whatever went wrong besides."""
    transfer = transfers.reload(desk.store, transfer.transfer_id)
    if transfer.state in _OVER:
        return  # overtaken by a newer revision
    state = State.REJECTED if transfer.step is None else State.IN_DOUBT
    finish(desk, transfer, state, reason, expected=transfer.state)


def _deliver_patiently(desk: Desk, transfer: Transfer, seen: Seen | None) -> None:
    """Deliver; when the target says how long to wait, wait that long and try again (P7)."""
    deliver = _DELIVER[transfer.module]
    for attempt in range(1, _TRIES_WHEN_TOLD_TO_WAIT + 1):
        try:
            deliver(desk, transfer, seen)
        except Overtaken:
            log.info("%s %s was overtaken and is not sent", transfer.module, transfer.source_id)
            return
        except TryAgain as error:
            wait = error.after_seconds
            if wait is None or wait > _LONGEST_WAIT or attempt == _TRIES_WHEN_TOLD_TO_WAIT:
                raise
            log.info("asked to wait %s s (%s)", wait, error.reason.code)
            time.sleep(wait)
            transfer, seen = transfers.reload(desk.store, transfer.transfer_id), None
        else:
            return
        finally:
            desk.write_down()


def _keep_in_doubt(desk: Desk, transfer: Transfer, error: LedgerbridgeError) -> None:
    transfer = transfers.reload(desk.store, transfer.transfer_id)
    if transfer.step is None:
        # The doubt was about something else than a write of this transfer: nothing of it is under way.
        _leave(desk, transfer, error)
    elif transfer.state is not State.IN_DOUBT:
        finish(desk, transfer, State.IN_DOUBT, error.reason, expected=transfer.state)


def _leave(desk: Desk, transfer: Transfer, error: LedgerbridgeError) -> None:
    """It was not its turn, or not its fault: it waits, or stays in doubt, and the next run goes on with it."""
    transfer = transfers.reload(desk.store, transfer.transfer_id)
    if transfer.state in _OVER:
        return
    if transfer.step is not None:
        if transfer.state is not State.IN_DOUBT:
            reason = Reason("outcome_unknown", {"step": transfer.step})
            finish(desk, transfer, State.IN_DOUBT, reason, expected=transfer.state)
        return
    waits_for = WaitsFor.RUN
    if isinstance(error, NeedsGrant):
        waits_for = WaitsFor.AGREEMENT
    elif isinstance(error, Refusal):
        waits_for = WaitsFor.SETTINGS
    reason = Reason("run_stopped", cause=error.reason)
    finish(desk, transfer, State.WAITING, reason, waits_for, expected=transfer.state)


def _outcome(desk: Desk, chunk: int, held: set[int], stopped_by: LedgerbridgeError | None) -> ChunkOutcome:
    run_id = desk.workplace.run_id
    began = runs.started_at(desk.store, run_id)
    trouble = [
        item
        for item in chunks.members(desk.store, run_id, chunk, {State.REJECTED, State.IN_DOUBT})
        if item.record_id in held
        # Told in this very run: the task that Airflow tries again must stay red for it.
        and (item.told_at is None or desk.is_asked_for or (began is not None and item.told_at >= began))
    ]
    transfers.tell(desk.store, [item.transfer_id for item in trouble if item.told_at is None or desk.is_asked_for])
    told = (*(_trouble(item) for item in trouble), *_booked_otherwise(desk, held, began))
    return ChunkOutcome(chunks.states(desk.store, run_id, chunk), told, stopped_by)


def _booked_otherwise(desk: Desk, held: set[int], began: datetime | None) -> Iterator[Trouble]:
    """What came out otherwise than was foretold, as far as it was seen in this run; who clears the task has heard."""
    if began is None or desk.is_asked_for:
        return
    for record_id, reason in archive.otherwise(desk.store, sorted(held), began).items():
        if (transfer := transfers.latest(desk.store, record_id)) is not None:
            yield _trouble(transfer, reason)


def _trouble(transfer: Transfer, reason: Reason | None = None) -> Trouble:
    number = None
    with suppress(ValueError):  # a row that could not be read has no record, and so no number
        record = transfer.record
        number = record.customer_number if isinstance(record, Customer) else record.invoice_number
    reason = reason or transfer.reason or Reason("outcome_unknown")
    return Trouble(transfer.source_id, number or "", transfer.state, reason)
