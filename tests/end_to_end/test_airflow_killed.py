"""Airflow's own programs killed while there is work; they are started again, and nobody does anything else (P18).

Whoever runs Airflow starts its programs again (Docker's restart policy; here the stack's launcher). What was under way
arrives once, and so does what was committed while nobody listened.
"""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import UTC, datetime
from itertools import count

import pytest
from branch import NORD, Branch
from office import Office
from rounds import in_rounds
from scoreboard import Score

from sandbox.airflow_client import DagRun
from sandbox.grounds import invoice

INVOICES = 8
LATENCY_MS = 300
FIRST_ID = 8001
VICTIMS = (("scheduler", "triggerer"), ("scheduler",), ("triggerer",))
# Airflow takes a scheduler for dead after 30 seconds without a sign of life, and looks for its tasks every 30.
HEALED_SECONDS = 240.0
_ids = count(FIRST_ID)


@pytest.mark.spec("P18", "P10", "X-2")
@in_rounds(1, divisor=50)
def test_killed_and_started_again_at_any_moment(
    synced: Office, rounds: int, chance: random.Random, score: Score
) -> None:
    """Every other time a load has really begun to send when they are killed; else the moment is drawn from the
    notification on. A round counts when something of the first batch was still to be done then."""
    north = synced[NORD]
    synced.control.set_knobs(north.agreement, latency_ms=LATENCY_MS)
    for turn in score.turns(rounds):
        synced.quiet(NORD)
        booked = len(north.ledger()["booked"])
        victims = VICTIMS[turn % len(VICTIMS)]
        before, began = {run.run_id for run in synced.runs(f"{NORD}.invoices")}, datetime.now(UTC)
        north.mark()
        wanted = _approve(north)
        if turn % 2 == 0:
            synced.until(north.writes, bool, "a load that sends")
        time.sleep(chance.uniform(0, 1 if turn % 2 == 0 else 5))
        pids = {victim: synced.stack.pid(victim) for victim in victims}
        for pid in pids.values():
            os.kill(pid, signal.SIGKILL)  # all are gone before anybody looks for the first of them
        wanted |= _approve(north)  # nobody listens
        struck = len(north.ledger()["booked"]) < booked + INVOICES
        is_at_rest = False
        try:
            for victim, pid in pids.items():
                _started_again(synced, victim, pid)
            _delivered(synced, north, wanted, f"round {turn}: {victims}")
            synced.until(lambda began=began: synced.stack.healthy(began), bool, "Airflow is healthy again")
            _at_rest(synced, before)
            is_at_rest = True
        finally:  # counted before it is judged, also when it has come to no end
            twice = [locator for locator, number in north.locators().items() if number > 1]
            lost = booked + len(wanted) - len(north.ledger()["booked"])
            is_healed = is_at_rest and not twice and lost == 0
            score.ended(
                struck=struck,
                duplicated=len(twice),
                lost=max(lost, 0),
                healed=int(is_healed),
                not_healed=int(not is_healed),
            )
        assert (twice, lost) == ([], 0), f"round {turn}: {victims}"
        north.accounted()


def _approve(north: Branch) -> set[str]:
    """Invoices of known customers, approved in one commit."""
    customers = north.rows.customers[:12]
    made = [invoice(next(_ids), customers[place % len(customers)]) for place in range(INVOICES)]
    north.add(invoices=made)
    return {str(row.id) for row in made}


def _started_again(office: Office, program: str, killed: int) -> None:
    office.until(lambda: office.stack.pid(program), lambda pid: pid != killed, f"a new {program}")


def _delivered(office: Office, north: Branch, wanted: set[str], what: str) -> None:
    def left() -> dict[str, str]:
        states = north.states()
        return {source_id: states.get(source_id, "unknown") for source_id in wanted}

    office.until(left, lambda states: set(states.values()) == {"delivered"}, what, HEALED_SECONDS)


def _at_rest(office: Office, before: set[str]) -> None:
    """Every run of the round has ended, and ended well: on-call has nothing to do."""

    def runs() -> list[DagRun]:
        return [run for run in office.runs(f"{NORD}.invoices") if run.run_id not in before]

    ended = office.until(runs, lambda found: all(run.finished for run in found), "its runs have ended", HEALED_SECONDS)
    assert {run.state for run in ended} == {"success"}, [(run.run_id, run.state) for run in ended]
