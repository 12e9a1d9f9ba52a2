"""Settle: close the run whatever happened. Afterwards none of its transfers is ``staged`` or ``sending`` (P16)."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from threading import Event

from ledgerbridge.delivery.desk import Desk, Workplace
from ledgerbridge.delivery.outcomes import WaitsFor, finish
from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.money import round_half_away
from ledgerbridge.reasons import Reason
from ledgerbridge.store import archive, history, runs, transfers
from ledgerbridge.store.database import transaction
from ledgerbridge.store.transfers import State

__all__ = ["Settled", "settle"]

log = logging.getLogger(__name__)

_PDFS_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Settled:
    """The run's counts by state, and the PDFs that came with it. ``cost``: the calls it took, and how many are left."""

    counts: dict[str, int]
    pdfs: int
    cost: Reason


def settle(workplace: Workplace) -> Settled:
    """Name what dead workers left, fetch the PDFs, seal the history, count."""
    with workplace.desk() as desk:
        _name_orphans(desk)
        pdfs = _fetch_pdfs(desk)
        history.seal(desk.store)
        counts = runs.counts(desk.store, workplace.run_id)
        runs.settle(desk.store, workplace.run_id, counts)
        return Settled(counts, pdfs, _cost(desk, counts))


def _cost(desk: Desk, counts: dict[str, int]) -> Reason:
    """Calls so far, those of this very task among them; for each record that came to its end, when any did."""
    gate = desk.workplace.gate
    calls = runs.calls(desk.store, desk.workplace.run_id) + gate.calls
    left = {"calls": calls, "left": gate.left_today(), "limit": desk.integration.target.daily_calls}
    delivered = counts.get(State.DELIVERED, 0)
    if not delivered:
        return Reason("calls_made", {name: str(value) for name, value in left.items()})
    each = {"records": delivered, "each": round_half_away(Decimal(calls) / delivered)}
    return Reason("calls_made_for_records", {name: str(value) for name, value in (left | each).items()})


def _name_orphans(desk: Desk) -> None:
    with closing(desk.workplace.open_store()) as holder, transaction(holder):
        for transfer_id, _ in runs.orphans(holder, desk.workplace.run_id):
            transfer = transfers.reload(desk.store, transfer_id)
            if transfer.state not in {State.STAGED, State.SENDING}:
                continue  # settled before it could be held
            if transfer.step is not None:
                reason = Reason("outcome_unknown", {"step": transfer.step})
                finish(desk, transfer, State.IN_DOUBT, reason, expected=transfer.state)
            else:
                reason = Reason("run_stopped", cause=Reason("task_ended_early"))
                finish(desk, transfer, State.WAITING, reason, WaitsFor.RUN, expected=transfer.state)


def _fetch_pdfs(desk: Desk) -> int:
    """PDFs come a second or more after booking; those that are not there yet are fetched by the next run."""
    if not desk.target.capabilities.gives_pdf:
        return 0
    missing = archive.without_pdf(desk.store, desk.integration.name, _PDFS_AT_ONCE)
    if not missing:
        return 0
    is_over = Event()

    def fetch(record_id: int, booked_number: int) -> bool:
        if is_over.is_set():
            return False
        try:
            pdf = desk.target.pdf(booked_number)
        except LedgerbridgeError as error:
            if not is_over.is_set():
                log.warning("no more PDFs now: %s", error)
            is_over.set()
            return False
        if pdf is None:
            return False
        archive.keep_pdf(desk.store, record_id, pdf)
        return True

    with ThreadPoolExecutor(desk.integration.loading.connections, thread_name_prefix="pdf") as pool:
        return sum(pool.map(fetch, missing.keys(), missing.values()))
