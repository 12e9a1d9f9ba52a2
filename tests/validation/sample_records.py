"""Records and settings that pass every rule, to be changed one field at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from ledgerbridge import validation
from ledgerbridge.integration import Integration
from ledgerbridge.records import Customer, DocumentType, Invoice, InvoiceLine, LinePart, VatCode, VatTreatment
from ledgerbridge.target.economic.limits import LIMITS

__all__ = ["credit_note", "customer", "integration", "invoice", "line", "one_line", "part", "validate"]


def integration(**invoicing: Any) -> Integration:
    """Settings for e-conomic with 25 % VAT; ``invoicing`` changes single ones."""
    settings = {
        "default_debtor_group": 1,
        "days_of_credit": 8,
        "product_with_vat": "1",
        "product_without_vat": "2",
        "vat_percentage": 25,
        "layout_from": "target",
    }
    return Integration.model_validate(
        {
            "name": "nordlys",
            "environment": "test",
            "source": {"system": "clienttime", "connection": "source"},
            "target": {"system": "economic", "connection": "target"},
            "invoicing": settings | invoicing,
        }
    )


def customer(**changes: Any) -> Customer:
    """A Danish customer with everything given and right."""
    return replace(
        Customer(
            source_id="c1",
            customer_number="1001",
            name="Nordlys Rådgivning A/S",
            address_line_1="Havnegade 1",
            zip="8000",
            city="Aarhus C",
            country="DK",
            phone="+45 86 12 34 56",
            email="faktura@nordlys.example",
            cvr_number="13748136",
            gln="5798009811578",
        ),
        **changes,
    )


def line(net: str = "1000.00", **changes: Any) -> InvoiceLine:
    """One hour at ``net``."""
    amount = Decimal(net)
    return replace(
        InvoiceLine(line_number=1, description="Rådgivning", quantity=Decimal(1), unit_price=amount, net_amount=amount),
        **changes,
    )


def part(net: str, vat_code: VatCode = VatCode.STANDARD, vat_rate: Decimal | None = None) -> LinePart:
    """One part of a combined line."""
    amount = Decimal(net)
    return LinePart(
        description=f"Del {net}", quantity=Decimal(1), unit_price=amount, net_amount=amount, vat_code=vat_code,
        vat_rate=vat_rate,
    )  # fmt: skip


def invoice(**changes: Any) -> Invoice:
    """A domestic invoice over 1,000.00 DKK and 25 % VAT."""
    return replace(
        Invoice(
            source_id="i1",
            document_type=DocumentType.INVOICE,
            is_approved=True,
            invoice_number="20240001",
            invoice_date=date(2026, 3, 2),
            due_date=date(2026, 3, 10),
            customer_source_id="c1",
            customer_number="1001",
            recipient_name="Nordlys Rådgivning A/S",
            recipient_country="DK",
            currency="DKK",
            net_amount=Decimal("1000.00"),
            vat_amount=Decimal("250.00"),
            gross_amount=Decimal("1250.00"),
            vat_treatment=VatTreatment.DOMESTIC,
            lines=(line(),),
        ),
        **changes,
    )


def one_line(only: InvoiceLine, vat: str = "0.00", **changes: Any) -> Invoice:
    """An invoice of a single line whose totals agree with it."""
    net, vat_amount = only.net_amount, Decimal(vat)
    totals = {"net_amount": net, "vat_amount": vat_amount, "gross_amount": net + vat_amount}
    return invoice(lines=(only,), **(totals | changes))


def credit_note(**changes: Any) -> Invoice:
    """The credit note for the whole of :func:`invoice`."""
    return invoice(
        **(
            {
                "source_id": "k1",
                "document_type": DocumentType.CREDIT_NOTE,
                "due_date": date(2026, 3, 2),
                "net_amount": Decimal("-1000.00"),
                "vat_amount": Decimal("-250.00"),
                "gross_amount": Decimal("-1250.00"),
                "original_invoice_number": "20240001",
                "lines": (line("-1000.00"),),
            }
            | changes
        )
    )


validate = partial(validation.validate, limits=LIMITS)
"""As for e-conomic; other limits may be given."""
