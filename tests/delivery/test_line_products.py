"""Which lines can have a product of their own, and how long a choice holds (TL-7, CT-17)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ledgerbridge.delivery import line_products
from ledgerbridge.integration import Invoicing
from ledgerbridge.records import DocumentType, Invoice, InvoiceLine, LinePart, VatCode
from ledgerbridge.store.products import LineProduct
from sandbox.integration_file import settings

pytestmark = pytest.mark.spec("TL-7")

INVOICING = Invoicing.model_validate(settings("any")["invoicing"])


def _part(vat_code: VatCode) -> LinePart:
    rate = Decimal(25) if vat_code is VatCode.STANDARD else None
    amount = Decimal(100)
    return LinePart(
        description="Del", quantity=Decimal(1), unit_price=amount, net_amount=amount, vat_code=vat_code, vat_rate=rate
    )


def _line(number: int = 1, *vat_codes: VatCode, text: str = "Arbejde") -> InvoiceLine:
    parts = tuple(map(_part, vat_codes))
    amount = Decimal(100) * max(1, len(parts))
    return InvoiceLine(
        line_number=number,
        description=text,
        quantity=Decimal(1),
        unit_price=amount,
        net_amount=amount,
        vat_rate=Decimal(25),
        parts=parts,
    )


def _invoice(*lines: InvoiceLine) -> Invoice:
    return Invoice(
        source_id="1",
        document_type=DocumentType.INVOICE,
        is_approved=True,
        invoice_date=date(2026, 3, 2),
        customer_source_id="7",
        customer_number="7",
        recipient_name="Kunde",
        currency="DKK",
        net_amount=Decimal(100),
        vat_amount=Decimal(25),
        gross_amount=Decimal(125),
        lines=lines,
    )


def _choice(number: int, text: str, vat_code: VatCode = VatCode.STANDARD) -> LineProduct:
    return LineProduct(1, number, text, vat_code, "1010", "Vibeke", datetime(2026, 3, 2, tzinfo=UTC))


@pytest.mark.spec("CT-17")
def test_a_line_whose_parts_differ_in_vat_has_no_one_product() -> None:
    both = (VatCode.STANDARD, VatCode.EXEMPT)
    assert line_products.has_one_product(_line(), INVOICING)
    assert line_products.has_one_product(_line(1, VatCode.STANDARD, VatCode.STANDARD), INVOICING)
    assert not line_products.has_one_product(_line(1, *both), INVOICING)


def test_a_text_has_no_product() -> None:
    text = InvoiceLine(line_number=1, description="Efter aftale", is_text=True)
    empty = InvoiceLine(line_number=2, description="Intet")
    assert not line_products.has_one_product(text, INVOICING)
    assert not line_products.has_one_product(empty, INVOICING)


def test_a_choice_holds_as_long_as_its_line_reads_as_it_did() -> None:
    both = (VatCode.STANDARD, VatCode.EXEMPT)
    invoice = _invoice(_line(1), _line(2, text="Kørsel"), _line(4, *both, text="Pakke"))
    holds, other_text, other_vat = _choice(2, "Kørsel"), _choice(1, "Rådgivning"), _choice(1, "Arbejde", VatCode.EXEMPT)
    gone, divided = _choice(3, "Kørsel"), _choice(4, "Pakke")
    assert line_products.in_force(invoice, [holds], (), INVOICING) == {2: "1010"}
    assert line_products.moved(invoice, [holds], INVOICING) is None
    for lost in (other_text, other_vat, gone, divided):
        assert line_products.in_force(invoice, [holds, lost], (), INVOICING) == {2: "1010"}
        assert line_products.moved(invoice, [holds, lost], INVOICING) is lost


@pytest.mark.spec("P14")
def test_a_credit_notes_line_has_the_product_of_the_line_that_it_credits() -> None:
    note = _invoice(_line(1, text="Kørsel"), _line(2, text="Andet"))
    of_original = [_choice(7, "Kørsel"), _choice(8, "Noget tredje")]
    assert line_products.in_force(note, (), of_original, INVOICING) == {1: "1010"}
    own = replace(_choice(1, "Kørsel"), number="1020")
    assert line_products.in_force(note, [own], of_original, INVOICING) == {1: "1020"}
