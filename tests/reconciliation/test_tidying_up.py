"""What is too old goes at the end of a reconciliation, and never at its cost."""

from __future__ import annotations

import logging
from datetime import date

import pytest

from ledgerbridge.comparing.run import Reconciled, reconcile
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

BO = customer(503)


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    firm = grounds.firm([BO], [invoice(1, BO)])
    for module in Module:
        firm.company.deliver(module, validated=False)
    return firm


def compared(firm: Firm) -> Reconciled:
    with firm.company.workplace("reconciliation") as workplace:
        return reconcile(workplace, Period(date(2026, 1, 1), None))


def changes(firm: Firm) -> list[str]:
    return [source_id for (source_id,) in firm.source("SELECT source_id FROM ledgerbridge.change ORDER BY change_id")]


def test_pairs_that_agree_are_kept_of_the_last_two_only(firm: Firm) -> None:
    made = [compared(firm).invoices.reconciliation_id for _ in range(3)]
    kept = firm.ours(
        "SELECT DISTINCT reconciliation_id FROM reconciliation_item JOIN reconciliation USING (reconciliation_id) "
        "WHERE kind = 'invoices' ORDER BY 1"
    )
    assert [number for (number,) in kept] == made[1:]


def test_changes_older_than_a_month_leave_the_source(firm: Firm) -> None:
    assert changes(firm) == ["503", "1"]
    firm.source("UPDATE ledgerbridge.change SET changed_at = changed_at - interval '29 days'")
    firm.source("UPDATE ledgerbridge.change SET changed_at = changed_at - interval '2 days' WHERE source_id = '503'")
    compared(firm)
    assert changes(firm) == ["1"]


def test_a_right_that_is_missing_for_it_costs_no_reconciliation(firm: Firm, caplog: pytest.LogCaptureFixture) -> None:
    firm.source("DROP FUNCTION ledgerbridge.prune_changes(interval)")
    with caplog.at_level(logging.WARNING):
        result = compared(firm)
    assert result.invoices.counts == {"agrees": 1}
    assert "old changes stay in the source" in caplog.text


def test_a_source_without_triggers_has_no_table_of_changes(firm: Firm, caplog: pytest.LogCaptureFixture) -> None:
    polling = firm.with_settings(source={"change_capture": "polling"})
    polling.source("DROP SCHEMA ledgerbridge CASCADE")
    with caplog.at_level(logging.WARNING):
        assert compared(polling).invoices.counts == {"agrees": 1}
    assert caplog.text == ""
