"""P11: a transaction that commits late, and clocks that disagree by minutes, lose nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from healing import clean_run, run
from rounds import in_rounds
from scoreboard import Score

from ledgerbridge.records import Module
from sandbox.grounds import Firm, customer, invoice

NewFirm = Callable[..., Firm]

EMMA = customer(505)
MINUTES_OFF = 10


@pytest.mark.spec("P11")
def test_a_transaction_that_commits_late_is_not_missed(new_firm: NewFirm) -> None:
    firm = new_firm([EMMA], loading={"connections": 2, "chunk_size": 5})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    with closing(firm.company.source()) as slow:
        with slow.cursor() as cursor:
            cursor.execute('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = 505', ("Ribe",))
        firm.add((), [invoice(4300, EMMA)])
        for module in Module:
            firm.company.deliver(module, validated=False)
        assert firm.states() == {"4300": "delivered"}
        slow.commit()
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert [item.fields["city"] for item in firm.books.customers()] == ["Ribe"]


@dataclass(slots=True)
class Slow:
    """A transaction that somebody has left open, and what it will have done."""

    connection: Any
    cities: dict[int, str] = field(default_factory=dict)
    approved: list[int] = field(default_factory=list)


def _clock(chance: random.Random) -> timedelta:
    return timedelta(seconds=chance.uniform(-60, 60) * MINUTES_OFF)


def _run_by_some_clock(firm: Firm, chance: random.Random) -> None:
    """Each worker has a clock of its own."""
    off = _clock(chance)
    for module in chance.sample(list(Module), 2):
        run(firm.company, module, now=lambda: datetime.now(UTC) + off)


def _begin(firm: Firm, chance: random.Random, number: int) -> Slow:
    """Changes of one customer of its own, and an approval; the program's clock is off as well."""
    slow = Slow(firm.company.source())
    at = datetime.now(UTC) + _clock(chance)
    with slow.connection.cursor() as cursor:
        cursor.execute(
            'UPDATE "Customer" SET "City" = %s, "UpdatedAt" = %s WHERE "CustomerID" = %s',
            (f"By {number}", at, 600 + number),
        )
        cursor.execute(
            'UPDATE "Invoice" SET "ApprovalStatus" = 1, "ApprovedAt" = %s, "UpdatedAt" = %s WHERE "InvoiceID" = %s',
            (at, at, 4700 + number),
        )
    slow.cities[600 + number] = f"By {number}"
    slow.approved.append(4700 + number)
    return slow


def _end(slow: Slow, chance: random.Random, cities: dict[int, str], approved: set[int]) -> None:
    """One in five thinks better of it."""
    with closing(slow.connection):
        if chance.random() < 0.2:
            slow.connection.rollback()
            return
        slow.connection.commit()
    cities.update(slow.cities)
    approved.update(slow.approved)


@pytest.mark.spec("P11", "P18")
@in_rounds(1, divisor=10)
@pytest.mark.parametrize("capture", ["triggers", "polling"])
def test_long_transactions_that_commit_in_any_order(
    new_firm: NewFirm, capture: str, rounds: int, chance: random.Random, score: Score
) -> None:
    """Up to five are open while the cursor moves on; the clocks of the workers, and of the program that writes the
    times that polling goes by, are up to ten minutes off, either way. Polling's overlap of fifteen covers that."""
    for turn in score.turns(rounds):
        everybody = [customer(600 + n, name=f"Kunde {chr(65 + n) * 5} ApS", city="Odense C") for n in range(12)]
        drafted = [invoice(4700 + n, everybody[n], is_approved=False) for n in range(12)]
        firm = new_firm(everybody, drafted, source={"change_capture": capture})
        for module in Module:
            run(firm.company, module)
        open_ones: list[Slow] = []
        cities = {item.id: "Odense C" for item in everybody}
        approved: set[int] = set()
        begun, ran_meanwhile = 0, 0
        while begun < len(everybody) or open_ones:
            if begun < len(everybody) and len(open_ones) < 5 and chance.random() < 0.6:
                open_ones.append(_begin(firm, chance, begun))
                begun += 1
            elif open_ones:
                _end(open_ones.pop(chance.randrange(len(open_ones))), chance, cities, approved)
            if chance.random() < 0.5:
                _run_by_some_clock(firm, chance)
                ran_meanwhile += bool(open_ones)
        clean_run(firm)
        # It strikes when the cursor has moved on over a transaction that was still open.
        found = score.round(firm, f"round {turn}", struck=ran_meanwhile > 0)
        shown = {int(item.number): item.fields["city"] for item in firm.books.customers()}
        assert shown == cities, (
            f"round {turn}: a change of a late transaction was lost, or one that was rolled back came"
        )
        assert {int(id_) for id_ in firm.states()} == approved, f"round {turn}: an approval was lost"
        assert found.is_healed, f"round {turn}: {found.stuck + found.waits_for_person}"
    score.reconciled(firm, agrees=True)
