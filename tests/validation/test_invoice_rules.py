"""Every rule for documents and lines, in both directions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sample_records import credit_note, integration, invoice, line, one_line, part, validate

from ledgerbridge.reasons import Language
from ledgerbridge.records import DocumentType, Invoice, InvoiceLine, Module, VatCode, VatTreatment
from ledgerbridge.validation import Checked

D = Decimal
EU, EXPORT = VatTreatment.EU_REVERSE_CHARGE, VatTreatment.EXPORT
TEXT = InvoiceLine(line_number=2, description="Perioden marts", is_text=True)
EXEMPT = VatCode.EXEMPT


def vat_free(**changes: object) -> Invoice:
    return invoice(**({"vat_amount": D(0), "gross_amount": D(1000)} | changes))


GOOD: dict[str, Invoice] = {
    "domestic": invoice(),
    "credit note": credit_note(),
    "due at once": invoice(due_date=date(2026, 3, 2)),
    "no due date": invoice(due_date=None),
    "text lines": invoice(lines=(line(), TEXT)),
    "mixed signs": invoice(lines=(line("1500.00"), line("-500.00", line_number=2))),
    "exempt line": one_line(line(vat_code=EXEMPT)),
    "stated rate": invoice(lines=(line(vat_rate=D("25.00")),)),
    "exempt lines need no rate": one_line(line(vat_code=EXEMPT, vat_rate=D(0))),
    "reverse charge": vat_free(vat_treatment=EU, recipient_country="SE"),
    "reverse charge states rate 0": vat_free(
        vat_treatment=EU, recipient_country="DE", lines=(line(vat_rate=D(0)),)
    ),
    "export": vat_free(vat_treatment=EXPORT, recipient_country="NO"),
    "foreign currency with rate": invoice(currency="EUR", exchange_rate=D("745.123456")),
    "rate with zeros at its end": invoice(currency="EUR", exchange_rate=D("745.12000000")),
    "the base currency's rate is not read": invoice(exchange_rate=D(0)),
    "combined, same VAT": invoice(lines=(line(parts=(part("400.00"), part("600.00"))),)),
    "combined, mixed VAT": one_line(
        line(parts=(part("400.00"), part("600.00", EXEMPT))), vat="100.00"
    ),
    "discount": one_line(
        line("414.29", quantity=D(3), unit_price=D("153.44"), discount_percentage=D(10)), vat="103.57"
    ),
    "GLN": invoice(recipient_gln="5798009811578"),
    "number is the target's": invoice(invoice_number=None),
    "a line of nothing": invoice(lines=(line(), line("0.00", line_number=2, quantity=D(0)))),
    "texts at their limits": invoice(
        recipient_name="n" * 250, recipient_address="a" * 250, recipient_city="c" * 250, recipient_zip="9" * 50,
        heading="h" * 250, text="t" * 1000, customer_reference="r" * 147, lines=(line(description="d" * 2500),),
    ),
}  # fmt: skip

REJECTED: dict[str, tuple[Invoice, str]] = {
    "due before issue": (invoice(due_date=date(2026, 3, 1)), "due_date_before_invoice_date"),
    "credit note due before issue": (credit_note(due_date=date(2026, 3, 1)), "due_date_before_invoice_date"),
    "negative invoice": (
        one_line(line("-1000.00"), vat="-250.00"),
        "invoice_total_negative",
    ),
    "positive credit note": (
        one_line(line(), vat="250.00", document_type=DocumentType.CREDIT_NOTE, original_invoice_number="1"),
        "credit_note_total_positive",
    ),
    "lines do not sum": (invoice(lines=(line("999.99"),)), "lines_do_not_sum"),
    "a text line's amount does not count": (
        invoice(lines=(line("900.00"), line("100.00", is_text=True))),
        "lines_do_not_sum",
    ),
    "VAT does not add up": (invoice(gross_amount=D("1250.01")), "vat_does_not_add_up"),
    "parts do not sum": (invoice(lines=(line(parts=(part("400.00"), part("599.99"))),)), "parts_do_not_sum"),
    "mixed parts do not sum": (
        one_line(line(parts=(part("400.00"), part("500.00", EXEMPT))), vat="100.00"),
        "parts_do_not_sum",
    ),
    "another rate": (invoice(lines=(line(vat_rate=D("12.5")),)), "vat_rate_differs"),
    "rate 0 on a standard line": (invoice(lines=(line(vat_rate=D(0)),)), "vat_rate_differs"),
    "another rate in a part": (
        one_line(line(parts=(part("400.00", vat_rate=D(12)), part("600.00", EXEMPT))), vat="100.00"),
        "vat_rate_differs",
    ),
    "VAT under reverse charge": (invoice(vat_treatment=EU, recipient_country="SE"), "vat_under_reverse_charge"),
    "VAT on export": (invoice(vat_treatment=EXPORT, recipient_country="NO"), "vat_on_export"),
    "reverse charge at home": (vat_free(vat_treatment=EU, recipient_country="DK"), "reverse_charge_outside_eu"),
    "reverse charge to Norway": (vat_free(vat_treatment=EU, recipient_country="NO"), "reverse_charge_outside_eu"),
    "reverse charge to Northern Ireland": (
        vat_free(vat_treatment=EU, recipient_country="XI"),
        "reverse_charge_outside_eu",
    ),
    "reverse charge to nowhere": (vat_free(vat_treatment=EU, recipient_country=None), "reverse_charge_outside_eu"),
    "only text": (
        one_line(TEXT),
        "invoice_without_lines",
    ),
    "small letters": (invoice(currency="dkk", exchange_rate=D(100)), "currency_invalid"),
    "rate of zero": (invoice(currency="EUR", exchange_rate=D(0)), "exchange_rate_not_positive"),
    "negative rate": (invoice(currency="EUR", exchange_rate=D(-1)), "exchange_rate_not_positive"),
    "seven decimals": (invoice(currency="EUR", exchange_rate=D("745.1234567")), "exchange_rate_too_fine"),
    "no recipient": (invoice(recipient_name=" "), "recipient_name_missing"),
    "wrong GLN": (invoice(recipient_gln="5798009811579"), "gln_invalid"),
    "zip of 51": (invoice(recipient_zip="9" * 51), "zip_too_long"),
    "VAT with three decimals": (
        invoice(vat_amount=D("250.001"), gross_amount=D("1250.001")),
        "amounts_finer_than_cents",
    ),
    "NaN": (invoice(gross_amount=D("NaN")), "amount_unusable"),
    "signalling NaN in a line": (invoice(lines=(line(quantity=D("sNaN")),)), "amount_unusable"),
    "infinity": (invoice(exchange_rate=D("Infinity")), "amount_unusable"),
    "beyond all measure": (invoice(lines=(line(unit_price=D("1e12")),)), "amount_unusable"),
}

WARNED: dict[str, tuple[Invoice, str]] = {
    "no exchange rate": (invoice(currency="EUR"), "exchange_rate_missing"),
    "VAT a cent off": (
        invoice(vat_amount=D("250.01"), gross_amount=D("1250.01")),
        "vat_not_as_expected",
    ),
    "nothing to pay": (
        invoice(net_amount=D(0), vat_amount=D(0), gross_amount=D(0), lines=(line(), line("-1000.00", line_number=2))),
        "total_is_zero",
    ),
    "credits nothing by name": (credit_note(original_invoice_number=None), "credit_note_without_original"),
    "country in words": (invoice(recipient_country="Danmark"), "recipient_country_unknown"),
    "name of 251": (invoice(recipient_name="n" * 251), "name_will_be_cut"),
    "address of 251": (invoice(recipient_address="n" * 251), "address_will_be_cut"),
    "city of 251": (invoice(recipient_city="n" * 251), "city_will_be_cut"),
    "heading of 251": (invoice(heading="h" * 251), "heading_will_be_cut"),
    "text of 1001": (invoice(text="h" * 1001), "text_will_be_cut"),
    "reference of 148": (invoice(customer_reference="r" * 148), "reference_will_be_cut"),
    "line text of 2501": (invoice(lines=(line(description="d" * 2501),)), "line_text_continued"),
    "text line of 2501": (
        invoice(lines=(line(), InvoiceLine(line_number=2, description="d" * 2501, is_text=True))),
        "line_text_continued",
    ),
    "three decimals": (invoice(lines=(line(quantity=D("1.333"), unit_price=D("750.19")),)), "line_sent_as_one"),
    "does not multiply": (invoice(lines=(line(quantity=D(3), unit_price=D("333.33")),)), "line_sent_as_one"),
    "discount above 100": (
        invoice(lines=(line(quantity=D(-1), discount_percentage=D(200)),)),
        "line_sent_as_one",
    ),
    "no quantity": (invoice(lines=(line(quantity=D(0)),)), "line_without_quantity"),
}


def check(*invoices: Invoice, **settings: object) -> tuple[Checked, ...]:
    return validate(Module.INVOICES, invoices, integration(**settings)).checked


def test_good_documents_pass_without_a_word() -> None:
    told = dict(zip(GOOD, check(*GOOD.values()), strict=True))
    found = {name: [*entry.reasons, *entry.warnings] for name, entry in told.items()}
    assert {name: reasons for name, reasons in found.items() if reasons} == {}


@pytest.mark.spec("CT-9", "CT-17", "CT-18", "X-3")
def test_each_broken_rule_rejects_with_its_own_reason() -> None:
    checked = check(*(case for case, _ in REJECTED.values()))
    told = {name: [reason.code for reason in entry.reasons] for name, entry in zip(REJECTED, checked, strict=True)}
    assert told == {name: [code] for name, (_, code) in REJECTED.items()}


def test_what_is_only_told_does_not_stop_the_document() -> None:
    checked = check(*(case for case, _ in WARNED.values()))
    assert {name for name, entry in zip(WARNED, checked, strict=True) if entry.reasons} == set()
    told = {name: [reason.code for reason in entry.warnings] for name, entry in zip(WARNED, checked, strict=True)}
    assert told == {name: [code] for name, (_, code) in WARNED.items()}


@pytest.mark.spec("CT-9")
def test_both_dates_are_named() -> None:
    (entry,) = check(invoice(due_date=date(2026, 2, 27)))
    assert entry.main_reason is not None
    for language in Language:
        assert "2026-02-27" in entry.main_reason.text(language)
        assert "2026-03-02" in entry.main_reason.text(language)


@pytest.mark.spec("CT-17")
def test_a_combined_line_is_refused_by_name() -> None:
    broken = line(line_number=7, description="Samlet honorar", parts=(part("400.00"), part("599.99")))
    (entry,) = check(invoice(lines=(broken,)))
    assert entry.main_reason is not None
    for language in Language:
        text = entry.main_reason.text(language)
        assert all(told in text for told in ("7", "Samlet honorar", "999.99", "1000.00 DKK"))


@pytest.mark.spec("CT-19")
def test_both_figures_of_a_contradiction_are_named() -> None:
    (entry,) = check(invoice(lines=(line("999.99"),), gross_amount=D("1250.5")))
    texts = [reason.text(Language.DANISH) for reason in entry.reasons]
    assert "999.99 DKK" in texts[0]
    assert "1000.00 DKK" in texts[0]
    assert "1250.00 DKK" in texts[1]
    assert "1250.50 DKK" in texts[1]


@pytest.mark.spec("CT-18")
def test_both_rates_are_named() -> None:
    (entry,) = check(invoice(lines=(line(vat_rate=D("12.5")),)))
    assert entry.main_reason is not None
    assert "12.50 %" in entry.main_reason.text(Language.ENGLISH)
    assert "25.00 %" in entry.main_reason.text(Language.ENGLISH)


@pytest.mark.parametrize("name", ["three decimals", "does not multiply", "discount above 100", "no quantity"])
def test_inexact_lines_are_rejected_where_the_setting_says_so(name: str) -> None:
    (entry,) = check(WARNED[name][0], inexact_lines="reject")
    assert [reason.code for reason in entry.reasons] == ["line_not_exact"]
    assert entry.warnings == ()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1", None),
        ("999999999", None),
        (None, "invoice_number_missing"),
        (" ", "invoice_number_missing"),
        ("F-17", "invoice_number_not_allowed"),
        ("0017", "invoice_number_not_allowed"),
        ("1000000000", "invoice_number_not_allowed"),
    ],
)
def test_the_sources_own_numbers_must_be_numbers(number: str | None, code: str | None) -> None:
    (entry,) = check(invoice(invoice_number=number), number_from="source", finish="book")
    assert [reason.code for reason in entry.reasons] == ([code] if code else [])


@pytest.mark.spec("X-8")
def test_a_withdrawn_approval_passes_whatever_is_wrong_with_it() -> None:
    withdrawn = invoice(is_approved=False, recipient_name="", gross_amount=D("NaN"), lines=())
    (entry,) = check(withdrawn)
    assert entry.passed
    assert entry.warnings == ()


def test_every_wrong_line_is_told() -> None:
    lines = tuple(line("250.00", line_number=number, vat_rate=D(12)) for number in range(1, 5))
    (entry,) = check(invoice(lines=lines))
    assert [reason.values["line"] for reason in entry.reasons] == ["1", "2", "3", "4"]


def test_another_vat_percentage_is_kept_to() -> None:
    swedish = invoice(lines=(line(vat_rate=D(20)),), vat_amount=D(200), gross_amount=D(1200))
    (entry,) = check(swedish, vat_percentage=20)
    assert entry.passed
    assert entry.warnings == ()
