"""P13: an ambiguous customer is never created or linked by itself.

Customers are generated that are, or may be, one of those that the agreement has: by name (company forms, æøå and their
spellings, a slip), by CVR number, by phone, by customer number; and others that share no more than an e-mail address.
Who is whom is known here, because the generator made it so; the stand-in's ledger is what is counted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest
from healing import clean_run, run
from rounds import in_rounds
from scoreboard import Score
from troubles import customer_calls, invoice_calls, spoil_answers, strikes

from ledgerbridge.delivery import activation
from ledgerbridge.reasons import Language, Reason
from ledgerbridge.records import Module
from sandbox.clienttime.rows import CustomerRow
from sandbox.grounds import Firm, customer, invoice

NewFirm = Callable[..., Firm]

_SYLLABLES = ("ba", "ke", "lo", "mi", "nu", "væ", "rø", "så", "ti", "dra", "fly", "gno", "hvi", "jør", "ska", "tve")
_FORMS = ("ApS", "A/S", "I/S", "P/S", "aps", "a.p.s.", "IVS", "")
THERE = 24


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(4)).capitalize()


def _name(chance: random.Random) -> str:
    return f"{_word(chance)} {_word(chance)} & {_word(chance)}"


def _cvr(chance: random.Random) -> str:
    """With its check digit, as the register gives them."""
    while True:
        digits = [chance.randint(1, 9), *(chance.randint(0, 9) for _ in range(7))]
        if sum(weight * digit for weight, digit in zip((2, 7, 6, 5, 4, 3, 2, 1), digits, strict=True)) % 11 == 0:
            return "".join(map(str, digits))


def _phone(chance: random.Random) -> str:
    return f"{chance.randint(20, 89)}{chance.randint(100000, 999998)}"


@dataclass(frozen=True, slots=True)
class Counterpart:
    """One that the agreement has."""

    number: int
    name: str
    cvr: str
    phone: str
    email: str


def _counterpart(chance: random.Random, number: int) -> Counterpart:
    return Counterpart(
        number, f"{_name(chance)} A/S", _cvr(chance), _phone(chance), f"post@{_word(chance).casefold()}.example"
    )


def _add_all(counterparts: Sequence[Counterpart]) -> Callable[[Firm], None]:
    """Puts them into the accounts."""

    def add(firm: Firm) -> None:
        for each in counterparts:
            known = {"cvr_number": each.cvr, "phone": each.phone, "email": each.email}
            firm.books.add_customer(str(each.number), each.name, **known)

    return add


# How the same company stands in the source. Each takes what is its own from chance.


def _by_form(chance: random.Random, there: Counterpart) -> dict[str, Any]:
    bare = there.name.removesuffix(" A/S")
    return {"name": f"{bare} {chance.choice(_FORMS)}".strip()}


def _by_spelling(chance: random.Random, there: Counterpart) -> dict[str, Any]:
    spelt = there.name.replace("æ", "ae").replace("ø", "oe").replace("å", "aa").replace("&", "og")
    return {"name": chance.choice((spelt, spelt.upper(), f"{spelt} v/ {_word(chance)}"))}


def _by_slip(chance: random.Random, there: Counterpart) -> dict[str, Any]:
    """A letter left out inside a word, far from the beginning; the CVR number is not known."""
    inside = [
        at
        for at in range(len(there.name) // 2, len(there.name) - 4)
        if there.name[at].isalpha() and there.name[at - 1].isalpha()
    ]
    at = chance.choice(inside)
    return {"name": there.name[:at] + there.name[at + 1 :], "cvr": None}


def _by_cvr(chance: random.Random, there: Counterpart) -> dict[str, Any]:
    written = chance.choice((there.cvr, f"DK{there.cvr}", f"DK {there.cvr[:2]} {there.cvr[2:4]} {there.cvr[4:]}"))
    return {"cvr": written}


def _by_phone(chance: random.Random, there: Counterpart) -> dict[str, Any]:
    pairs = " ".join(there.phone[at : at + 2] for at in range(0, 8, 2))
    return {"phone": chance.choice((there.phone, f"+45 {pairs}", f"0045{there.phone}", pairs))}


def _by_number(chance: random.Random, there: Counterpart) -> dict[str, Any]:
    """Only the customer number is the same: somebody else has it there."""
    return {"code": str(there.number)}


AMBIGUOUS: tuple[Callable[[random.Random, Counterpart], Mapping[str, Any]], ...] = (
    _by_form,
    _by_spelling,
    _by_slip,
    _by_cvr,
    _by_phone,
    _by_number,
)


def _stranger(chance: random.Random, id_: int, **alike: Any) -> CustomerRow:
    """Nobody that is there, but for what is given."""
    own = {"name": f"{_name(chance)} ApS", "cvr": _cvr(chance), "phone": _phone(chance), "code": str(id_)}
    return customer(id_, **{**own, **alike})


def _ledger(firm: Firm) -> dict[int, str]:
    return {int(item.number): item.name for item in firm.books.customers()}


def _assert_nobody_was_taken_for_another(
    firm: Firm, there: Mapping[int, str], unclear: Mapping[str, str], clear: list[CustomerRow], what: str
) -> None:
    made = {number: name for number, name in _ledger(firm).items() if number not in there}
    assert {number: _ledger(firm)[number] for number in there} == there, f"{what}: a customer was overwritten"
    wanted = {int(row.code): row.name for row in clear}
    wrong = {number: name for number, name in made.items() if number not in wanted}
    assert not wrong, f"{what}: created by itself: {wrong}; unclear were {unclear}"
    assert made == wanted, f"{what}: not created, or under another name: {made}, not {wanted}"
    linked = dict(
        firm.ours("SELECT source_id, target_id FROM link l JOIN record USING (record_id) WHERE l.module = 'customers'")
    )
    assert linked == {str(row.id): row.code for row in clear}, f"{what}: linked by itself: {linked}"
    states = firm.states(Module.CUSTOMERS)
    rows = firm.ours("SELECT source_id, reason FROM transfer WHERE module = 'customers' AND state = 'waiting'")
    reasons = dict(rows)
    for id_, how in unclear.items():
        assert states[id_] == "waiting", f"{what}: {id_} resembles somebody by {how}, and is {states[id_]}"
        code = reasons[id_]["code"]
        assert code in {"customer_resembles", "customer_number_taken"}, f"{what}: {id_}, alike by {how}: {code}"
        for language in Language:
            assert Reason.from_json(reasons[id_]).do(language), f"{what}: {code} does not say what to do"


@pytest.mark.spec("P13", "LK-1", "CT-10", "CT-12")
@in_rounds(2, divisor=5)
def test_generated_customers_against_those_that_are_there(
    new_firm: NewFirm, rounds: int, chance: random.Random, score: Score
) -> None:
    """Twelve unclear ones and four clear ones in each round; in every other round answers are lost as well."""
    for turn in score.turns(rounds):
        counterparts = [_counterpart(chance, 2000 + n) for n in range(THERE)]
        firm = new_firm(made_ready=_add_all(counterparts), loading={"timeout_seconds": 1})
        there = _ledger(firm)
        with firm.company.workplace("linking") as workplace, workplace.desk() as desk:
            activation.confirm_linking(desk)
        unclear: dict[str, str] = {}
        rows: list[CustomerRow] = []
        for n, twin in enumerate(chance.sample(counterparts, 12)):
            alike = chance.choice(AMBIGUOUS) if n >= len(AMBIGUOUS) else AMBIGUOUS[n]
            rows.append(_stranger(chance, 100 + n, **alike(chance, twin)))
            unclear[str(100 + n)] = alike.__name__
        clear = [_stranger(chance, 300 + n, email=chance.choice(counterparts).email) for n in range(4)]
        firm.add([*rows, *clear])
        firm.add((), [invoice(900, rows[0]), invoice(901, clear[0])])
        if turn % 2:
            spoil_answers(firm, chance, (*invoice_calls(firm), *customer_calls(firm)))
        for module in Module:
            run(firm.company, module)
        clean_run(firm)
        # The unclear ones are there in each round; where answers are lost besides, one must have been.
        found = score.round(firm, f"round {turn}", struck=turn % 2 == 0 or strikes(firm) > 0)
        _assert_nobody_was_taken_for_another(firm, there, unclear, clear, f"round {turn}")
        assert firm.states() == {"900": "waiting", "901": "delivered"}, "an invoice went to an unclear customer"
        assert found.needs_a_person, f"round {turn}: {found.stuck}"


@pytest.mark.spec("P13", "CT-10")
@in_rounds(1, divisor=25)
def test_before_the_linking_is_confirmed_nobody_is_created(
    new_firm: NewFirm, rounds: int, chance: random.Random, score: Score
) -> None:
    """Also when customers there are few, and nobody in the source resembles them."""
    for turn in score.turns(rounds):
        counterparts = [_counterpart(chance, 2000 + n) for n in range(chance.randint(1, 3))]
        firm = new_firm([_stranger(chance, 100 + n) for n in range(6)], made_ready=_add_all(counterparts))
        before = _ledger(firm)
        for _ in range(2):
            clean_run(firm)
        score.round(firm, f"round {turn}")
        assert _ledger(firm) == before, f"round {turn}: created before anybody has confirmed the linking"
        assert set(firm.reasons(Module.CUSTOMERS).values()) == {"linking_not_confirmed"}


@pytest.mark.spec("P13", "LK-1")
def test_a_slip_in_the_first_letter_of_a_word_makes_nobody_new(new_firm: NewFirm, chance: random.Random) -> None:
    there = replace(_counterpart(chance, 2000), name="Væmijørke Flyflybatve & Hvisådrahvi A/S")
    firm = new_firm(made_ready=_add_all([there]))
    with firm.company.workplace("linking") as workplace, workplace.desk() as desk:
        activation.confirm_linking(desk)
    firm.add([_stranger(chance, 100, name="Væmijørke Flyflybatve & Visådrahvi A/S", cvr=None)])
    clean_run(firm)
    assert firm.reasons(Module.CUSTOMERS) == {"100": "customer_resembles"}, "a company that is there was created again"
