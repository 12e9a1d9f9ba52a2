"""What posting an order will come to: Uniconta shows no totals beforehand (CT-19, sections 7.6 and 9.2).

Computed as it is documented: each line to two decimals, VAT per code on the sum of its lines. Which way a half øre
goes is not documented, so wherever one decides a figure, the result is not sure and the company has to be asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ledgerbridge.money import HUNDRED, ZERO, round_half_away, total
from ledgerbridge.target.contract import VatShare
from ledgerbridge.target.uniconta.documents import NO_DECIMALS
from ledgerbridge.target.uniconta.tables import Tables
from ledgerbridge.target.uniconta.zones import slot_of

__all__ = ["Foretold", "foretell", "is_plain"]

_HALF_AN_OERE = Decimal("0.005")


@dataclass(frozen=True, slots=True)
class Foretold:
    """Amounts in the order's currency; ``is_sure``: no half øre decided any of them."""

    net: Decimal
    vat: Decimal
    is_sure: bool
    shares: tuple[VatShare, ...]

    @property
    def gross(self) -> Decimal:
        """Net and VAT."""
        return self.net + self.vat


def foretell(lines: Iterable[Mapping[str, Any]], debtor: Mapping[str, Any], tables: Tables, on: date) -> Foretold:
    """What these order lines come to for this debtor on the day that they are posted."""
    bases: dict[str, Decimal] = defaultdict(lambda: ZERO)
    is_sure = True
    for line in lines:
        exact = _line(line, tables)
        is_sure = is_sure and not _is_half(exact)
        bases[_code(line, debtor, tables)] += round_half_away(exact)
    rates = {code: tables.vat.rate(code, on) for code in bases}
    vats = {code: base * (rates[code] or ZERO) / HUNDRED for code, base in bases.items()}
    is_known = all(rates[code] is not None for code, base in bases.items() if base)
    is_sure = is_sure and is_known and not any(_is_half(vat) for vat in vats.values())
    shares = tuple(_shares({code: rate or ZERO for code, rate in rates.items()}, bases, vats))
    return Foretold(total(share.net for share in shares), total(share.vat for share in shares), is_sure, shares)


def _shares(
    rates: Mapping[str, Decimal], bases: Mapping[str, Decimal], vats: Mapping[str, Decimal]
) -> Iterator[VatShare]:
    """By percentage. VAT is rounded code by code (section 7.6)."""
    for rate in sorted(set(rates.values())):
        codes = [code for code in rates if rates[code] == rate]
        vat = total(round_half_away(vats[code]) for code in codes)
        yield VatShare(rate.normalize(), total(bases[code] for code in codes), vat)


def _line(line: Mapping[str, Any], tables: Tables) -> Decimal:
    quantity, price = _number(line, "Qty"), _number(line, "Price")
    item = tables.items.get(str(line.get("Item") or ""))
    if item is not None:
        # Quantities are kept with the item's decimals (section 9.4); preflight sees to it that these are two.
        quantity = quantity.quantize(Decimal(1).scaleb(-item.decimals), ROUND_HALF_UP)
    if not quantity * price:
        return _number(line, "Total")
    return quantity * price * (1 - _number(line, "DiscountPct") / HUNDRED)


def is_plain(order: Mapping[str, Any]) -> bool:
    """Whether nothing on the order itself changes what its lines come to (section 7.4)."""
    return not (order.get("EndDiscountPct") or order.get("PricesInclVat") or order.get("Vat"))


def _code(line: Mapping[str, Any], debtor: Mapping[str, Any], tables: Tables) -> str:
    """The line's own VAT code, else the debtor's, else that of the group that the sale follows, in the debtor's
    zone."""
    if own := line.get("Vat") or debtor.get("Vat"):
        return str(own)
    debtors = tables.debtor_groups.get(str(debtor.get("Group") or ""))
    item = tables.items.get(str(line.get("Item") or ""))
    items = tables.item_groups.get(item.group) if item is not None else None
    group = debtors if items is None or (debtors is not None and debtors.follows_debtor) else items
    return group.code(slot_of(debtor.get("VatZone"))) if group is not None else ""


def _is_half(exact: Decimal) -> bool:
    """Whether a half øre decides how it is rounded."""
    return abs(abs(exact) * HUNDRED % 1 - Decimal("0.5")) < NO_DECIMALS


def _number(line: Mapping[str, Any], name: str) -> Decimal:
    value = line.get(name)
    return ZERO if value in (None, "") else Decimal(str(value))
