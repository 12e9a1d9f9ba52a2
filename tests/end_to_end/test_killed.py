"""SIGKILL for the task that sends, at seeded moments; cleared in Airflow, everything has arrived once (P1, X-2)."""

from __future__ import annotations

import os
import random
import signal
import time
from itertools import count

import pytest
from branch import NORD, Branch
from office import Office

from sandbox.airflow_client import DagRun, TaskInstance
from sandbox.grounds import invoice

INVOICES = 12
LATENCY_MS = 400
LONGEST_WAIT = 0.9
_RED_OR_OVER = {"success", "failed", "up_for_retry", "upstream_failed"}
_batches = count()


@pytest.mark.spec("P1", "X-2", "X-7")
@pytest.mark.parametrize("seed", range(3))
def test_a_killed_load_is_cleared_and_sends_the_rest_once(synced: Office, seed: int) -> None:
    _round(synced, seed)


@pytest.mark.long
@pytest.mark.spec("P1", "X-2", "X-7")
@pytest.mark.parametrize("seed", range(100, 120))
def test_a_killed_load_is_cleared_and_sends_the_rest_once_for_long(synced: Office, seed: int) -> None:
    _round(synced, seed)


def _round(office: Office, seed: int) -> None:
    north = office[NORD]
    office.quiet(NORD)
    booked = len(north.ledger()["booked"])
    office.control.set_knobs(north.agreement, latency_ms=LATENCY_MS)
    dag_id = f"{NORD}.invoices"
    before = {run.run_id for run in office.runs(dag_id)}
    north.mark()
    ids = _new_invoices(north)
    run = office.until(
        lambda: [run for run in office.runs(dag_id) if run.run_id not in before and _loads(office, run)],
        bool,
        "its run",
    )[0]
    killed = _kill_a_sender(office, north, run, random.Random(seed).uniform(0, LONGEST_WAIT))
    _clear_what_is_red(office, run)
    ended = office.ended(run)
    print(f"\nseed {seed}: killed {killed}; run {ended.state}")
    assert killed, "nothing was killed"
    assert ended.state == "success"
    # Whatever the killed one left without an answer is asked for, never sent again unasked.
    left = {source_id: state for source_id, state in north.states().items() if source_id in ids}
    assert set(left.values()) == {"delivered"}, left
    assert len(north.ledger()["booked"]) == booked + INVOICES
    assert north.ledger()["drafts"] == []
    north.accounted()


def _new_invoices(north: Branch) -> set[str]:
    """Invoices of known customers, approved in one commit."""
    first = 7001 + INVOICES * next(_batches)
    customers = north.rows.customers[:12]
    made = [invoice(first + place, customers[place % len(customers)]) for place in range(INVOICES)]
    north.add(invoices=made)
    return {str(row.id) for row in made}


def _loads(office: Office, run: DagRun) -> list[TaskInstance]:
    return [item for item in office.tasks(run, "load") if item.map_index >= 0]


def _kill_a_sender(office: Office, north: Branch, run: DagRun, wait: float) -> int:
    """Kill a load task's process ``wait`` seconds after e-conomic was first written to; its id."""
    office.until(north.calls, bool, "a task that sends")
    time.sleep(wait)
    for pid in office.until(lambda: _sending(office, run), bool, "a task that is still at it"):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        return int(pid)
    return 0


def _sending(office: Office, run: DagRun) -> list[int]:
    """The processes of the run's load tasks that are at work, the one that began last first: it has most before it."""
    at_work = [(item.started, item.pid) for item in _loads(office, run) if item.state == "running"]
    return [pid for _, pid in sorted(((at, pid) for at, pid in at_work if at and pid), reverse=True)]


def _clear_what_is_red(office: Office, run: DagRun) -> None:
    def loads() -> dict[int, str | None]:
        return {item.map_index: item.state for item in office.tasks(run, "load")}

    seen = office.until(loads, lambda found: -1 not in found and set(found.values()) <= _RED_OR_OVER, "loads at rest")
    red = [("load", place) for place, state in seen.items() if state != "success"]
    assert red, seen
    office.client.clear(run.dag_id, run.run_id, red)
