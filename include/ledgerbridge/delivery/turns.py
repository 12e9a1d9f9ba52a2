"""This process's share of an agreement's connections (P7).

All processes that call one agreement have ``loading.connections`` between them, however many there are. A slot is
held for as long as it is needed rather than for one call, so that a call costs no question to the database: a keeper
looks five times a second who else is there. Who has less than an equal share shows it; who has more then gives back
as its calls end. Where there are more processes than slots, each has its slot for a second.

A killed process's slots are free at once, though its last calls may still be under way at the target.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing

from ledgerbridge.store import connections
from ledgerbridge.store.connections import Occupancy, Sign
from ledgerbridge.store.database import Connection

__all__ = ["Turns"]

# floats here are seconds
_BETWEEN_LOOKS = 0.2
_BETWEEN_HUNGRY_LOOKS = 0.02
_LOOKS_UNTIL_IDLE = 5
_LEASE = 1.0  # how long a process keeps its slot while others have none
_REST = 0.1  # how long it then lets the others go first


class _Waiter:
    __slots__ = ("error", "served")

    def __init__(self) -> None:
        self.served = threading.Event()
        self.error: BaseException | None = None


class Turns:
    """Take a slot, use it for one call, give it back. Safe for many threads; who waits longest is served first."""

    def __init__(self, open_store: Callable[[], Connection], agreement: str, limit: int) -> None:
        self._open_store = open_store
        self._agreement = agreement
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting: deque[_Waiter] = deque()
        self._free = 0
        self._in_use = 0
        self._leaving = 0  # not ours any more, and not given back yet
        self._lost = 0  # in use when the keeper's session broke, and nobody's when the call ends
        self._cap = limit
        self._peak = 0
        self._keeper: _Keeper | None = None

    def expect(self) -> None:
        """Calls are about to come: have the keeper's session ready for the first one."""
        with self._lock:
            self._begin()

    def take(self) -> None:
        """Wait for a slot and take it.

        Raises:
            psycopg2.Error: our own database cannot be asked.
        """
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                self._in_use += 1
                self._note_peak()
                return
            waiter = _Waiter()
            self._waiting.append(waiter)
            self._note_peak()
            keeper = self._begin()
            held = self._free + self._in_use
            if not held or held < self._cap:
                keeper.wake()
        waiter.served.wait()
        if waiter.error is not None:
            raise waiter.error

    def give_back(self) -> None:
        """The call is over: the slot goes to whoever waits longest, or back to the other processes."""
        with self._lock:
            self._in_use -= 1
            if self._lost:
                self._lost -= 1
            elif self._free + self._in_use >= self._cap:
                self._leaving += 1
                if self._keeper is not None:
                    self._keeper.wake()
            else:
                self._hand_out(1)

    def close(self) -> None:
        """Give everything back; whoever wants a slot later begins anew."""
        with self._lock:
            keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.stop()
            with self._lock:
                self._forget()

    # What the keeper asks and says.

    def wanted(self) -> int:
        """The most that were wanted at once since this was last asked."""
        with self._lock:
            peak, self._peak = self._peak, self._in_use + len(self._waiting)
            return min(peak, self._limit) - self._lost

    def limit_to(self, cap: int) -> int:
        """Have no more than ``cap`` from now on; how many can be given back at once."""
        with self._lock:
            self._cap = cap
            idle = min(self._free, max(0, self._free + self._in_use - cap))
            self._free -= idle
            leaving, self._leaving = self._leaving + idle, 0
            return leaving

    def receive(self, slots: int) -> None:
        """So many more are ours."""
        with self._lock:
            self._hand_out(slots)

    def fail(self, error: BaseException) -> None:
        """The keeper's session is gone, and the slots with it: whoever waits is told, the next one tries again."""
        with self._lock:
            self._keeper = None
            waiting, self._waiting = list(self._waiting), deque()
            self._forget()  # in the same breath: else the next keeper's slots were forgotten with the old ones
        for waiter in waiting:
            waiter.error = error
            waiter.served.set()

    def _begin(self) -> _Keeper:
        if self._keeper is None:
            self._keeper = _Keeper(self, self._open_store, self._agreement, self._limit)
        return self._keeper

    def _forget(self) -> None:
        self._free = self._leaving = 0
        self._lost = self._in_use
        self._cap = self._limit

    def _hand_out(self, slots: int) -> None:
        for _ in range(slots):
            if self._waiting:
                self._in_use += 1
                self._waiting.popleft().served.set()
            else:
                self._free += 1

    def _note_peak(self) -> None:
        self._peak = max(self._peak, self._in_use + len(self._waiting))


class _Keeper:
    """Holds the slots' locks on a session of its own, and decides how many this process may have."""

    def __init__(self, turns: Turns, open_store: Callable[[], Connection], agreement: str, limit: int) -> None:
        self._turns = turns
        self._open_store = open_store
        self._agreement = agreement
        self._limit = limit
        self._slots: list[int] = []
        self._signs: set[Sign] = set()
        self._taken_at = 0.0
        self._rests_until = 0.0
        self._is_stopped = False
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="turns", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look now."""
        self._woken.set()

    def stop(self) -> None:
        """End the session; the locks end with it."""
        self._is_stopped = True
        self.wake()
        self._thread.join()

    def _keep(self) -> None:
        try:
            with closing(self._open_store()) as store:
                idle_looks = 0
                while not self._is_stopped:
                    wanted = self._turns.wanted()
                    idle_looks = 0 if wanted else idle_looks + 1
                    if idle_looks < _LOOKS_UNTIL_IDLE:
                        self._pause(self._share_out(store, wanted))
                    else:
                        self._retire(store)
                        self._pause(None)
        except Exception as error:  # noqa: BLE001 - whoever waits for a slot raises it
            self._turns.fail(error)

    def _pause(self, seconds: float | None) -> None:
        if self._woken.wait(seconds) and self._slots and not self._is_stopped:
            time.sleep(_BETWEEN_HUNGRY_LOOKS)  # a burst of calls that wait is one question
        self._woken.clear()

    def _share_out(self, store: Connection, wanted: int) -> float:
        """Give back what is too much, take what is missing; how long until the next look."""
        self._show(store, Sign.PRESENT, is_shown=True)
        seen = connections.look(store, self._agreement, self._limit)
        share = self._limit // (seen.others + 1)
        allowed = self._allowed(seen, share)
        self._give(store, self._turns.limit_to(allowed))
        missing = min(wanted, allowed) - len(self._slots)
        # Beyond the equal share one at a time, so that others who also want more get as many.
        self._take(store, seen, min(missing, max(1, share - len(self._slots))))
        is_hungry = len(self._slots) < min(wanted, max(1, share))
        self._show(store, Sign.HUNGRY, is_shown=is_hungry)
        return _BETWEEN_HUNGRY_LOOKS if is_hungry else _BETWEEN_LOOKS

    def _allowed(self, seen: Occupancy, share: int) -> int:
        if not seen.hungry_others:
            return self._limit
        if share:
            return share
        now = time.monotonic()
        if self._slots and now - self._taken_at > _LEASE:
            self._rests_until = now + _REST
        return int(now >= self._rests_until)

    def _take(self, store: Connection, seen: Occupancy, missing: int) -> None:
        free = [slot for slot in range(1, self._limit + 1) if slot not in seen.taken]
        if missing <= 0 or not free:
            return
        got = connections.take(store, self._agreement, free[:missing])
        if got and not self._slots:
            self._taken_at = time.monotonic()
        self._slots += got
        self._turns.receive(len(got))

    def _give(self, store: Connection, count: int) -> None:
        if count:
            self._slots, given = self._slots[count:], self._slots[:count]
            connections.give(store, self._agreement, given)

    def _show(self, store: Connection, sign: Sign, *, is_shown: bool) -> None:
        if is_shown and sign not in self._signs:
            connections.show(store, self._agreement, sign)
            self._signs.add(sign)
        elif not is_shown and sign in self._signs:
            connections.hide(store, self._agreement, sign)
            self._signs.discard(sign)

    def _retire(self, store: Connection) -> None:
        """Nobody here has called for a while: nothing is kept from the others."""
        self._give(store, self._turns.limit_to(0))
        for sign in list(self._signs):
            self._show(store, sign, is_shown=False)
