"""The sums of an invoice: lines, end discount, VAT by code, totals (contract 7.6)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.amounts import HUNDRED, ZERO, Rounding
from sandbox.uniconta.errors import Refused

_MOST_CODES: Final = 3


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with what it comes to and where it is posted."""

    line: Doc
    total: Decimal
    vat: Doc | None
    rate: Decimal
    account: Doc | None
    """Nothing for a line without an amount."""


@dataclass(frozen=True, slots=True)
class VatShare:
    """What falls on one VAT code, or on none."""

    code: Doc | None
    rate: Decimal
    lines: Decimal
    """The sum of the lines' totals."""
    discount: Decimal
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Sums:
    """An invoice's sums in its own currency."""

    shares: list[VatShare]

    @property
    def lines(self) -> Decimal:
        """Of the lines' totals."""
        return sum((share.lines for share in self.shares), ZERO)

    @property
    def discount(self) -> Decimal:
        """Of the end discount."""
        return sum((share.discount for share in self.shares), ZERO)

    @property
    def net(self) -> Decimal:
        """Without VAT."""
        return sum((share.base for share in self.shares), ZERO)

    @property
    def vat(self) -> Decimal:
        """Of VAT."""
        return sum((share.vat for share in self.shares), ZERO)

    @property
    def total(self) -> Decimal:
        """With VAT."""
        return self.net + self.vat

    @property
    def coded(self) -> list[VatShare]:
        """The shares that have a VAT code, as the invoice tells them."""
        return [share for share in self.shares if share.code is not None]


def sums_of(lines: list[PricedLine], rounding: Rounding, *, discount_pct: Decimal, prices_incl_vat: bool) -> Sums:
    """VAT is computed per code on the summed base; at most three codes fit on an invoice."""
    by_code: dict[int, list[PricedLine]] = {}
    for line in lines:
        if line.account is not None:
            by_code.setdefault(line.vat["RowId"] if line.vat else 0, []).append(line)
    if len(by_code.keys() - {0}) > _MOST_CODES:
        raise Refused("TooManyVatCombinations", "Vat")
    return Sums([_share(group, rounding, discount_pct, gross=prices_incl_vat) for group in by_code.values()])


def _share(lines: list[PricedLine], rounding: Rounding, discount_pct: Decimal, *, gross: bool) -> VatShare:
    code, rate = lines[0].vat, lines[0].rate
    total = sum((line.total for line in lines), ZERO)
    discount = rounding.line(total * discount_pct / HUNDRED)
    left = total - discount
    if gross:
        vat = rounding.vat(left * rate / (HUNDRED + rate))
        return VatShare(code, rate, total, discount, left - vat, vat)
    return VatShare(code, rate, total, discount, left, rounding.vat(left * rate / HUNDRED))
