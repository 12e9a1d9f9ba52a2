"""A real one-page PDF, written by hand: one font, Danish letters, no dependency."""

from __future__ import annotations

from decimal import Decimal

_TOP, _STEP, _LAST_LINE = 800, 14, 60
_COLUMNS = (50, 110, 330, 400, 480)


def danish_amount(value: object) -> str:
    """1234.5 as 1.234,50."""
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return f"{number:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def _escaped(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


class Page:
    """Rows of text from the top of one page to its end."""

    def __init__(self) -> None:
        """An empty page."""
        self._height = _TOP
        self._parts: list[bytes] = []

    def row(self, *cells: str, size: int = 10) -> None:
        """Print cells, each at its column."""
        if self._height < _LAST_LINE:
            return  # one page is all the sandbox prints; the totals come before the lines run out
        for column, cell in zip(_COLUMNS, cells, strict=False):
            self._parts.append(b"BT /F1 %d Tf %d %d Td (%s) Tj ET" % (size, column, self._height, _escaped(cell)))
        self._height -= _STEP if size <= 10 else 2 * _STEP

    def gap(self) -> None:
        """Leave a line empty."""
        self._height -= _STEP

    def document(self) -> bytes:
        """The page as a file."""
        return _document(b"\n".join(self._parts))


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
