"""Customers: starting points, links, numbers, what waits for whom (CT-3, CT-5, CT-10, CT-16, CT-21, LK-4, LK-8)."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from ledgerbridge.delivery import activation
from ledgerbridge.records import Module
from ledgerbridge.store import confirmations
from sandbox.grounds import Firm, Grounds, customer, invoice


def _there(number: int, name: str, **more: Any) -> dict[str, Any]:
    return {
        "customerNumber": number,
        "name": name,
        "currency": "DKK",
        "customerGroup": {"customerGroupNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
        "vatZone": {"vatZoneNumber": 1},
        **more,
    }


def _deliver(firm: Firm) -> dict[str, str]:
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm.states(Module.CUSTOMERS)


def _numbers(firm: Firm) -> list[int]:
    return sorted(item["customerNumber"] for item in firm.ledger()["customers"])


def _confirm_linking(firm: Firm) -> int:
    with firm.company.workplace("linking", actor="Bo") as workplace, workplace.desk() as desk:
        return activation.confirm_linking(desk)


def _decide(firm: Firm, source_id: str, choice: str) -> None:
    with closing(firm.company.store()) as store:
        confirmations.decide(store, firm.name, source_id, choice, "Bo")


def _foreign(firm: Firm, id_: int, number: str | None) -> None:
    firm.source('UPDATE "Customer" SET "ForeignDebitorSystemIdentification" = %s WHERE "CustomerID" = %s', number, id_)


@pytest.mark.spec("CT-10", "LK-4", "CT-21")
def test_an_empty_target_gets_all_of_them_to_the_first_invoice(grounds: Grounds) -> None:
    rows = [customer(301), customer(302)]
    firm = grounds.firm(rows, [invoice(1, rows[1])])
    assert _deliver(firm) == {"301": "delivered", "302": "delivered"}
    assert _numbers(firm) == [301, 302]
    told = firm.source('SELECT "ForeignDebitorSystemIdentification" FROM "Customer" ORDER BY 1')
    assert told == [("301",), ("302",)]
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert _deliver(firm) == {"301": "delivered", "302": "delivered"}
    assert firm.ours("SELECT count(*) FROM transfer WHERE module = 'customers'") == [(2,)]


@pytest.mark.spec("CT-10", "LK-4", "LK-6", "P13")
def test_a_target_with_customers_gets_none_before_the_linking_is_confirmed(grounds: Grounds) -> None:
    firm = grounds.firm([customer(303), customer(304)], there=[_there(900, "En Anden A/S")])
    assert set(_deliver(firm).values()) == {"waiting"}
    assert _confirm_linking(firm) == 2
    assert set(_deliver(firm).values()) == {"waiting"}
    assert set(firm.reasons(Module.CUSTOMERS).values()) == {"customer_undecided"}
    assert _numbers(firm) == [900]
    _decide(firm, "303", "create")
    assert _deliver(firm) == {"303": "delivered", "304": "waiting"}
    firm.add([customer(305)])
    assert _deliver(firm)["305"] == "delivered"
    assert _numbers(firm) == [303, 305, 900]


@pytest.mark.spec("CT-10", "LK-4", "CT-21")
def test_both_have_customers_and_the_source_names_its_links(grounds: Grounds) -> None:
    rows = [
        customer(306, foreign_number="950"),
        customer(307, foreign_number="951"),
        customer(308, foreign_number="0950"),
    ]
    firm = grounds.firm(rows, [invoice(1, rows[0])], there=[_there(950, "Kunde 306 ApS")])
    states = _deliver(firm)
    assert states["306"] == "delivered"
    assert firm.reasons(Module.CUSTOMERS)["307"] == "foreign_number_unknown"
    assert firm.reasons(Module.CUSTOMERS)["308"] == "foreign_number_unknown"
    assert _numbers(firm) == [950]
    firm.company.deliver(Module.INVOICES, validated=False)
    assert [item["customer"]["customerNumber"] for item in firm.ledger()["booked"]] == [950]


@pytest.mark.spec("CT-21", "LK-5")
def test_a_link_edited_by_hand_moves_and_a_taken_one_does_not(grounds: Grounds) -> None:
    rows = [customer(309, foreign_number="960"), customer(310, foreign_number="961")]
    there = [_there(n, f"Der {n}") for n in (960, 961, 962)]
    firm = grounds.firm(rows, there=there)
    _deliver(firm)
    _foreign(firm, 309, "962")
    _foreign(firm, 310, "962")
    _deliver(firm)
    links = dict(firm.ours("SELECT source_id, target_id FROM link JOIN record USING (record_id)"))
    assert links == {"309": "962", "310": "961"}
    names = {item["customerNumber"]: item["name"] for item in firm.ledger()["customers"]}
    assert names[962] == "Kunde 309 ApS"
    assert firm.ours("SELECT count(*) FROM history WHERE event = 'named_link_refused'") == [(1,)]


@pytest.mark.spec("CT-16")
def test_a_new_number_in_the_source_keeps_the_link(grounds: Grounds) -> None:
    firm = grounds.firm([customer(311)])
    _deliver(firm)
    firm.source('UPDATE "Customer" SET "CustomerCode" = \'8311\', "City" = \'Vejle\' WHERE "CustomerID" = 311')
    firm.control.mark(firm.agreement)
    assert _deliver(firm) == {"311": "delivered"}
    assert _numbers(firm) == [311]
    assert firm.writes() == {"PUT /customers/{customerNumber}": 1}
    warned = firm.ours("SELECT warnings -> 0 ->> 'code' FROM transfer ORDER BY revision DESC LIMIT 1")
    assert warned == [("customer_renumbered_in_source",)]


@pytest.mark.spec("CT-5", "LK-8", "TL-13")
def test_a_taken_number_is_never_taken_over(grounds: Grounds) -> None:
    firm = grounds.firm([customer(312)])
    status, _ = firm.control.act(firm.agreement, "POST", "/customers", _there(312, "En fremmed"))
    assert status == 201
    assert _deliver(firm) == {"312": "waiting"}
    assert firm.reasons(Module.CUSTOMERS) == {"312": "customer_number_taken"}
    _decide(firm, "312", "create")
    for _ in range(2):
        _deliver(firm)
    refused = firm.control.counters(firm.agreement)["refusals"]["POST /customers"]
    assert refused == 2  # once by itself, once for the person's word, never by every run
    _foreign(firm, 312, "312")
    assert _deliver(firm) == {"312": "delivered"}


@pytest.mark.spec("LK-7", "CT-16")
def test_a_linked_customer_that_is_gone_is_not_made_again(grounds: Grounds) -> None:
    firm = grounds.firm([customer(313)])
    _deliver(firm)
    firm.control.act(firm.agreement, "DELETE", "/customers/313")
    firm.source('UPDATE "Customer" SET "City" = \'Vejle\' WHERE "CustomerID" = 313')
    assert _deliver(firm) == {"313": "rejected"}
    assert _numbers(firm) == []


@pytest.mark.spec("X-12")
def test_a_customer_deleted_in_the_source_stays_and_is_told_once(grounds: Grounds) -> None:
    firm = grounds.firm([customer(314)])
    _deliver(firm)
    firm.source('DELETE FROM "Task" WHERE "CustomerID" = 314')
    firm.source('DELETE FROM "Customer" WHERE "CustomerID" = 314')
    for _ in range(2):
        _deliver(firm)
    assert _numbers(firm) == [314]
    assert firm.ours("SELECT count(*) FROM history WHERE event = 'deleted_in_source'") == [(1,)]
    assert firm.ours("SELECT count(*) FROM link WHERE deleted_in_source_at IS NOT NULL") == [(1,)]


@pytest.mark.spec("CT-3")
def test_changes_follow_one_another(grounds: Grounds) -> None:
    firm = grounds.firm([customer(315)])
    _deliver(firm)
    for city in ("Vejle", "Odense C", "Vejle"):
        firm.source('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = 315', city)
        assert _deliver(firm) == {"315": "delivered"}
        assert [item["city"] for item in firm.ledger()["customers"]] == [city]


@pytest.mark.spec("X-9")
def test_a_text_that_is_cut_is_told_once(grounds: Grounds) -> None:
    long = "Kongens Lyngby og omegn " * 40
    firm = grounds.firm([customer(601, city=long.strip())])
    firm.company.deliver(Module.CUSTOMERS)
    firm.add((), [invoice(1, customer(601), text=long.strip() * 2)])
    firm.company.deliver(Module.INVOICES)
    told = firm.ours("SELECT source_id, warning ->> 'code' FROM transfer, jsonb_array_elements(warnings) AS warning")
    assert sorted(told) == [("1", "text_will_be_cut"), ("601", "city_will_be_cut")]
