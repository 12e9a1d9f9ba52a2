"""The demo firm's customers and documents, as they go into ClientTime's tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from ledgerbridge.money import ZERO, line_net, percent_of, total

__all__ = [
    "STANDARD_RATE",
    "CustomerRow",
    "InvoiceRow",
    "LineRow",
    "PartRow",
    "amount_line",
    "combined_line",
    "text_line",
]

STANDARD_RATE = Decimal(25)  # per cent
AMOUNTS, TEXT_ONLY, COMBINED = 1, 2, 3  # "LineType"
WITH_VAT, EXEMPT = "M", "F"  # "VatCode"


@dataclass(frozen=True, kw_only=True)
class CustomerRow:
    """One row of "Customer" with its primary contact. ``foreign_number`` is the link (CT-21)."""

    id: int
    code: str
    name: str
    address_1: str | None = None
    address_2: str | None = None
    address_3: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = "Danmark"
    phone: str | None = None
    email: str | None = None
    cvr: str | None = None
    ean: str | None = None
    currency: str = "DKK"
    team: int = 1
    department: int = 1
    debtor_group: str | None = None
    employee: int = 1
    term_days: int = 14
    foreign_number: str | None = None
    contact: tuple[str, str] = ("", "")
    created_on: date = date(2019, 1, 1)

    @property
    def address(self) -> str:
        """The address lines as a document shows them."""
        return "\n".join(line for line in (self.address_1, self.address_2, self.address_3) if line)


@dataclass(frozen=True, kw_only=True)
class PartRow:
    """One part of a combined line."""

    text: str
    quantity: Decimal
    price: Decimal
    net: Decimal
    vat_code: str
    vat_rate: Decimal | None


@dataclass(frozen=True, kw_only=True)
class LineRow:
    """One row of "InvoiceLine" with its parts. Amounts are the document's own, in its currency."""

    kind: int = AMOUNTS
    text: str = ""
    quantity: Decimal = Decimal(0)
    unit: str | None = None
    price: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    net: Decimal = ZERO
    vat_code: str = WITH_VAT
    vat_rate: Decimal | None = None
    work_type: str | None = None
    parts: tuple[PartRow, ...] = ()

    @property
    def net_with_vat(self) -> Decimal:
        """What of the line's net amount bears VAT in a domestic document."""
        if self.parts:
            return total(part.net for part in self.parts if part.vat_code == WITH_VAT)
        return self.net if self.vat_code == WITH_VAT else ZERO


def amount_line(
    text: str,
    quantity: str | Decimal,
    price: str | Decimal,
    *,
    discount: str | Decimal = "0",
    with_vat: bool = True,
    unit: str = "timer",
    work_type: str = "RÅD",
    rate: Decimal | None = STANDARD_RATE,
) -> LineRow:
    """A line whose net amount is quantity × price less discount, rounded half away from zero."""
    quantity, price, discount = Decimal(quantity), Decimal(price), Decimal(discount)
    return LineRow(
        text=text,
        quantity=quantity,
        unit=unit,
        price=price,
        discount=discount,
        net=line_net(quantity, price, discount),
        vat_code=WITH_VAT if with_vat else EXEMPT,
        vat_rate=rate if with_vat else Decimal(0),
        work_type=work_type,
    )


def text_line(text: str) -> LineRow:
    """A line without amounts."""
    return LineRow(kind=TEXT_ONLY, text=text)


def combined_line(text: str, lines: tuple[LineRow, ...], *, net: Decimal | None = None) -> LineRow:
    """One line of the sum of others. ``net`` set: a line that does not agree with its parts."""
    parts = tuple(
        PartRow(
            text=line.text,
            quantity=line.quantity,
            price=line.price,
            net=line.net,
            vat_code=line.vat_code,
            vat_rate=line.vat_rate,
        )
        for line in lines
    )
    amount = total(part.net for part in parts) if net is None else net
    return LineRow(
        kind=COMBINED,
        text=text,
        quantity=Decimal(1),
        unit="stk",
        price=amount,
        net=amount,
        vat_rate=STANDARD_RATE,
        work_type="RÅD",
        parts=parts,
    )


@dataclass(frozen=True, kw_only=True)
class InvoiceRow:
    """One row of "Invoice" with its lines. A credit note's quantities and amounts are negative.

    ``vat_amount`` set: a document whose own VAT was found in another way than once on the sum.
    """

    id: int
    number: str | None
    customer: CustomerRow
    invoice_date: date
    lines: tuple[LineRow, ...]
    is_credit_note: bool = False
    due_date: date | None = None
    your_reference: str | None = None
    requisition: str | None = None
    heading: str | None = None
    text: str | None = None
    currency: str = "DKK"
    exchange_rate: Decimal | None = None
    treatment: str = "DK"
    approved_at: datetime | None = None
    withdrawn_at: datetime | None = None
    original_id: int | None = None
    vat_amount: Decimal | None = None
    created_on: date = field(default=date(2024, 1, 1))

    @property
    def net(self) -> Decimal:
        """The sum of the lines."""
        return total(line.net for line in self.lines)

    @property
    def vat(self) -> Decimal:
        """25 % of what bears VAT, rounded once for the document; none outside Denmark."""
        if self.vat_amount is not None:
            return self.vat_amount
        if self.treatment != "DK":
            return ZERO
        return percent_of(total(line.net_with_vat for line in self.lines), STANDARD_RATE)

    @property
    def gross(self) -> Decimal:
        """Net and VAT."""
        return self.net + self.vat


def due(customer: CustomerRow, issued: date) -> date:
    """The due date by the customer's own term."""
    return issued + timedelta(days=customer.term_days)
