"""Faults on purpose: each effect, and the rules that choose its victims (contract 8.11)."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
import requests

from sandbox.economic.control import Control, ControlError

from .server import Api, draft


def drafts(api: Api) -> int:
    """How many drafts there are."""
    return int(api.get("/invoices/drafts").body["pagination"]["results"])


def test_drop_after_commit_stores_and_does_not_answer(api: Api, control: Control) -> None:
    control.add_fault("drop_after_commit", match={"method": "POST", "path": "/invoices/drafts$", "nth": 1})
    with pytest.raises(requests.ConnectionError):
        api.post("/invoices/drafts", draft(), key="k")
    assert drafts(api) == 1
    again = api.post("/invoices/drafts", draft(), key="k")
    assert (again.status, again.headers["X-ResultFromCache"]) == (201, "true")
    assert drafts(api) == 1


def test_drop_before_stores_nothing(api: Api, control: Control) -> None:
    control.add_fault("drop_before", match={"method": "POST", "nth": 1})
    with pytest.raises(requests.ConnectionError):
        api.post("/invoices/drafts", draft(), key="k")
    assert drafts(api) == 0
    assert "X-ResultFromCache" not in api.post("/invoices/drafts", draft(), key="k").headers


def test_cut_answer_promises_more_than_it_sends(api: Api, control: Control) -> None:
    control.add_fault("cut_answer", match={"method": "POST", "nth": 1})
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        api.post("/invoices/drafts", draft())
    assert drafts(api) == 1


@pytest.mark.parametrize(("status", "when", "stored"), [(502, "before", 0), (200, "before", 0), (200, "after", 1)])
def test_html(api: Api, control: Control, status: int, when: str, stored: int) -> None:
    control.add_fault("html", match={"method": "POST", "nth": 1}, status=status, when=when)
    answer = api.post("/invoices/drafts", draft())
    assert (answer.status, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert answer.raw.startswith(b"<!DOCTYPE html>")
    assert drafts(api) == stored


def test_empty(api: Api, control: Control) -> None:
    control.add_fault("empty", match={"method": "POST", "nth": 1})
    answer = api.post("/invoices/drafts", draft())
    assert (answer.status, answer.raw) == (200, b"")
    assert drafts(api) == 1


def test_wrong_types(api: Api, control: Control) -> None:
    control.add_fault("wrong_types", match={"method": "POST", "nth": 1})
    answer = api.post("/invoices/drafts", draft())
    assert answer.status == 201
    assert answer.body["draftInvoiceNumber"] == "many"
    assert (answer.body["lines"], answer.body["currency"]) == ("a list", 7)


@pytest.mark.parametrize("status", [500, 503, 429])
@pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after", 1)])
def test_status(api: Api, control: Control, status: int, when: str, stored: int) -> None:
    control.add_fault("status", match={"method": "POST", "nth": 1}, status=status, retryAfter=7, when=when)
    answer = api.post("/invoices/drafts", draft())
    assert (answer.status, answer.headers["Retry-After"]) == (status, "7")
    assert answer.headers["X-CallCost"] == "3"
    assert drafts(api) == stored


def test_delay_after_commit_outlasts_the_client(api: Api, control: Control) -> None:
    control.add_fault("delay_after_commit", match={"method": "POST", "nth": 1}, seconds=0.6)
    started = time.monotonic()
    with pytest.raises(requests.ReadTimeout):
        api.session.post(
            f"{api.url}/invoices/drafts", data=b"{}", headers={"Content-Type": "application/json"}, timeout=0.2
        )
    control.add_fault("delay_after_commit", match={"method": "POST", "nth": 1}, seconds=0.3)
    assert api.post("/invoices/drafts", draft()).status == 201
    assert time.monotonic() - started >= 0.5
    assert drafts(api) == 1


def test_delay_before_and_latency(api: Api, control: Control) -> None:
    control.add_fault("delay_before", match={"nth": 1}, seconds=0.2)
    started = time.monotonic()
    assert api.get("/self").status == 200
    assert time.monotonic() - started >= 0.2
    control.set_knobs(api.agreement, latency_ms=150)
    started = time.monotonic()
    assert api.get("/self").status == 200
    assert time.monotonic() - started >= 0.15


def statuses(api: Api, calls: int) -> list[int]:
    """The statuses of some calls in a row."""
    return [api.get("/self").status for _ in range(calls)]


def test_rules_choose_by_number_method_path_and_agreement(api: Api, control: Control) -> None:
    control.add_fault("status", match={"agreement": api.agreement, "path": "^/SELF$", "nth": 3})
    assert statuses(api, 5) == [200, 200, 500, 200, 200]
    control.clear_faults()
    control.add_fault("status", match={"count": 2}, status=503)
    assert statuses(api, 4) == [503, 503, 200, 200]
    control.clear_faults()
    control.add_fault("status", match={"agreement": api.agreement + 999})
    control.add_fault("status", match={"method": "delete"})
    assert statuses(api, 2) == [200, 200]


def test_chance_is_the_same_every_time(api: Api, control: Control) -> None:
    runs = []
    for _ in range(2):
        number = control.add_fault("status", match={"probability": 0.5, "seed": 42})
        runs.append(statuses(api, 20))
        control.clear_faults(number)
    assert runs[0] == runs[1]
    assert {200, 500} == set(runs[0])


def test_rules_tell_how_often_they_struck(api: Api, control: Control) -> None:
    control.add_fault("status", match={"nth": 2})
    statuses(api, 3)
    rule = control.faults()[0]
    assert (rule["seen"], rule["fired"], rule["effect"]) == (2, 1, "status")
    assert [entry["fault"] for entry in control.log(api.agreement)] == [None, "status", None]


@pytest.mark.parametrize(
    "rule",
    [
        {"effect": "explode"},
        {"effect": "drop_before", "when": "after"},
        {"effect": "status", "status": 418},
        {"effect": "status", "match": {"colour": "red"}},
        {"effect": "status", "match": {"path": "("}},
    ],
)
def test_senseless_rules_are_refused(control: Control, rule: dict[str, object]) -> None:
    with pytest.raises(ControlError, match="BadFaultError"):
        control.add_fault(str(rule.pop("effect")), **rule)  # type: ignore[arg-type]


def test_a_faulty_call_still_counts(api: Api, control: Control) -> None:
    control.add_fault("status", match={"nth": 1})
    statuses(api, 2)
    counters = control.counters(api.agreement)
    assert (counters["calls"], counters["statuses"]) == (2, {"200": 1, "500": 1})
    assert isinstance(counters["callsLast24Hours"], int | Decimal)
