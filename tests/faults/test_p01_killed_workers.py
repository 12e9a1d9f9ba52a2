"""P1, P18: a worker that is killed at any step leaves exactly one invoice after the next run."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from accounts import assert_accounted, assert_booked_once
from healing import clean_run, run
from rounds import LONG, in_rounds
from scoreboard import Score
from workers import has_sent, kill, kill_at, kill_in_the_middle, lay_tripwires, prepared, start, until

from ledgerbridge.records import Module
from sandbox.grounds import Firm, customer, invoice

NewFirm = Callable[..., Firm]

MOST_WRITES = 40
ANNA = customer(501)
# The booking is walked through write by write in every run, the others by threes; the long form walks them all.
WALKS = pytest.mark.parametrize("stride", [3, pytest.param(1, marks=LONG)])


@pytest.fixture
def firm(new_firm: NewFirm) -> Firm:
    firm = new_firm([ANNA])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    lay_tripwires(firm)
    return firm


@pytest.mark.spec("P1", "P16", "P18", "X-2", "CT-1")
def test_killed_at_every_write_of_a_booking(firm: Firm) -> None:
    for place in range(1, MOST_WRITES):
        firm.add((), [invoice(7000 + place, ANNA)])
        was_reached = kill_at(firm, prepared(firm, run_id=f"killed-{place}"), place)
        firm.company.deliver(Module.INVOICES, validated=False)
        assert_accounted(firm)
        assert_booked_once(firm, [str(7000 + n) for n in range(1, place + 1)])
        if not was_reached:
            break
    assert 12 < place < MOST_WRITES - 1


@pytest.mark.spec("P1", "P18", "X-8")
@WALKS
def test_killed_at_every_write_of_a_replacement_then_changed_back(new_firm: NewFirm, stride: int) -> None:
    """A, B, A: what the killed replacement left must not be taken for the first content."""
    firm = new_firm([ANNA], invoicing={"finish": "draft"})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    lay_tripwires(firm)
    for place in range(1, MOST_WRITES, stride):
        id_ = 7100 + place
        firm.add((), [invoice(id_, ANNA, heading="A")])
        firm.company.deliver(Module.INVOICES, validated=False)
        firm.source('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = %s', "B", id_)
        was_reached = kill_at(firm, prepared(firm, run_id=f"killed-{place}"), place)
        firm.source('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = %s', "A", id_)
        firm.company.deliver(Module.INVOICES, validated=False)
        assert_accounted(firm)
        drafts = firm.books.drafts()
        assert len(drafts) == len(range(1, place + 1, stride))
        assert {draft.text.splitlines()[0] for draft in drafts} == {"A"}
        assert {len(draft.lines) for draft in drafts} == {1}
        if not was_reached:
            break
    assert 3 < place < MOST_WRITES - 1


@pytest.mark.spec("P1", "P18", "X-8")
@WALKS
def test_killed_at_every_write_of_a_withdrawal_then_approved_again(new_firm: NewFirm, stride: int) -> None:
    firm = new_firm([ANNA], invoicing={"finish": "draft"})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    lay_tripwires(firm)
    for place in range(1, MOST_WRITES, stride):
        id_ = 7200 + place
        firm.add((), [invoice(id_, ANNA)])
        firm.company.deliver(Module.INVOICES, validated=False)
        firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = %s', id_)
        was_reached = kill_at(firm, prepared(firm, run_id=f"killed-{place}"), place)
        firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 1 WHERE "InvoiceID" = %s', id_)
        firm.company.deliver(Module.INVOICES, validated=False)
        assert_accounted(firm)
        assert firm.reasons()[str(id_)] is None, firm.reasons()
        assert len(firm.books.drafts()) == len(range(1, place + 1, stride))
        if not was_reached:
            break
    assert 3 < place < MOST_WRITES - 1


@pytest.mark.spec("P1", "P18", "CT-3", "CT-10")
@WALKS
def test_killed_at_every_write_of_a_new_customer(new_firm: NewFirm, stride: int) -> None:
    firm = new_firm()
    lay_tripwires(firm)
    for place in range(1, MOST_WRITES, stride):
        firm.add([customer(600 + place)])
        was_reached = kill_at(firm, prepared(firm, Module.CUSTOMERS, run_id=f"killed-{place}"), place)
        firm.company.deliver(Module.CUSTOMERS, validated=False)
        assert_accounted(firm)
        numbers = [int(item.number) for item in firm.books.customers()]
        assert sorted(numbers) == [600 + n for n in range(1, place + 1, stride)]
        assert set(firm.states(Module.CUSTOMERS).values()) == {"delivered"}
        if not was_reached:
            break
    assert 5 < place < MOST_WRITES - 1


@pytest.mark.spec("P1", "X-2")
def test_killed_between_the_commit_and_the_request(firm: Firm) -> None:
    """What is to be sent is committed, and nothing has left: the agreement's only connection is somebody else's."""
    firm.add((), [invoice(7300, ANNA)])
    run_id = prepared(firm)
    firm.control.mark(firm.agreement)
    with firm.company.workplace("has-the-connection") as other, other.gate.turn():
        worker = start(firm, run_id)
        assert until(lambda: has_sent(firm, run_id)), "nothing was committed while the worker waited for its turn"
        assert kill(worker), f"the worker had ended with {worker.exitcode} before it was killed"
        assert firm.control.counters(firm.agreement)["sinceMark"]["calls"] == 0
    firm.company.deliver(Module.INVOICES, validated=False)
    assert_accounted(firm)
    assert_booked_once(firm, ["7300"])


@pytest.mark.spec("P1", "P2", "X-2")
@pytest.mark.parametrize(("write", "step"), [("create_draft", "create-draft"), ("book", "book")])
def test_killed_while_the_request_is_on_its_way(firm: Firm, write: str, step: str) -> None:
    """It is carried out and nobody hears of it; when the next run comes, its key is forgotten over there."""
    firm.add((), [invoice(7301, ANNA)])
    method, path = getattr(firm.books.calls, write)
    match = firm.books.match(method=method, path=path, nth=1)
    rule = firm.control.add_fault("delay_after_commit", match=match, seconds=2)
    run_id = prepared(firm)
    worker = start(firm, run_id)
    assert until(lambda: any(fault["id"] == rule and fault["fired"] for fault in firm.control.faults()))
    steps = firm.ours("SELECT detail ->> 'step' FROM history WHERE run_id = %s AND event = 'sent'", run_id)
    assert kill(worker), f"the worker had ended with {worker.exitcode} before it was killed"
    assert (step,) in steps, f"{step} was sent before a word of it was committed: {steps}"
    firm.control.clear_faults()
    firm.control.set_clock_offset(61 * 60)
    earlier = "first_sent_at = first_sent_at - interval '61 min', last_sent_at = last_sent_at - interval '61 min'"
    firm.ours(f"UPDATE transfer SET {earlier}")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert_accounted(firm)
    assert_booked_once(firm, ["7301"])


ROUNDS_OF_A_FIRM = 25  # an audit reads the whole ledger, so that a firm that grew old would make every round slower


@pytest.mark.spec("P1", "P18")
@in_rounds(2, divisor=2)
def test_killed_at_random_moments(new_firm: NewFirm, rounds: int, chance: random.Random, score: Score) -> None:
    """Once, and every third time also in the run that should have healed it. A round counts when a worker was killed
    that had begun to send and had not come to its end."""
    for turn in score.turns(rounds):
        if turn % ROUNDS_OF_A_FIRM == 0:
            # Slow enough that most kills come while a request is on its way.
            firm, made = new_firm([ANNA], loading={"connections": 2}, knobs={"latency_ms": 20}), 0
            run(firm.company, Module.CUSTOMERS)
        count = chance.randint(3, 8)
        firm.add((), [invoice(10_000 + made + n, ANNA) for n in range(count)])
        made += count
        struck = False
        for again in range(1 + (turn % 3 == 2)):
            run_id = prepared(firm, run_id=f"random-{turn}-{again}")
            was_killed = kill_in_the_middle(firm, start(firm, run_id), run_id, chance)
            struck = struck or (was_killed and has_sent(firm, run_id))
        clean_run(firm)
        score.round(firm, f"round {turn}", struck=struck)
        assert_booked_once(firm, [str(10_000 + n) for n in range(made)])
