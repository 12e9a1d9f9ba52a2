"""P16, P17: every approved invoice is in exactly one named state, with a sentence that explains it; and the states add
up to what the source has, per month and currency.

Random histories: approved, changed, withdrawn, deleted, credited, rejected, unlinked, set aside, accepted, booked by
hand, in random order and among faults; audited after every step.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from accounts import assert_accounted, needs_nothing
from busy_people import Office
from healing import clean_run, everything_is_well_again, run
from rounds import in_rounds
from scoreboard import Score
from troubles import some_trouble, strikes
from workers import kill_at, lay_tripwires, prepared

from ledgerbridge.delivery.settling import settle
from ledgerbridge.records import Module
from sandbox.grounds import Firm, customer, invoice

NewFirm = Callable[..., Firm]

STEPS = 9


@pytest.mark.spec("P16", "P17", "P18", "X-8", "X-12")
@in_rounds(1, divisor=20)
@pytest.mark.parametrize("finish", ["book", "draft"])
def test_random_histories_are_accounted_for_at_every_step(
    new_firm: NewFirm, finish: str, rounds: int, chance: random.Random, score: Score
) -> None:
    for turn in score.turns(rounds):
        customers = [customer(501), customer(502, name="Bagergården Vest ApS")]
        firm = new_firm(
            customers, invoicing={"finish": finish}, loading={"timeout_seconds": 1, "connections": 2, "chunk_size": 4}
        )
        run(firm.company, Module.CUSTOMERS)
        office = Office(firm, chance, customers)
        before = strikes(firm)
        done: list[str] = [office.approve_some()]
        for _ in range(STEPS):
            done += [office.do_something() for _ in range(chance.randint(1, 3))]
            if chance.random() < 0.5:
                done += [office.approve_some(), some_trouble(firm, chance)]
            done += [f"{module} stopped by {run(firm.company, module)}" for module in chance.sample(list(Module), 2)]
            try:
                assert_accounted(firm)
            except AssertionError as error:
                error.add_note("\n".join(done))
                raise
            everything_is_well_again(firm)
            if chance.random() < 0.2:
                run(firm.company, Module.INVOICES)
                score.reconciled(firm)
        clean_run(firm)
        try:
            score.round(firm, f"round {turn}", struck=strikes(firm) > before)
            score.reconciled(firm)
        except AssertionError as error:
            error.add_note("\n".join(done))
            raise


@pytest.mark.spec("P16", "P1")
def test_what_a_dead_worker_leaves_is_named_by_the_end_of_its_run(new_firm: NewFirm) -> None:
    """Settle comes whatever became of load: what was under way is in doubt, the rest waits, each with its sentence."""
    anna = customer(501)
    firm = new_firm([anna])
    run(firm.company, Module.CUSTOMERS)
    lay_tripwires(firm)
    firm.add((), [invoice(1 + n, anna) for n in range(4)])
    run_id = prepared(firm)
    assert kill_at(firm, run_id, 10), "the worker came to its end before it was killed"
    with firm.company.workplace(run_id) as workplace:
        settle(workplace)
    assert_accounted(firm)
    assert {"in_doubt", "waiting"} <= set(firm.states().values()), f"nothing was left to be named: {firm.states()}"
    clean_run(firm)
    needs_nothing(firm)
