"""The agreement's calls: counted, shown, held back, stopped (P6, P7).

One gate per process; what it counts is shared through our database. Calls are reserved from the daily budget in
small blocks, so that the senders of a process do not queue up at one database row. How many calls are under way at
once is shared, too (:mod:`ledgerbridge.delivery.turns`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from ledgerbridge.delivery.turns import Turns
from ledgerbridge.errors import AgreementHeld, TryAgain
from ledgerbridge.integration import TargetSettings
from ledgerbridge.reasons import Language, Reason
from ledgerbridge.store import agreements, history, runs
from ledgerbridge.store.database import Connection
from ledgerbridge.target.contract import Usage
from ledgerbridge.target.registry import daily_calls

__all__ = ["Caller", "Gate"]

log = logging.getLogger(__name__)

# floats here are seconds
_BLOCK = 20
_NEARLY_SPENT_PERCENT = 95
_BETWEEN_PROBES = timedelta(minutes=15)
_LONGEST_PAUSE = 60


@dataclass(frozen=True, slots=True)
class Caller:
    """In whose name a process calls; every alert and all-clear stands in the history with it."""

    integration: str
    run_id: str
    actor: str


class Gate:
    """A :class:`~ledgerbridge.target.contract.CallGate` on our own database. Safe for many threads.

    While the agreement is held, one call of all processes passes every quarter of an hour, whichever it is, and tells
    whether the grant is good again. ``is_asked_for``: a person wants to know now, so one call of this process does.
    """

    def __init__(
        self,
        open_store: Callable[[], Connection],
        target: TargetSettings,
        connections: int,
        caller: Caller,
        *,
        is_asked_for: bool = False,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._open_store = open_store
        self._agreement = target.connection
        self._daily_calls = daily_calls(target)
        self._caller = caller
        self._pause = pause
        self._lock = threading.Lock()
        self._store: Connection | None = None
        self._left = 0
        self._cost = 0
        self._calls = 0
        self._calls_of_run = 0  # of these, what the run's own count has already
        self._rate: tuple[int, int, int] | None = None
        self._held: agreements.Agreement | None = None
        self._is_probing = False
        self._may_ask_at_once = is_asked_for
        self._told_to_wait_until = 0.0
        self._turns = Turns(open_store, self._agreement, connections)
        self._mine = threading.local()

    @property
    def calls(self) -> int:
        """Calls that this process has made."""
        return self._calls

    def expect_calls(self) -> None:
        """Calls are about to come: what the first one would have to wait for is begun now."""
        self._turns.expect()

    @contextmanager
    def turn(self, *, is_for_a_call: bool = True) -> Iterator[float]:
        """One of the agreement's connections and one call of its budget, for as long as the block lasts.

        Inside a turn that this thread has, the first call is the one that it was taken for; each further one is counted
        and may be refused. ``is_for_a_call`` false: it may be that none is made, so the first is counted as well. Gives
        the seconds that it was waited for.

        Raises:
            NeedsGrant: the agreement is held: no call may be made.
            TryAgain: the daily budget is spent.
        """
        if getattr(self._mine, "has_turn", False):
            if not is_for_a_call:
                yield 0.0
                return
            if self._mine.is_used:
                self._admit()
            self._mine.is_used = True
            yield 0.0
            return
        asked_at = time.monotonic()
        self._turns.take()
        try:
            if is_for_a_call:
                self._admit()
            self._mine.has_turn, self._mine.is_used = True, not is_for_a_call
            yield time.monotonic() - asked_at
        finally:
            self._mine.has_turn = False
            self._turns.give_back()

    def after(self, usage: Usage, *, is_granted: bool | None) -> None:
        """Keep what the answer says of usage and grant. Once the grant is gone nobody calls any more."""
        with self._lock:
            self._cost += usage.cost
            self._rate = usage.window or self._rate
            if usage.wait is not None and usage.wait <= _LONGEST_PAUSE:
                # Told to one, heeded by all: else each connection would spend a call on being told.
                self._told_to_wait_until = time.monotonic() + usage.wait
            if is_granted is None:
                return
            if not is_granted:
                if agreements.hold(self._connection(), self._agreement, Reason("grant_refused")):
                    self._announce(Reason("grant_lost", {"agreement": self._agreement}))
                self._held = agreements.read(self._connection(), self._agreement)
            elif self._is_probing:
                self._held = None
                if agreements.release(self._connection(), self._agreement):
                    self._announce(Reason("grant_good_again", {"agreement": self._agreement}))
            self._is_probing = False

    def reopen(self, probe: Callable[[], None], *, is_asked_for: bool) -> None:
        """When the agreement is held, find out whether it still must be, before many call at once.

        Asked at once when a person asks for it, else every quarter of an hour.

        Raises:
            NeedsGrant: it is still held.
        """
        with self._lock:
            known = agreements.read(self._connection(), self._agreement)
            self._held = known if known.held_since is not None else None
            if self._held is None:
                return
            self._may_ask_at_once = self._may_ask_at_once or is_asked_for
        probe()

    def close(self) -> None:
        """Give back what was reserved and not called, and write down what the headers said."""
        self._turns.close()
        with self._lock:
            if self._store is None:
                return
            if not self._store.closed:
                agreements.count(self._store, self._agreement, -self._left, self._cost)
                runs.count_calls(self._store, self._caller.run_id, self._calls - self._calls_of_run)
                self._calls_of_run = self._calls
                if self._rate is not None:
                    agreements.note_rate(self._store, self._agreement, self._rate[1], self._rate[2])
                self._store.close()
            self._store, self._left, self._cost = None, 0, 0

    def left_today(self) -> int:
        """Calls that the agreement has left of its last 24 hours."""
        with self._lock:
            return max(0, self._daily_calls - agreements.used(self._connection(), self._agreement) + self._left)

    def _announce(self, reason: Reason) -> None:
        """Say it once, in the history and in both languages: whoever asked the database first."""
        history.append(
            self._connection(),
            integration=self._caller.integration,
            event=reason.code,
            run_id=self._caller.run_id,
            actor=self._caller.actor,
            detail={"reason": reason.to_json()},
        )
        for language in Language:
            log.warning("[%s] %s", reason.code, reason.sentence(language))

    def _admit(self) -> None:
        with self._lock:
            if self._left == 0:
                self._left = self._reserve()
            if self._held is not None and not self._may_probe():
                raise _held_error(self._held)
            self._left -= 1
            self._calls += 1
            wait = max(self._seconds_to_wait(), self._told_to_wait_until - time.monotonic())
        if wait > 0:
            self._pause(wait)

    def _may_probe(self) -> bool:
        """Whether this very call may find out if the held agreement answers again; one of all processes may."""
        since_last = timedelta(0) if self._may_ask_at_once else _BETWEEN_PROBES
        self._may_ask_at_once = False
        self._is_probing = agreements.claim_probe(self._connection(), self._agreement, since_last)
        return self._is_probing

    def _reserve(self) -> int:
        store = self._connection()
        known = agreements.read(store, self._agreement)
        self._held = known if known.held_since is not None else None
        # Counted first and looked at after: two processes at once can then leave calls over, never overspend.
        agreements.count(store, self._agreement, _BLOCK, 0)
        too_many = max(0, agreements.used(store, self._agreement) - self._daily_calls)
        if too_many:
            agreements.count(store, self._agreement, -min(too_many, _BLOCK), 0)
        if too_many >= _BLOCK:
            used = agreements.used(store, self._agreement)
            raise TryAgain("daily_budget_spent", after_seconds=1800, used=used, limit=self._daily_calls)
        return _BLOCK - too_many

    def _seconds_to_wait(self) -> int:
        if self._rate is None:
            return 0
        seconds, used, limit = self._rate
        if used * 100 < limit * _NEARLY_SPENT_PERCENT:
            return 0
        # Nearly at the window's end: let it move on a little rather than run into 429.
        self._rate = None
        return max(1, seconds // 20)

    def _connection(self) -> Connection:
        if self._store is None or self._store.closed:
            self._store = self._open_store()
        return self._store


def _held_error(held: agreements.Agreement) -> AgreementHeld:
    return AgreementHeld("agreement_held", since=f"{held.held_since:%Y-%m-%d %H:%M} UTC", cause=held.hold_reason)
