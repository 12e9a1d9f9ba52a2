"""From nothing to a company in step: not activated, preflight, linking, the first sync, idle runs, a live change."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from branch import NORD, SYD
from office import Office, make_pools

from ledgerbridge.records import Module

UNDER_LOAD = 30.0
"""Seconds. On a quiet machine the demo measures against 10."""


def test_a_pool_that_is_there_keeps_its_slots(office: Office) -> None:
    name = f"ledgerbridge_{NORD}_economic"
    office.client.call("PATCH", f"/pools/{name}", json={"name": name, "slots": 3, "include_deferred": False})
    assert f"{len(office.branches)} needed, 0 made" in make_pools(office.stack)
    assert office.client.call("GET", f"/pools/{name}")["slots"] == 3


@pytest.mark.spec("X-11", "CT-10")
def test_nothing_is_created_before_a_person_has_confirmed_preflight(office: Office) -> None:
    north = office[NORD]
    north.mark()
    office.client.set_paused(f"{NORD}.customers", paused=False)
    run = office.run(f"{NORD}.customers")
    assert office.states(run)["extract"] == {"skipped"}
    assert "the check was not passed" in office.log(run, "extract")
    checked = office.run(f"{NORD}.preflight", {})
    assert checked.state == "success"
    log = office.log(checked, "preflight")
    assert "not_checkable" in log
    again = office.run(f"{NORD}.customers")
    assert office.states(again)["extract"] == {"skipped"}
    assert "confirmation" in office.log(again, "extract")
    assert north.control.counters(north.agreement)["writesTotal"] == 0
    assert north.states(Module.CUSTOMERS) == {}


@pytest.mark.spec("X-11")
def test_a_preflight_that_fails_says_what_is_wrong_in_both_languages(office: Office) -> None:
    south = office[SYD]
    assert south.control.act(south.agreement, "PUT", "/products/1000", _barred(office, SYD, barred=True))[0] == 200
    run = office.run(f"{SYD}.preflight", {"confirm": True})
    assert run.state == "failed"
    log = office.log(run, "preflight")
    assert "failed" in log
    assert "[preflight_failed]" in log
    assert "Mend it in the agreement" in log
    assert "Ret det i aftalen" in log
    assert south.control.act(south.agreement, "PUT", "/products/1000", _barred(office, SYD, barred=False))[0] == 200


def _barred(office: Office, name: str, *, barred: bool) -> dict[str, object]:
    branch = office[name]
    status, product = branch.control.act(branch.agreement, "GET", "/products/1000")
    assert status == 200
    kept = ("productNumber", "name", "productGroup")
    return {key: product[key] for key in kept} | {"barred": barred}


@pytest.mark.spec("X-11")
def test_a_confirmed_preflight_switches_the_integrations_on(office: Office) -> None:
    office.activate()
    confirmed = office[NORD].ours("SELECT integration, confirmed_by FROM confirmation WHERE item = 'activated'")
    assert dict(confirmed) == dict.fromkeys(office.branches, "admin")


@pytest.mark.spec("CT-1", "CT-10", "LK-4")
def test_the_first_sync_into_an_empty_agreement_copies_all(office: Office) -> None:
    north = office[NORD]
    office.first_sync(NORD)
    assert set(north.states(Module.CUSTOMERS).values()) == {"delivered"}
    assert len(north.ledger()["customers"]) == 15
    assert len(north.ledger()["booked"]) == 22
    north.accounted()


@pytest.mark.spec("CT-10", "LK-8", "LK-4")
def test_into_an_agreement_with_customers_only_what_is_linked_goes(office: Office) -> None:
    south = office[SYD]
    office.first_sync(SYD)
    assert south.states(Module.CUSTOMERS)["2004"] == "waiting"
    assert len(south.ledger()["customers"]) == 4
    assert south.reasons()["6004"] == "customer_not_linked"
    assert len(south.ledger()["booked"]) == 5
    south.accounted()


@pytest.mark.spec("CT-3", "CT-4")
def test_a_changed_customer_arrives_by_its_event(office: Office) -> None:
    north = office[NORD]
    office.quiet(NORD)
    committed = north.rename(1003, "Kunde 1003 og Søn A/S")
    _arrives(office, NORD, Module.CUSTOMERS, "1003", committed)
    there = {item["customerNumber"]: item["name"] for item in north.ledger()["customers"]}
    assert there[1003] == "Kunde 1003 og Søn A/S"


@pytest.mark.spec("CT-1", "CT-4")
def test_an_approved_invoice_is_booked_by_its_event(office: Office) -> None:
    north = office[NORD]
    office.quiet(NORD)
    committed = north.approve(5101)
    _arrives(office, NORD, Module.INVOICES, "5101", committed)
    assert len(north.ledger()["booked"]) == 23


def _arrives(office: Office, name: str, module: Module, source_id: str, committed: datetime) -> None:
    arrived = office.until(
        lambda: office[name].arrived(source_id, committed, module),
        lambda at: at is not None,
        f"{module} {source_id}",
        90,
    )
    seconds = (arrived - committed).total_seconds()
    print(f"\n{name} {module} {source_id}: {seconds:.1f} s from commit to target")
    assert seconds < UNDER_LOAD


@pytest.mark.spec("P9")
def test_an_idle_run_is_skipped_and_calls_nobody(office: Office) -> None:
    north = office[NORD]
    office.quiet(NORD)
    north.mark()
    reconciled = len(office.runs(f"{NORD}.reconciliation"))
    runs = [office.client.trigger(f"{NORD}.{module}") for module in ("customers", "invoices")]
    for run in map(office.ended, runs):
        assert office.states(run)["extract"] == {"skipped"}
        assert office.states(run)["load"] == {"skipped"}
        assert run.state == "success"
        assert "Nothing has changed" in office.log(run, "extract")
    time.sleep(1)
    assert north.calls() == 0
    assert len(office.runs(f"{NORD}.reconciliation")) == reconciled
