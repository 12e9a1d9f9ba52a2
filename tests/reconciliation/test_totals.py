"""Control totals are the sums of what was compared, exactly; every record of the source is accounted for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerbridge.money import ZERO
from ledgerbridge.reconciliation.classify import classify_invoice
from ledgerbridge.reconciliation.facts import Amounts, SourceInvoiceFact, State, TargetInvoiceFact, VatGroup, VatPart
from ledgerbridge.reconciliation.kinds import InvoiceClass, Standing
from ledgerbridge.reconciliation.totals import (
    ACCOUNTED_STATES,
    Sum,
    Tally,
    Totals,
    account_key,
    sum_of,
    totals_from_json,
    totals_to_json,
)
from ledgerbridge.reconciliation.vat_parts import split_alone, split_pair

from . import sample
from .strategies import source_facts, targets_of

Pairs = list[tuple[SourceInvoiceFact, list[TargetInvoiceFact]]]

pairs_of_a_period: st.SearchStrategy[Pairs] = st.lists(
    source_facts().flatmap(lambda fact: st.tuples(st.just(fact), targets_of(fact))),
    max_size=8,
    unique_by=lambda pair: pair[0].source_id,
)


def tally(pairs: Sequence[tuple[SourceInvoiceFact | None, Sequence[TargetInvoiceFact]]]) -> Totals:
    result = Tally()
    in_source: dict[tuple[str, str], Sum] = defaultdict(Sum)
    for source, targets in pairs:
        result.add(source, targets, classify_invoice(source, targets))
        if source:
            in_source[account_key(source)] = in_source[account_key(source)].plus(source.amounts)
    return result.totals(dict(in_source))


@pytest.mark.spec("P17", "X-1")
@settings(deadline=None, max_examples=60)
@given(pairs=pairs_of_a_period)
def test_the_states_add_up_to_what_the_source_has(pairs: Pairs) -> None:
    totals = tally(pairs)
    unsettled = [fact for fact, _ in pairs if fact.state in {State.STAGED, State.SENDING}]
    unsettled += [fact for fact, _ in pairs if fact.state is None and fact.is_approved]
    # The identity holds exactly where every record is in one of the named states.
    broken = {account_key(fact) for fact in unsettled}
    for row in totals.account:
        assert row.holds == ((row.month, row.currency) not in broken)
    assert sum_of([row.source for row in totals.account]).count == len(pairs)


@pytest.mark.spec("P17")
def test_a_lost_or_doubled_record_shows() -> None:
    fact = sample.source(1, sample.dkk("100.00"))
    key = account_key(fact)
    result = Tally()
    result.add(fact, [sample.target(fact)], classify_invoice(fact, [sample.target(fact)]))
    once = Sum().plus(fact.amounts)
    assert result.totals({key: once}).is_complete
    assert not result.totals({key: once.plus(fact.amounts)}).is_complete
    assert not result.totals({key: Sum(1, replace(fact.amounts, vat=fact.amounts.vat + Decimal("0.01")))}).is_complete
    assert not result.totals({}).is_complete


def _is_left_out(source: SourceInvoiceFact, targets: list[TargetInvoiceFact]) -> bool:
    """A person has set it aside, and nothing but its one draft stands there."""
    return source.state is State.IGNORED and source.was_sent and len(targets) == 1 and targets[0].is_draft


@pytest.mark.spec("X-1")
@settings(deadline=None, max_examples=60)
@given(pairs=pairs_of_a_period)
def test_control_totals_are_the_sums_of_both_sides(pairs: Pairs) -> None:
    totals = tally(pairs)
    compared = [
        (source, targets)
        for source, targets in pairs
        if not _is_left_out(source, targets)
        and (targets or classify_invoice(source, targets).standing is not Standing.NOT_DELIVERED)
    ]
    for row in totals.control:
        if row.group is not None:
            continue
        expected = [source for source, _ in compared if source.currency == row.currency]
        shown = [target for _, targets in compared for target in targets if target.currency == row.currency]
        assert row.source == sum_of([Sum().plus(each.amounts) for each in expected])
        assert row.target == sum_of([Sum().plus(each.amounts) for each in shown])


@pytest.mark.spec("X-1")
@settings(deadline=None, max_examples=60)
@given(pairs=pairs_of_a_period)
def test_vat_codes_add_up_to_their_currency(pairs: Pairs) -> None:
    totals = tally(pairs)
    for row in totals.control:
        if row.group is not None:
            continue
        parts = [part for part in totals.control if part.currency == row.currency and part.group is not None]
        for side in ("source", "target"):
            summed = sum_of([getattr(part, side) for part in parts]).amounts
            whole = getattr(row, side).amounts
            assert (summed.net, summed.vat) == (whole.net, whole.vat)


@pytest.mark.spec("X-1")
@settings(deadline=None, max_examples=60)
@given(pairs=pairs_of_a_period)
def test_totals_survive_being_stored(pairs: Pairs) -> None:
    totals = tally(pairs)
    text = totals_to_json(totals)
    assert totals_from_json(text) == totals
    assert '"net":"' in text or not totals.control  # as text, never as a JSON number


def test_sums_that_a_double_would_spoil() -> None:
    ours = [sample.source(number, Amounts(Decimal("0.10"), ZERO, Decimal("0.10"))) for number in range(3)]
    great = sample.source(9, Amounts(Decimal("9007199254740993.01"), ZERO, Decimal("9007199254740993.01")))
    totals = tally([(fact, [sample.target(fact)]) for fact in [*ours, great]])
    assert totals.control[0].source.amounts.net == Decimal("9007199254740993.31")
    off = replace(great.amounts, net=great.amounts.net + Decimal("0.01"))
    assert classify_invoice(great, [sample.target(great, amounts=off)]).main is not InvoiceClass.AGREES


def test_what_is_not_delivered_is_not_expected_in_the_target() -> None:
    waiting = sample.source(1, sample.dkk("100.00"), state=State.WAITING, delivered=None, number_in_source=None)
    assert tally([(waiting, [])]).control == ()


def test_what_was_made_by_hand_is_counted_aside() -> None:
    by_hand = sample.target(sample.source(1, sample.dkk("100.00")), locator=None)
    totals = tally([(None, [by_hand])])
    assert totals.control == ()
    assert totals.made_in_target == {"DKK": Sum(1, sample.dkk("100.00"))}


def test_the_sum_of_differences_has_no_sign() -> None:
    low, high = sample.source(1, sample.dkk("100.00")), sample.source(2, sample.dkk("100.00"))
    pairs = [
        (low, [sample.target(low, amounts=sample.dkk("90.00"))]),
        (high, [sample.target(high, amounts=sample.dkk("110.00"))]),
    ]
    assert tally(pairs).differences == {"DKK": Sum(2, Amounts(gross=Decimal("25.00")))}


def test_the_base_currency_is_compared_only_where_both_sides_state_it() -> None:
    known, unknown = sample.source(1, sample.dkk("100.00")), sample.source(2, sample.dkk("200.00"))
    totals = tally([(known, [sample.target(known)]), (unknown, [sample.target(unknown, base_amounts=None)])])
    assert totals.base is not None
    assert totals.base.agrees
    assert totals.base.source.count == 1
    assert totals.base_left_out == 1


class TestSplit:
    MIXED = Amounts(Decimal("9450.00"), Decimal("1300.00"), Decimal("10750.00"))
    PARTS = (
        VatPart(group=VatGroup.STANDARD, rate=Decimal(25), net=Decimal("5200.00"), vat=Decimal("1300.00")),
        VatPart(group=VatGroup.EXEMPT, rate=Decimal(0), net=Decimal("4250.00"), vat=ZERO),
    )

    def mixed(self) -> SourceInvoiceFact:
        return sample.source(1, self.MIXED, vat_parts=self.PARTS)

    def test_rates_take_the_sources_groups(self) -> None:
        rates = tuple(replace(part, group=None, rate=part.rate and part.rate * Decimal("1.00")) for part in self.PARTS)
        ours, theirs = split_pair(self.mixed(), sample.target(self.mixed(), vat_parts=rates))
        assert ours == theirs
        assert set(ours) == {VatGroup.STANDARD, VatGroup.EXEMPT}

    def test_a_silent_target_is_divided_only_where_there_is_nothing_to_divide(self) -> None:
        assert set(split_pair(self.mixed(), sample.target(self.mixed()))[1]) == {VatGroup.UNSPLIT}
        one = sample.source(2, sample.dkk("100.00"))
        assert set(split_pair(one, sample.target(one))[1]) == {VatGroup.STANDARD}

    def test_a_rate_that_the_source_does_not_have_is_not_guessed(self) -> None:
        odd = (VatPart(rate=Decimal(12), net=self.MIXED.net, vat=self.MIXED.vat),)
        ours, theirs = split_pair(self.mixed(), sample.target(self.mixed(), vat_parts=odd))
        assert set(ours) == set(theirs) == {VatGroup.UNSPLIT}

    def test_unrounded_vat_of_the_lines_is_laid_on_the_greatest_group(self) -> None:
        # economic 5.3: lines with 103.5725 and 11.50, the document with 115.07.
        whole = Amounts(Decimal("460.29"), Decimal("115.07"), Decimal("575.36"))
        parts = (
            VatPart(group=VatGroup.STANDARD, net=Decimal("414.29"), vat=Decimal("103.5725")),
            VatPart(group=VatGroup.EXPORT, net=Decimal("46.00"), vat=Decimal("11.50")),
        )
        split = split_alone(parts, whole)
        assert sum((each.vat for each in split.values()), start=ZERO) == whole.vat
        assert split[VatGroup.STANDARD].vat == Decimal("103.57")

    def test_parts_that_do_not_add_up_are_not_used(self) -> None:
        assert set(split_alone(self.PARTS, sample.dkk("1.00"))) == {VatGroup.UNSPLIT}


def test_accounted_states_are_those_of_the_promise() -> None:
    assert ACCOUNTED_STATES == ("delivered", "waiting", "rejected", "in_doubt", "ignored", "withdrawn")
