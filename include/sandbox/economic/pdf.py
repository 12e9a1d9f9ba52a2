"""A real one-page PDF of an invoice, written by hand: one font, Danish letters, no dependency."""

from __future__ import annotations

from decimal import Decimal

from sandbox.economic.jsontext import Doc

_TOP, _STEP, _LAST_LINE = 800, 14, 60
_COLUMNS = (50, 110, 330, 400, 480)


def _escaped(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _amount(value: object) -> str:
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return f"{number:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


class _Page:
    def __init__(self) -> None:
        self._height = _TOP
        self._parts: list[bytes] = []

    def row(self, *cells: str, size: int = 10) -> None:
        if self._height < _LAST_LINE:
            return  # one page is all the sandbox prints; the totals come before the lines run out
        for column, cell in zip(_COLUMNS, cells, strict=False):
            self._parts.append(b"BT /F1 %d Tf %d %d Td (%s) Tj ET" % (size, column, self._height, _escaped(cell)))
        self._height -= _STEP if size <= 10 else 2 * _STEP

    def gap(self) -> None:
        self._height -= _STEP

    def content(self) -> bytes:
        return b"\n".join(self._parts)


def invoice_pdf(company: Doc, invoice: Doc, heading: str) -> bytes:
    """The page: sender, recipient, number, dates, lines and totals."""
    page = _Page()
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
    page.row(f"Nettobeløb: {_amount(invoice['netAmount'])}")
    page.row(f"Moms: {_amount(invoice['vatAmount'])}")
    page.row(f"Total: {_amount(invoice['grossAmount'])}")
    page.gap()
    page.row("Varenr.", "Beskrivelse", "Antal", "Pris", "Beløb")
    for line in invoice["lines"]:
        _print_line(page, line)
    return _document(page.content())


def _print_line(page: _Page, line: Doc) -> None:
    cells = [str(line.get("product", {}).get("productNumber", "")), str(line.get("description", ""))[:40]]
    cells += [_amount(line[name]) if name in line else "" for name in ("quantity", "unitNetPrice")]
    cells.append(_amount(line["totalNetAmount"]) if "totalNetAmount" in line else "")
    page.row(*cells)


def _document(content: bytes) -> bytes:
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]"
            b" /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>"
        ),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
    )
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for offset in offsets:
        out += b"%010d 00000 n \n" % offset
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
