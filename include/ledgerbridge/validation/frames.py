"""Records as rows: one per customer, one per document, one per line as it will be sent.

A row holds the record's own values under the names that the reasons' texts use, and what a rule
needs that spans fields or lines (sums, decimals, "is valid"). ``None`` means "nothing to check":
Great Expectations passes over it. Amounts stay Decimal.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from decimal import Decimal

from ledgerbridge.integration import InvoiceNumberFrom, Invoicing
from ledgerbridge.invoice_lines import (
    LARGEST_FIGURE,
    LineForm,
    billed_lines,
    figures_of,
    form_of,
    lines_as_sent,
    standard_rated_net,
)
from ledgerbridge.money import has_at_most_two_decimals, percent_of, total
from ledgerbridge.records import Customer, DocumentType, Invoice, InvoiceLine, VatCode, VatTreatment
from ledgerbridge.texts import address_text
from ledgerbridge.validation.identifiers import EU_MEMBERS, is_country, is_cvr_number, is_gln

__all__ = ["RECORD", "Row", "can_be_computed", "customer_rows", "document_rows", "line_rows"]

Row = dict[str, object]

RECORD = "record"
"""The column that says which record of the batch a row belongs to, counted from 0."""


def customer_rows(customers: Sequence[Customer], linked: Container[str]) -> list[Row]:
    """One row per customer. A linked one has no ``number``: it is not going to be created (CT-5)."""
    return [_customer_row(index, customer, customer.source_id in linked) for index, customer in enumerate(customers)]


def _customer_row(index: int, customer: Customer, is_linked: bool) -> Row:
    number = _given(customer.customer_number)
    cvr, gln, country = _given(customer.cvr_number), _given(customer.gln), _given(customer.country)
    return {
        RECORD: index,
        "number": None if is_linked else number,
        "number_is_given": is_linked or number is not None,
        "name": _given(customer.name),
        "address": address_text(customer.address_line_1, customer.address_line_2, customer.address_line_3) or None,
        "city": _given(customer.city),
        "zip": _given(customer.zip),
        "phone": _given(customer.phone),
        "email": _given(customer.email),
        "cvr": cvr,
        "cvr_is_valid": is_cvr_number(cvr) if cvr and country in {None, "DK"} else None,
        "gln": gln,
        "gln_is_valid": is_gln(gln) if gln else None,
        "currency": customer.currency,
        "country": country,
        "country_is_known": is_country(country) if country else None,
    }


def document_rows(invoices: Sequence[Invoice], invoicing: Invoicing) -> list[Row]:
    """One row per document that is to be sent.

    A withdrawn approval has no row: nothing of it is sent, and its draft must go whatever is
    wrong with it (X-8).
    """
    return [
        _document_row(index, invoice, invoicing) | (_amounts(invoice, invoicing) if can_be_computed(invoice) else {})
        for index, invoice in enumerate(invoices)
        if invoice.is_approved
    ]


def can_be_computed(invoice: Invoice) -> bool:
    """Whether every figure is a number of sane size: PostgreSQL's ``numeric`` also knows NaN and infinity."""
    return all(figure.is_finite() and abs(figure) < LARGEST_FIGURE for figure in figures_of(invoice))


def _document_row(index: int, invoice: Invoice, invoicing: Invoicing) -> Row:
    country, gln = _given(invoice.recipient_country), _given(invoice.recipient_gln)
    numbered_here = invoicing.number_from is InvoiceNumberFrom.SOURCE
    number = _given(invoice.invoice_number)
    is_reverse_charge = invoice.vat_treatment is VatTreatment.EU_REVERSE_CHARGE
    is_credit_note = invoice.document_type is DocumentType.CREDIT_NOTE
    return {
        RECORD: index,
        "can_be_computed": can_be_computed(invoice),
        "number": number if numbered_here else None,
        "number_is_given": number is not None if numbered_here else None,
        "invoice_date": invoice.invoice_date,
        "due_date": invoice.due_date,
        "name": _given(invoice.recipient_name),
        "address": _given(invoice.recipient_address),
        "city": _given(invoice.recipient_city),
        "zip": _given(invoice.recipient_zip),
        "gln": gln,
        "gln_is_valid": is_gln(gln) if gln else None,
        "country": country,
        "country_is_known": is_country(country) if country else None,
        "country_takes_reverse_charge": country in EU_MEMBERS - {"DK"} if is_reverse_charge else None,
        "currency": invoice.currency,
        "heading": _given(invoice.heading),
        "text": _given(invoice.text),
        "reference": _given(invoice.customer_reference),
        "billed_lines": len(billed_lines(invoice)),
        "names_its_original": bool(_given(invoice.original_invoice_number) or _given(invoice.original_source_id))
        if is_credit_note
        else None,
    }


def _amounts(invoice: Invoice, invoicing: Invoicing) -> Row:
    """The columns that are computed from figures; a document that cannot be computed has none of them."""
    amounts = (invoice.net_amount, invoice.vat_amount, invoice.gross_amount)
    treatment = invoice.vat_treatment
    is_invoice = invoice.document_type is DocumentType.INVOICE
    is_foreign = invoice.currency != invoicing.base_currency
    # The base currency's rate is 100 by definition and never sent, whatever the source keeps there.
    rate = invoice.exchange_rate if is_foreign else None
    return {
        "net": invoice.net_amount,
        "vat": invoice.vat_amount,
        "gross": invoice.gross_amount,
        "amounts_are_whole_cents": all(map(has_at_most_two_decimals, amounts)),
        "lines_net": total(line.net_amount for line in billed_lines(invoice)),
        "net_and_vat": invoice.net_amount + invoice.vat_amount,
        "lowest_total": min(invoice.net_amount, invoice.gross_amount) if is_invoice else None,
        "highest_total": None if is_invoice else max(invoice.net_amount, invoice.gross_amount),
        "is_worth_something": invoice.net_amount != 0 or invoice.gross_amount != 0,
        "vat_under_reverse_charge": invoice.vat_amount if treatment is VatTreatment.EU_REVERSE_CHARGE else None,
        "vat_on_export": invoice.vat_amount if treatment is VatTreatment.EXPORT else None,
        "expected_vat": percent_of(standard_rated_net(invoice, invoicing.vat_percentage), invoicing.vat_percentage)
        if treatment is VatTreatment.DOMESTIC
        else None,
        "exchange_rate": rate,
        "exchange_rate_decimals": None if rate is None else _decimals(rate),
        "exchange_rate_is_given": rate is not None if is_foreign else None,
    }


def line_rows(invoices: Sequence[Invoice], invoicing: Invoicing) -> list[Row]:
    """One row per line, and one per part where a combined line is sent as its parts (CT-17)."""
    return [
        row
        for index, invoice in enumerate(invoices)
        if invoice.is_approved and can_be_computed(invoice)
        for line in invoice.lines
        for row in _rows_of_line(index, invoice, line, invoicing)
    ]


def _rows_of_line(index: int, invoice: Invoice, line: InvoiceLine, invoicing: Invoicing) -> Iterator[Row]:
    sent = lines_as_sent(line, invoicing.vat_percentage)
    combined = {"parts_net": total(part.net_amount for part in line.parts) if line.parts else None}
    if sent != (line,):
        # The line itself is only a heading for its parts then: its one duty is to be their sum.
        yield _line_row(index, invoice, line) | combined
        combined = {"parts_net": None}
    for item in sent:
        yield _line_row(index, invoice, item) | combined | _sent_columns(invoice, item, invoicing)


def _line_row(index: int, invoice: Invoice, line: InvoiceLine) -> Row:
    return {
        RECORD: index,
        "line": str(line.line_number),
        "description": _given(line.description),
        "currency": invoice.currency,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "discount": line.discount_percentage,
        "net": line.net_amount,
    }


def _sent_columns(invoice: Invoice, line: InvoiceLine, invoicing: Invoicing) -> Row:
    """What only a line that is sent must fulfil."""
    is_domestic = invoice.vat_treatment is VatTreatment.DOMESTIC and not line.is_text
    return {
        "sent_text": _given(line.description),
        "net_is_whole_cents": None if line.is_text else has_at_most_two_decimals(line.net_amount),
        "form": "no_quantity" if line.quantity == 0 and form_of(line) is LineForm.AS_ONE else form_of(line).value,
        "vat_rate": line.vat_rate if is_domestic and line.vat_code is VatCode.STANDARD else None,
        "vat_percentage": invoicing.vat_percentage,
    }


def _given(text: str | None) -> str | None:
    """The text as it is, ``None`` when there is nothing to see in it."""
    return text if text and text.strip() else None


def _decimals(value: Decimal) -> int:
    """How many decimals ``value`` needs: 2 for 745.10 and 745.1000, 0 for 7E+2."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
