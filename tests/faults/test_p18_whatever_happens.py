"""P18: whatever happens, the next run heals it, or says what it needs from a person.

Everything at once and at random: workers killed, answers lost, cut or refused, the grant revoked, a role taken away,
the day's budget spent, two processes on the same work; and people who go on working meanwhile. Then one clean run:
each module once, and the invoices a second time where a credit note waited for its original. Before it somebody has
renewed the grant, given the role back and asked for preflight, and the day's calls are there again: what lies outside
of Ledgerbridge is mended by those whose it is, and what lies inside by the run alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from busy_people import Office
from healing import clean_run, everything_is_well_again, run
from rounds import in_rounds
from scoreboard import Score
from troubles import some_trouble, strikes
from workers import PATIENCE, kill_in_the_middle, start_run

from ledgerbridge.records import Module
from sandbox.grounds import Firm, customer

ROUNDS_OF_A_FIRM = 10


def _run_in_processes(firm: Firm, chance: random.Random, name: str) -> tuple[str, int]:
    """One or two runs at once; each may be killed at any moment of its way from extract to settle.

    In words, and how many were killed before they had come to their end.
    """
    modules = [chance.choice([Module.INVOICES, Module.INVOICES, Module.CUSTOMERS]) for _ in range(chance.randint(1, 2))]
    runs = [(module, f"{name}-{n}") for n, module in enumerate(modules)]
    workers = [start_run(firm, module, run_id) for module, run_id in runs]
    told, killed = [], 0
    for worker, (module, run_id) in zip(workers, runs, strict=True):
        if chance.random() < 0.7:
            was_killed = kill_in_the_middle(firm, worker, run_id, chance)
            killed += was_killed
            told.append(f"{module} {'killed' if was_killed else 'to be killed, and had ended'}")
        else:
            worker.join(PATIENCE)
            assert worker.exitcode == 0, f"{name}: {module} ended with {worker.exitcode}"
            told.append(str(module))
    return " beside ".join(told), killed


@pytest.mark.spec("P18", "P1", "P2", "P6", "P7", "P8", "P16")
@in_rounds(2, divisor=4)
def test_the_next_run_heals_it_or_says_what_it_needs(
    new_firm: Callable[..., Firm], rounds: int, chance: random.Random, score: Score
) -> None:
    for turn in score.turns(rounds):
        if turn % ROUNDS_OF_A_FIRM == 0:
            customers = [customer(501), customer(502, name="Bagergården Vest ApS")]
            finish = chance.choice(("book", "draft"))
            loading = {"timeout_seconds": 1, "connections": 2, "chunk_size": 4}
            # Slow enough that most kills come while a request is on its way.
            knobs = {"latency_ms": 10}
            firm = new_firm(customers, invoicing={"finish": finish}, loading=loading, knobs=knobs)
            run(firm.company, Module.CUSTOMERS)
            office = Office(firm, chance, customers)
        before, killed = strikes(firm), 0
        done = [office.approve_some()]
        for step in range(chance.randint(2, 3)):
            done += [office.do_something() for _ in range(chance.randint(0, 2))]
            if chance.random() < 0.7:
                done.append(some_trouble(firm, chance))
            told, killed_now = _run_in_processes(firm, chance, f"round-{turn}-{step}")
            done.append(told)
            killed += killed_now
            if chance.random() < 0.3:
                everything_is_well_again(firm)
        clean_run(firm)
        try:
            score.round(firm, f"round {turn}", struck=killed > 0 or strikes(firm) > before)
            if turn % ROUNDS_OF_A_FIRM == ROUNDS_OF_A_FIRM - 1:
                score.reconciled(firm)
        except AssertionError as error:
            error.add_note("\n".join(done))
            raise
    score.reconciled(firm)
