"""Customers: joined by the link, each mapped field beside its counterpart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerbridge.reasons import Language, Reason
from ledgerbridge.reconciliation.compare import reconcile_customers
from ledgerbridge.reconciliation.customers import classify_customer
from ledgerbridge.reconciliation.facts import FieldOwner, SourceCustomerFact, TargetCustomerFact
from ledgerbridge.reconciliation.kinds import CustomerClass, Standing, main_class
from ledgerbridge.reconciliation.report_parts import customer_items
from ledgerbridge.reconciliation.wording import Wording
from ledgerbridge.store.database import Connection

from . import sample

OWNERS = {"name": FieldOwner.SOURCE, "group": FieldOwner.TARGET}
OURS = SourceCustomerFact(source_id="c", customer_number="5", name="A", fields={"name": "A"}, target_number="5")
THEIRS = TargetCustomerFact(number="5", name="A", fields={"name": "A"})
UNLINKED = replace(OURS, target_number=None)
WAITS = Reason("reconciliation_unlinked", {"customer_number": "5", "name": "A"})
IN_DANISH = Wording(Language.DANISH, "ClientTime", "e-conomic")


@pytest.mark.spec("X-1")
@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (OURS, THEIRS, CustomerClass.AGREES),
        (
            replace(OURS, fields={"name": "A", "group": ""}),
            replace(THEIRS, fields={"name": " A ", "group": None}),
            CustomerClass.AGREES,
        ),
        (OURS, replace(THEIRS, fields={"name": "B"}), CustomerClass.FIELD_DIFFERS),
        (OURS, replace(THEIRS, fields={"name": "A", "unmapped": "x"}), CustomerClass.AGREES),
        (OURS, None, CustomerClass.LINK_BROKEN),
        (replace(OURS, link_is_broken=True), replace(THEIRS, fields={"name": "B"}), CustomerClass.LINK_BROKEN),
        (OURS, replace(THEIRS, barred=True), CustomerClass.BARRED),
        (UNLINKED, None, CustomerClass.MISSING_IN_TARGET),
        (replace(UNLINKED, reason=WAITS), None, CustomerClass.UNLINKED),
        (replace(OURS, deleted_in_source=True), THEIRS, CustomerClass.DELETED_IN_SOURCE),
        (replace(OURS, deleted_in_source=True), None, CustomerClass.AGREES),
        (None, THEIRS, CustomerClass.MISSING_IN_SOURCE),
    ],
)
def test_each_class(
    source: SourceCustomerFact | None, target: TargetCustomerFact | None, expected: CustomerClass
) -> None:
    assert classify_customer(source, target, OWNERS).main is expected


def test_neither_side_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one side"):
        classify_customer(None, None, OWNERS)


@settings(deadline=None)
@given(
    source=st.none()
    | st.builds(
        SourceCustomerFact,
        source_id=st.just("c"),
        customer_number=st.just("5"),
        fields=st.dictionaries(st.sampled_from(["name", "group"]), st.none() | st.text(max_size=3)),
        target_number=st.none() | st.just("5"),
        deleted_in_source=st.booleans(),
        link_is_broken=st.booleans(),
        reason=st.none() | st.just(WAITS),
    ),
    target=st.builds(
        TargetCustomerFact,
        number=st.just("5"),
        fields=st.dictionaries(st.sampled_from(["name", "group"]), st.none() | st.text(max_size=3)),
        barred=st.booleans(),
    ),
    links=st.integers(1, 3),
)
def test_every_pair_has_one_main_class(
    source: SourceCustomerFact | None, target: TargetCustomerFact, links: int
) -> None:
    judgement = classify_customer(
        source, target if source is None or source.target_number else None, OWNERS, links=links
    )
    assert judgement.main is main_class(judgement.classes)
    for finding in judgement.findings:
        assert IN_DANISH.reason(finding.reason).do


def test_the_sentence_says_whose_value_stands() -> None:
    drift = replace(THEIRS, fields={"name": "B", "group": "2"})
    name, group = classify_customer(OURS, drift, OWNERS).findings
    assert "overskrives ved næste ændring" in IN_DANISH.reason(name.reason).do
    assert "Regnskabet bestemmer" in IN_DANISH.reason(group.reason).do
    assert IN_DANISH.reason(group.reason).text == "Feltet »group« er »(tomt)« i tidssystemet og »2« i regnskabet."


@pytest.mark.spec("X-1")
def test_both_sides_through_the_database(connection: Connection) -> None:
    ours, theirs = sample.customers()
    result = reconcile_customers(
        connection,
        "nordlys",
        [*ours, ours[0]],
        [*theirs, theirs[0]],
        owners=sample.OWNERS,
        run_id="run",
        now=sample.NOW,
    )
    assert result.counts == {
        "agrees": 3,
        "barred": 1,
        "deleted_in_source": 1,
        "field_differs": 1,
        "link_broken": 2,
        "linked_twice": 2,
        "missing_in_source": 1,
        "missing_in_target": 1,
        "unlinked": 1,
    }
    assert result.how_many(Standing.DIFFERENCE) == 7
    assert [name for name, _ in result.totals.fields] == list(sample.OWNERS)
    items = list(customer_items(connection, result.reconciliation_id))
    assert [item.source.source_id for item in items if item.source and item.target is None] == ["c-7", "c-8", "c-9"]
