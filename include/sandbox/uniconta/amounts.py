"""Amounts: Decimals, rounded to øre by the knobs (contract 7.6)."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.standin.knobs import Knobs

ZERO: Final = Decimal("0.00")
HUNDRED: Final = Decimal(100)

_MODES: Final = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}


class Rounding:
    """How a company rounds."""

    def __init__(self, knobs: Knobs) -> None:
        """The modes in force."""
        self._line = _MODES[knobs.choice("line_rounding")]
        self._vat = _MODES[knobs.choice("vat_rounding")]
        self._misses_by = Decimal(knobs.number("vat_misses_by")).scaleb(-2)

    def line(self, amount: Decimal, places: int = 2) -> Decimal:
        """A line's total or quantity."""
        return _rounded(amount, places, self._line)

    def vat(self, amount: Decimal) -> Decimal:
        """The VAT of a base."""
        rounded = _rounded(amount, 2, self._vat)
        return rounded + self._misses_by if rounded else rounded

    def line_total(self, line: Doc) -> Decimal:
        """Qty × Price × (1 − DiscountPct/100), or the amount entered where Qty × Price is nothing."""
        gross = number(line, "Qty") * number(line, "Price")
        if not gross:
            return self.line(number(line, "Total"))
        return self.line(gross * (HUNDRED - number(line, "DiscountPct")) / HUNDRED)


def number(record: Doc, name: str) -> Decimal:
    """A number of a record; nothing is 0."""
    value = record.get(name)
    return Decimal(value) if value is not None else Decimal(0)


def _rounded(amount: Decimal, places: int, mode: str) -> Decimal:
    value = amount.quantize(Decimal(1).scaleb(-places), mode)
    return value or abs(value)
