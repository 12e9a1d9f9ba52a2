"""``GET /Invoice/GetInvoicePDF``: a JSON string with a real PDF in base64 (contract 5.3)."""

from __future__ import annotations

import base64
from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.standin.pdf import Page, danish_amount
from sandbox.standin.reply import Reply
from sandbox.uniconta.amounts import number
from sandbox.uniconta.call import Call, Done
from sandbox.uniconta.company import Company
from sandbox.uniconta.digits import whole
from sandbox.uniconta.entities import ENTITIES
from sandbox.uniconta.errors import Refused, argument_missing
from sandbox.uniconta.values import day_of
from sandbox.uniconta.view import present

_INVOICE: Final = ENTITIES["DebtorInvoice"]
_LINE: Final = ENTITIES["DebtorInvoiceLines"]


def get_pdf(call: Call) -> Done:
    """The PDF of the invoice that ``Account``, ``Date`` and ``InvoiceNumber`` name together."""
    call.require_read()
    if not all(call.query.get(name) for name in ("Account", "Date", "InvoiceNumber")):
        return Done(argument_missing(), refused="ArgumentMissing")
    invoice = _named(call)
    if invoice is None:
        raise Refused("CouldNotFind")
    document = invoice_pdf(call.company, invoice)
    return Done(Reply.json(200, base64.b64encode(document).decode()))


def _named(call: Call) -> Doc | None:
    number_ = whole(call.query["InvoiceNumber"])
    debtor = call.company["Debtor"].named(call.query["Account"]) or {}
    day = day_of(call.query["Date"])
    for invoice in call.company["DebtorInvoice"].where("InvoiceNumber", number_):
        if invoice["Account"] == debtor.get("RowId") and day is not None and invoice["Date"] == day.isoformat():
            return invoice
    return None


def invoice_pdf(company: Company, invoice: Doc) -> bytes:
    """The page: sender, recipient, number, dates, totals and lines; the same bytes every time."""
    shown = present(company, _INVOICE, invoice)
    sender = company.profile["company"]
    page = Page()
    page.row(str(sender["CompanyName"]))
    page.row(f"CVR {sender['Id']}")
    page.gap()
    heading = "Kreditnota" if number(invoice, "TotalAmount") < 0 else "Faktura"
    page.row(f"{heading} {shown['InvoiceNumber']}", size=16)
    page.row(str(shown.get("Name", "")))
    page.row(f"Kunde: {shown.get('Account')}   Valuta: {shown.get('Currency')}")
    page.row(f"Dato: {invoice['Date']}   Forfald: {invoice['DueDate']}")
    if "ReferenceNumber" in shown:
        page.row(f"Reference: {shown['ReferenceNumber']}")
    page.gap()
    for caption, name in (("Nettobeløb", "NetAmount"), ("Moms", "VatAmount"), ("Total", "TotalAmount")):
        page.row(f"{caption}: {danish_amount(shown[name])}")
    page.gap()
    page.row("Varenr.", "Tekst", "Antal", "Pris", "Beløb")
    for line in company["DebtorInvoiceLines"].where("InvoiceRowId", invoice["RowId"]):
        told = present(company, _LINE, line)
        amounts = [danish_amount(told[name]) for name in ("InvoiceQty", "SalesPrice", "InvoiceTotal")]
        page.row(str(told.get("Item", "")), str(told.get("Text", ""))[:40], *amounts)
    return page.document()
