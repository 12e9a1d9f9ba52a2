"""The demo firm's ordinary customers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from sandbox.clienttime import words
from sandbox.clienttime.numbers import cvr_number, gln
from sandbox.clienttime.rows import CustomerRow

__all__ = ["ORDINARY_CUSTOMERS", "ordinary_customers", "street"]

ORDINARY_CUSTOMERS = 330
LINKED_OF_TEN = 7  # the others show what the linking step is for
MUNICIPAL_OFFICES = 8

_DEPARTMENT_OF_TEAM = {1: 1, 2: 1, 3: 2, 4: 3}  # as in reference.sql
_PLAIN = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", " ": "-", "&": "og", "/": "", ".": "", ",": ""})


def ordinary_customers(chance: random.Random, today: date) -> tuple[CustomerRow, ...]:
    """Customers in good order: unique names, numbers and CVR numbers, Danish, about 70 % linked."""
    names = _names(chance)
    codes = _codes(chance)
    numbers = _cvr_numbers(chance)
    return tuple(
        _customer(chance, today, id_, next(names), next(codes), next(numbers))
        for id_ in range(1, ORDINARY_CUSTOMERS + 1)
    )


def street(chance: random.Random) -> str:
    """A street and number that do not exist, or only by accident."""
    end = chance.choice(words.STREET_ENDS)
    return f"{chance.choice(words.STREET_BEGINNINGS)}{end} {chance.randint(1, 240)}"


def _customer(chance: random.Random, today: date, id_: int, name: str, code: str, cvr: str) -> CustomerRow:
    zip_code, city = chance.choice(words.TOWNS)
    contact = (chance.choice(words.FIRST_NAMES), chance.choice(words.SURNAMES))
    team = chance.randint(1, 4)
    is_public = id_ % (ORDINARY_CUSTOMERS // MUNICIPAL_OFFICES) == 0
    if is_public:
        name = f"{city.split()[0]} og Omegns Fælleskontor, afdeling {id_}"
    is_linked = chance.randint(1, 10) <= LINKED_OF_TEN
    foreign_number = code if chance.random() < 0.9 else str(200_000 + id_)
    return CustomerRow(
        id=id_,
        code=code,
        name=name,
        address_1=street(chance),
        address_2=f"Att.: {contact[0]} {contact[1]}" if chance.random() < 0.1 else None,
        zip=zip_code,
        city=city,
        country=chance.choice(("Danmark", "Danmark", "DK", "", None)),
        phone=_phone(chance),
        email=f"kontakt{id_}@{name.lower().translate(_PLAIN)[:18].strip('-')}.example",
        cvr=cvr,
        ean=gln(f"5799{id_:08d}") if is_public else None,
        team=team,
        department=_DEPARTMENT_OF_TEAM[team],
        employee=chance.randint(1, 12),
        term_days=chance.choice((8, 14, 14, 30)),
        foreign_number=foreign_number if is_linked else None,
        contact=contact,
        created_on=today - timedelta(days=chance.randint(600, 3000)),
    )


def _names(chance: random.Random) -> Iterator[str]:
    pairs = [(surname, trade) for surname in words.SURNAMES for trade in words.TRADES]
    chance.shuffle(pairs)
    for surname, trade in pairs:
        form = chance.choice(words.FORMS)
        style = chance.randint(1, 4)
        if style == 1:
            yield f"{surname} & Søn {trade} {form}".strip()
        elif style == 2:
            yield f"{trade} {surname} {form}".strip()
        else:
            yield f"{surname} {trade} {form}".strip()


def _codes(chance: random.Random) -> Iterator[str]:
    """Customer numbers as firms have them: four digits from the old days, then five and six."""
    numbers = chance.sample(range(1000, 9999), 180) + chance.sample(range(10_000, 99_999), 120)
    numbers += chance.sample(range(100_000, 199_999), 200)
    chance.shuffle(numbers)
    return (str(number) for number in numbers)


def _cvr_numbers(chance: random.Random) -> Iterator[str]:
    for first_seven in chance.sample(range(9_000_000, 9_900_000), 3 * ORDINARY_CUSTOMERS):
        number = cvr_number(first_seven)
        if number is not None:
            yield number


def _phone(chance: random.Random) -> str:
    digits = f"{chance.randint(2, 9)}{chance.randint(0, 9_999_999):07d}"
    spaced = " ".join(digits[place : place + 2] for place in range(0, 8, 2))
    return chance.choice((spaced, digits, f"+45 {spaced}"))
