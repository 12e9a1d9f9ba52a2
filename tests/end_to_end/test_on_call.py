"""A revoked token, as on-call meets it: one red task that says why, no calls, Clear after the grant (P6, X-7)."""

from __future__ import annotations

import pytest
from branch import NORD, SYD
from office import Office

from sandbox.airflow_client import DagRun


def _revoked_run(office: Office, invoice: int) -> DagRun:
    """Revoke the token, approve an invoice; the run that fails for it."""
    north = office[NORD]
    office.quiet(NORD)
    office.control.revoke(north.agreement)
    north.mark()
    return office.next_run(f"{NORD}.invoices", lambda: north.approve(invoice), "failed")


@pytest.mark.spec("P6", "X-7", "X-2", "X-6")
def test_a_revoked_token_is_one_red_task_and_no_calls_until_it_is_back(synced: Office) -> None:
    office, north, south = synced, synced[NORD], synced[SYD]
    red = _revoked_run(office, 5102)
    assert office.states(red)["load"] == {"failed"}
    assert office.states(red)["settle"] == {"success"}
    log = office.log(red, "load", map_index=0)
    assert "[economic_grant_needed]" in log
    assert "Grant access again on the agreement" in log
    assert "Giv adgang igen på aftalen" in log
    after_red = north.calls()
    assert after_red <= 2  # each sender may have one on its way

    # Another event meets the hold: it is told in its log, calls nobody, and is not red as well.
    held = office.next_run(f"{NORD}.invoices", lambda: north.approve(5103))
    assert held.state == "success"
    told = office.log(held, "load", map_index=0)
    assert "[agreement_held]" in told
    assert "Giv adgang igen" in told
    assert north.newest_of("5103") == ("waiting", "run_stopped")
    scheduled = office.run(f"{NORD}.invoices")
    assert office.states(scheduled)["extract"] == {"skipped"}
    assert north.calls() == after_red
    assert north.control.counters(north.agreement)["sinceMark"]["writesTotal"] == 0

    # The other integration does not notice.
    assert office.next_run(f"{SYD}.invoices", lambda: south.approve(6101)).state == "success"
    assert south.newest_of("6101")[0] == "delivered"

    # The grant is given back; on-call clears the one red instance.
    office.control.restore(north.agreement)
    north.mark()
    assert office.clear(red, ("load", 0)).state == "success"
    assert {*office.states(red)["settle"], *office.states(red)["closed"]} == {"success"}
    assert north.writes() == {"POST /invoices/drafts": 1, "POST /invoices/booked": 1}
    assert north.newest_of("5102")[0] == "delivered"
    # What came meanwhile goes with the next run, without anybody's Clear.
    assert office.run(f"{NORD}.invoices").state == "success"
    assert north.newest_of("5103")[0] == "delivered"
    assert north.writes() == {"POST /invoices/drafts": 2, "POST /invoices/booked": 2}
    north.accounted()


@pytest.mark.spec("P6", "X-7")
def test_a_plain_clear_of_the_task_with_what_follows_does_the_same(synced: Office) -> None:
    office, north = synced, synced[NORD]
    red = _revoked_run(office, 5104)
    office.control.restore(north.agreement)
    north.mark()
    cleared = office.clear(red, "load", downstream=True)
    assert cleared.state == "success"
    assert "cleared by a person" in office.log(red, "load", 2, 0)
    assert north.writes() == {"POST /invoices/drafts": 1, "POST /invoices/booked": 1}
    # A second Clear of what is delivered sends nothing.
    north.mark()
    assert office.clear(red, "load", downstream=True).state == "success"
    assert north.writes() == {}
    north.accounted()
