"""Generated facts: any state, any amounts, and counterparts that differ in any way."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from ledgerbridge.reconciliation.facts import (
    Amounts,
    Delivered,
    SourceInvoiceFact,
    State,
    TargetInvoiceFact,
    VatGroup,
    VatPart,
)

from . import sample

__all__ = ["amounts", "source_facts", "targets_of"]

_ore = st.integers(-(10**15), 10**15).map(lambda ore: Decimal(ore).scaleb(-2))
_groups = st.sampled_from([group for group in VatGroup if group is not VatGroup.UNSPLIT])
_numbers = st.none() | st.integers(1, 10**6).map(str)


@st.composite
def amounts(draw: st.DrawFn) -> Amounts:
    """Up to ten million millions in either direction, to the øre: no double holds all of them."""
    net, vat = draw(_ore), draw(_ore)
    return Amounts(net, vat, net + vat)


@st.composite
def source_facts(draw: st.DrawFn) -> SourceInvoiceFact:
    """An invoice in any state; its VAT parts add up."""
    whole = draw(amounts())
    first = draw(amounts())
    rest = whole - first
    groups = draw(st.lists(_groups, min_size=2, max_size=2, unique=True))
    parts = (
        VatPart(group=groups[0], rate=Decimal(25), net=first.net, vat=first.vat),
        VatPart(group=groups[1], rate=Decimal(0), net=rest.net, vat=rest.vat),
    )
    state = draw(st.none() | st.sampled_from(list(State)))
    delivered = Delivered(
        draft_number=draw(_numbers), booked_number=draw(_numbers), amounts=draw(st.none() | st.just(whole))
    )
    fact = sample.source(draw(st.integers(1, 10**6)), whole)
    return replace(
        fact,
        invoice_date=draw(st.dates(date(2026, 1, 1), date(2026, 3, 31))),
        currency=draw(st.sampled_from(["DKK", "EUR"])),
        vat_parts=draw(st.sampled_from([parts, fact.vat_parts, ()])),
        is_approved=draw(st.booleans()),
        is_current=draw(st.booleans()),
        state=state,
        delivered=draw(st.none() | st.just(delivered)),
        number_in_source=draw(_numbers),
        accepted_difference=draw(st.sampled_from([Decimal("0.00"), Decimal("0.05")])),
    )


@st.composite
def targets_of(draw: st.DrawFn, source: SourceInvoiceFact) -> list[TargetInvoiceFact]:
    """None, one or two documents with the source's locator, alike or not."""
    targets = []
    for place in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
        changes: dict[str, object] = {"number": f"{source.source_id.removeprefix('inv-')}{place}"}
        changes["is_draft"] = draw(st.booleans())
        changes["vat_parts"] = draw(st.none() | st.just(source.vat_parts or None))
        if draw(st.booleans()):
            changes["amounts"] = draw(amounts())
        if draw(st.booleans()):
            changes["currency"] = draw(st.sampled_from(["DKK", "EUR"]))
        if draw(st.booleans()):
            changes["customer_number"] = draw(st.sampled_from(["1", None]))
        if draw(st.booleans()):
            changes["due_date"] = draw(st.none() | st.just(date(2026, 5, 5)))
        targets.append(sample.target(source, **changes))
    return sorted(targets, key=lambda target: target.is_draft)
