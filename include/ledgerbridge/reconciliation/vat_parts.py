"""How a document's amounts divide among the VAT groups, on either side.

A target may tell only rates, or nothing at all (``economic`` 3.8: the list of booked invoices has no
lines). What cannot be known is not guessed: it goes to ``UNSPLIT``, on both sides of the pair, so that
a control total never shows a difference that is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from ledgerbridge.money import CENT, ZERO, round_half_away, total
from ledgerbridge.reconciliation.facts import Amounts, SourceInvoiceFact, TargetInvoiceFact, VatGroup, VatPart

__all__ = ["Split", "split_alone", "split_pair"]

Split = Mapping[VatGroup, Amounts]


def split_pair(source: SourceInvoiceFact, target: TargetInvoiceFact) -> tuple[Split, Split]:
    """Both sides of a pair by VAT group; all in ``UNSPLIT`` when either side cannot be divided.

    A target's part without a group takes the group that the source has at the same rate, if it is the
    only one there. A target that tells nothing is divided only where there is nothing to divide, that
    is when the source has one group.
    """
    ours = _divided(source.vat_parts, source.amounts)
    groups = {part.group for part in source.vat_parts}
    if target.vat_parts is not None:
        theirs = _divided([_with_group(part, source.vat_parts) for part in target.vat_parts], target.amounts)
    elif len(groups) == 1:
        theirs = _divided([VatPart(group=groups.pop(), net=target.amounts.net, vat=target.amounts.vat)], target.amounts)
    else:
        theirs = None
    if ours is None or theirs is None:
        return _whole(source.amounts), _whole(target.amounts)
    return ours, theirs


def split_alone(parts: Sequence[VatPart] | None, amounts: Amounts) -> Split:
    """A document that has no other side."""
    return _divided(parts or (), amounts) or _whole(amounts)


def _whole(amounts: Amounts) -> Split:
    return {VatGroup.UNSPLIT: amounts}


def _divided(parts: Iterable[VatPart], amounts: Amounts) -> Split | None:
    """The groups' amounts, which sum to the document's net and VAT; nothing if the parts do not add up.

    The parts' VAT may be unrounded where the document's is rounded once (``economic`` 5.3: booked lines
    carry four decimals). The greatest group then takes what rounding leaves, less than an øre per group.
    """
    net: dict[VatGroup, Decimal] = {}
    vat: dict[VatGroup, Decimal] = {}
    for part in parts:
        if part.group is None or part.group is VatGroup.UNSPLIT:
            return None
        net[part.group] = net.get(part.group, ZERO) + part.net
        vat[part.group] = vat.get(part.group, ZERO) + part.vat
    if not net or total(net.values()) != amounts.net or abs(total(vat.values()) - amounts.vat) >= CENT * len(net):
        return None
    greatest = max(vat, key=lambda group: abs(vat[group]))
    rounded = {group: round_half_away(amount) for group, amount in vat.items()}
    rounded[greatest] += amounts.vat - total(rounded.values())
    return {group: Amounts(net[group], rounded[group], net[group] + rounded[group]) for group in net}


def _with_group(part: VatPart, known: Iterable[VatPart]) -> VatPart:
    if part.group is not None:
        return part
    groups = {each.group for each in known if each.rate is not None and each.rate == part.rate}
    return VatPart(group=groups.pop() if len(groups) == 1 else None, rate=part.rate, net=part.net, vat=part.vat)
