"""Both sides through the database: how they find each other, and what is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings

from ledgerbridge.reconciliation.classify import classify_invoice
from ledgerbridge.reconciliation.compare import (
    ReconciliationResult,
    load_result,
    reconcile_invoices,
)
from ledgerbridge.reconciliation.facts import (
    Amounts,
    Delivered,
    Period,
    SourceInvoiceFact,
    State,
    TargetInvoiceFact,
)
from ledgerbridge.reconciliation.report_parts import invoice_items
from ledgerbridge.reconciliation.staging import Lookups
from ledgerbridge.store import reconciliations as store
from ledgerbridge.store.database import Connection, transaction

from . import sample
from .test_totals import Pairs, pairs_of_a_period, tally


def compare(
    connection: Connection,
    sources: Iterable[SourceInvoiceFact],
    targets: Iterable[TargetInvoiceFact],
    lookups: Lookups | None = None,
) -> ReconciliationResult:
    return reconcile_invoices(
        connection, "nordlys", sample.PERIOD, sources, targets, run_id="run", now=sample.NOW, lookups=lookups
    )


ONE = sample.source(1, sample.dkk("100.00"))
DRAFT = replace(ONE, number_in_source=None, delivered=Delivered(draft_number="501", amounts=ONE.amounts))


@pytest.mark.spec("X-1", "P17")
def test_one_of_every_kind(connection: Connection) -> None:
    result = compare(connection, *sample.invoices())
    assert result.counts["twice_in_target"] == 1
    assert result.counts["missing_in_source"] == 1
    assert result.counts["made_in_target"] == 2
    assert sum(result.counts.values()) == result.compared + 2
    assert not result.agrees
    assert load_result(connection, result.reconciliation_id) == result


@pytest.mark.spec("X-1", "P17")
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=pairs_of_a_period)
def test_the_database_loses_doubles_and_changes_nothing(connection: Connection, pairs: Pairs) -> None:
    targets = [target for _, targets in pairs for target in targets]
    # Two documents of the target never have the same number; generated ones may.
    targets = list(
        {(target.is_draft, target.number): replace(target, order_number=None) for target in targets}.values()
    )
    ours = [source for source, _ in pairs]
    result = compare(connection, ours, sorted(targets, key=lambda target: not target.is_draft))
    joined = {
        source.source_id: sorted(
            (target for target in targets if target.locator == source.locator),
            key=lambda target: (target.is_draft, len(target.number), target.number),
        )
        for source in ours
    }
    expected = {source.source_id: classify_invoice(source, joined[source.source_id]) for source in ours}
    stored = {
        item.source.source_id: item for item in invoice_items(connection, result.reconciliation_id) if item.source
    }
    assert {key: item.judgement for key, item in stored.items()} == expected
    assert {key: item.source for key, item in stored.items()} == {source.source_id: source for source in ours}
    assert {key: list(item.targets) for key, item in stored.items()} == joined
    assert result.totals == tally([(source, joined[source.source_id]) for source in ours])


def test_amounts_come_back_digit_by_digit(connection: Connection) -> None:
    amounts = Amounts(Decimal("12345678901234567.89"), Decimal("0.10"), Decimal("12345678901234567.99"))
    fact = replace(ONE, amounts=amounts, base_amounts=amounts, exchange_rate=Decimal("743.914941"), vat_parts=())
    result = compare(connection, [fact], [sample.target(fact)])
    (item,) = invoice_items(connection, result.reconciliation_id)
    assert item.source == fact
    assert str(item.targets[0].amounts.net) == "12345678901234567.89"
    assert result.totals.account[0].source.amounts == amounts  # added up by the database, as numeric


class TestFindingEachOther:
    @pytest.mark.parametrize(
        ("source", "target"),
        [
            (ONE, sample.target(ONE, number="999", order_number=None)),  # by locator alone
            (ONE, sample.target(ONE, locator=None, order_number=None)),  # by booked number
            (DRAFT, sample.target(DRAFT, locator=None)),  # by draft number
            (DRAFT, sample.target(ONE, locator=None)),  # booked by hand; by the number it had as a draft
        ],
    )
    def test_a_counterpart_is_found(
        self, connection: Connection, source: SourceInvoiceFact, target: TargetInvoiceFact
    ) -> None:
        result = compare(connection, [source], [target])
        (item,) = invoice_items(connection, result.reconciliation_id)
        assert item.targets == (target,)
        assert item.source == source

    def test_a_draft_number_that_is_used_again_is_not_ours(self, connection: Connection) -> None:
        stranger = sample.target(DRAFT, locator=None, customer_number="77")
        assert compare(connection, [DRAFT], [stranger]).counts == {"deleted_in_target": 1, "made_in_target": 1}

    def test_the_locator_goes_before_the_number(self, connection: Connection) -> None:
        other = sample.target(ONE, locator=None, amounts=sample.dkk("7.00"))
        ours = sample.target(ONE, number="999", order_number=None)
        assert compare(connection, [ONE], [other, ours]).counts == {"number": 1, "made_in_target": 1}

    def test_the_same_document_on_two_pages_is_one(self, connection: Connection) -> None:
        target = sample.target(ONE)
        assert compare(connection, [ONE, ONE], [target, target]).counts == {"agrees": 1}
        pages = [target, *(sample.target(sample.source(n, ONE.amounts)) for n in range(2, 1200)), target]
        assert compare(connection, [ONE], pages).counts == {"agrees": 1, "missing_in_source": 1198}

    def test_a_draft_that_is_booked_while_both_are_read_is_one(self, connection: Connection) -> None:
        draft, booked = sample.target(DRAFT), sample.target(ONE)
        assert booked.order_number == draft.number
        assert compare(connection, [ONE], [draft, booked]).counts == {"agrees": 1}

    def test_a_locator_that_stands_twice_is_one_item(self, connection: Connection) -> None:
        result = compare(connection, [ONE], [sample.target(ONE), sample.target(ONE, number="30950", order_number=None)])
        assert result.counts == {"twice_in_target": 1}
        (item,) = invoice_items(connection, result.reconciliation_id)
        assert [target.number for target in item.targets] == ["30001", "30950"]


class TestTheEdgeOfThePeriod:
    def test_a_record_dated_outside_on_one_side_is_asked_for(self, connection: Connection) -> None:
        december = sample.target(ONE, invoice_date=date(2026, 12, 1))
        autumn = replace(sample.source(2, sample.dkk("50.00")), invoice_date=date(2026, 10, 31))
        asked: list[list[str]] = []

        def targets(facts: list[SourceInvoiceFact]) -> Iterator[TargetInvoiceFact]:
            asked.append([fact.source_id for fact in facts])
            yield december

        def sources(locators: list[str]) -> Iterator[SourceInvoiceFact]:
            asked.append(locators)
            yield autumn

        found_here = sample.target(autumn, invoice_date=date(2026, 11, 1))
        result = compare(connection, [ONE], [found_here], Lookups(targets, sources))
        assert asked == [["inv-1"], ["prod-nordlys-inv-2"]]
        assert result.counts == {"date": 2}
        assert [row.month for row in result.totals.account] == ["2026-11"]  # October is not this period's account
        assert result.totals.is_complete

    def test_what_was_never_delivered_is_not_asked_for(self, connection: Connection) -> None:
        waiting = replace(ONE, state=State.WAITING, delivered=None)

        def targets(_: list[SourceInvoiceFact]) -> Iterator[TargetInvoiceFact]:
            raise AssertionError

        assert compare(connection, [waiting], [], Lookups(targets=targets)).counts == {"waiting": 1}


class TestWhatIsSentMeanwhile:
    UNSENT = replace(ONE, state=None, delivered=None, number_in_source=None, was_sent=False)

    def test_what_was_sent_after_the_source_was_read_is_read_again(self, connection: Connection) -> None:
        asked: list[list[str]] = []

        def again(source_ids: list[str]) -> Iterator[SourceInvoiceFact]:
            asked.append(source_ids)
            yield ONE

        absent = replace(self.UNSENT, source_id="inv-2", locator="prod-nordlys-inv-2")
        result = compare(connection, [self.UNSENT, absent], [sample.target(ONE)], Lookups(again=again))
        assert asked == [["inv-1"]]
        assert result.counts == {"agrees": 1, "missing_in_target": 1}

    def test_what_is_unknown_when_it_is_read_again_is_a_difference(self, connection: Connection) -> None:
        lookups = Lookups(again=lambda _: [self.UNSENT])
        result = compare(connection, [self.UNSENT], [sample.target(ONE)], lookups)
        assert result.counts == {"unknown_here": 1}
        assert not result.agrees


class TestWhatIsKept:
    def test_a_reader_that_fails_leaves_nothing_and_the_next_run_works(self, connection: Connection) -> None:
        def fails() -> Iterator[TargetInvoiceFact]:
            yield sample.target(ONE)
            raise ConnectionError

        with pytest.raises(ConnectionError):
            compare(connection, [ONE], fails())
        assert store.latest(connection, "nordlys", "invoices") == []
        assert compare(connection, [ONE], [sample.target(ONE)]).agrees

    def test_the_readers_may_use_the_same_connection(self, connection: Connection) -> None:
        def reads() -> Iterator[SourceInvoiceFact]:
            with transaction(connection), connection.cursor() as cursor:
                cursor.execute("SELECT 1 AS one")
                yield ONE

        assert compare(connection, reads(), [sample.target(ONE)]).agrees

    def test_a_comparison_that_fails_half_way_leaves_nothing(
        self, connection: Connection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_: object, **__: object) -> None:
            raise ConnectionError

        with monkeypatch.context() as patched:
            patched.setattr(store, "finish", fails)
            with pytest.raises(ConnectionError):
                compare(connection, [ONE], [sample.target(ONE)])
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) AS rows FROM reconciliation")
            assert cursor.fetchall() == [{"rows": 0}]
        assert compare(connection, [ONE], [sample.target(ONE)]).agrees

    def test_inside_the_callers_transaction_nothing_is_committed(self, connection: Connection) -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            assert compare(connection, [ONE], [sample.target(ONE)]).agrees
            assert compare(connection, [ONE], []).counts == {"missing_in_target": 1}
            cursor.execute("ROLLBACK")
        assert store.latest(connection, "nordlys", "invoices") == []

    def test_nothing_to_compare(self, connection: Connection) -> None:
        result = reconcile_invoices(connection, "nordlys", Period(), [], [], run_id="run", now=sample.NOW)
        assert result.agrees
        assert result.compared == 0

    def test_a_nul_that_somebody_typed_is_no_obstacle(self, connection: Connection) -> None:
        named = replace(ONE, customer_name="a\0b")
        result = compare(connection, [named], [])
        (item,) = invoice_items(connection, result.reconciliation_id)
        assert item.customer_name == "a\ufffdb"

    def test_pruning_keeps_differences_counts_and_the_newest(self, connection: Connection) -> None:
        results = [compare(connection, [ONE, sample.source(2, ONE.amounts)], [sample.target(ONE)]) for _ in range(4)]
        store.prune(connection, "nordlys", full=1)
        kept = [len(list(store.items(connection, result.reconciliation_id))) for result in results]
        assert kept == [1, 1, 1, 2]
        assert load_result(connection, results[0].reconciliation_id) == results[0]
