"""What delivery and reconciliation rely on in a target, each asked of every one over a real socket.

A target that is added joins by its stand-in's name in ``sandbox.grounds.SYSTEMS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.locators import locator_of
from ledgerbridge.errors import (
    InDoubt,
    LedgerbridgeError,
    NeedsGrant,
    NumberTaken,
    Refusal,
    RefusedProperty,
    Rejection,
    TryAgain,
)
from ledgerbridge.reasons import Language
from ledgerbridge.reasons.field_names import CHECK_ITEMS
from ledgerbridge.records import Customer, DocumentType, Invoice, InvoiceLine, LinePart, Module, VatCode
from ledgerbridge.target.contract import DraftInvoice, Target
from ledgerbridge.target.registry import target_kind
from sandbox.grounds import SYSTEMS, TODAY, Firm

FREJA = Customer(
    source_id="201",
    customer_number="201",
    name="Freja Regnskab ApS",
    address_line_1="Algade 4",
    zip="4000",
    city="Roskilde",
    country="DK",
    phone="46351200",
    email="post@freja.example",
    cvr_number="12345674",
)
WHERE = date(2000, 1, 1), TODAY + timedelta(days=400)


def line(quantity: str = "2.5", price: str = "1150", number: int = 1, **more: Any) -> InvoiceLine:
    net = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    usual = {"line_number": number, "description": "Assistance", "unit": "timer", "net_amount": net}
    return InvoiceLine(quantity=Decimal(quantity), unit_price=Decimal(price), **{**usual, **more})


def invoice(number: int = 1, *lines: InvoiceLine, **more: Any) -> Invoice:
    lines = lines or (line(),)
    net = sum((item.net_amount for item in lines), Decimal(0))
    taxed = sum((item.net_amount for item in lines if item.vat_code is VatCode.STANDARD), Decimal(0))
    vat = (taxed / 4).quantize(Decimal("0.01"))
    usual: dict[str, Any] = {
        "source_id": str(number),
        "document_type": DocumentType.INVOICE,
        "is_approved": True,
        "invoice_number": str(number),
        "invoice_date": TODAY,
        "due_date": TODAY + timedelta(days=14),
        "customer_source_id": "201",
        "customer_number": "201",
        "recipient_name": "Freja Regnskab ApS",
        "currency": "DKK",
        "net_amount": net,
        "vat_amount": vat,
        "gross_amount": net + vat,
        "lines": lines,
    }
    return Invoice(**{**usual, **more})


@dataclass(frozen=True)
class Agreement:
    """A target, reached, and the firm whose accounts it is."""

    target: Target
    firm: Firm
    desk: Desk

    def locator(self, of: Invoice) -> str:
        return locator_of(self.firm.company.integration, Module.INVOICES, of.source_id)

    def payload(self, of: Invoice, products: dict[int, str] | None = None) -> str:
        return self.target.invoice_payload(of, "201", self.locator(of), products or {}).text

    def drafted(self, of: Invoice) -> DraftInvoice:
        return self.target.read_draft(self.target.send(self.target.create_draft(self.payload(of)), f"d-{of.source_id}"))

    def booked(self, of: Invoice, draft: DraftInvoice) -> Any:
        answer = self.target.send(self.target.book(draft.number, of), f"b-{of.source_id}")
        return self.target.read_booked(answer, draft, of)


@contextmanager
def reached(firm: Firm) -> Iterator[Agreement]:
    with firm.company.workplace("contract") as workplace, workplace.desk() as desk:
        yield Agreement(desk.target, firm, desk)


@pytest.fixture
def agreement(new_firm: Callable[..., Firm]) -> Iterator[Agreement]:
    """A target that has one customer, Freja."""
    with reached(new_firm()) as opened:
        target = opened.target
        target.read_customer(target.send(target.create_customer(target.customer_payload(FREJA).text), "c-201"))
        yield opened


# Customers.


@pytest.mark.spec("CT-3", "CT-22")
def test_a_customer_is_shown_as_it_was_sent(agreement: Agreement) -> None:
    target = agreement.target
    there = target.customer("201")
    assert there is not None
    payload = target.customer_payload(FREJA).text
    assert target.shows(there, payload)
    assert {name: there.canonical.get(name) for name in target.fields_in(payload)} == target.fields_in(payload)
    known = target.as_source_fields(there)
    for field in ("name", "address_line_1", "zip", "city", "country", "phone", "email", "cvr_number"):
        assert known[field] == getattr(FREJA, field), field
    assert [item.number for item in target.customers()] == ["201"]


@pytest.mark.spec("CT-5", "TL-13")
def test_a_taken_number_is_refused_and_never_answered_with_another(agreement: Agreement) -> None:
    other = replace(FREJA, source_id="9", name="En anden ApS", cvr_number=None)
    with pytest.raises(NumberTaken):
        agreement.target.send(agreement.target.create_customer(agreement.target.customer_payload(other).text), "c-9")
    assert [item.name for item in agreement.firm.books.customers()] == ["Freja Regnskab ApS"]


@pytest.mark.spec("CT-22")
def test_an_update_keeps_what_is_not_ours_and_empties_nothing(agreement: Agreement) -> None:
    agreement.firm.books.change_customer("201", city="Vejle")
    moved = replace(FREJA, name="Freja & Søn", address_line_1=None, email=None)
    payload = agreement.target.customer_payload(moved).text
    there = agreement.target.customer("201")
    assert there is not None
    assert not agreement.target.shows(there, payload)
    shown = agreement.target.read_customer(agreement.target.send(agreement.target.update_customer(there, payload), "u"))
    assert agreement.target.shows(shown, payload)
    assert (shown.canonical["email"], shown.canonical["address"]) == ("post@freja.example", "Algade 4")


@pytest.mark.parametrize("number", ["", "0", "999999", "0201", "201 ", "201;202", "1..999", "'201'", "å"])
def test_a_number_that_nobody_has_finds_nobody(agreement: Agreement, number: str) -> None:
    assert agreement.target.customer(number) is None


# Drafts.


@pytest.mark.spec("CT-19", "X-8")
def test_a_draft_shows_what_was_sent_and_is_found_again(agreement: Agreement) -> None:
    of = invoice(1, line(), line("1", "99.99", 2, vat_code=VatCode.EXEMPT), customer_reference="PO 4711")
    draft = agreement.drafted(of)
    assert (draft.net, draft.vat, draft.gross) == (Decimal("2974.99"), Decimal("718.75"), Decimal("3693.74"))
    assert (draft.locator, draft.customer_number) == (agreement.locator(of), "201")
    assert agreement.target.find_draft(agreement.locator(of)) == agreement.target.draft(draft.number)
    found = agreement.target.draft(draft.number)
    assert found is not None
    assert (found.number, found.net, found.gross) == (draft.number, draft.net, draft.gross)
    assert agreement.target.is_whole(found, agreement.payload(of))
    (there,) = agreement.firm.books.drafts()
    assert (there.reference, there.date, there.currency) == ("PO 4711", TODAY, "DKK")
    assert [(item.product, item.net) for item in there.lines] == [
        ("1000", Decimal("2875.00")),
        ("2000", Decimal("99.99")),
    ]


@pytest.mark.spec("X-8")
def test_what_is_not_there_is_not_there(agreement: Agreement) -> None:
    target = agreement.target
    assert target.draft(987_654) is None
    assert target.find_draft(agreement.locator(invoice(5))) is None
    assert target.find_booked(agreement.locator(invoice(5))) is None
    assert target.find_booked(agreement.locator(invoice(5)), 987_654, "201") is None
    assert list(target.booked({987_654: "nobody's"})) == []
    assert target.send(target.delete_draft(987_654), "gone").status == 404
    assert target.send(target.replace_draft(987_654, agreement.payload(invoice(5))), "gone-too").status == 404
    assert target.send(target.book(987_654, invoice(5)), "gone-three").status == 404


@pytest.mark.spec("X-8")
def test_a_draft_is_replaced_in_place_and_deleted(agreement: Agreement) -> None:
    draft = agreement.drafted(invoice(1, line(), line("1", "10", 2)))
    changed = invoice(1, line("3", "1150"), heading="Ny")
    answer = agreement.target.send(agreement.target.replace_draft(draft.number, agreement.payload(changed)), "r-1")
    replaced = agreement.target.read_draft(answer)
    assert (replaced.number, replaced.net, replaced.locator) == (draft.number, Decimal("3450.00"), draft.locator)
    (there,) = agreement.firm.books.drafts()
    assert ([item.net for item in there.lines], there.text.splitlines()[0]) == ([Decimal("3450.00")], "Ny")
    answer = agreement.target.send(agreement.target.delete_draft(draft.number), "x-1")
    agreement.target.read_deletion(answer, draft.number)
    assert agreement.firm.books.drafts() == []


@pytest.mark.spec("X-8", "X-2")
def test_a_line_that_a_person_added_shows_in_the_totals(agreement: Agreement) -> None:
    draft = agreement.drafted(invoice(1))
    agreement.firm.books.add_line_to_draft(draft.number, "Kørsel", Decimal("100.00"))
    found = agreement.target.draft(draft.number)
    assert found is not None
    assert (found.net, found.gross) == (draft.net + 100, draft.gross + 125)


@pytest.mark.spec("P12", "CT-19")
def test_lines_that_cannot_be_exact_arrive_to_the_oere(agreement: Agreement) -> None:
    odd = line("0.333", "1000.005", 1, net_amount=Decimal("333.00"))
    small = line("0.01", "0.5", 2, net_amount=Decimal("0.01"))
    back = line("-2", "50", 3)
    draft = agreement.drafted(invoice(1, odd, small, back))
    assert draft.net == Decimal("233.01")
    assert sum(item.net for item in agreement.firm.books.drafts()[0].lines) == Decimal("233.01")


@pytest.mark.spec("CT-17", "CT-19")
def test_a_combined_line_whose_parts_differ_in_vat_goes_as_one_line_per_part(agreement: Agreement) -> None:
    parts = (
        LinePart(description="Rådgivning", quantity=Decimal(1), unit_price=Decimal(300), net_amount=Decimal(300),
                 vat_code=VatCode.STANDARD),
        LinePart(description="Kursus", quantity=Decimal(1), unit_price=Decimal(200), net_amount=Decimal(200),
                 vat_code=VatCode.EXEMPT),
    )  # fmt: skip
    of = invoice(1, line("1", "500", parts=parts))
    draft = agreement.drafted(of)
    assert (draft.net, draft.vat) == (Decimal("500.00"), Decimal("75.00"))
    there = agreement.firm.books.drafts()[0].lines
    assert [(item.product, item.text, item.net) for item in there] == [
        ("1000", "Rådgivning", Decimal("300.00")),
        ("2000", "Kursus", Decimal("200.00")),
    ]


@pytest.mark.spec("X-9")
def test_long_texts_are_cut_at_a_word_or_go_on_on_lines_of_their_own(agreement: Agreement) -> None:
    words = "Gennemgang af bilag og afstemning " * 90
    of = invoice(1, line(description=words), heading="H" * 60, text="T " * 120, customer_reference="R" * 300)
    payload = agreement.target.invoice_payload(of, "201", agreement.locator(of), {})
    assert "text_cut" in {warning.code for warning in payload.warnings}
    draft = agreement.drafted(of)
    assert draft.locator == agreement.locator(of)
    (there,) = agreement.firm.books.drafts()
    assert " ".join(item.text for item in there.lines if item.text).split()[-3:] == words.split()[-3:]
    assert there.reference.endswith("…")
    everything = there.text + " ".join(item.text for item in there.lines)
    assert "H" * 60 in everything
    assert everything.count("T") >= 100


@pytest.mark.spec("TL-7")
def test_a_line_goes_with_the_product_that_was_chosen_for_it(agreement: Agreement) -> None:
    products = [item.number for item in agreement.target.products() if item.vat_rate == 25 and not item.is_barred]
    other = next(number for number in products if number != "1000")
    of = invoice(1)
    request = agreement.target.create_draft(agreement.payload(of, {1: other}))
    draft = agreement.target.read_draft(agreement.target.send(request, "p"))
    assert draft.gross == Decimal("3593.75")
    assert [item.product for item in agreement.firm.books.drafts()[0].lines] == [other]


GIVES_PDF = [name for name in SYSTEMS if target_kind(name).capabilities.gives_pdf]
SEVERAL_AT_ONCE = [name for name in SYSTEMS if target_kind(name).capabilities.drafts_at_once > 1]


@pytest.mark.parametrize("system", SEVERAL_AT_ONCE, indirect=True)
@pytest.mark.spec("P7")
def test_several_drafts_in_one_write_are_each_as_if_they_came_alone(agreement: Agreement) -> None:
    target = agreement.target
    target.read_draft(target.send(target.create_draft(agreement.payload(invoice(99))), "what decides VAT is read once"))
    several = [invoice(n, line("1", str(n)), line("2", "3.50", 2)) for n in range(1, 31)]
    before = agreement.desk.workplace.gate.calls
    made = target.create_drafts([agreement.payload(of) for of in several])
    assert agreement.desk.workplace.gate.calls - before <= 5
    for of, draft in zip(several, made, strict=True):
        assert draft is not None
        assert (draft.locator, draft.net, draft.gross) == (agreement.locator(of), of.net_amount, of.gross_amount)
    there = {agreement.locator(of) for of in (*several, invoice(99))}
    assert {item.locator for item in agreement.firm.books.drafts()} == there


@pytest.mark.parametrize("system", SEVERAL_AT_ONCE, indirect=True)
@pytest.mark.spec("X-3")
def test_one_that_is_refused_among_several_leaves_nothing_and_keeps_back_none(agreement: Agreement) -> None:
    target = agreement.target
    several = [invoice(n) for n in range(1, 6)]
    payloads = [agreement.payload(of) for of in several]
    payloads[2] = agreement.payload(several[2], {1: "no-such-product"})
    made = target.create_drafts(payloads)
    assert [draft is None for draft in made] == [False, False, True, False, False]
    assert len(agreement.firm.books.drafts()) == 4
    with pytest.raises(Rejection):
        target.send(target.create_draft(payloads[2]), "alone")
    assert len(agreement.firm.books.drafts()) == 4


# Booking.


@pytest.mark.spec("CT-1", "CT-2", "CT-9", "X-1")
def test_a_booked_invoice_is_read_with_all_that_is_kept_of_it(agreement: Agreement) -> None:
    target = agreement.target
    of = invoice(1, line(), line("1", "100", 2, vat_code=VatCode.EXEMPT))
    draft = target.with_sure_totals(agreement.drafted(of))
    assert draft.totals_are_sure
    answered = agreement.booked(of, draft)
    (read,) = target.booked({answered.number: answered.locator or ""})
    for booked in (answered, read):
        assert (booked.net, booked.vat, booked.gross) == (of.net_amount, of.vat_amount, of.gross_amount)
        assert (booked.date, booked.due_date) == (of.invoice_date, of.due_date)
        assert (booked.customer_number, booked.currency, booked.locator) == ("201", "DKK", agreement.locator(of))
        assert {share.rate: share.vat for share in booked.vat_shares if share.vat} == {Decimal(25): Decimal("718.75")}
    assert not read.is_foretold
    assert target.find_booked(agreement.locator(of)).number == answered.number  # type: ignore[union-attr]
    assert target.find_booked("lb-none", draft.number, "201") is None, "another's mark is on it"
    assert (target.draft(draft.number), target.find_draft(agreement.locator(of))) == (None, None)
    (there,) = agreement.firm.books.booked()
    assert (there.number, there.due_date, there.gross) == (answered.number, of.due_date, of.gross_amount)


@pytest.mark.spec("P1", "X-2")
def test_a_draft_is_booked_once_however_often_it_is_asked_for(agreement: Agreement) -> None:
    draft = agreement.drafted(invoice(1))
    agreement.booked(invoice(1), draft)
    again = agreement.target.send(agreement.target.book(draft.number, invoice(1)), "another-key")
    assert again.status == 404
    assert len(agreement.firm.books.booked()) == 1


@pytest.mark.spec("X-8")
def test_what_a_person_booked_is_found_by_the_draft_that_it_was(agreement: Agreement) -> None:
    draft = agreement.drafted(invoice(1))
    number = agreement.firm.books.book_draft(draft.number)
    found = agreement.target.find_booked(agreement.locator(invoice(1)), draft.number, "201")
    assert found is not None
    assert (found.number, found.draft_number, found.gross) == (number, draft.number, Decimal("3593.75"))


@pytest.mark.spec("P14", "X-1")
def test_a_credit_note_gives_back_what_its_invoice_asked_for(agreement: Agreement) -> None:
    first = agreement.booked(invoice(1), agreement.drafted(invoice(1)))
    credit = invoice(
        2,
        line("-2.5", "1150"),
        document_type=DocumentType.CREDIT_NOTE,
        original_source_id="1",
        original_invoice_number=str(first.number),
        original_target_number=first.number,
        due_date=None,
    )
    credit = replace(credit, vat_amount=-Decimal("718.75"), gross_amount=-Decimal("3593.75"))
    booked = agreement.booked(credit, agreement.drafted(credit))
    (read,) = agreement.target.booked({booked.number: booked.locator or ""})
    assert (read.net, read.vat, read.gross) == (Decimal("-2875.00"), Decimal("-718.75"), Decimal("-3593.75"))
    assert read.due_date == TODAY
    there = next(item for item in agreement.firm.books.booked() if item.number == booked.number)
    assert f"Kreditnota til faktura {first.number}" in there.text
    assert sum(item.gross for item in agreement.firm.books.booked()) == 0


@pytest.mark.parametrize("system", GIVES_PDF, indirect=True)
@pytest.mark.spec("CT-2")
def test_the_pdf_is_given_when_there_is_one(agreement: Agreement) -> None:
    booked = agreement.booked(invoice(1), agreement.drafted(invoice(1)))
    pdf = agreement.target.pdf(booked.number, "201", TODAY)
    assert pdf is not None
    assert pdf.startswith(b"%PDF")
    assert agreement.target.pdf(booked.number + 1, "201", TODAY) is None


@pytest.mark.spec("X-1")
def test_reconciliation_is_given_every_document_of_the_period(agreement: Agreement) -> None:
    draft = agreement.drafted(invoice(1))
    booked = agreement.booked(invoice(2), agreement.drafted(invoice(2)))
    early = invoice(3, invoice_date=TODAY - timedelta(days=60), due_date=TODAY)
    agreement.booked(early, agreement.drafted(early))
    listed = list(agreement.target.invoices(TODAY - timedelta(days=7), TODAY + timedelta(days=7)))
    told = {(item.is_draft, item.number, item.locator, item.net, item.gross, item.customer_number) for item in listed}
    assert told == {
        (True, draft.number, draft.locator, Decimal("2875.00"), Decimal("3593.75"), "201"),
        (False, booked.number, agreement.locator(invoice(2)), Decimal("2875.00"), Decimal("3593.75"), "201"),
    }
    assert len(list(agreement.target.invoices(*WHERE))) == 3


@pytest.mark.spec("X-11")
def test_preflight_names_every_item_and_keeps_what_the_settings_stand_for(agreement: Agreement) -> None:
    found = agreement.target.preflight()
    assert found.passed, [str(check.reason.text(Language.ENGLISH)) for check in found.checks]
    items = {check.item for check in found.checks}
    assert {
        "agreement", "base_currency", "layout", "due_date_term", "customer_group", "product_with_vat",
        "product_without_vat", "accounting_year", "number_series", "layout_contents", "customers",
    } <= items  # fmt: skip
    assert items <= set(CHECK_ITEMS), "an item without words"
    resolved = found.resolved or {}
    assert {"agreement_number", "company_name", "company_cvr", "customers_at_start"} <= resolved.keys()
    assert resolved["agreement_number"] == agreement.firm.agreement


# What goes wrong.


def _ways(agreement: Agreement) -> dict[str, Callable[[], Any]]:
    target = agreement.target
    return {
        "create_customer": lambda: target.send(
            target.create_customer(target.customer_payload(replace(FREJA, customer_number="202")).text), "k1"
        ),
        "create_draft": lambda: target.send(target.create_draft(agreement.payload(invoice(7))), "k2"),
        "book": lambda: target.send(target.book(agreement.drafted(invoice(8)).number, invoice(8)), "k3"),
    }


WRITES = ["create_customer", "create_draft", "book"]
LOST: dict[str, dict[str, Any]] = {
    "lost after it was done": {"effect": "drop_after_commit"},
    "lost before it was done": {"effect": "drop_before"},
    "cut": {"effect": "cut_answer"},
    "a page for people": {"effect": "html", "when": "after"},
    "500": {"effect": "status", "status": 500, "when": "after"},
}


@pytest.mark.parametrize("way", WRITES)
@pytest.mark.parametrize("lost", LOST)
@pytest.mark.spec("P2", "X-2")
def test_a_write_that_is_not_answered_cleanly_is_in_doubt(agreement: Agreement, way: str, lost: str) -> None:
    write = _ways(agreement)[way]
    method, path = getattr(agreement.firm.books.calls, way)
    fault = dict(LOST[lost])
    agreement.firm.control.add_fault(
        fault.pop("effect"), match=agreement.firm.books.match(method=method, path=path, nth=1), **fault
    )
    with pytest.raises(InDoubt) as raised:
        write()
    assert len(raised.value.reason.sentence(Language.DANISH)) > 20


@pytest.mark.spec("P6")
def test_a_grant_that_is_gone_needs_a_new_one(agreement: Agreement) -> None:
    agreement.firm.books.revoke()
    with pytest.raises(NeedsGrant):
        agreement.target.probe()
    with pytest.raises(NeedsGrant):
        agreement.target.customer("201")


@pytest.mark.spec("P6")
def test_a_right_that_is_missing_is_a_refusal(agreement: Agreement) -> None:
    agreement.firm.books.take_rights()
    with pytest.raises(Refusal):
        _ways(agreement)["create_draft"]()
    agreement.firm.books.give_rights()
    assert _ways(agreement)["create_draft"]().status in {200, 201}


@pytest.mark.spec("P7")
@pytest.mark.parametrize("way", WRITES)
def test_too_many_calls_is_for_later_and_did_nothing(agreement: Agreement, way: str) -> None:
    write = _ways(agreement)[way]
    method, path = getattr(agreement.firm.books.calls, way)
    match = agreement.firm.books.match(method=method, path=path, nth=1)
    agreement.firm.control.add_fault("status", match=match, status=429, retryAfter=7)
    with pytest.raises(TryAgain) as raised:
        write()
    assert raised.value.after_seconds == 7


@pytest.mark.spec("P2")
def test_reads_are_asked_again(agreement: Agreement) -> None:
    method, path = agreement.firm.books.calls.read_customers
    match = agreement.firm.books.match(method=method, path=path, count=2)
    agreement.firm.control.add_fault("status", match=match, status=500)
    before = agreement.desk.workplace.gate.calls
    assert agreement.target.customer("201") is not None
    assert agreement.desk.workplace.gate.calls - before == 3


@pytest.mark.spec("P2")
def test_a_read_that_is_never_answered_is_for_later_and_proves_nothing(agreement: Agreement) -> None:
    agreement.firm.control.add_fault("status", match=agreement.firm.books.match(), status=500)
    for ask in (
        lambda: agreement.target.customer("201"),
        lambda: agreement.target.draft(1),
        lambda: agreement.target.find_draft("lb"),
        lambda: agreement.target.find_booked("lb"),
        lambda: list(agreement.target.customers()),
        lambda: list(agreement.target.invoices(*WHERE)),
        agreement.target.preflight,
    ):
        with pytest.raises(LedgerbridgeError) as raised:
            ask()  # type: ignore[operator]
        assert isinstance(raised.value, TryAgain), type(raised.value)


@pytest.mark.spec("X-3", "P4")
def test_a_record_that_is_refused_says_which_property_and_value(agreement: Agreement) -> None:
    request = agreement.target.create_draft(agreement.payload(invoice(1), {1: "no-such-product"}))
    with pytest.raises(RefusedProperty) as raised:
        agreement.target.send(request, "wrong")
    assert raised.value.property_name
    assert raised.value.value == "no-such-product"
    assert "no-such-product" in raised.value.reason.sentence(Language.DANISH)
    assert agreement.firm.books.drafts() == []


@pytest.mark.spec("P5")
def test_what_stands_in_every_payload_is_known_as_the_settings_own(agreement: Agreement) -> None:
    values = agreement.target.values_of_settings()
    assert {"1000", "1"} <= values
    assert "2000" not in values, "only some records have it"
