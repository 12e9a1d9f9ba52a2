"""Settle: close the run whatever happened. Afterwards none of its transfers is ``staged`` or ``sending`` (P16)."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock

from ledgerbridge.delivery.desk import Desk, Workplace
from ledgerbridge.delivery.outcomes import WaitsFor, finish
from ledgerbridge.errors import LedgerbridgeError, NeedsGrant, Refusal, TryAgain
from ledgerbridge.money import round_half_away
from ledgerbridge.reasons import Reason
from ledgerbridge.store import archive, history, runs, transfers
from ledgerbridge.store.archive import Booked
from ledgerbridge.store.database import transaction
from ledgerbridge.store.transfers import State
from ledgerbridge.target.registry import daily_calls

__all__ = ["Settled", "settle"]

log = logging.getLogger(__name__)

_PDFS_AT_ONCE = 5000
_KEPT_PART = 5
_UNANSWERED_PDFS = 5  # then the target is taken to be away


@dataclass(frozen=True, slots=True)
class Settled:
    """The run's counts by state, and the PDFs that came with it.

    ``cost``: the calls it took, and how many are left. ``overdue``: PDFs that have not come for more than a day.
    """

    counts: dict[str, int]
    pdfs: int
    cost: Reason
    overdue: Reason | None


def settle(workplace: Workplace) -> Settled:
    """Name what dead workers left, seal the history, count, fetch the PDFs."""
    with workplace.desk() as desk:
        _name_orphans(desk)
        history.seal(desk.store)
        counts = runs.counts(desk.store, workplace.run_id)
        runs.settle(desk.store, workplace.run_id, counts)
        return Settled(counts, _fetch_pdfs(desk), _cost(desk, counts), _overdue(desk))


def _cost(desk: Desk, counts: dict[str, int]) -> Reason:
    """Calls so far, those of this very task among them; for each record that came to its end, when any did."""
    gate = desk.workplace.gate
    calls = runs.calls(desk.store, desk.workplace.run_id) + gate.calls
    left = {"calls": calls, "left": gate.left_today(), "limit": daily_calls(desk.integration.target)}
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
    """PDFs come a second or more after booking; those that are not there yet are fetched by a later run."""
    if not desk.target.capabilities.gives_pdf:
        return 0
    missing = archive.without_pdf(desk.store, desk.integration.name, min(_PDFS_AT_ONCE, _spare_calls(desk)))
    if not missing:
        return 0
    fetching = _Fetching(desk)
    with ThreadPoolExecutor(desk.integration.loading.connections, thread_name_prefix="pdf") as pool:
        outcomes = dict(zip(missing, pool.map(fetching.fetch, missing, missing.values()), strict=True))
    archive.pdfs_asked(desk.store, [record_id for record_id, is_kept in outcomes.items() if is_kept is False])
    return sum(is_kept is True for is_kept in outcomes.values())


def _spare_calls(desk: Desk) -> int:
    """Calls that documents may cost now: a fifth of the day's is kept for what is approved later."""
    kept = daily_calls(desk.integration.target) // _KEPT_PART
    return max(0, desk.workplace.gate.left_today() - kept)


class _Fetching:
    """Fetches PDFs from many threads until one of them meets what concerns all."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        self._unanswered = 0
        self._is_over = False

    def fetch(self, record_id: int, booked: Booked) -> bool | None:
        """Whether it was there and is kept; nothing when it was not asked for."""
        if self._is_over:
            return None
        try:
            pdf = self._desk.target.pdf(booked.number, booked.customer_number, booked.date)
        except LedgerbridgeError as error:
            self._met(error, booked.number)
            return False
        if pdf is None:
            return False
        archive.keep_pdf(self._desk.store, record_id, pdf)
        return True

    def _met(self, error: LedgerbridgeError, booked_number: int) -> None:
        """One that cannot be had is passed over; a dead token, a missing right, a spent budget or an outage ends it."""
        with self._lock:
            log.warning("no PDF of %d now: %s", booked_number, error)
            self._unanswered += isinstance(error, TryAgain)
            told_to_wait = isinstance(error, TryAgain) and error.after_seconds is not None
            is_for_all = isinstance(error, NeedsGrant | Refusal) or told_to_wait
            self._is_over = self._is_over or is_for_all or self._unanswered >= _UNANSWERED_PDFS


def _overdue(desk: Desk) -> Reason | None:
    """PDFs that have been missing for more than a day."""
    if not desk.target.capabilities.gives_pdf:
        return None
    found = archive.pdf_overdue(desk.store, desk.integration.name)
    if found is None:
        return None
    values = {"count": str(found["invoices"]), "first": str(found["first"]), "since": f"{found['since']:%Y-%m-%d}"}
    return Reason("pdfs_missing", values)
