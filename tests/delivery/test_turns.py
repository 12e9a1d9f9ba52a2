"""P7: an agreement's connections are shared by all of its processes, and each gets its share."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import psycopg2
import pytest

from ledgerbridge.delivery.turns import Turns
from ledgerbridge.store.database import Connection, connect
from sandbox.grounds import Grounds

PATIENCE = 20.0


class Workers:
    """Threads that take turns as quickly as they can, as one process's senders do."""

    def __init__(self, turns: Turns, threads: int, seconds_per_call: float = 0.01) -> None:
        self.turns = turns
        self.calls = 0
        self.at_once = 0
        self.most = 0
        self._seconds = seconds_per_call
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._call, daemon=True) for _ in range(threads)]

    def __enter__(self) -> Workers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive()
        self.turns.close()

    def _call(self) -> None:
        while not self._ends.is_set():
            self.turns.take()
            with self._lock:
                self.calls += 1
                self.at_once += 1
                self.most = max(self.most, self.at_once)
            self._ends.wait(self._seconds)
            with self._lock:
                self.at_once -= 1
            self.turns.give_back()

    def more_than(self, calls: int) -> None:
        """Wait until so many more calls were made."""
        give_up_at = time.monotonic() + PATIENCE
        aim = self.calls + calls
        while self.calls < aim:
            assert time.monotonic() < give_up_at, f"{self.calls} calls, {aim} were expected"
            time.sleep(0.005)

    def until_at_once(self, calls: int) -> None:
        """Wait until so many are under way at once, from now on."""
        give_up_at = time.monotonic() + PATIENCE
        self.most = 0
        while self.most < calls:
            assert time.monotonic() < give_up_at, f"never more than {self.most} at once"
            time.sleep(0.005)


@contextmanager
def store(grounds: Grounds) -> Iterator[str]:
    yield grounds.stores.take()


def _slots(dsn: str) -> int:
    """How many slots are taken, as the database sees it."""
    with closing(connect(dsn)) as asked, asked.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) AS taken FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND objid < 1000000 "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        row = cursor.fetchone()
        assert row is not None
        return int(row["taken"])


def _process(dsn: str, limit: int, threads: int, seconds: float = 0.01) -> Workers:
    return Workers(Turns(lambda: connect(dsn), "shared", limit), threads, seconds)


@pytest.mark.spec("P7")
@pytest.mark.parametrize("limit", [1, 4])
def test_never_more_at_once_than_the_limit(grounds: Grounds, limit: int) -> None:
    with store(grounds) as dsn, _process(dsn, limit, threads=limit + 3) as workers:
        workers.more_than(60)
        assert workers.most == limit


@pytest.mark.spec("P7", "P8")
@pytest.mark.parametrize(("limit", "processes"), [(8, 2), (4, 3), (16, 4), (1, 2)])
def test_each_process_gets_at_least_half_of_its_equal_share(grounds: Grounds, limit: int, processes: int) -> None:
    """Each has as many threads as the limit, and the first has all of the slots when the others come."""
    with store(grounds) as dsn, ExitStack() as running:
        first = running.enter_context(_process(dsn, limit, threads=limit))
        first.more_than(3 * limit)
        others = [running.enter_context(_process(dsn, limit, threads=limit)) for _ in range(processes - 1)]
        everyone = [first, *others]
        for worker in others:
            worker.more_than(1)
        began = [worker.calls for worker in everyone]
        until = time.monotonic() + (4 if limit < processes else 2)
        most = 0
        while time.monotonic() < until:
            assert _slots(dsn) <= limit
            most = max(most, sum(worker.at_once for worker in everyone))
            time.sleep(0.01)
        made = [worker.calls - before for worker, before in zip(everyone, began, strict=True)]
        assert most <= limit
        assert min(made) >= sum(made) / processes / 2, made


@pytest.mark.spec("P7")
def test_what_one_process_leaves_the_other_takes(grounds: Grounds) -> None:
    with store(grounds) as dsn, _process(dsn, 6, threads=8) as stays:
        stays.until_at_once(6)
        with _process(dsn, 6, threads=8) as goes:
            goes.more_than(30)
        stays.until_at_once(6)


@pytest.mark.spec("P7")
def test_who_needs_one_slot_gets_it_among_many_who_want_all(grounds: Grounds) -> None:
    """As a reconciliation beside a month's invoices: it need not wait until they are done."""
    with store(grounds) as dsn, ExitStack() as running:
        loads = [running.enter_context(_process(dsn, 4, threads=6)) for _ in range(2)]
        for load in loads:
            load.more_than(10)
        reads = running.enter_context(_process(dsn, 4, threads=1))
        before = [load.calls for load in loads]
        reads.more_than(50)
        assert all(load.calls > calls for load, calls in zip(loads, before, strict=True))


@pytest.mark.spec("P7")
def test_nothing_is_kept_by_who_does_not_call(grounds: Grounds) -> None:
    with store(grounds) as dsn, closing(Turns(lambda: connect(dsn), "shared", 4)) as turns:
        turns.take()
        assert _slots(dsn) == 1
        turns.give_back()
        give_up_at = time.monotonic() + PATIENCE
        while _slots(dsn):
            assert time.monotonic() < give_up_at
            time.sleep(0.05)
        turns.take()  # and whoever calls again has its turn at once
        turns.give_back()


@pytest.mark.spec("P7", "P18")
def test_a_session_that_breaks_is_told_and_then_made_anew(grounds: Grounds) -> None:
    opened: list[Connection] = []

    with store(grounds) as dsn:

        def open_store() -> Connection:
            opened.append(connect(dsn))
            return opened[-1]

        with closing(Turns(open_store, "shared", 1)) as turns:
            turns.take()
            failures: list[BaseException] = []
            waits = threading.Thread(target=_take_and_keep, args=(turns, failures))
            waits.start()
            pid = opened[0].info.backend_pid
            with closing(connect(dsn)) as other, other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", (pid,))
            waits.join(PATIENCE)
            assert [isinstance(error, psycopg2.OperationalError) for error in failures] == [True]
            # The call that was under way still has the slot that it took.
            second = threading.Thread(target=turns.take)
            second.start()
            second.join(0.5)
            assert second.is_alive()
            turns.give_back()
            second.join(PATIENCE)
            assert not second.is_alive()
            assert len(opened) == 2


def _take_and_keep(turns: Turns, failures: list[BaseException]) -> None:
    try:
        turns.take()
    except psycopg2.Error as error:
        failures.append(error)
