"""CSV that the reader's own spreadsheet opens by a double click.

Danish Excel wants semicolons and decimal commas, English Excel commas and decimal points; both know
UTF-8 by its byte order mark. Text that would be taken for a formula gets an apostrophe before it;
numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO, Self

from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.cells import Cell, is_formula

__all__ = ["CsvReport"]


class CsvReport:
    """A table that is written row by row, into a file that nobody else sees and that ends with the context."""

    def __init__(self, language: Language) -> None:
        self._is_danish = language is Language.DANISH
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the context)
        self._text = io.TextIOWrapper(self._file, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text, delimiter=";" if self._is_danish else ",", lineterminator="\r\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._text.close()

    def add(self, cells: Sequence[Cell]) -> None:
        """Write the next row."""
        self._writer.writerow([self._written(cell) for cell in cells])

    def content(self) -> BinaryIO:
        """The whole file, from its beginning; it goes away with the context."""
        self._text.flush()
        self._file.seek(0)
        return self._file

    def _written(self, cell: Cell) -> str:
        match cell:
            case None:
                return ""
            case Decimal():
                number = format(cell, "f")
                return number.replace(".", ",") if self._is_danish else number
            case date():
                return cell.isoformat()
            case int():
                return str(cell)
            case str():
                return f"'{cell}" if is_formula(cell) else cell
