"""P8: two to eight processes on the same transfers: one sends."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess

import pytest
from accounts import assert_accounted, assert_booked_once
from healing import clean_run
from rounds import in_rounds
from scoreboard import Score
from workers import PATIENCE, load_at_once, prepared, start

from ledgerbridge.records import Module
from ledgerbridge.target.registry import target_kind
from sandbox.grounds import Firm, customer, invoice

EMMA = customer(505)


@pytest.fixture
def firm(new_firm: Callable[..., Firm]) -> Firm:
    firm = new_firm([EMMA], loading={"connections": 2, "chunk_size": 5}, knobs={"latency_ms": 20})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm


def _assert_one_sent(firm: Firm, invoices: int) -> None:
    """Where a target has keys they would forgive a second sender for an hour; there must be none."""
    counted = firm.control.counters(firm.agreement)["sinceMark"]
    assert counted.get("replays", {}) == {}, f"another process sent the same once more: {counted['replays']}"
    if not target_kind(firm.company.integration.target.system).has_one_session:  # there they end each other's
        assert counted["refusals"] == {}, f"another process tried the same once more: {counted['refusals']}"
    assert _written(firm, counted["writes"], firm.books.calls.book) == invoices
    made = _written(firm, counted["writes"], firm.books.calls.create_draft)
    assert made <= invoices, f"{made} calls made {invoices} drafts"  # where a target takes several at once it is fewer
    assert len(firm.books.drafts()) == 0


def _written(firm: Firm, writes: dict[str, int], call: tuple[str, str]) -> int:
    """How many writes of this kind the target carried out."""
    verb, path = call
    return sum(
        number
        for name, number in writes.items()
        if name.partition(" ")[0] == verb and re.search(path, name.partition(" ")[2])
    )


def _beside_others(told: list[tuple[int, float, float]]) -> list[int]:
    """The chunks of those that were at work while another one was."""
    return [
        chunk
        for place, (chunk, begin, end) in enumerate(told)
        if any(begin < others_end and others_begin < end
               for other, (_, others_begin, others_end) in enumerate(told) if other != place)
    ]  # fmt: skip


@pytest.mark.spec("P8", "P16", "X-2")
@pytest.mark.parametrize("processes", [2, 8])
def test_several_processes_on_the_same_transfers(firm: Firm, processes: int) -> None:
    firm.add((), [invoice(4000 + n, EMMA) for n in range(12)])
    run_id = prepared(firm)
    # A chunk takes half a second, so that also on a busy machine they all come while another one is at it.
    firm.control.set_knobs(firm.agreement, latency_ms=100)
    firm.control.mark(firm.agreement)
    chunks = firm.company.chunks(run_id)[: processes // 2]
    told = load_at_once(firm, [(run_id, chunks[n % len(chunks)]) for n in range(processes)])
    for chunk in chunks:
        of_chunk = [each for each in told if each[0] == chunk]
        assert len(_beside_others(of_chunk)) == len(of_chunk), f"some came when the others were over: {told}"
    firm.control.set_knobs(firm.agreement, latency_ms=20)
    firm.company.deliver(Module.INVOICES, validated=False)
    _assert_one_sent(firm, 12)
    assert_booked_once(firm, [str(4000 + n) for n in range(12)])
    assert_accounted(firm)


@pytest.mark.spec("P8", "P10", "P16")
def test_two_runs_that_extracted_the_same(firm: Firm) -> None:
    firm.add((), [invoice(4100 + n, EMMA) for n in range(10)])
    runs = [prepared(firm, run_id=f"run-{n}") for n in range(2)]
    firm.control.mark(firm.agreement)
    tasks = [(run_id, chunk) for run_id in runs for chunk in firm.company.chunks(run_id)]
    assert len(tasks) == 4
    told = load_at_once(firm, tasks)
    assert len(_beside_others(told)) == 4, f"some came when the others were over: {told}"
    firm.company.deliver(Module.INVOICES, validated=False)
    _assert_one_sent(firm, 10)
    assert_accounted(firm)


@pytest.mark.spec("P8")
@in_rounds(1, divisor=5)
def test_processes_of_several_runs_begun_at_random(
    firm: Firm, rounds: int, chance: random.Random, score: Score
) -> None:
    """Two to five processes, of one run or of several, the later ones begun in the middle of the others' work."""
    for turn in score.turns(rounds):
        first = 4500 + 10 * turn
        firm.add((), [invoice(first + n, EMMA) for n in range(8)])
        runs = [prepared(firm, run_id=f"turn-{turn}-{n}") for n in range(chance.randint(1, 3))]
        firm.control.mark(firm.agreement)
        workers: list[ForkServerProcess] = []
        at_once = 0
        for n in range(chance.randint(2, 5)):
            run_id = runs[n % len(runs)]
            workers.append(start(firm, run_id, chance.choice(firm.company.chunks(run_id))))
            time.sleep(chance.uniform(0, 0.1))
            at_once = max(at_once, sum(worker.is_alive() for worker in workers))
        for worker in workers:
            worker.join(PATIENCE)
            assert worker.exitcode == 0, f"turn {turn}: a worker ended with {worker.exitcode}"
        clean_run(firm)
        score.round(firm, f"turn {turn}", struck=at_once > 1)
        _assert_one_sent(firm, 8)
