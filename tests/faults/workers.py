"""Real processes that load a chunk and can be killed; forked from a server that has the imports done."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from healing import run
from no_room import run_without_room
from told_by_a_worker import tell_everything

from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.records import Module
from sandbox.company import Company, connect_plain
from sandbox.grounds import Firm

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])

PATIENCE = 30.0
HAS_SENT = "SELECT 1 FROM history WHERE run_id = %s AND event = 'sent' LIMIT 1"


def load(company: Company, run_id: str, chunk: int) -> None:
    """What a worker does: one load task."""
    with company.workplace(run_id) as workplace:
        load_chunk(workplace, chunk)


def start(firm: Firm, run_id: str, chunk: int = 0) -> ForkServerProcess:
    worker = _context.Process(target=load, args=(firm.company, run_id, chunk), daemon=True)
    worker.start()
    return worker


def load_beside_others(company: Company, run_id: str, chunk: int, ready: Any, told: Any) -> None:
    """One load task that begins when all of them are ready; when it began and when it ended is put into ``told``."""
    with company.workplace(run_id) as workplace:
        ready.wait(PATIENCE)
        began = time.monotonic()
        load_chunk(workplace, chunk)
        told.put((chunk, began, time.monotonic()))


def load_at_once(firm: Firm, tasks: Sequence[tuple[str, int]]) -> list[tuple[int, float, float]]:
    """Load each (run, chunk) in a process of its own, all at the same moment: (chunk, begin, end) of each."""
    ready, told = _context.Barrier(len(tasks)), _context.SimpleQueue()
    workers = [
        _context.Process(target=load_beside_others, args=(firm.company, *task, ready, told), daemon=True)
        for task in tasks
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
        assert worker.exitcode == 0, f"a worker beside others ended with {worker.exitcode}"
    return [told.get() for _ in workers]


def run_whole(company: Company, module: Module, run_id: str) -> None:
    """All of a run's tasks, one after the other, in one process."""
    run(company, module, run_id)


def start_run(firm: Firm, module: Module, run_id: str) -> ForkServerProcess:
    worker = _context.Process(target=run_whole, args=(firm.company, module, run_id), daemon=True)
    worker.start()
    return worker


def start_telling(company: Company, run_id: str, file: Path) -> ForkServerProcess:
    worker = _context.Process(target=tell_everything, args=(company, run_id, str(file)), daemon=True)
    worker.start()
    return worker


def start_without_room(firm: Firm, modules: Sequence[Module], run_id: str) -> tuple[ForkServerProcess, Any]:
    """Runs, then a reconciliation, where no file may grow; what each came to can be read from the second."""
    told = _context.SimpleQueue()
    worker = _context.Process(target=run_without_room, args=(firm.company, modules, run_id, told), daemon=True)
    worker.start()
    return worker, told


def kill(worker: ForkServerProcess) -> bool:
    """Whether it was killed: one that had come to its end before was not."""
    if worker.pid is not None and worker.is_alive():
        with suppress(ProcessLookupError):  # it came to its end in this very moment
            os.kill(worker.pid, signal.SIGKILL)
    worker.join(PATIENCE)
    return worker.exitcode == -signal.SIGKILL


def kill_in_the_middle(firm: Firm, worker: ForkServerProcess, run_id: str, chance: random.Random) -> bool:
    """Soon after its run has begun, or, more often, after it has begun to send. Whether it was killed."""
    wanted = HAS_SENT if chance.random() < 0.7 else "SELECT 1 FROM run WHERE run_id = %s"
    assert until(lambda: not worker.is_alive() or bool(firm.ours(wanted, run_id))), f"{run_id} did not begin"
    time.sleep(chance.uniform(0, 0.15))
    was_killed = kill(worker)
    assert was_killed or worker.exitcode == 0, f"{run_id} had ended with {worker.exitcode} before it was killed"
    return was_killed


def has_sent(firm: Firm, run_id: str) -> bool:
    """Whether the run has anything on its way, or has had."""
    return bool(firm.ours(HAS_SENT, run_id))


def until(holds: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Wait for it; whether it came."""
    give_up_at = time.monotonic() + patience
    while not holds():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.01)
    return True


def prepared(firm: Firm, module: Module = Module.INVOICES, run_id: str = "prepared") -> str:
    """A run up to its load."""
    with firm.company.workplace(run_id) as workplace:
        firm.company.prepare(workplace, module, validated=False)
    return run_id


_TRIPWIRES = """
CREATE SEQUENCE ledgerbridge.writes_made;
CREATE TABLE ledgerbridge.tripwire (at bigint NOT NULL);
INSERT INTO ledgerbridge.tripwire VALUES (0);
CREATE FUNCTION ledgerbridge.trip() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('ledgerbridge.writes_made') = (SELECT at FROM ledgerbridge.tripwire) THEN
        PERFORM pg_sleep(60);
    END IF;
    RETURN NEW;
END
$$;
"""
_TRIPPED = ("transfer", "link", "archive", "history")


def lay_tripwires(firm: Firm) -> None:
    """Let every write to our database count, and the one that :func:`trip_at` names stand still: there the
    worker is killed, with all that it had committed before and nothing of what it was about to."""
    firm.ours(_TRIPWIRES)
    for table in _TRIPPED:
        firm.ours(
            f"CREATE TRIGGER tripwire BEFORE INSERT OR UPDATE OR DELETE ON ledgerbridge.{table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledgerbridge.trip()"
        )
    with closing(connect_plain(firm.company.addresses.store_dsn)) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        # The server then notices at once that a killed worker is gone, though its statement still runs.
        database = connection.info.dbname
        cursor.execute(f"ALTER DATABASE \"{database}\" SET client_connection_check_interval = '20ms'")


def trip_at(firm: Firm, place: int) -> None:
    firm.ours("ALTER SEQUENCE ledgerbridge.writes_made RESTART")
    firm.ours("UPDATE ledgerbridge.tripwire SET at = %s", place)


def is_tripped(firm: Firm, place: int) -> bool:
    rows = firm.ours("SELECT last_value, is_called FROM ledgerbridge.writes_made")
    return bool(rows[0][1] and rows[0][0] >= place)


def kill_at(firm: Firm, run_id: str, place: int) -> bool:
    """Run the worker and kill it at its ``place``-th write; False when it came to its end before.

    It stands still there, so that the kill cannot come too late.
    """
    trip_at(firm, place)
    worker = start(firm, run_id)
    assert until(lambda: not worker.is_alive() or is_tripped(firm, place))
    was_reached = is_tripped(firm, place)
    was_killed = kill(worker)
    assert was_killed == was_reached, f"{run_id}, write {place}: the worker ended with {worker.exitcode}"
    assert was_killed or worker.exitcode == 0, f"{run_id}: the worker ended with {worker.exitcode}"
    trip_at(firm, 0)
    return was_reached
