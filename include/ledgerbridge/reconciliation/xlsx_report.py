"""XLSX with real numbers and dates, frozen headings and filters, written row by row to the disk.

A number in a workbook is a binary double: there is no other. Every decimal of up to 15 significant
digits survives the way into a double and back, so such an amount is written as a number, from the
Decimal's own digits; a longer one stands as text, exact, rather than as a number that is nearly it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, Self

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledgerbridge.reconciliation.cells import Cell, is_formula
from ledgerbridge.reconciliation.wording import Wording

__all__ = ["SIGNIFICANT_DIGITS", "Sheet", "XlsxReport", "fits_a_double"]

SIGNIFICANT_DIGITS = 15  # DBL_DIG of IEEE 754 binary64
LONGEST_TEXT = 32_767  # characters in a cell; Excel's own limit
LAST_ROW = 1_048_576  # rows in a sheet; Excel's own limit
_WIDE, _NARROW = 60, 14


def fits_a_double(value: Decimal) -> bool:
    """Whether the number comes back from a double digit by digit."""
    digits = value.normalize().as_tuple().digits
    return value.is_finite() and len(digits) <= SIGNIFICANT_DIGITS and -300 < value.adjusted() < 300


class XlsxReport:
    """A workbook, as a context. Sheets may be written in turns; the rows of one sheet only downwards."""

    def __init__(self, wording: Wording, created: datetime) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the context)
        # Nothing that looks like a formula, a link or a number may become one by its looks.
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self._book = xlsxwriter.Workbook(self._file, options)
        self._book.set_properties({"title": wording.text("title"), "created": created.replace(tzinfo=None)})
        self.styles = {
            "title": self._book.add_format({"bold": True, "font_size": 16}),
            "heading": self._book.add_format({"bold": True, "bg_color": "#E8ECEF", "text_wrap": True, "valign": "top"}),
            "bold": self._book.add_format({"bold": True}),
            "amount": self._book.add_format({"num_format": "#,##0.00"}),
            "rate": self._book.add_format({"num_format": "#,##0.00####"}),
            "count": self._book.add_format({"num_format": "#,##0"}),
            "date": self._book.add_format({"num_format": "dd-mm-yyyy" if wording.language == "da" else "d mmm yyyy"}),
            # Excel's own mark for "this is text", kept when somebody edits the cell.
            "text": self._book.add_format({"quote_prefix": True}),
            "exact": self._book.add_format({"quote_prefix": True, "align": "right"}),
        }

    def sheet(self, name: str, headings: Sequence[str] = ()) -> Sheet:
        """A new sheet; with headings, they stay in view and have a filter."""
        return Sheet(self._book.add_worksheet(name), self.styles, headings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._book.fileclosed:
            self._book.close()  # else its own temporary files would stay
        self._file.close()

    def content(self) -> BinaryIO:
        """The whole file, from its beginning; nothing can be written after this."""
        self._book.close()
        self._file.seek(0)
        return self._file


class Sheet:
    """One sheet, written downwards."""

    def __init__(self, sheet: Worksheet, styles: dict[str, Format], headings: Sequence[str]) -> None:
        self._sheet = sheet
        self._styles = styles
        self._row = 0
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        if headings:
            for column, _ in enumerate(headings):
                sheet.set_column(column, column, _WIDE if column >= len(headings) - 2 else _NARROW)
            sheet.freeze_panes(1, 0)
            sheet.repeat_rows(0)
            self.add(headings, "heading")
            self._sheet.autofilter(0, 0, LAST_ROW - 1, len(headings) - 1)

    def widths(self, *widths: int) -> None:
        """Set the first columns' widths, in characters."""
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    @property
    def is_full(self) -> bool:
        """Whether Excel has room for no further row."""
        return self._row >= LAST_ROW

    def add(self, cells: Sequence[Cell], style: str | None = None) -> None:
        """Write the next row; text cells in ``style`` if one is named."""
        for column, cell in enumerate(cells):
            self._write(column, cell, style)
        self._row += 1

    def _write(self, column: int, cell: Cell, style: str | None) -> None:
        row, styles = self._row, self._styles
        match cell:
            case None | "":
                return
            case Decimal():
                exponent = cell.normalize().as_tuple().exponent
                is_long = isinstance(exponent, int) and exponent < -2
                if fits_a_double(cell):
                    self._sheet.write_number(row, column, cell, styles["rate" if is_long else "amount"])
                else:
                    self._sheet.write_string(row, column, format(cell, "f"), styles["exact"])
            case int():
                self._sheet.write_number(row, column, cell, styles["count"])
            case date():
                self._sheet.write_datetime(row, column, cell, styles["date"])
            case str():
                text = cell[:LONGEST_TEXT]
                kind = "text" if style is None and is_formula(text) else style
                self._sheet.write_string(row, column, text, styles[kind] if kind else None)
