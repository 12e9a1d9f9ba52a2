"""The FI payment line of a booked invoice, where the source's own document carries it (CT-8)."""

from __future__ import annotations

from ledgerbridge.errors import Rejection
from ledgerbridge.integration import Invoicing, Layout, PaymentIdFrom
from ledgerbridge.payment_line import from_account_and_invoice_number, from_invoice_number
from ledgerbridge.reasons import Reason
from ledgerbridge.target.contract import BookedInvoice

__all__ = ["payment_line_of"]


def payment_line_of(invoicing: Invoicing, booked: BookedInvoice) -> tuple[str | None, Reason | None]:
    """The printed line, or why there is none. What is booked stays booked, whatever becomes of its line."""
    creditor = invoicing.fi_creditor_number
    if invoicing.layout_from is not Layout.SOURCE or creditor is None or booked.gross <= 0:
        return None, None
    number, card = str(booked.number), invoicing.fi_card_type
    try:
        if invoicing.fi_payment_id is PaymentIdFrom.INVOICE_NUMBER:
            return str(from_invoice_number(number, creditor, card)), None
        digits = invoicing.fi_account_digits
        line = from_account_and_invoice_number(booked.customer_number, number, creditor, card, account_digits=digits)
        return str(line), None
    except Rejection as error:
        return None, error.reason
