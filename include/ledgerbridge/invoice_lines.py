"""How an invoice's lines can stand in a target whose quantities and prices have two decimals.

Source: ``economic`` section 5.1 (two decimals) and 5.3 (how a line's amount is computed).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from enum import StrEnum

from ledgerbridge.money import HUNDRED, ZERO, has_at_most_two_decimals, line_net, total
from ledgerbridge.records import Invoice, InvoiceLine, LinePart, VatCode

__all__ = [
    "LARGEST_FIGURE",
    "LineForm",
    "billed_lines",
    "described",
    "figures_of",
    "form_of",
    "lines_as_sent",
    "standard_rated_net",
]

LARGEST_FIGURE = Decimal(10) ** 12
"""Beyond this a figure is a mistake, and products of two would outgrow Decimal's 28 digits."""


class LineForm(StrEnum):
    """How one line is put, so that exactly its net amount arrives (CT-19)."""

    TEXT = "text"
    """Only its text: it is a text line, or has neither quantity nor amount."""
    EXACT = "exact"
    """As it stands: the target computes the source's own net amount from it."""
    AS_ONE = "as_one"
    """1 × its net amount; quantity and price go into its text."""


def form_of(line: InvoiceLine) -> LineForm:
    """The form in which ``line`` arrives to the øre."""
    if line.is_text or (line.quantity == 0 and line.net_amount == 0):
        return LineForm.TEXT
    figures = (line.quantity, line.unit_price, line.discount_percentage)
    is_discount = 0 <= line.discount_percentage <= HUNDRED
    if is_discount and all(map(has_at_most_two_decimals, figures)) and line_net(*figures) == line.net_amount:
        return LineForm.EXACT
    return LineForm.AS_ONE


def described(line: InvoiceLine) -> str:
    """The line's text with the quantity and price that its figures cannot carry."""
    if line.quantity == 0:
        return line.description
    unit = f" {line.unit}" if line.unit else ""
    less = f" – {_danish(line.discount_percentage)} %" if line.discount_percentage else ""
    return f"{line.description} ({_danish(line.quantity)}{unit} à {_danish(line.unit_price)}{less})".strip()


def _danish(value: Decimal) -> str:
    return format(value.normalize(), "f").replace(".", ",")


def lines_as_sent(line: InvoiceLine, vat_percentage: Decimal) -> tuple[InvoiceLine, ...]:
    """The line itself, or one line per part where the parts differ in VAT, hence in product (CT-17).

    Parts that agree among themselves and not with their line count as differing: the parts are
    the finer statement. ``vat_percentage`` is the rate of standard lines that state none.
    """
    if {_vat_of(part, vat_percentage) for part in line.parts} <= {_vat_of(line, vat_percentage)}:
        return (line,)
    return tuple(
        replace(
            line,
            description=part.description,
            quantity=part.quantity,
            unit_price=part.unit_price,
            discount_percentage=ZERO,
            net_amount=part.net_amount,
            vat_code=part.vat_code,
            vat_rate=part.vat_rate,
            parts=(),
        )
        for part in line.parts
    )


def _vat_of(rated: InvoiceLine | LinePart, vat_percentage: Decimal) -> Decimal | None:
    """The rate, ``None`` for what is exempt."""
    if rated.vat_code is VatCode.EXEMPT:
        return None
    return vat_percentage if rated.vat_rate is None else rated.vat_rate


def billed_lines(invoice: Invoice) -> tuple[InvoiceLine, ...]:
    """The lines that carry amounts."""
    return tuple(line for line in invoice.lines if not line.is_text)


def standard_rated_net(invoice: Invoice, vat_percentage: Decimal) -> Decimal:
    """The sum of what the target will put VAT on, in the invoice's currency."""
    sent = (part for line in billed_lines(invoice) for part in lines_as_sent(line, vat_percentage))
    return total(line.net_amount for line in sent if line.vat_code is VatCode.STANDARD)


def figures_of(invoice: Invoice) -> list[Decimal]:
    """Every figure on the invoice, for the question whether it can be computed with at all."""
    figures = [invoice.net_amount, invoice.vat_amount, invoice.gross_amount]
    if invoice.exchange_rate is not None:
        figures.append(invoice.exchange_rate)
    for line in invoice.lines:
        figures += [line.quantity, line.unit_price, line.discount_percentage, line.net_amount]
        rates = [line.vat_rate]
        for part in line.parts:
            figures += [part.quantity, part.unit_price, part.net_amount]
            rates.append(part.vat_rate)
        figures += [rate for rate in rates if rate is not None]
    return figures
