"""Reading e-conomic: pages beyond 1,000, filters for any text, PDFs, what a PUT keeps, preflight's items."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from answering import client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledgerbridge.records import Customer, Module
from ledgerbridge.target.contract import CheckStatus
from ledgerbridge.target.economic.connection import EconomicConnection
from ledgerbridge.target.economic.filters import escaped
from ledgerbridge.target.economic.path_ids import path_id
from sandbox.economic.control import Tokens
from sandbox.grounds import Grounds, customer, invoice


def _there(number: int, **more: Any) -> dict[str, Any]:
    return {
        "customerNumber": number,
        "name": f"Kunde {number}",
        "currency": "DKK",
        "customerGroup": {"customerGroupNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
        "vatZone": {"vatZoneNumber": 1},
        **more,
    }


def _open(grounds: Grounds, tokens: Tokens, **invoicing: Any) -> Any:
    return client(EconomicConnection(tokens.app_secret, tokens.grant, url=grounds.economic_url), 10, **invoicing)


@pytest.mark.spec("LK-2")
def test_more_customers_than_a_page_holds(grounds: Grounds) -> None:
    tokens = grounds.control.create_agreement(customers=[_there(n) for n in range(1, 2002)])
    with _open(grounds, tokens) as target:
        assert [int(item.number) for item in target.customers()] == list(range(1, 2002))
        assert target.count("/customers") == 2001
    assert grounds.control.counters(tokens.agreement)["calls"] == 4


@pytest.fixture(scope="module")
def tokens(servers: Grounds) -> Tokens:
    return servers.control.create_agreement(knobs={"rate_limit_tokens": 10**9, "known_500s": False})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=25))
def test_any_name_is_found_again(grounds: Grounds, tokens: Tokens, text: str) -> None:
    status, made = grounds.control.act(tokens.agreement, "POST", "/customers", _without_number(text))
    assert status == 201, made
    with _open(grounds, tokens) as target:
        found = list(target._list("/customers", f"name$eq:{escaped(text)}"))
    assert made["customerNumber"] in [item["customerNumber"] for item in found]
    assert {item["name"].casefold() for item in found} == {text.casefold()}


def _without_number(name: str) -> dict[str, Any]:
    return {name: value for name, value in _there(0, name=name).items() if name != "customerNumber"} | {"name": name}


def test_identifiers_in_paths() -> None:
    assert path_id("My Product_5%") == "My_9_Product_8_5_3_"


@pytest.mark.spec("CT-3", "CT-22")
def test_an_update_keeps_what_is_not_ours(grounds: Grounds) -> None:
    theirs = {
        "creditLimit": 5000,
        "website": "www.example.dk",
        "barred": True,
        "mobilePhone": "20304050",
        "publicEntryNumber": "77",
        "customerGroup": {"customerGroupNumber": 2},
        "paymentTerms": {"paymentTermsNumber": 3},
        "layout": {"layoutNumber": 20},
        "telephoneAndFaxNumber": "65000000",
    }
    tokens = grounds.control.create_agreement(customers=[_there(9, **theirs)])
    record = Customer(source_id="1", customer_number="9", name="Nyt Navn", city="Vejle")
    with _open(grounds, tokens) as target:
        before = target.customer("9")
        assert before is not None
        payload = target.customer_payload(record).text
        assert not target.shows(before, payload)
        target.send(target.update_customer(before, payload), "key")
        after = target.customer("9")
        assert after is not None
        assert target.shows(after, payload)
    assert {**before.raw, "name": "Nyt Navn", "city": "Vejle"} == {
        **after.raw,
        "lastUpdated": before.raw.get("lastUpdated"),
    }


@pytest.mark.spec("CT-2")
def test_a_pdf_is_not_there_at_first(grounds: Grounds) -> None:
    emil = customer(506)
    firm = grounds.firm([emil], [invoice(1, emil)], knobs={"pdf_delay_seconds": 2})
    for module in Module:
        delivered = firm.company.deliver(module, validated=False)
    assert (delivered.counts, delivered.pdfs) == ({"delivered": 1}, 0)
    firm.control.advance(5)
    assert firm.company.deliver(Module.INVOICES, validated=False).pdfs == 1
    size, digest = firm.ours("SELECT length(pdf), pdf_sha256 = encode(sha256(pdf), 'hex') FROM archive")[0]
    assert size > 100
    assert digest


def _items(grounds: Grounds, tokens: Tokens, **invoicing: Any) -> dict[str, CheckStatus]:
    with _open(grounds, tokens, **invoicing) as target:
        return {check.item: check.status for check in target.preflight().checks}


@pytest.mark.spec("X-11", "CT-6", "CT-18", "CT-20")
@pytest.mark.parametrize(
    ("item", "changes"),
    [
        ("layout", {"layout": 99}),
        ("layout", {"layout": None}),
        ("due_date_term", {"due_date_term": 99}),
        ("due_date_term", {"due_date_term": 1}),
        ("customer_group", {"default_debtor_group": 99}),
        ("product_with_vat", {"product_with_vat": "nope/%"}),
        ("product_with_vat", {"product_with_vat": "2000"}),
        ("product_without_vat", {"product_without_vat": "1000"}),
        ("product_with_vat", {"vat_percentage": 22}),
        ("base_currency", {"base_currency": "EUR"}),
    ],
)
def test_preflight_fails_each_item_for_its_own_reason(grounds: Grounds, item: str, changes: dict[str, Any]) -> None:
    tokens = grounds.control.create_agreement()
    found = _items(grounds, tokens, **changes)
    assert [name for name, status in found.items() if status is CheckStatus.FAILED] == [item]


@pytest.mark.spec("X-11")
def test_preflight_passes_and_says_what_it_cannot_see(grounds: Grounds) -> None:
    tokens = grounds.control.create_agreement()
    found = _items(grounds, tokens)
    assert CheckStatus.FAILED not in found.values()
    unseen = {name for name, status in found.items() if status is CheckStatus.NOT_CHECKABLE}
    assert unseen == {"number_series", "fi_setup", "layout_contents"}
    grounds.control.set_year(tokens.agreement, "2026", closed=True)
    grounds.control.set_year(tokens.agreement, "2027", closed=True)
    assert _items(grounds, tokens)["accounting_year"] is CheckStatus.FAILED


@pytest.mark.spec("X-11", "P9")
def test_preflight_writes_nothing(grounds: Grounds) -> None:
    tokens = grounds.control.create_agreement()
    _items(grounds, tokens)
    counted = grounds.control.counters(tokens.agreement)
    assert counted["writes"] == {}
    assert counted["calls"] <= 20


def test_a_store_connection_is_closed_with_its_workplace(grounds: Grounds) -> None:
    firm = grounds.firm()
    with closing(firm.company.store()) as store:
        assert not store.closed
    assert store.closed
