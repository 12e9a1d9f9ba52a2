"""The control address: agreements, counters, marks, the log, the ledger, acting as a person."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from sandbox.economic.control import Control, ControlError

from .conftest import Opener
from .server import SANDBOX, Api, Sandbox, customer, draft


def test_health_and_reset(tmp_path: Path) -> None:
    with SANDBOX.running(tmp_path / "data") as sandbox:
        control = sandbox.control
        tokens = control.create_agreement()
        control.set_knobs(latency_ms=1)
        control.advance(500)
        control.add_fault("status")
        assert control.health() == {"status": "ok", "agreements": 1}
        control.reset()
        assert control.health() == {"status": "ok", "agreements": 0}
        assert (control.faults(), control.clock()["offset"], control.knobs()["latency_ms"]) == ([], 0, 0)
        again = control.create_agreement(app_secret=tokens.app_secret, grant=tokens.grant)
        assert again == tokens


def test_tokens_are_told_once_and_kept_as_fingerprints(
    sandbox: Sandbox, open_agreement: Opener, control: Control
) -> None:
    api = open_agreement(app_secret="the secret of the app", grant="the grant of the agreement")
    assert api.get("/self").status == 200
    assert "the grant" not in str(control.agreement(api.agreement))
    with pytest.raises(ControlError, match="in use already"):
        open_agreement(grant="the grant of the agreement")
    assert sandbox.process.poll() is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"preset": "huge"}, {"base_currency": "XXX"}, {"agreement": -1}, {"knobs": {"nonsense": 1}},
        {"customers": [customer(name=None)]}, {"knobs": {"latency_ms": "1"}}, {"knobs": {"vat_rounding": "never"}},
        {"knobs": {"call_cost": -1}},
    ],
)  # fmt: skip
def test_senseless_agreements_are_refused(control: Control, wrong: dict[str, object]) -> None:
    with pytest.raises(ControlError):
        control.create_agreement(**wrong)  # type: ignore[arg-type]


def test_unknown_agreements_roles_series_and_years_are_refused(api: Api, control: Control) -> None:
    for attempt in (
        lambda: control.agreement(1),
        lambda: control.set_roles(api.agreement, "Boss"),
        lambda: control.set_series(api.agreement, nonsense=1),
        lambda: control.set_year(api.agreement, "1999", closed=True),
        lambda: control.set_year(api.agreement, "2026", period=1, closed=True),
        lambda: control.set_rates(api.agreement, XXX="1"),
        lambda: control.pay(api.agreement, 1),
        lambda: control.act(1, "GET", "/self"),
    ):
        with pytest.raises(ControlError):
            attempt()


def test_counters_and_marks(api: Api, control: Control) -> None:
    api.post("/invoices/drafts", draft(), key="a")
    api.post("/invoices/drafts", draft(), key="a")
    control.mark(api.agreement)
    api.put("/invoices/drafts/1", draft())
    api.post("/invoices/drafts", draft(currency="XXX"))
    api.get("/invoices/drafts/1")
    counters = control.counters(api.agreement)
    assert (counters["calls"], counters["reads"], counters["writesTotal"]) == (5, 1, 2)
    assert counters["writes"] == {"POST /invoices/drafts": 1, "PUT /invoices/drafts/{draftInvoiceNumber}": 1}
    assert (counters["replays"], counters["refusals"]) == ({"POST /invoices/drafts": 1}, {"POST /invoices/drafts": 1})
    since = counters["sinceMark"]
    assert (since["calls"], since["writes"]) == (3, {"PUT /invoices/drafts/{draftInvoiceNumber}": 1})


def test_the_log_tells_what_was_asked(api: Api, control: Control) -> None:
    api.post("/invoices/drafts", draft(), key="a key")
    api.post("/invoices/drafts", draft(), key="a key")
    api.get("/customers?pagesize=1")
    first, second, third = control.log(api.agreement)
    assert (first["method"], first["path"], first["status"], first["idempotency_key"], first["replayed"]) == (
        "POST", "/invoices/drafts", 201, "a key", False,
    )  # fmt: skip
    assert (second["replayed"], second["executed"]) == (True, False)
    assert (third["query"], third["template"]) == ("pagesize=1", "/customers")
    assert control.log(api.agreement, after=second["id"]) == [third]


def test_a_person_does_what_the_api_can_and_is_not_counted(open_agreement: Opener, control: Control) -> None:
    api = open_agreement(knobs={"rate_limit_tokens": 3})
    number = api.made("/invoices/drafts", draft())["draftInvoiceNumber"]
    control.revoke(api.agreement)
    status, body = control.act(api.agreement, "PUT", f"/invoices/drafts/{number}", draft(references={"other": "x"}))
    assert (status, body["references"]) == (200, {"other": "x"})
    assert control.act(api.agreement, "GET", "/invoices/drafts?pagesize=1")[1]["pagination"]["results"] == 1
    assert (
        control.act(api.agreement, "POST", "/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": number}})[0]
        == 201
    )
    assert control.act(api.agreement, "DELETE", f"/invoices/drafts/{number}")[0] == 404
    assert control.counters(api.agreement)["calls"] == 1


def test_the_ledger_counts_locators_in_drafts_and_booked(api: Api, control: Control) -> None:
    for other in ("PO 1 #loc-1", "PO 2 #loc-1", "loc-2", "a # b #loc-3"):
        api.made("/invoices/drafts", draft(references={"other": other}))
    api.made("/invoices/drafts", draft())
    api.made("/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": 2}})
    ledger = control.ledger(api.agreement)
    assert ledger["locators"] == {"loc-1": 2, "loc-2": 1, "loc-3": 1}
    assert ledger["references"]["PO 2 #loc-1"] == 1
    assert (len(ledger["drafts"]), len(ledger["booked"]), len(ledger["customers"])) == (4, 1, 1)
    assert control.locators(api.agreement) == ledger["locators"]


def test_knobs_of_one_agreement_and_of_all(api: Api, control: Control) -> None:
    control.set_knobs(latency_ms=1)
    try:
        assert control.knobs(api.agreement)["latency_ms"] == 1
        control.set_knobs(api.agreement, latency_ms=0)
        assert (control.knobs(api.agreement)["latency_ms"], control.knobs()["latency_ms"]) == (0, 1)
        control.set_knobs(api.agreement, latency_ms=None)
        assert control.knobs(api.agreement)["latency_ms"] == 1
    finally:
        control.set_knobs(latency_ms=None)
    with pytest.raises(ControlError, match="no knob"):
        control.set_knobs(nonsense=1)


def test_the_control_address_is_another_port(sandbox: Sandbox, api: Api) -> None:
    assert requests.get(f"{sandbox.url}/health", headers=api.tokens.headers, timeout=5).status_code == 404


def test_an_agreement_that_was_refused_leaves_nothing_behind(control: Control) -> None:
    before = [row["agreementNumber"] for row in control.agreements()]
    with pytest.raises(ControlError, match="was refused"):
        control.create_agreement(app_secret="s", grant="g", customers=[customer(), customer(currency="XXX")])
    assert [row["agreementNumber"] for row in control.agreements()] == before
    assert control.create_agreement(app_secret="s", grant="g").grant == "g"
