"""What one has asked for can be taken back, until somebody has begun with it (X-10)."""

from __future__ import annotations

import re

import pytest
from porch import Porch, carry_out
from reading import text_of

from ledgerbridge.pages.works import Right
from sandbox.grounds import Firm

pytestmark = pytest.mark.spec("X-10")


def _asked(porch: Porch, firm: Firm) -> str:
    """Ask for something; where it is withdrawn."""
    with porch.client() as http:
        answer = http.post(f"/{firm.name}/customers", data={"action": "look"})
        page = http.get(answer.headers["location"]).text
    found = re.search(rf'action="(/{firm.name}/wishes/\d+)"', page)
    assert found, page
    return found[1]


def test_a_wish_is_withdrawn_and_never_carried_out(porch: Porch, firm: Firm) -> None:
    address = _asked(porch, firm)
    with porch.client() as http:
        answer = http.post(address, data={"back_to": f"/{firm.name}/customers?tab=none"})
        assert answer.headers["location"] == f"/{firm.name}/customers?tab=none"
        page = text_of(http.get(answer.headers["location"]).text)
    assert "Vibeke has withdrawn the request" in page
    assert "Withdraw it" not in page
    assert carry_out(firm) == []
    assert firm.ours("SELECT count(*) FROM linking_look") == [(0,)]


def test_nobody_withdraws_another_ones(porch: Porch, firm: Firm) -> None:
    address = _asked(porch, firm)
    with porch.client(Right.SET_UP, name="Sofie") as http:
        assert http.post(address, data={}).status_code == 404
        assert "Withdraw it" not in text_of(http.get(f"/{firm.name}/customers").text)
    (carried,) = carry_out(firm)
    assert carried.went_well


def test_whoever_asks_for_the_same_keeps_their_own_wish(porch: Porch, firm: Firm) -> None:
    address = _asked(porch, firm)
    with porch.client(name="Bo") as http:
        for _ in range(2):
            http.post(f"/{firm.name}/customers", data={"action": "look"})
    with porch.client() as http:
        http.post(address, data={})
    (carried,) = carry_out(firm)
    assert (carried.intent.asked_by, carried.went_well) == ("Bo", True)


def test_what_is_being_carried_out_is_left(porch: Porch, firm: Firm) -> None:
    address = _asked(porch, firm)
    firm.ours("UPDATE intent SET attempts = 1")
    with porch.client() as http:
        assert http.post(address, data={}).status_code == 303
    assert firm.ours("SELECT ended_at, outcome FROM intent") == [(None, None)]
    (carried,) = carry_out(firm)
    assert carried.went_well


def test_the_way_back_is_one_of_our_pages(porch: Porch, firm: Firm) -> None:
    address = _asked(porch, firm)
    with porch.client() as http:
        assert http.post(address, data={"back_to": "https://elsewhere.example/"}).headers["location"] == "/"
