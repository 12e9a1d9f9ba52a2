"""Calls of a day, and what meets those beyond them (contract 10)."""

from __future__ import annotations

import time

import pytest

from sandbox.uniconta.control import Control

from .conftest import Opener
from .server import Api

DAY = 24 * 60 * 60
QUERY = "/Query/Get/DebtorClient"


def calls(control: Control, api: Api) -> int:
    """The user's calls of the last 24 hours."""
    return int(control.user(api.login.user)["callsLast24Hours"])


def test_every_call_of_a_user_counts(api: Api, control: Control) -> None:
    tokens = api.sign_in().body
    api.web("POST", QUERY, [{}])
    api.web("POST", "/Crud/Insert/DebtorClient", {"Account": "1001"})
    api.basic("GET", "/odata/DebtorClient")
    api.send("POST", "/refresh", tokens["refreshToken"], {"Content-Type": "application/json"})
    api.sign_in(Password="wrong")
    assert calls(control, api) == 6


def test_what_a_person_does_counts_for_nobody(api: Api, control: Control) -> None:
    assert control.act(api.company, "POST", QUERY, [{}])[0] == 200
    assert calls(control, api) == 0


def test_the_day_rolls(api: Api, control: Control) -> None:
    api.sign_in()
    control.advance(DAY - 120)
    api.sign_in()
    assert calls(control, api) == 2
    control.advance(240)
    assert calls(control, api) == 1


def test_beyond_the_limit_every_call_waits(open_company: Opener, control: Control) -> None:
    api = open_company(knobs={"daily_limit": 2, "over_limit_delay_ms": 150})
    for _ in range(2):
        api.basic("GET", "/odata/DebtorClient")
    started = time.monotonic()
    assert api.basic("GET", "/odata/DebtorClient").status == 200
    assert time.monotonic() - started >= 0.15
    assert calls(control, api) == 3


@pytest.mark.parametrize(("form", "outcome"), [("refusal", (400, b'"SlowDown"')), ("text", (200, b"SlowDown"))])
def test_or_is_told_to_slow_down(open_company: Opener, control: Control, form: str, outcome: tuple[int, bytes]) -> None:
    api = open_company(knobs={"daily_limit": 2, "over_limit": "slow_down", "slow_down_answer": form})
    assert api.sign_in().status == 200
    assert api.web("POST", "/Crud/Insert/DebtorClient", {"Account": "1"}).status == 200
    answer = api.web("POST", "/Crud/Insert/DebtorClient", {"Account": "2"})
    assert (answer.status, answer.raw) == outcome
    assert control.company(api.company)["records"]["Debtor"] == 2
    assert [entry["refused"] for entry in control.log(api.company)] == [None, None, "SlowDown"]
    control.advance(DAY + 60)
    api.sign_in()
    assert api.web("POST", "/Crud/Insert/DebtorClient", {"Account": "2"}).status == 200


def test_the_limit_is_the_users_not_the_companys(sandbox: object, open_company: Opener, control: Control) -> None:
    api = open_company(knobs={"daily_limit": 1, "over_limit": "slow_down"})
    other = open_company()
    name = f"second{api.company}"
    password = control.create_user(name, api.company)
    assert api.basic("GET", "/odata/DebtorClient").status == 200
    assert api.basic("GET", "/odata/DebtorClient").status == 400
    assert other.basic("GET", "/odata/DebtorClient").status == 200
    answer = api.send("GET", "/odata/DebtorClient", None, {"Accept": "application/json"}, auth=(name, password))
    assert answer.status == 200
