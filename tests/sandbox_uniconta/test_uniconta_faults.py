"""Faults on purpose: each effect, and the rules that choose its victims (contract 5.4, 15.9)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
import requests

from sandbox.uniconta.control import Control, ControlError

from .conftest import Opener
from .server import Api, debtor

INSERT = "/Crud/Insert/DebtorClient$"
POSTING = "/Invoice/GenerateDebtorInvoice$"


def customers(control: Control, api: Api) -> int:
    """How many customers there are."""
    return int(control.company(api.company)["records"]["Debtor"])


def strike(control: Control, api: Api, effect: str, path: str = INSERT, **more: object) -> None:
    """The next matching call of the company is struck."""
    control.add_fault(effect, match={"company": api.company, "path": path, "nth": 1}, **more)


def test_an_invoice_whose_answer_was_lost_is_there(api: Api, control: Control) -> None:
    number = api.order(ReferenceNumber="l-1", DeleteOrder=True)
    strike(control, api, "drop_after_commit", POSTING)
    with pytest.raises(requests.ConnectionError):
        api.generate(number)
    assert api.row("DebtorInvoice", ReferenceNumber="l-1")["InvoiceNumber"] == 30001
    assert api.generate(number).error == (18, "OrderNumber")
    assert control.locators(api.company) == {"l-1": 1}


def test_drop_before_stores_nothing(api: Api, control: Control) -> None:
    number = api.order(ReferenceNumber="l-1")
    strike(control, api, "drop_before", POSTING)
    with pytest.raises(requests.ConnectionError):
        api.generate(number)
    assert api.rows("DebtorInvoice") == []
    assert api.generate(number).error == (0, None)


def test_cut_answer_promises_more_than_it_sends(api: Api, control: Control) -> None:
    strike(control, api, "cut_answer")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        api.insert("Debtor", Account="2001")
    assert customers(control, api) == 2


@pytest.mark.parametrize(("when", "stored"), [("before", 1), ("after", 2)])
@pytest.mark.parametrize(
    ("effect", "more", "status", "raw"),
    [
        ("plain_text", {}, 200, b"ArgumentMissing"),
        ("refusal", {}, 400, b'"ServerIsBusy"'),
        ("refusal", {"text": "SlowDown"}, 400, b'"SlowDown"'),
        ("status", {"status": 401}, 401, b"Injected fault."),
        ("status", {"status": 429, "retryAfter": 7}, 429, b"Injected fault."),
        ("status", {}, 500, b"Injected fault."),
        ("empty", {}, 200, b""),
    ],
)
def test_answers_that_are_made_up(
    api: Api, control: Control, effect: str, more: dict[str, Any], status: int, raw: bytes, when: str, stored: int
) -> None:
    strike(control, api, effect, when=when, **more)
    answer = api.web("POST", "/Crud/Insert/DebtorClient", debtor(Account="2001"))
    assert (answer.status, answer.raw) == (status, raw)
    assert answer.headers.get("Retry-After") == ("7" if "retryAfter" in more else None)
    assert customers(control, api) == stored
    assert [entry["fault"] for entry in control.log(api.company)][-1] == effect


def test_html_and_wrong_types(api: Api, control: Control) -> None:
    strike(control, api, "html")
    answer = api.web("POST", "/Crud/Insert/DebtorClient", debtor(Account="2001"))
    assert (answer.status, answer.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    strike(control, api, "wrong_types", "/Query/Get/")
    assert api.web("POST", "/Query/Get/DebtorClient", [{}]).body == "a list"


def test_delays(api: Api, control: Control) -> None:
    for effect in ("delay_before", "delay_after_commit"):
        control.clear_faults()
        strike(control, api, effect, "/Query/Get/", seconds=0.2)
        started = time.monotonic()
        assert api.web("POST", "/Query/Get/DebtorClient", [{}]).status == 200
        assert time.monotonic() - started >= 0.2


def test_a_token_may_expire_while_a_call_waits(api: Api, control: Control) -> None:
    api.sign_in()
    strike(control, api, "delay_before", "/Query/", seconds=0.5)
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(api.web, "POST", "/Query/Get/DebtorClient", [{}])
        while not control.faults()[0]["fired"]:
            time.sleep(0.01)
        control.expire_tokens(api.login.user)
        assert under_way.result().status == 401
    api.sign_in()
    assert api.web("POST", "/Query/Get/DebtorClient", [{}]).status == 200


def test_rules_choose_by_company_user_verb_and_path(open_company: Opener, control: Control) -> None:
    mine, other = open_company(), open_company()
    control.add_fault("status", match={"user": mine.login.user, "path": "/LOGIN$", "nth": 2}, status=503)
    control.add_fault("refusal", match={"company": other.company, "method": "put"})
    assert [mine.sign_in().status for _ in range(3)] == [200, 503, 200]
    row = mine.row("Debtor")
    assert mine.web("PUT", "/Crud/Update/DebtorClient", row).status == 200
    assert other.sign_in().status == 200
    assert other.web("PUT", "/Crud/Update/DebtorClient", other.row("Debtor")).outcome == (400, "ServerIsBusy")
    assert [rule["fired"] for rule in control.faults()] == [1, 1]


def test_what_is_not_let_in_is_not_struck(api: Api, control: Control) -> None:
    control.add_fault("status", match={"path": "/Query/"})
    stranger = {"Authorization": "Bearer x.y.z", "Content-Type": "application/json"}
    assert api.send("POST", "/Query/Get/DebtorClient", [{}], stranger).status == 401
    assert control.faults()[0]["seen"] == 0


def test_chances_are_the_same_series_every_time(api: Api, control: Control) -> None:
    def series() -> list[int]:
        control.clear_faults()
        control.add_fault("status", match={"path": "/Query/", "probability": 0.5, "seed": 7})
        return [api.web("POST", "/Query/Get/DebtorClient", [{}]).status for _ in range(12)]

    first = series()
    assert set(first) == {200, 500}
    assert series() == first


@pytest.mark.parametrize(
    "rule",
    [
        {"effect": "nonsense"}, {"effect": "status", "status": 418}, {"effect": "html", "match": {"agreement": 1}},
        {"effect": "status", "match": {"path": "("}}, {"effect": "drop_before", "when": "after"},
    ],
)  # fmt: skip
def test_senseless_rules_are_refused(control: Control, rule: dict[str, object]) -> None:
    match = rule.pop("match", None)
    with pytest.raises(ControlError):
        control.add_fault(str(rule.pop("effect")), match=match, **rule)  # type: ignore[arg-type]
    assert control.faults() == []


def test_seconds_may_be_written_as_decimals(api: Api, control: Control) -> None:
    strike(control, api, "delay_before", seconds=Decimal("0.01"))
    assert control.faults()[0]["seconds"] == "0.01"
