"""The PDF of an invoice."""

from __future__ import annotations

from sandbox.standin.jsontext import Doc
from sandbox.standin.pdf import Page, danish_amount


def invoice_pdf(company: Doc, invoice: Doc, heading: str) -> bytes:
    """The page: sender, recipient, number, dates, lines and totals."""
    page = Page()
    page.row(company["name"])
    page.row(f"{company['addressLine1']}, {company['zip']} {company['city']}")
    page.row(f"CVR {company['companyIdentificationNumber']}")
    page.gap()
    page.row(heading, size=16)
    recipient = invoice["recipient"]
    for text in (
        recipient["name"],
        *str(recipient.get("address", "")).replace("\r\n", "\n").replace("\r", "\n").split("\n"),
        f"{recipient.get('zip', '')} {recipient.get('city', '')}".strip(),
    ):
        if text:
            page.row(text)
    page.gap()
    page.row(f"Dato: {invoice['date']}   Forfald: {invoice.get('dueDate', '')}")
    page.row(f"Kunde: {invoice['customer']['customerNumber']}   Valuta: {invoice['currency']}")
    if invoice.get("references", {}).get("other"):
        page.row(f"Reference: {invoice['references']['other']}")
    page.gap()
    page.row(f"Nettobeløb: {danish_amount(invoice['netAmount'])}")
    page.row(f"Moms: {danish_amount(invoice['vatAmount'])}")
    page.row(f"Total: {danish_amount(invoice['grossAmount'])}")
    page.gap()
    page.row("Varenr.", "Beskrivelse", "Antal", "Pris", "Beløb")
    for line in invoice["lines"]:
        _print_line(page, line)
    return page.document()


def _print_line(page: Page, line: Doc) -> None:
    cells = [str(line.get("product", {}).get("productNumber", "")), str(line.get("description", ""))[:40]]
    cells += [danish_amount(line[name]) if name in line else "" for name in ("quantity", "unitNetPrice")]
    cells.append(danish_amount(line["totalNetAmount"]) if "totalNetAmount" in line else "")
    page.row(*cells)
