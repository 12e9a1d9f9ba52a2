"""Uniconta, as Airflow runs it: from an event to the booked invoice, one process at a time, and a user locked out."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import quote

import pytest
from branch import FYN, NORD
from office import Office

from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.reports import ReportFormat, read_report
from ledgerbridge.records import Module


@pytest.mark.spec("CT-1", "CT-2", "X-2")
def test_what_is_approved_is_booked_there_and_the_source_is_told(synced: Office) -> None:
    office, fyn = synced, synced[FYN]
    assert set(fyn.states(Module.CUSTOMERS).values()) == {"delivered"}
    assert {fyn.states()[str(number)] for number in range(7001, 7007)} == {"delivered"}
    run = office.next_run(f"{FYN}.invoices", lambda: fyn.approve(7101), "success")
    assert fyn.newest_of("7101")[0] == "delivered"
    locators = dict(fyn.ours("SELECT source_id, locator FROM record WHERE integration = %s", FYN))
    (booked,) = [item for item in fyn.books.booked() if item.locator == locators["7101"]]
    told = fyn.source('SELECT "ForeignInvoiceNumber" FROM "Invoice" WHERE "InvoiceID" = 7101')
    assert told == [(str(booked.number),)]
    assert office.states(run)["settle"] == {"success"}
    fyn.accounted()


@pytest.mark.spec("P7", "P8")
def test_one_process_at_a_time_is_logged_in(synced: Office) -> None:
    """Its server user may be logged in once: whatever calls the company has the one place of its pool."""
    pool = synced[FYN].company.integration.pool
    assert synced.client.call("GET", f"/pools/{quote(pool, safe='')}")["slots"] == 1
    other = synced[NORD].company.integration.pool
    assert synced.client.call("GET", f"/pools/{quote(other, safe='')}")["slots"] > 1
    for module in ("customers", "invoices"):
        tasks = synced.client.call("GET", f"/dags/{FYN}.{module}/tasks")["tasks"]
        assert {task["pool"] for task in tasks if task["task_id"] in {"load", "settle"}} == {pool}


@pytest.mark.spec("P6", "X-7")
def test_a_user_who_is_locked_out_is_one_red_task_and_no_calls_until_he_is_back(synced: Office) -> None:
    office, fyn = synced, synced[FYN]
    office.quiet(FYN)
    fyn.books.revoke()
    red = office.next_run(f"{FYN}.invoices", lambda: fyn.approve(7102), "failed")
    assert office.states(red)["load"] == {"failed"}
    log = office.log(red, "load", map_index=0)
    assert "[uniconta_login_refused]" in log
    fyn.mark()
    held = office.next_run(f"{FYN}.invoices", lambda: fyn.approve(7103))
    assert held.state == "success"
    assert fyn.calls() == 0
    fyn.books.restore()
    assert office.clear(red, ("load", 0)).state == "success"
    assert fyn.newest_of("7102")[0] == "delivered"
    assert office.run(f"{FYN}.invoices").state == "success"
    assert fyn.newest_of("7103")[0] == "delivered"
    fyn.accounted()


@pytest.mark.spec("X-1", "P17")
def test_its_reconciliation_is_made(synced: Office) -> None:
    office, fyn = synced, synced[FYN]
    office.client.set_paused(f"{FYN}.reconciliation", paused=False)
    assert office.run(f"{FYN}.reconciliation").state == "success"
    with closing(fyn.company.store()) as store:
        for language in Language:
            assert all(read_report(store, FYN, language, kind) for kind in ReportFormat)
