"""P14: a credit note keeps its sign and its reference to the original, under lost answers and kills too."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from healing import clean_run, run
from rounds import in_rounds
from scoreboard import Score
from troubles import invoice_calls, spoil_answers, strikes
from workers import kill_in_the_middle, start_run

from ledgerbridge.records import Module
from sandbox.clienttime.rows import InvoiceRow, amount_line
from sandbox.grounds import Firm, customer, invoice

IDA = customer(701)
ROUNDS_OF_A_FIRM = 20


def _pair(chance: random.Random, number: int) -> tuple[InvoiceRow, InvoiceRow]:
    """An invoice, and a credit note over all or a part of it."""
    # A quarter of each is whole øre: however a target rounds VAT, it comes to the same.
    amounts = [f"{chance.randint(1, 24999) / 25:.2f}" for _ in range(chance.randint(1, 4))]
    lines = [amount_line(f"Post {n}", "1", amount, unit="stk") for n, amount in enumerate(amounts)]
    taken_back = chance.sample(amounts, chance.randint(1, len(amounts)))
    credited = [amount_line(f"Retur {n}", "-1", amount, unit="stk") for n, amount in enumerate(taken_back)]
    original = invoice(number, IDA, *lines)
    return original, invoice(number + 1, IDA, *credited, is_credit_note=True, original_id=number)


def _assert_credited(firm: Firm, pairs: list[tuple[InvoiceRow, InvoiceRow]], what: str) -> None:
    by_locator = {item.locator: item for item in firm.books.booked()}
    marks = firm.ours("SELECT source_id, locator FROM record WHERE module = 'invoices'")
    booked = {source_id: by_locator[locator] for source_id, locator in marks if locator in by_locator}
    for original, note in pairs:
        assert {str(original.id), str(note.id)} <= booked.keys(), f"{what}: not both booked: {firm.reasons()}"
        first, second = booked[str(original.id)], booked[str(note.id)]
        shown = second.amounts
        assert shown == (note.net, note.vat, note.gross), f"{what}: credit note {note.id} is booked as {shown}"
        assert shown[0] < 0, f"{what}: credit note {note.id} has lost its sign"
        number = first.number
        assert second.number > number, f"{what}: credit note {note.id} was booked before its original"
        heading = second.text.splitlines()[0]
        assert f"faktura {number}" in heading, f"{what}: credit note {note.id} says {heading!r}, not invoice {number}"


def _trouble(firm: Firm, chance: random.Random, turn: int) -> bool:
    """Lost answers, or a worker killed in the middle of its run; whether it struck."""
    if chance.random() < 0.5:
        before = strikes(firm)
        spoil_answers(firm, chance, invoice_calls(firm))
        run(firm.company, Module.INVOICES)
        return strikes(firm) > before
    run_id = f"killed-{turn}-{chance.random()}"
    return kill_in_the_middle(firm, start_run(firm, Module.INVOICES, run_id), run_id, chance)


@pytest.mark.spec("P14", "P1", "P2", "P18")
@in_rounds(3, divisor=2)
def test_credit_notes_under_lost_answers_and_kills(
    new_firm: Callable[..., Firm], rounds: int, chance: random.Random, score: Score
) -> None:
    """The note comes with its original, or later; then the trouble strikes either of them."""
    for turn in score.turns(rounds):
        if turn % ROUNDS_OF_A_FIRM == 0:
            firm = new_firm([IDA], loading={"timeout_seconds": 1, "connections": 2}, knobs={"latency_ms": 10})
            run(firm.company, Module.CUSTOMERS)
            pairs: list[tuple[InvoiceRow, InvoiceRow]] = []
        new = [_pair(chance, 1000 + 10 * turn + 2 * n) for n in range(chance.randint(1, 3))]
        firm.add((), [original for original, _ in new])
        struck = chance.random() < 0.5 and _trouble(firm, chance, turn)
        firm.add((), [note for _, note in new])
        struck = _trouble(firm, chance, turn) or struck
        pairs += new
        clean_run(firm)
        found = score.round(firm, f"round {turn}", struck=struck)
        _assert_credited(firm, pairs, f"round {turn}")
        assert found.is_healed, f"round {turn}: {found.stuck + found.waits_for_person}"
    score.reconciled(firm, agrees=True)
