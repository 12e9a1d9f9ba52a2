"""The history is append-only and a changed or missing row shows (P19, X-4)."""

from __future__ import annotations

from contextlib import closing

import psycopg2
import pytest

from ledgerbridge.records import Module
from ledgerbridge.store import history
from ledgerbridge.store.database import transaction
from sandbox.grounds import Firm, Grounds, customer, invoice


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    gerda = customer(701)
    firm = grounds.firm([gerda], [invoice(1, gerda), invoice(2, gerda)])
    for module in Module:
        firm.company.deliver(module, validated=False)
    return firm


def _check(firm: Firm) -> list[tuple[int, str]]:
    with closing(firm.company.store()) as store:
        return [(broken.entry_id, broken.what) for broken in history.check(store)]


@pytest.mark.spec("X-4", "P19")
@pytest.mark.parametrize("change", ["UPDATE history SET actor = 'x'", "DELETE FROM history", "TRUNCATE history"])
@pytest.mark.parametrize("table", ["history", "history_seal"])
def test_the_database_refuses_to_change_it(firm: Firm, change: str, table: str) -> None:
    statement = change.replace("history", table).replace(
        "actor = 'x'", "entry_id = 1" if "seal" in table else "actor = 'x'"
    )
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only"):
        firm.ours(statement)


@pytest.mark.spec("X-4")
def test_it_tells_a_transfers_whole_story(firm: Firm) -> None:
    events = firm.ours(
        "SELECT event, actor, run_id FROM history WHERE module = 'invoices' AND source_id = '1' ORDER BY entry_id"
    )
    assert [event for event, *_ in events] == ["sent", "answered", "draft", "sent", "answered", "booked"]
    assert all(actor and run_id for _, actor, run_id in events)
    bodies = firm.ours("SELECT sent, answered FROM history WHERE event IN ('sent', 'answered') AND source_id = '1'")
    assert all(sent or answered for sent, answered in bodies)


@pytest.mark.spec("P19")
def test_an_entry_that_commits_late_is_sealed_as_well(firm: Firm) -> None:
    with closing(firm.company.store()) as slow, closing(firm.company.store()) as quick:
        with transaction(slow):
            history.append(slow, integration=firm.name, event="late", actor="x")
            history.append(quick, integration=firm.name, event="early", actor="x")
            assert history.seal(quick) == 1
        assert history.seal(quick) == 1
        assert history.check(quick) == []


def test_a_transaction_that_failed_leaves_the_connection_usable(firm: Firm) -> None:
    with closing(firm.company.store()) as store:
        with pytest.raises(psycopg2.errors.DivisionByZero), transaction(store), store.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        history.append(store, integration=firm.name, event="after", actor="x")
    assert firm.ours("SELECT count(*) FROM history WHERE event = 'after'") == [(1,)]
