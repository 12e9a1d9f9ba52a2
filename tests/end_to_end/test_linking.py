"""Linking through its form: good requests are carried out, bad ones are refused in words and change nothing."""

from __future__ import annotations

import pytest
from branch import SYD
from office import Office

from ledgerbridge.records import Module
from sandbox.grounds import customer

DAG = f"{SYD}.link_customers"

REFUSED = [
    ({"action": "link", "customer_number": "2001"}, "link_form_incomplete", "target_number"),
    ({"action": "link", "customer_number": "2004", "target_number": "777"}, "link_target_unknown", "777"),
    ({"action": "link", "customer_number": "2004", "target_number": "2001"}, "link_target_taken", "2001"),
    ({"action": "unlink", "customer_number": "nobody"}, "link_source_unknown", "nobody"),
    ({"action": "unlink", "customer_number": "2004"}, "link_missing", "2004"),
    ({"action": "create", "customer_number": "2001"}, "link_source_taken", "2001"),
    ({"action": "skip", "customer_number": " "}, "link_form_incomplete", "customer_number"),
]


@pytest.mark.spec("X-6", "CT-12")
def test_a_bad_request_is_refused_in_both_languages_and_changes_nothing(synced: Office) -> None:
    office, south = synced, synced[SYD]
    links = south.ours("SELECT * FROM link ORDER BY 1, 2")
    south.mark()
    runs = [(office.client.trigger(DAG, conf), code, value) for conf, code, value in REFUSED]
    for started, code, value in runs:
        run = office.ended(started)
        log = office.log(run, "link_customers")
        assert run.state == "failed", log
        told = [line for line in log.splitlines() if line.startswith(f"[{code}]")]
        assert len(told) == 2, log  # English, then Danish
        assert all(value in line for line in told), told
    assert south.writes() == {}
    assert south.ours("SELECT * FROM link ORDER BY 1, 2") == links


@pytest.mark.spec("CT-12", "LK-8")
def test_the_list_names_the_likely_counterpart(synced: Office) -> None:
    run = synced.run(DAG, {"action": "list"})
    assert run.state == "success"
    log = synced.log(run, "link_customers")
    assert "2004 Kunde 2004 ApS ligner 2900 Kunde 2004 ApS (samme " in log
    assert "2004 Kunde 2004 ApS resembles 2900 Kunde 2004 ApS (same " in log
    assert synced.client.xcom(DAG, run.run_id, "link_customers")["unlinked"] == 1


@pytest.mark.spec("CT-12", "LK-5", "CT-21")
def test_an_invoice_that_waited_goes_on_by_itself_when_its_customer_is_linked(synced: Office) -> None:
    office, south = synced, synced[SYD]
    assert south.newest_of("6004") == ("waiting", "customer_not_linked")
    request = {"action": "link", "customer_number": "2004", "target_number": "2900"}
    linked = office.run(DAG, request, user="op")
    assert linked.state == "success"
    office.until(lambda: south.newest_of("6004")[0], lambda state: state == "delivered", "the invoice that waited")
    assert south.source('SELECT "ForeignDebitorSystemIdentification" FROM "Customer" WHERE "CustomerID" = 2004') == [
        ("2900",)
    ]
    made_by = south.ours("SELECT made_by FROM link JOIN record USING (record_id) WHERE record.source_id = '2004' "
                         "AND target_kind = 'customer'")  # fmt: skip
    assert made_by == [("op",)]

    # Undone: the next invoice waits again, and says so.
    assert office.run(DAG, {"action": "unlink", "customer_number": "2004"}).state == "success"
    office.quiet(SYD)
    south.source('UPDATE "Invoice" SET "CustomerID" = 2004, "CustomerCode" = %s WHERE "InvoiceID" = 6110', "2004")
    south.approve(6110)
    office.until(lambda: south.states().get("6110"), lambda state: state == "waiting", "the invoice that waits")
    assert office.run(DAG, request).state == "success"
    office.until(lambda: south.newest_of("6110")[0], lambda state: state == "delivered", "the invoice that waited")
    south.accounted()


@pytest.mark.spec("CT-10", "LK-8", "CT-3")
def test_who_is_new_is_created_after_the_linking_and_who_was_undecided_when_a_person_says_so(synced: Office) -> None:
    office, south = synced, synced[SYD]
    office.quiet(SYD)
    south.add([customer(2011, name="Elverhøj Optik ApS"), customer(2012, name="Brohave Bageri ApS")])
    waiting = office.until(
        lambda: south.states(Module.CUSTOMERS), lambda states: states.get("2012") == "waiting", "both wait"
    )
    assert waiting["2011"] == "waiting"
    assert office.run(DAG, {"action": "confirm"}).state == "success"
    office.until(
        lambda: south.newest_of("2012", Module.CUSTOMERS),
        lambda newest: newest == ("waiting", "customer_undecided"),
        "undecided ones go on waiting",
    )
    assert office.run(DAG, {"action": "create", "customer_number": "2011"}).state == "success"
    assert office.run(DAG, {"action": "skip", "customer_number": "2012"}).state == "success"
    office.until(
        lambda: south.states(Module.CUSTOMERS),
        lambda states: (states["2011"], states["2012"]) == ("delivered", "ignored"),
        "one created, one skipped",
    )
    south.add([customer(2013, name="Stensby Kloakservice ApS")])
    office.until(
        lambda: south.states(Module.CUSTOMERS).get("2013"), lambda state: state == "delivered", "created by itself"
    )
    there = {item["customerNumber"] for item in south.ledger()["customers"]}
    assert {2011, 2013} <= there
    assert 2012 not in there
