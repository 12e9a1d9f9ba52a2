"""P12: what arrives equals the source to the øre, or it is held before booking with a reason that names both figures.

Invoices of any shape (lines, VAT, currency, discount, sign, odd quantities) go through real sockets to stand-ins that
round VAT in every way that a target may: once per document or line by line, half an øre up or to even. Which of them
can be booked is computed here, by a few lines that know nothing of the product's. Nothing is adjusted in silence, and
nothing booked that differs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from itertools import count

import pytest
from accounts import audit
from healing import clean_run, run
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from rounds import in_rounds
from scoreboard import Score
from systems import of

from ledgerbridge.reasons import Language, Reason
from ledgerbridge.records import Module
from sandbox.clienttime.rows import InvoiceRow, LineRow, amount_line, combined_line, text_line
from sandbox.grounds import SYSTEMS, Firm, Grounds, customer, invoice

ROSA = customer(801)
# Not every accounting system has a document's VAT zone: an invoice goes to a customer whose zone is its own.
BY_TREATMENT = {
    "DK": ROSA,
    "EU": customer(802, name="Nordsee Bau GmbH", country="Tyskland"),
    "EXPORT": customer(803, name="Fjordkraft AS", country="Norge"),
}
CURRENCIES = {"DKK": None, "EUR": Decimal("745.98"), "USD": Decimal("688.123456"), "SEK": Decimal("65.2")}
AT_ONCE = 10
ROUNDINGS = [(system, rounding) for system in SYSTEMS for rounding in of(system).roundings]

_cents = st.integers(1, 5_000_000).map(lambda number: Decimal(number).scaleb(-2))
_quantities = st.one_of(
    st.integers(1, 40).map(Decimal),
    st.integers(1, 4_000).map(lambda number: Decimal(number).scaleb(-2)),
    st.integers(1, 400_000).map(lambda number: Decimal(number).scaleb(-4)),  # an hour and twenty minutes
)
_prices = st.one_of(_cents, st.integers(1, 9_999_999).map(lambda number: Decimal(number).scaleb(-4)))
_discounts = st.one_of(
    st.just(Decimal(0)),
    st.sampled_from([Decimal(10), Decimal("12.5"), Decimal("33.33"), Decimal(100), Decimal("7.1234")]),
)


@st.composite
def _lines(draw: st.DrawFn, sign: int) -> LineRow:
    kind = draw(st.sampled_from(["amount", "amount", "amount", "combined", "text"]))
    if kind == "text":
        return text_line("Udført i marts")
    plain = [
        amount_line(
            f"Timer {draw(st.integers(1, 99))}",
            sign * draw(_quantities),
            draw(_prices),
            discount=draw(_discounts) if kind == "amount" else "0",
            with_vat=draw(st.booleans()),
        )
        for _ in range(1 if kind == "amount" else draw(st.integers(1, 3)))
    ]
    return plain[0] if kind == "amount" else combined_line("Samlet", tuple(plain))


@dataclass(frozen=True, slots=True)
class Shape:
    """An invoice before it has a number. ``off``: what the source's own VAT is off, in øre."""

    lines: tuple[LineRow, ...]
    is_credit_note: bool
    currency: str
    treatment: str
    off: int

    def row(self, number: int) -> InvoiceRow:
        made = invoice(
            number,
            BY_TREATMENT[self.treatment],
            *self.lines,
            is_credit_note=self.is_credit_note,
            currency=self.currency,
            exchange_rate=CURRENCIES[self.currency],
            treatment=self.treatment,
        )
        return replace(made, vat_amount=made.vat + Decimal(self.off).scaleb(-2)) if self.off else made


@st.composite
def _shapes(draw: st.DrawFn) -> Shape:
    is_credit_note = draw(st.booleans())
    sign = -1 if is_credit_note else 1
    billed = draw(st.lists(_lines(sign), min_size=1, max_size=8).filter(lambda lines: any(line.net for line in lines)))
    treatment = draw(st.sampled_from(["DK", "DK", "DK", "EU", "EXPORT"]))
    off = draw(st.sampled_from([0, 0, 0, 0, 1, -1])) if treatment == "DK" else 0
    return Shape(tuple(billed), is_credit_note, draw(st.sampled_from(sorted(CURRENCIES))), treatment, off)


_COPY = amount_line("Kopi", "1", "33.34", unit="stk")
_OFF = {rounding: off for system in SYSTEMS for rounding, off in of(system).roundings.items()}
_SURELY_EXACT = Shape(
    (amount_line("Assistance", "2.5", "1150"),), is_credit_note=False, currency="DKK", treatment="DK", off=0
)


def _surely_held(rounding: str) -> Shape:
    """Half an øre of VAT, on one line or on each of two; however few are generated, both ends are met."""
    lines = (_COPY,) if rounding.startswith("half") else (_COPY, _COPY)
    return Shape(lines, is_credit_note=False, currency="DKK", treatment="DK", off=_OFF[rounding])


def _cent(amount: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=rounding)


def _vat_there(row: InvoiceRow, rounding: str) -> Decimal:
    """What a target makes of it: 25 % of each line with VAT, rounded line by line or once."""
    if row.treatment != "DK":
        return Decimal(0)
    # A combined line stands as its parts where those differ in VAT from it, else as itself.
    sent: list[tuple[Decimal, str]] = []
    for line in row.lines:
        codes = {part.vat_code for part in line.parts}
        alone = not codes or codes == {line.vat_code}
        sent += [(line.net, line.vat_code)] if alone else [(part.net, part.vat_code) for part in line.parts]
    exact = [net / 4 for net, code in sent if code == "M"]
    once = sum(exact, Decimal(0))
    return {
        "line": sum(map(_cent, exact), Decimal(0)),
        "document": _cent(once),
        "half_up": _cent(once),
        "half_even": _cent(once, ROUND_HALF_EVEN),
    }[rounding]


def _add(firm: Firm, rows: list[InvoiceRow]) -> None:
    firm.add((), rows)
    for row in rows:
        for place, line in enumerate(row.lines, start=1):
            for number, part in enumerate(line.parts, start=1):
                firm.source(
                    'INSERT INTO "InvoiceLinePart" ("InvoiceLineID", "PartNumber", "Text", "Quantity", "UnitPrice", '
                    '"NetAmount", "VatCode", "VatRate") SELECT "InvoiceLineID", %s, %s, %s, %s, %s, %s, %s '
                    'FROM "InvoiceLine" WHERE "InvoiceID" = %s AND "LineNumber" = %s',
                    number, part.text, part.quantity, part.price, part.net, part.vat_code, part.vat_rate, row.id, place,
                )  # fmt: skip


def _assert_exact_or_held(firm: Firm, rows: list[InvoiceRow], rounding: str) -> int:
    """How many were held."""
    ids = dict(firm.ours("SELECT DISTINCT locator, source_id FROM transfer WHERE module = 'invoices'"))
    booked, drafts = (
        {ids[item.locator]: item for item in there} for there in (firm.books.booked(), firm.books.drafts())
    )
    owed = firm.books.owed()
    reasons = dict(
        firm.ours("SELECT DISTINCT ON (record_id) source_id, reason FROM transfer ORDER BY record_id, revision DESC")
    )
    held = 0
    for row in rows:
        id_ = str(row.id)
        source = (row.net, row.vat, row.gross)
        vat_there = _vat_there(row, rounding)
        told = f"{id_}: the source has {source}, a target that rounds per {rounding} makes {vat_there} of the VAT"
        if row.vat == vat_there:
            assert id_ in booked, f"{told}, and it is not booked: {reasons.get(id_)}"
            shown, number = booked[id_].amounts, booked[id_].number
            assert shown == source, f"{told}, and it is booked with {shown}"
            assert owed.get(number, Decimal(0)) == row.gross, f"{told}, and the ledger has {owed.get(number)}"
            continue
        held += 1
        assert id_ not in booked, f"{told}, and it is booked all the same"
        assert reasons[id_]["code"] == "invoice_vat_differs", f"{told}, and is told as {reasons[id_]}"
        figures = [f"{row.vat:.2f}", f"{_cent(vat_there) + 0:.2f}"]  # no minus before nothing
        for language in Language:
            sentence = Reason.from_json(reasons[id_]).sentence(language)
            assert all(figure in sentence for figure in figures), f"{told}: {figures} are not both in: {sentence}"
        assert drafts[id_].vat in (None, vat_there), f"{told}: the draft shows {drafts[id_].vat}"
    return held


@pytest.mark.spec("P12", "CT-17", "CT-19", "X-13")
@in_rounds(20)
@pytest.mark.parametrize(("system", "rounding"), ROUNDINGS)
def test_generated_invoices_arrive_to_the_oere_or_are_held(
    grounds: Grounds, system: str, rounding: str, rounds: int, chance: random.Random, score: Score
) -> None:
    customers = list(BY_TREATMENT.values())
    firm = grounds.firm(customers, knobs={"vat_rounding": rounding}, loading={"connections": 2}, system=system)
    run(firm.company, Module.CUSTOMERS)
    numbers = count(1)
    held, all_rows = [0], [0]

    @seed(chance.getrandbits(64))
    @settings(
        max_examples=max(1, rounds // AT_ONCE),
        phases=[Phase.generate],  # the firm keeps what was delivered: there is nothing to shrink towards
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(_shapes(), min_size=AT_ONCE, max_size=AT_ONCE))
    def go(shapes: list[Shape]) -> None:
        rows = [shape.row(next(numbers)) for shape in (*shapes, _surely_held(rounding), _SURELY_EXACT)]
        _add(firm, rows)
        run(firm.company, Module.INVOICES)
        score.round(firm, rounding)  # a batch of them is one round; in each there is at least one that differs
        held[0] += _assert_exact_or_held(firm, rows, rounding)
        all_rows[0] += len(rows)

    go()
    assert 0 < held[0] < all_rows[0], f"{held[0]} of {all_rows[0]} were held: the generator shows only one side"
    clean_run(firm)
    found = audit(firm)
    found.must_be_clean(rounding)
    assert len(found.waits_for_person) == held[0], f"the next run went on with what was held: {found.stuck}"
    score.reconciled(firm)


@pytest.mark.spec("P12", "CT-19", "P2")
@pytest.mark.parametrize("edit", ["price", "quantity", "one line less"])
def test_what_a_person_edits_between_draft_and_booking_is_not_booked(grounds: Grounds, edit: str) -> None:
    """The booking's request was lost; until the next run somebody is at the draft."""
    lines = [amount_line("Assistance", "2.5", "1150"), amount_line("Kørsel", "12", "3.73")]
    firm = grounds.firm([ROSA], [invoice(1, ROSA, *lines)])
    lost = {"agreement": firm.agreement, "method": "POST", "path": "/invoices/booked$", "nth": 1}
    firm.control.add_fault("drop_before", match=lost)
    for module in Module:
        run(firm.company, module)
    assert firm.states() == {"1": "in_doubt"}
    (draft,) = firm.ledger()["drafts"]
    first, second = draft["lines"]
    edited = {
        "price": [first, {**second, "unitNetPrice": Decimal("3.72")}],
        "quantity": [{**first, "quantity": Decimal("2.6")}, second],
        "one line less": [first],
    }[edit]
    number = draft["draftInvoiceNumber"]
    status, answer = firm.control.act(firm.agreement, "PUT", f"/invoices/drafts/{number}", {**draft, "lines": edited})
    assert status == 200, f"the stand-in did not take the edit: {answer}"
    clean_run(firm)
    assert firm.ledger()["booked"] == [], "an edited draft was booked, with amounts that are not the source's"
    assert firm.reasons() == {"1": "invoice_net_differs"}
    ((reason,),) = firm.ours("SELECT reason FROM transfer WHERE module = 'invoices'")
    (now,) = firm.ledger()["drafts"]
    for language in Language:
        sentence = Reason.from_json(reason).sentence(language)
        for figure in ("2919.76", f"{Decimal(now['netAmount']):.2f}"):
            assert figure in sentence, f"{figure} is not in: {sentence}"
