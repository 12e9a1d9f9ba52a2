"""The demo firm's data: always the same, right to the øre, and with every awkward case in it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import ean
from stdnum.dk import cvr

from ledgerbridge.money import HUNDRED, has_at_most_two_decimals, line_net, percent_of, total
from ledgerbridge.records import Customer, DocumentType, Invoice, Module, VatCode, VatTreatment
from ledgerbridge.source.database import Connection, rows
from ledgerbridge.source.reader import SourceReader, Unreadable
from sandbox.clienttime.agreement import target_customers
from sandbox.clienttime.awkward import AWKWARD
from sandbox.clienttime.demo import Demo, generate
from sandbox.clienttime.document import rendered
from sandbox.clienttime.numbers import cvr_number, gln

TODAY = date(2026, 11, 21)


def invoice(reader: SourceReader, name: str) -> Invoice:
    (found,) = reader.invoices([AWKWARD[name]])
    assert isinstance(found, Invoice)
    return found


def test_the_same_day_and_seed_give_the_same_data(demo: Demo) -> None:
    assert generate(TODAY) == demo
    assert generate(TODAY, seed=2).customers != demo.customers
    assert generate(TODAY, seed=2).awkward == demo.awkward == AWKWARD


@settings(max_examples=12, deadline=None)
@given(today=st.dates(date(2025, 3, 1), date(2031, 1, 1)), seed=st.integers(0, 50))
def test_any_day_and_seed_give_a_usable_firm(today: date, seed: int) -> None:
    made = generate(today, seed)
    for customers in (made.customers, made.ordinary_customers):
        assert len({customer.code for customer in customers}) == len(customers)
        assert len({customer.id for customer in customers}) == len(customers)
    numbers = [row.number for row in made.invoices if row.number is not None]
    assert len(set(numbers)) == len(numbers)
    assert len({row.id for row in made.invoices}) == len(made.invoices)
    assert all(date(2025, 1, 1) <= row.invoice_date <= today for row in made.ordinary_invoices)
    assert all(row.approved_at is not None and row.approved_at.date() <= today for row in made.ordinary_invoices)
    assert {
        name: str(row.id) for name, row in (*made.awkward_invoices.items(), *made.awkward_customers.items())
    } == dict(AWKWARD)


def test_there_is_enough_of_it(demo: Demo) -> None:
    assert len(demo.ordinary_customers) >= 320
    assert len(demo.ordinary_invoices) >= 640
    first = min(row.invoice_date for row in demo.ordinary_invoices)
    assert date(2025, 5, 20) <= first <= date(2025, 6, 1)
    linked = sum(customer.foreign_number is not None for customer in demo.ordinary_customers)
    assert 0.6 < linked / len(demo.ordinary_customers) < 0.8
    assert all(customer.code.isdigit() and 4 <= len(customer.code) <= 6 for customer in demo.ordinary_customers)


def test_ordinary_customers_have_right_identifiers(demo: Demo) -> None:
    assert all(cvr.is_valid(customer.cvr) for customer in demo.ordinary_customers)
    publics = [customer.ean for customer in demo.ordinary_customers if customer.ean is not None]
    assert len(publics) >= 8
    assert all(ean.is_valid(number) for number in publics)
    assert all(
        (customer.email or "").isascii() and (customer.email or "").endswith(".example")
        for customer in demo.ordinary_customers
    )
    for field in ("cvr", "email", "name"):
        values = [getattr(customer, field) for customer in demo.ordinary_customers]
        assert len(set(values)) == len(values)


@settings(deadline=None)
@given(st.integers(1_000_000, 9_999_999), st.integers(0, 10**12 - 1))
def test_check_digits_agree_with_the_reference(first_seven: int, first_twelve: int) -> None:
    number = cvr_number(first_seven)
    assert number is None or cvr.is_valid(number)
    assert number is not None or not any(cvr.is_valid(f"{first_seven}{digit}") for digit in range(10))
    assert ean.is_valid(gln(f"{first_twelve:012d}"))


@pytest.mark.spec("CT-19")
def test_ordinary_documents_are_right_to_the_cent_as_they_are_read(demo: Demo, reader: SourceReader) -> None:
    read = list(reader.invoices([str(row.id) for row in (*demo.ordinary_invoices, *demo.drafts)]))
    assert len(read) == len(demo.ordinary_invoices) + len(demo.drafts)
    kinds: Counter[DocumentType] = Counter()
    for found in read:
        assert isinstance(found, Invoice)
        kinds[found.document_type] += 1
        for line in found.lines:
            assert line.net_amount == line_net(line.quantity, line.unit_price, line.discount_percentage)
            assert has_at_most_two_decimals(line.quantity)
            assert has_at_most_two_decimals(line.unit_price)
            assert line.is_text or line.vat_rate in {None, Decimal(0), Decimal(25)}
        base = total(line.net_amount for line in found.lines if line.vat_code is VatCode.STANDARD)
        assert found.net_amount == total(line.net_amount for line in found.lines)
        assert found.vat_amount == percent_of(base, Decimal(25))
        assert found.gross_amount == found.net_amount + found.vat_amount
        assert (found.currency, found.vat_treatment, found.recipient_country) in {
            ("DKK", VatTreatment.DOMESTIC, "DK"),
            ("DKK", VatTreatment.DOMESTIC, None),
        }
        assert found.is_approved == (found.approved_at is not None)
        sign = -1 if found.document_type is DocumentType.CREDIT_NOTE else 1
        assert sign * found.net_amount > 0
        assert (found.original_invoice_number is not None) == (sign < 0)
    assert kinds[DocumentType.CREDIT_NOTE] >= 5


def test_the_hours_behind_the_lines_are_there(connection: Connection) -> None:
    found = rows(
        connection,
        'SELECT count(*) AS n, count(*) FILTER (WHERE t."Hours" <> l."Quantity") AS wrong '
        'FROM "TimeRegistration" AS t JOIN "InvoiceLine" AS l USING ("InvoiceLineID")',
        {},
    )
    assert found[0]["n"] > 1_000
    assert found[0]["wrong"] == 0


class TestAwkwardCases:
    def test_every_case_is_in_the_database(self, reader: SourceReader) -> None:
        customers = [id_ for name, id_ in AWKWARD.items() if name.startswith("customer_")]
        invoices = [id_ for name, id_ in AWKWARD.items() if not name.startswith("customer_")]
        assert len(list(reader.customers(customers))) == len(customers) >= 21
        assert len(list(reader.invoices(invoices))) == len(invoices) >= 50

    def test_the_unreadable_ones_are_these(self, reader: SourceReader) -> None:
        names = {id_: name for name, id_ in AWKWARD.items()}
        ids = (list(reader.every_id(Module.CUSTOMERS)), list(reader.every_id(Module.INVOICES)))
        bad = [
            found for found in (*reader.customers(ids[0]), *reader.invoices(ids[1])) if isinstance(found, Unreadable)
        ]
        assert {names[found.source_id]: found.rejection.reason.code for found in bad} == {
            "customer_empty_name": "source_field_empty",
            "customer_unknown_country": "source_country_unknown",
            "invoice_customer_empty_name": "source_field_empty",
            "invoice_customer_unknown_country": "source_country_unknown",
        }

    def test_customers(self, reader: SourceReader) -> None:
        found = {c.source_id: c for c in reader.customers(list(AWKWARD.values())) if isinstance(c, Customer)}

        def customer(name: str) -> Customer:
            return found[AWKWARD[f"customer_{name}"]]

        assert not customer("letters_in_number").customer_number.isdigit()
        assert customer("number_leading_zero").customer_number.startswith("0")
        assert int(customer("number_too_long").customer_number) > 999_999_999
        for wrong in ("35254119", "12345678"):
            assert customer(f"cvr_{wrong}").cvr_number == wrong
            assert not cvr.is_valid(wrong)
        assert ean.is_valid(customer("public").gln)
        assert ean.is_valid(customer("public_school").gln)
        assert not ean.is_valid(customer("gln_invalid").gln)
        assert [customer(name).country for name in ("eu", "export", "usa", "faroe_islands")] == ["DE", "NO", "US", "FO"]
        assert customer("without_link").target_number is None
        assert customer("same_cvr_first").cvr_number == customer("same_cvr_second").cvr_number
        assert len(customer("long_name").name) > 255
        address = customer("long_address")
        assert (
            len("\n".join(filter(None, (address.address_line_1, address.address_line_2, address.address_line_3)))) > 510
        )
        assert "🍎" in customer("emoji").name
        assert (customer("blanks").name, customer("blanks").phone) == ("Piledam   Kurveflet ApS", None)

    def test_money(self, reader: SourceReader) -> None:
        assert invoice(reader, "invoice_eur").exchange_rate == Decimal("746.03")
        assert invoice(reader, "invoice_eur_without_rate").exchange_rate is None
        assert invoice(reader, "invoice_usd").currency == "USD"
        assert invoice(reader, "invoice_usd").exchange_rate == Decimal("629.96")
        assert invoice(reader, "invoice_vat_free").vat_amount == 0
        mixed = invoice(reader, "invoice_mixed")
        assert {line.vat_code for line in mixed.lines} == set(VatCode)
        for name, treatment in (
            ("eu_reverse_charge", "eu_reverse_charge"),
            ("export", "export"),
            ("faroe_islands", "export"),
        ):
            abroad = invoice(reader, f"invoice_{name}")
            assert (abroad.vat_treatment, abroad.vat_amount) == (treatment, 0)
            assert abroad.net_amount > 0
        for cents in (1, 2):
            off = invoice(reader, f"invoice_vat_per_line_off_by_{cents}")
            assert off.vat_amount - percent_of(off.net_amount, Decimal(25)) == Decimal(cents) / HUNDRED
        assert invoice(reader, "invoice_three_times_99_99").net_amount == Decimal("299.97")
        assert invoice(reader, "invoice_discounts").lines[0].net_amount == Decimal("414.29")
        assert invoice(reader, "invoice_quarter_hours").lines[0].quantity == Decimal("1.25")
        thirds = invoice(reader, "invoice_thirds_of_an_hour")
        assert not any(
            has_at_most_two_decimals(line.quantity) and has_at_most_two_decimals(line.unit_price)
            for line in thirds.lines
        )
        zero = invoice(reader, "invoice_zero")
        assert (zero.net_amount, zero.vat_amount, zero.gross_amount) == (0, 0, 0)
        assert invoice(reader, "invoice_large").net_amount > 900_000_000

    def test_credit_notes(self, reader: SourceReader) -> None:
        original, note = invoice(reader, "credited_invoice"), invoice(reader, "credit_note")
        assert (note.document_type, note.original_source_id) == (DocumentType.CREDIT_NOTE, original.source_id)
        assert note.original_invoice_number == original.invoice_number
        assert note.gross_amount == -original.gross_amount
        assert invoice(reader, "credit_note_partial").original_source_id == original.source_id
        assert invoice(reader, "credit_note_without_original").original_source_id is None

    def test_lengths_and_characters(self, reader: SourceReader) -> None:
        assert len(invoice(reader, "invoice_long_name").recipient_name) > 255
        assert len(invoice(reader, "invoice_long_address").recipient_address or "") > 510
        assert len(invoice(reader, "invoice_long_line_text").lines[0].description) > 2_500
        assert len(invoice(reader, "invoice_long_heading").heading or "") > 250
        assert len(invoice(reader, "invoice_long_text").text or "") > 1_000
        assert len(invoice(reader, "invoice_long_reference").customer_reference or "") > 250
        assert "📈" in invoice(reader, "invoice_emoji").lines[0].description
        assert invoice(reader, "invoice_formula").lines[0].description.startswith("=")

    def test_lines(self, reader: SourceReader) -> None:
        texts = invoice(reader, "invoice_text_lines").lines
        assert [line.is_text for line in texts] == [True, False, True, True, False]
        (combined,) = invoice(reader, "invoice_combined").lines
        assert {part.vat_code for part in combined.parts} == set(VatCode)
        assert total(part.net_amount for part in combined.parts) == combined.net_amount
        (unbalanced,) = invoice(reader, "invoice_combined_unbalanced").lines
        assert total(part.net_amount for part in unbalanced.parts) != unbalanced.net_amount
        assert invoice(reader, "invoice_rate_not_stated").lines[0].vat_rate is None
        assert len(invoice(reader, "invoice_many_lines").lines) == 120
        assert invoice(reader, "invoice_without_lines").lines == ()

    def test_dates_and_approvals(self, reader: SourceReader) -> None:
        for name in ("unapproved", "approval_withdrawn", "draft_to_change"):
            assert not invoice(reader, f"invoice_{name}").is_approved
        assert invoice(reader, "invoice_closed_year").invoice_date.year == 2024
        late = invoice(reader, "invoice_due_before_date")
        assert late.due_date is not None
        assert late.due_date < late.invoice_date
        assert invoice(reader, "invoice_no_due_date").due_date is None


def test_documents_are_pdf_files_of_their_own(reader: SourceReader) -> None:
    import io

    from pypdf import PdfReader

    document = reader.document("1")
    assert document is not None
    assert document.content == rendered("Faktura 30001")
    assert "Faktura 30001" in PdfReader(io.BytesIO(document.content)).pages[0].extract_text()


@pytest.mark.spec("LK-1")
def test_the_agreement_beside_it_has_the_linked_ones_candidates_and_strangers(demo: Demo) -> None:
    found = target_customers(demo)
    assert found == target_customers(generate(TODAY))
    by_number = {row["number"]: row for row in found}
    assert len(by_number) == len(found)
    for customer in demo.customers:
        if customer.foreign_number is not None:
            assert by_number[int(customer.foreign_number)]["case"] == "linked"
    cases = Counter(str(row["case"]) for row in found)
    assert all(
        cases[case] >= 3 for case in ("same_cvr", "same_phone", "same_name", "several", "number_taken", "unknown")
    )
    unlinked = [customer for customer in demo.ordinary_customers if customer.foreign_number is None]
    for row in found:
        alike = [customer for customer in unlinked if customer.cvr == row["cvr"] and row["cvr"] is not None]
        assert len(alike) == (1 if row["case"] in {"same_cvr", "several"} else 0)
    different = sum(
        by_number[int(customer.foreign_number)]["name"] != customer.name
        for customer in demo.ordinary_customers
        if customer.foreign_number is not None
    )
    assert 10 < different < 60
