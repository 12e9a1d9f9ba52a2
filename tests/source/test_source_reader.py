"""Rows become canonical records exactly, or are handed over as unreadable beside the good ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from clienttime_rows import add_customers, add_invoice, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgerbridge.errors import Refusal
from ledgerbridge.reasons import Language
from ledgerbridge.records import Customer, Invoice, Module, VatCode, content_hash, record_from_json, record_to_json
from ledgerbridge.source.database import Connection
from ledgerbridge.source.manifest import Manifest
from ledgerbridge.source.reader import SourceReader, TakeOver, Unreadable


@pytest.fixture
def reader(connection: Connection, manifest: Manifest) -> SourceReader:
    add_customers(connection, 3)
    return SourceReader(connection, manifest)


def only_invoice(reader: SourceReader, id_: str = "7") -> Invoice:
    (invoice,) = reader.invoices([id_])
    assert isinstance(invoice, Invoice)
    return invoice


@pytest.mark.spec("CT-22")
def test_a_customer_arrives_with_every_mapped_field(connection: Connection, reader: SourceReader) -> None:
    run(
        connection,
        """UPDATE "Customer" SET "Name" = '  Café Æblegrød ApS ', "Address1" = 'Lærkevej 1', "Address2" = '  ',
        "Address3" = '', "ZipCode" = '5970', "City" = 'Ærøskøbing', "Country" = ' tyskland ', "Phone" = '62 00 00 00',
        "Email" = 'a@b.example', "CVR" = '12345678', "EAN" = '5799000000018', "CurrencyCode" = 'EUR',
        "ForeignDebitorSystemIdentification" = '4711'
        WHERE "CustomerID" = 1""",
    )
    assert list(reader.customers(["1"])) == [
        Customer(
            source_id="1",
            customer_number="1001",
            name="Café Æblegrød ApS",
            address_line_1="Lærkevej 1",
            zip="5970",
            city="Ærøskøbing",
            country="DE",
            phone="62 00 00 00",
            email="a@b.example",
            cvr_number="12345678",
            gln="5799000000018",
            currency="EUR",
            department="10",
            target_number="4711",
        )
    ]


def test_ids_that_do_not_exist_yield_nothing(reader: SourceReader) -> None:
    assert [c.source_id for c in reader.customers(["3", "99", "1"])] == ["1", "3"]
    assert list(reader.customers([])) == []


@pytest.mark.spec("CT-19")
def test_an_invoice_arrives_with_lines_and_parts_to_the_last_decimal(
    connection: Connection, reader: SourceReader
) -> None:
    add_invoice(connection, 7, approved=True, lines=3)
    run(
        connection,
        """UPDATE "Invoice" SET "NetAmount" = 0.30, "VatAmount" = 0.08, "GrossAmount" = 0.38, "CurrencyCode" = 'USD',
        "ExchangeRate" = 629.9600, "YourReference" = ' Ida ', "RequisitionNumber" = '4500', "DueDate" = '2026-04-01',
        "RecipientAddress" = E'Lærkevej 1\nPort B', "VatTreatment" = 'EXPORT'""",
    )
    run(
        connection,
        """UPDATE "InvoiceLine" SET "Quantity" = 0.3333, "UnitPrice" = 0.1 + 0.2, "NetAmount" = 0.10,
        "DiscountPercent" = 12.5
        WHERE "LineNumber" = 1;
        UPDATE "InvoiceLine" SET "LineType" = 2, "Text" = NULL, "Quantity" = 0, "UnitPrice" = 0, "NetAmount" = 0
        WHERE "LineNumber" = 2;
        INSERT INTO "InvoiceLinePart" ("InvoiceLineID", "PartNumber", "Text", "Quantity", "UnitPrice", "NetAmount",
        "VatCode", "VatRate")
        VALUES (703, 2, 'Gebyr', 1, 0.20, 0.20, 'F', 0), (703, 1, 'Honorar', 0.6667, 0.1234, 0.08, 'M', 25)""",
    )
    invoice = only_invoice(reader)
    assert invoice.exchange_rate == Decimal("629.96")
    assert invoice.customer_reference == "4500 / Ida"
    assert invoice.recipient_address == "Lærkevej 1\nPort B"
    assert invoice.approved_at == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert invoice.approved_at.tzinfo is UTC
    first, text, combined = invoice.lines
    assert (first.quantity, first.unit_price, first.discount_percentage) == (
        Decimal("0.3333"),
        Decimal("0.3"),
        Decimal("12.5"),
    )
    assert (text.is_text, text.description, text.net_amount) == (True, "", Decimal(0))
    assert [(p.description, p.quantity, p.unit_price, p.vat_code, p.vat_rate) for p in combined.parts] == [
        ("Honorar", Decimal("0.6667"), Decimal("0.1234"), VatCode.STANDARD, Decimal(25)),
        ("Gebyr", Decimal(1), Decimal("0.2"), VatCode.EXEMPT, Decimal(0)),
    ]


AMOUNTS = st.decimals(min_value="-9999999999.99", max_value="9999999999.99", places=2)
QUANTITIES = st.decimals(min_value="-99999999.9999", max_value="99999999.9999", places=4)


@pytest.mark.spec("CT-19")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(net=AMOUNTS, quantity=QUANTITIES, price=QUANTITIES)
def test_no_figure_loses_a_digit_from_the_table_to_the_record_and_its_json(
    connection: Connection, manifest: Manifest, net: Decimal, quantity: Decimal, price: Decimal
) -> None:
    reader = SourceReader(connection, manifest)
    run(connection, 'DELETE FROM "Invoice"; DELETE FROM "Customer"')
    add_customers(connection, 1)
    add_invoice(connection, 7, approved=True)
    run(connection, 'UPDATE "Invoice" SET "NetAmount" = %s', net)
    run(
        connection, 'UPDATE "InvoiceLine" SET "Quantity" = %s, "UnitPrice" = %s, "NetAmount" = %s', quantity, price, net
    )
    invoice = only_invoice(reader)
    line = invoice.lines[0]
    assert (invoice.net_amount, line.quantity, line.unit_price, line.net_amount) == (net, quantity, price, net)
    again = record_from_json(Module.INVOICES, record_to_json(Module.INVOICES, invoice))
    assert content_hash(Module.INVOICES, again) == content_hash(Module.INVOICES, invoice)


UNREADABLE_INVOICES = {
    "type": ('UPDATE "Invoice" SET "InvoiceType" = 0', "source_value_unknown", "document_type"),
    "treatment": ("""UPDATE "Invoice" SET "VatTreatment" = 'Mars'""", "source_value_unknown", "vat_treatment"),
    "year": ("""UPDATE "Invoice" SET "InvoiceDate" = '20241-03-01'""", "source_not_a_date", "invoice_date"),
    "infinite date": ("""UPDATE "Invoice" SET "DueDate" = 'infinity'""", "source_not_a_date", "due_date"),
    "before Christ": ("""UPDATE "Invoice" SET "DueDate" = '0044-03-15 BC'""", "source_not_a_date", "due_date"),
    "approved when": ("""UPDATE "Invoice" SET "ApprovedAt" = 'infinity'""", "source_not_a_date", "approved_at"),
    "not a number": ("""UPDATE "Invoice" SET "NetAmount" = 'NaN'""", "source_not_a_number", "net_amount"),
    "recipient": ("""UPDATE "Invoice" SET "RecipientName" = ' '""", "source_field_empty", "recipient_name"),
    "line's code": (
        """UPDATE "InvoiceLine" SET "VatCode" = '?' WHERE "LineNumber" = 2""",
        "source_value_unknown",
        "lines 2 · vat_code",
    ),
    "line's figure": ("""UPDATE "InvoiceLine" SET "Quantity" = 'NaN'""", "source_not_a_number", "lines 1 · quantity"),
    "country": ("""UPDATE "Invoice" SET "RecipientCountry" = 'Elbonien'""", "source_country_unknown", None),
}


@pytest.mark.spec("X-3")
@pytest.mark.parametrize("case", UNREADABLE_INVOICES)
def test_one_unreadable_invoice_is_set_aside_and_the_others_go_on(
    connection: Connection, reader: SourceReader, case: str
) -> None:
    statement, code, field = UNREADABLE_INVOICES[case]
    add_invoice(connection, 8, approved=True, lines=3)
    run(connection, statement)
    for good in (7, 9):
        add_invoice(connection, good, approved=True)
    before, bad, after = reader.invoices(["7", "8", "9"])
    assert isinstance(before, Invoice)
    assert isinstance(after, Invoice)
    assert isinstance(bad, Unreadable)
    assert (bad.source_id, bad.rejection.reason.code) == ("8", code)
    assert bad.rejection.reason.values.get("field") == field
    assert bad.row["customer_number"] == "1001"
    for language in Language:
        assert "?" not in bad.rejection.reason.sentence(language).replace("»?«", "").replace("“?”", "")


@pytest.mark.spec("X-3")
def test_one_unreadable_customer_is_set_aside(connection: Connection, reader: SourceReader) -> None:
    run(connection, """UPDATE "Customer" SET "Name" = '' WHERE "CustomerID" = 2""")
    good, bad, also_good = reader.customers(["1", "2", "3"])
    assert isinstance(good, Customer)
    assert isinstance(also_good, Customer)
    assert isinstance(bad, Unreadable)
    assert bad.rejection.reason.text(Language.DANISH) == "Feltet Navn er tomt i tidssystemet og skal have en værdi."


def test_a_withdrawn_or_never_approved_invoice_says_so(connection: Connection, reader: SourceReader) -> None:
    add_invoice(connection, 7, approved=False)
    assert not only_invoice(reader).is_approved


def test_a_credit_note_names_its_original(connection: Connection, reader: SourceReader) -> None:
    add_invoice(connection, 7, approved=True)
    add_invoice(connection, 8, approved=True)
    run(connection, """UPDATE "Invoice" SET "InvoiceNumber" = '30001' WHERE "InvoiceID" = 7""")
    run(
        connection,
        'UPDATE "Invoice" SET "InvoiceType" = 2, "CreditedInvoiceID" = 7, "NetAmount" = -100 WHERE "InvoiceID" = 8',
    )
    note = only_invoice(reader, "8")
    assert (note.document_type, note.original_source_id, note.original_invoice_number) == ("credit_note", "7", "30001")
    assert note.net_amount == Decimal("-100.00")


def test_pages_of_ids_hold_each_once_and_only_approved_invoices(connection: Connection, reader: SourceReader) -> None:
    for id_ in range(1, 24):
        add_invoice(connection, id_, approved=id_ % 4 != 0)
    run(connection, """UPDATE "Invoice" SET "InvoiceDate" = '2024-12-31' WHERE "InvoiceID" <= 3""")
    approved = [str(id_) for id_ in range(1, 24) if id_ % 4 != 0]
    assert reader.all_ids(Module.INVOICES, limit=5) == approved[:5]
    assert reader.all_ids(Module.INVOICES, "6", 5) == ["7", "9", "10", "11", "13"]
    assert list(reader.every_id(Module.INVOICES, page=4)) == approved
    assert list(reader.every_id(Module.INVOICES, since=date(2025, 1, 1), page=4)) == approved[3:]
    assert list(reader.every_id(Module.CUSTOMERS, page=3)) == ["1", "2", "3"]


def test_an_invoice_is_read_at_one_moment_with_its_lines(connection: Connection, reader: SourceReader) -> None:
    """No transaction stays open, and none was: the connection is as it was before."""
    add_invoice(connection, 7, approved=True)
    only_invoice(reader)
    assert connection.info.transaction_status == 0


def test_the_sources_own_document_comes_to_the_byte(connection: Connection, reader: SourceReader) -> None:
    add_invoice(connection, 7, approved=True)
    assert reader.document("7") is None
    run(
        connection,
        """INSERT INTO "InvoiceArchive" ("InvoiceID", "FileName", "Content") VALUES (7, 'a.pdf', '\\x00ff25')""",
    )
    document = reader.document("7")
    assert document is not None
    assert (document.file_name, document.content_type, document.content) == ("a.pdf", "application/pdf", b"\x00\xff%")


def test_a_binary_fraction_is_refused_before_it_becomes_an_amount(connection: Connection, reader: SourceReader) -> None:
    add_invoice(connection, 7, approved=True)
    run(connection, 'ALTER TABLE "Invoice" ALTER "NetAmount" DROP DEFAULT, ALTER "NetAmount" TYPE double precision')
    with pytest.raises(Refusal, match="net_amount"):
        list(reader.invoices(["7"]))


def test_an_invoice_from_before_the_take_over_comes_only_when_it_was_taken_up(
    connection: Connection, manifest: Manifest
) -> None:
    add_customers(connection, 1)
    for id_ in range(1, 7):
        add_invoice(connection, id_, approved=True)
    run(connection, """UPDATE "Invoice" SET "InvoiceDate" = '2024-12-31' WHERE "InvoiceID" <= 4""")
    run(connection, """UPDATE "Invoice" SET "InvoiceDate" = '2025-01-01' WHERE "InvoiceID" = 5""")
    run(connection, """UPDATE "Invoice" SET "InvoiceType" = 9 WHERE "InvoiceID" IN (2, 3, 6)""")
    asked: list[list[str]] = []

    def taken_up(source_ids: Sequence[str]) -> set[str]:
        asked.append(list(source_ids))
        return {"1", "3"}

    reader = SourceReader(connection, manifest, TakeOver(date(2025, 1, 1), taken_up))
    ids = [str(id_) for id_ in range(1, 7)]
    for read in (reader.invoices(ids), reader.records(Module.INVOICES, ids)):
        assert [(record.source_id, type(record)) for record in read] == [
            ("1", Invoice), ("3", Unreadable), ("5", Invoice), ("6", Unreadable)
        ]  # fmt: skip
    assert asked == [["1", "2", "3", "4"]] * 2
    assert list(reader.every_id(Module.INVOICES)) == ["5", "6"]
    assert list(reader.every_id(Module.INVOICES, since=date(2024, 1, 1))) == ["5", "6"]
    assert list(reader.every_id(Module.INVOICES, since=date(2025, 1, 2))) == ["6"]
    assert list(reader.every_id(Module.CUSTOMERS)) == ["1"]
