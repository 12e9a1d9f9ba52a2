"""20,000 customers on either side, misspelt and half filled in: who is found, how soon, and never wrongly."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from customers_of_both_sides import source, target

from ledgerbridge.linking.candidates import Proposals, Suggestions, propose
from ledgerbridge.linking.counterparts import TargetCustomer
from ledgerbridge.records import Customer
from sandbox.clienttime import words
from sandbox.clienttime.numbers import cvr_number

CUSTOMERS = 20_000
STRANGERS = 1_000
FORMS = ("A/S", "ApS", "I/S", "", "v/ejer")


def _names(chance: random.Random, count: int) -> list[str]:
    """As companies are called: a family's name, a trade, a town; many share each of them."""
    made: dict[str, None] = {}
    while len(made) < count:
        family, trade = chance.choice(words.SURNAMES), chance.choice(words.TRADES)
        town = chance.choice(words.TOWNS)[1]
        begin = "".join(chance.choice("abdefgiklmnoprstuv") for _ in range(chance.randint(3, 6))).capitalize()
        made[chance.choice((f"{begin} {family} {trade}", f"{begin} {trade} {town}", f"{family} & {begin} {trade}"))] = (
            None
        )
    return list(made)


def _phone(chance: random.Random) -> str:
    return str(chance.randint(20_000_000, 99_999_999))


def _cvr_numbers(chance: random.Random, count: int) -> list[str]:
    found = (cvr_number(first) for first in chance.sample(range(1_000_000, 9_900_000), count * 2))
    return [number for number in found if number is not None][:count]


Spoil = Callable[[random.Random, TargetCustomer], TargetCustomer]


def _shouted(_: random.Random, item: TargetCustomer) -> TargetCustomer:
    return replace(item, name=item.name.upper())


def _in_words(_: random.Random, item: TargetCustomer) -> TargetCustomer:
    return replace(item, name=item.name.replace("&", "og"))


def _another_form(chance: random.Random, item: TargetCustomer) -> TargetCustomer:
    return replace(item, name=f"{item.name} {chance.choice(FORMS)}".strip())


def _a_slip(chance: random.Random, item: TargetCustomer) -> TargetCustomer:
    place = chance.randrange(1, len(item.name) - 1)
    name = item.name
    return replace(item, name=name[:place] + name[place + 1] + name[place] + name[place + 2 :])


def _without_cvr(_: random.Random, item: TargetCustomer) -> TargetCustomer:
    return replace(item, cvr_number=None)


def _spaced_cvr(_: random.Random, item: TargetCustomer) -> TargetCustomer:
    number = item.cvr_number
    return replace(item, cvr_number=f"DK {number[:2]} {number[2:4]} {number[4:6]} {number[6:]}" if number else None)


def _abroad_phone(_: random.Random, item: TargetCustomer) -> TargetCustomer:
    return replace(item, phone=f"+45 {item.phone[:4]} {item.phone[4:]}" if item.phone else None)


def _without_phone(_: random.Random, item: TargetCustomer) -> TargetCustomer:
    return replace(item, phone=None)


SPOILS: tuple[Spoil, ...] = (
    _shouted,
    _in_words,
    _another_form,
    _a_slip,
    _without_cvr,
    _spaced_cvr,
    _abroad_phone,
    _without_phone,
)


def _both_sides(chance: random.Random) -> tuple[list[Customer], list[TargetCustomer]]:
    """Each customer stands on the other side as somebody else typed it; a thousand of either side have nobody there."""
    names = _names(chance, CUSTOMERS + STRANGERS)
    numbers = _cvr_numbers(chance, CUSTOMERS + STRANGERS)
    ours, theirs = [], []
    for place in range(CUSTOMERS):
        phone = _phone(chance)
        ours.append(
            source(str(place), f"{names[place]} {chance.choice(FORMS)}".strip(), cvr_number=numbers[place], phone=phone)
        )
        other = target(str(place), names[place], cvr_number=numbers[place], phone=phone)
        for spoil in chance.sample(SPOILS, 3):
            other = spoil(chance, other)
        theirs.append(other)
    for place in range(STRANGERS):
        stranger = CUSTOMERS + place
        of = random.Random(place).choice(ours)
        # Another company of the same family: nearly the same name, its own CVR number.
        theirs.append(target(str(stranger), f"{of.name} Holding", cvr_number=numbers[stranger]))
    return ours, theirs


@pytest.fixture(scope="module")
def proposed() -> tuple[Proposals, float]:
    ours, theirs = _both_sides(random.Random(20_000))
    began = time.process_time()
    proposals = propose(ours, theirs)
    return proposals, time.process_time() - began


@pytest.mark.spec("LK-1")
def test_they_are_compared_in_less_than_half_a_minute(proposed: tuple[Proposals, float]) -> None:
    _, seconds = proposed
    assert seconds < 30


@pytest.mark.spec("LK-1")
def test_98_of_100_are_found(proposed: tuple[Proposals, float]) -> None:
    proposals, _ = proposed
    found = sum(
        any(candidate.source.source_id == row.target.number for candidate in row.candidates)
        for row in proposals.targets[:CUSTOMERS]
    )
    print(f"recall {found / CUSTOMERS:.4f}")
    assert found >= 0.98 * CUSTOMERS


@pytest.mark.spec("LK-1", "LK-2", "P13")
def test_no_single_suggestion_is_wrong(proposed: tuple[Proposals, float]) -> None:
    proposals, _ = proposed
    single = [row for row in proposals.targets if row.suggestions is Suggestions.ONE]
    assert len(single) > 0.7 * CUSTOMERS
    wrong = [row for row in single if row.candidates[0].source.source_id != row.target.number]
    assert wrong == []
    assert not any(row.candidates[0].has_other_cvr for row in proposals.targets if row.is_mutual)
