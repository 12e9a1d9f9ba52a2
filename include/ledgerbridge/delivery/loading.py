"""Load: send one chunk, every outcome committed as it comes, and say what the task must be red for (X-7)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from queue import Empty, SimpleQueue

from ledgerbridge.delivery.customers import deliver_customer
from ledgerbridge.delivery.desk import Desk, Workplace
from ledgerbridge.delivery.invoices import deliver_invoice
from ledgerbridge.delivery.outcomes import WaitsFor, finish
from ledgerbridge.delivery.rechecking import recheck
from ledgerbridge.delivery.trend import Trend
from ledgerbridge.delivery.writing_back import write_back
from ledgerbridge.errors import InDoubt, LedgerbridgeError, NeedsGrant, Refusal, Rejection, TryAgain
from ledgerbridge.reasons import Language, Reason
from ledgerbridge.records import Module
from ledgerbridge.store import transfers
from ledgerbridge.store.database import transaction
from ledgerbridge.store.transfers import State, Transfer

__all__ = ["ChunkOutcome", "Trouble", "load_chunk"]

log = logging.getLogger(__name__)

_DELIVER: dict[Module, Callable[[Desk, Transfer], State]] = {
    Module.CUSTOMERS: deliver_customer,
    Module.INVOICES: deliver_invoice,
}
_LONGEST_WAIT = 60
_TRIES_WHEN_TOLD_TO_WAIT = 5


@dataclass(frozen=True, slots=True)
class Trouble:
    """A rejection or doubt that has not been told before."""

    source_id: str
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
        members = transfers.chunk_members(store, workplace.run_id, chunk)
        if not members:
            return ChunkOutcome({}, ())
        with _held(workplace, members) as held, workplace.desk(is_asked_for=is_asked_for) as desk:
            mine = [item for item in members if item.record_id in held]
            if is_asked_for:
                recheck(desk, chunk, mine)
            trend = Trend(_settings_values(workplace))
            _reopen(workplace, desk, trend)
            _send_all(workplace, transfers.owed_of_records(store, sorted(held)), trend, is_asked_for=is_asked_for)
            write_back(desk)
            return _outcome(workplace, desk, chunk, held, trend)


def _reopen(workplace: Workplace, desk: Desk, trend: Trend) -> None:
    try:
        if workplace.gate.reopen(desk.target.probe, is_asked_for=desk.is_asked_for):
            log.warning("the grant of %s is good again", workplace.integration.target.connection)
    except (NeedsGrant, TryAgain, Refusal) as error:
        trend.stop(error)


@contextmanager
def _held(workplace: Workplace, members: Sequence[Transfer]) -> Iterator[set[int]]:
    """Hold the chunk's records on a connection of its own: when this process dies, so does the hold."""
    with closing(workplace.open_store()) as holder, transaction(holder):
        yield transfers.hold(holder, [item.record_id for item in members])


def _settings_values(workplace: Workplace) -> frozenset[str]:
    invoicing = workplace.integration.invoicing
    values = (invoicing.layout, invoicing.due_date_term, invoicing.default_debtor_group, invoicing.product_with_vat)
    zones = invoicing.vat_zones
    more = (invoicing.product_without_vat, zones.domestic, zones.eu_reverse_charge, zones.export)
    return frozenset(str(value) for value in (*values, *more) if value is not None)


def _send_all(workplace: Workplace, owed: Sequence[Transfer], trend: Trend, *, is_asked_for: bool) -> None:
    queue: SimpleQueue[list[Transfer]] = SimpleQueue()
    sendable = [item for item in owed if item.state not in {State.REJECTED, State.WAITING}]
    for _, of_record in groupby(sendable, key=attrgetter("record_id")):
        queue.put(list(of_record))
    connections = min(workplace.integration.loading.connections, max(1, queue.qsize()))
    if queue.empty():
        return
    with ThreadPoolExecutor(connections, thread_name_prefix="load") as pool:
        senders = [pool.submit(_send_from, workplace, queue, trend, is_asked_for) for _ in range(connections)]
    for sender in senders:
        sender.result()


def _send_from(
    workplace: Workplace, queue: SimpleQueue[list[Transfer]], trend: Trend, is_asked_for: bool
) -> None:
    with workplace.desk(is_asked_for=is_asked_for) as desk:
        while True:
            try:
                of_record = queue.get_nowait()
            except Empty:
                return
            for transfer in of_record:
                _send_one(desk, transfer, trend)


def _send_one(desk: Desk, transfer: Transfer, trend: Trend) -> None:
    """Deliver one transfer; whatever comes of it is committed before this returns."""
    if trend.stopped_by is not None:
        _leave(desk, transfer, trend.stopped_by)
        return
    try:
        _deliver_patiently(desk, transfer)
    except InDoubt as error:
        _keep_in_doubt(desk, transfer, error)
        trend.unanswered(error)
    except Rejection as error:
        finish(desk, transfers.reload(desk.store, transfer.transfer_id), State.REJECTED, error.reason)
        trend.rejected(error)
    except TryAgain as error:
        _leave(desk, transfer, error)
        if error.after_seconds is not None:
            trend.stop(error)
        trend.unanswered(error)
    except (Refusal, NeedsGrant) as error:
        trend.stop(error)
        _leave(desk, transfer, error)
    else:
        trend.delivered()


def _deliver_patiently(desk: Desk, transfer: Transfer) -> None:
    """Deliver; when the target says how long to wait, wait that long and try again (P7)."""
    deliver = _DELIVER[transfer.module]
    for attempt in range(1, _TRIES_WHEN_TOLD_TO_WAIT + 1):
        try:
            deliver(desk, transfer)
        except TryAgain as error:
            wait = error.after_seconds
            if wait is None or wait > _LONGEST_WAIT or attempt == _TRIES_WHEN_TOLD_TO_WAIT:
                raise
            log.info("asked to wait %s s (%s)", wait, error.reason.code)
            time.sleep(wait)
            transfer = transfers.reload(desk.store, transfer.transfer_id)
        else:
            return


def _keep_in_doubt(desk: Desk, transfer: Transfer, error: LedgerbridgeError) -> None:
    transfer = transfers.reload(desk.store, transfer.transfer_id)
    if transfer.step is None:
        # The doubt was about something else than a write of this transfer: nothing of it is under way.
        _leave(desk, transfer, error)
    elif transfer.state is not State.IN_DOUBT:
        finish(desk, transfer, State.IN_DOUBT, error.reason)


def _leave(desk: Desk, transfer: Transfer, error: LedgerbridgeError) -> None:
    """It was not its turn, or not its fault: it waits, or stays in doubt, and the next run goes on with it."""
    transfer = transfers.reload(desk.store, transfer.transfer_id)
    if transfer.step is not None:
        if transfer.state is not State.IN_DOUBT:
            finish(desk, transfer, State.IN_DOUBT, Reason("outcome_unknown", {"step": transfer.step}))
        return
    waits_for = WaitsFor.RUN
    if isinstance(error, NeedsGrant):
        waits_for = WaitsFor.AGREEMENT
    elif isinstance(error, Refusal):
        waits_for = WaitsFor.SETTINGS
    reason = Reason("run_stopped", {"why": error.reason.text(Language.ENGLISH)})
    finish(desk, transfer, State.WAITING, reason, waits_for)


def _outcome(workplace: Workplace, desk: Desk, chunk: int, held: set[int], trend: Trend) -> ChunkOutcome:
    members = transfers.chunk_members(desk.store, workplace.run_id, chunk)
    counts: dict[str, int] = {}
    trouble = []
    for item in members:
        counts[item.state.value] = counts.get(item.state.value, 0) + 1
        is_news = item.told_at is None or desk.is_asked_for
        if item.record_id in held and item.state in {State.REJECTED, State.IN_DOUBT} and is_news:
            trouble.append((item.transfer_id, Trouble(item.source_id, item.state, item.reason or Reason("outcome_unknown"))))
    transfers.tell(desk.store, [transfer_id for transfer_id, _ in trouble])
    return ChunkOutcome(counts, tuple(item for _, item in trouble), trend.stopped_by)
