"""What posting an order will come to: Uniconta shows no totals beforehand (CT-19, sections 7.6 and 9.2).

Computed as it is documented: each line to two decimals, VAT per code on the sum of its lines. Which way a half øre
goes is not documented, so wherever one decides a figure, the result is not sure and the company has to be asked.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ledgerbridge.money import HUNDRED, ZERO, has_at_most_two_decimals, round_half_away, total
from ledgerbridge.target.contract import VatShare
from ledgerbridge.target.uniconta.resolved import Group, Item
from ledgerbridge.target.uniconta.zones import slot_of

__all__ = ["Foretold", "Tables", "amount", "foretell", "is_plain"]

_HALF_AN_OERE = Decimal("0.005")
_NO_DECIMALS = Decimal("1E-9")


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


@dataclass(frozen=True, slots=True)
class Tables:
    """What decides about VAT: percentages by code, groups, and the items of the lines."""

    vat: Mapping[str, Decimal]
    debtor_groups: Mapping[str, Group]
    item_groups: Mapping[str, Group]
    items: Mapping[str, Item]


def foretell(lines: Iterable[Mapping[str, Any]], debtor: Mapping[str, Any], tables: Tables) -> Foretold:
    """What these order lines come to for this debtor."""
    bases: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    by_source: dict[tuple[Decimal, str], Decimal] = defaultdict(lambda: ZERO)
    is_sure = True
    for line in lines:
        exact = _line(line, tables)
        is_sure = is_sure and not _is_half(exact)
        rate, source = _rate(line, debtor, tables)
        bases[rate] += round_half_away(exact)
        if exact:
            by_source[rate, source] += round_half_away(exact)
    vats = {rate: base * rate / HUNDRED for rate, base in bases.items()}
    is_sure = is_sure and not any(_is_half(vat) for vat in vats.values())
    # VAT is rounded code by code (section 7.6). Two sources of one percentage may have two codes, or one.
    codes = Counter(rate for rate, _ in by_source)
    several = (base * rate / HUNDRED for (rate, _), base in by_source.items() if codes[rate] > 1)
    is_sure = is_sure and all(has_at_most_two_decimals(vat) for vat in several)
    shares = tuple(VatShare(rate.normalize(), bases[rate], round_half_away(vats[rate])) for rate in sorted(bases))
    return Foretold(total(share.net for share in shares), total(share.vat for share in shares), is_sure, shares)


def amount(value: Any) -> Decimal:
    """A number of Uniconta's as what was meant: it computes in binary fractions, whose text may end in rubbish.

    Raises:
        TypeError: it is not a number.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        message = f"{value!r} is not an amount"
        raise TypeError(message)
    exact = Decimal(value)
    meant = exact.quantize(Decimal("0.01"))
    return meant if abs(exact - meant) < _NO_DECIMALS * max(Decimal(1), abs(exact)) else exact


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


def _rate(line: Mapping[str, Any], debtor: Mapping[str, Any], tables: Tables) -> tuple[Decimal, str]:
    """The line's own code, else the debtor's, else that of the group that the sale follows, in the debtor's zone.

    Its percentage, and what gives it.
    """
    for code in (line.get("Vat"), debtor.get("Vat")):
        if code:
            return tables.vat.get(str(code), ZERO), f"code {code}"
    slot = slot_of(debtor.get("VatZone"))
    debtors = tables.debtor_groups.get(str(debtor.get("Group") or ""))
    item = tables.items.get(str(line.get("Item") or ""))
    items = tables.item_groups.get(item.group) if item is not None else None
    group = debtors if items is None or (debtors is not None and debtors.follows_debtor) else items
    source = f"debtors {debtor.get('Group')}" if group is debtors or item is None else f"items {item.group}"
    return (group.rate(slot) if group is not None else None) or ZERO, source


def _is_half(exact: Decimal) -> bool:
    """Whether a half øre decides how it is rounded."""
    return abs(abs(exact) * HUNDRED % 1 - Decimal("0.5")) < _NO_DECIMALS


def _number(line: Mapping[str, Any], name: str) -> Decimal:
    value = line.get(name)
    return ZERO if value in (None, "") else Decimal(str(value))
