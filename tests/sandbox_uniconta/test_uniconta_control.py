"""The control address: companies, users, counters, marks, the log, the ledger, acting as a person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.uniconta.control import Control, ControlError, Login

from .conftest import Opener
from .server import SANDBOX, Api, debtor, line

QUERY = "/Query/Get/DebtorClient"


def test_health_and_reset(tmp_path: Path) -> None:
    with SANDBOX.running(tmp_path / "data") as sandbox:
        control = sandbox.control
        login = control.create_company(user="api", password="secret")
        control.set_knobs(latency_ms=1)
        control.advance(500)
        control.add_fault("status")
        api = Api(sandbox.url, login)
        token = api.sign_in().status
        assert (control.health(), token) == ({"status": "ok", "companies": 1}, 500)
        control.reset()
        assert control.health() == {"status": "ok", "companies": 0}
        assert (control.faults(), control.clock()["offset"], control.knobs()["latency_ms"]) == ([], 0, 0)
        assert control.users() == []
        assert api.sign_in().status == 401
        assert control.create_company(user="api", password="secret") == login
        assert api.sign_in().status == 200
        api.session.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"preset": "huge"}, {"base_currency": "XXX"}, {"company": -1}, {"knobs": {"nonsense": 1}},
        {"debtors": [debtor(), debtor()]}, {"debtors": [debtor(Group="99")]}, {"knobs": {"latency_ms": "1"}},
        {"knobs": {"vat_rounding": "never"}}, {"knobs": {"daily_limit": -1}}, {"kind": "Robot"}, {"facts": {"x": 1}},
    ],
)  # fmt: skip
def test_senseless_companies_are_refused(control: Control, wrong: dict[str, Any]) -> None:
    before = control.health()
    with pytest.raises(ControlError):
        control.create_company(**wrong)
    assert control.health() == before


def test_unknown_names_are_refused(api: Api, control: Control) -> None:
    for attempt in (
        lambda: control.company(1),
        lambda: control.user("nobody"),
        lambda: control.create_user(api.login.user.upper()),
        lambda: control.create_user("somebody", 1),
        lambda: control.set_rights(api.login.user, "everything"),
        lambda: control.set_companies(api.login.user, 1),
        lambda: control.set_series(api.company, SalesOrder=1, nonsense=1),
        lambda: control.set_rates(api.company, ZZZ="1"),
        lambda: control.set_year(api.company, "1999", state="Open"),
        lambda: control.set_year(api.company, "2026", state="Ajar"),
        lambda: control.set_facts(api.company, nonsense=1),
        lambda: control.add_user_field(api.company, "NonsenseClient", "x"),
        lambda: control.add_user_field(api.company, "DebtorClient", "Account"),
        lambda: control.add_user_field(api.company, "DebtorClient", "x", "Complex"),
        lambda: control.set_knobs(api.company, nonsense=1),
        lambda: control.pay(api.company, 30001),
        lambda: control.act(1, "GET", "/odata/DebtorClient"),
    ):
        with pytest.raises(ControlError):
            attempt()
    assert control.company(api.company)["series"]["SalesOrder"] == 101


def test_presets(open_company: Opener, control: Control) -> None:
    records = {
        preset: control.company(open_company(preset, debtors=[]).company)["records"] for preset in ("empty", "standard")
    }
    assert (records["empty"]["InvItem"], records["standard"]["InvItem"]) == (0, 4)
    assert (records["empty"]["DebtorGroup"], records["empty"]["CompanyFinancePeriod"]) == (1, 48)


def test_facts_of_the_company(open_company: Opener, control: Control) -> None:
    api = open_company(name="Firmaet", cvr="87654321", base_currency="EUR", facts={"FIK": "81234567"})
    control.set_facts(api.company, DebtorAccountLen=6, Dim4="Projekt", NumberOfDimensions=4)
    row = api.row("Company")
    assert (row["CompanyName"], row["Id"], row["Currency"], row["FIK"]) == ("Firmaet", "87654321", "EUR", "81234567")
    assert (row["DebtorAccountLen"], row["Dim4"], row["NumberOfDimensions"]) == (6, "Projekt", 4)
    assert api.posted(api.order())["Currency"] == "EUR"


def test_users(open_company: Opener, control: Control) -> None:
    first, second = open_company(), open_company()
    name = f"Anne.{first.company}"
    password = control.create_user(name, second.company, kind="Standard", rights=["read"])
    assert control.user(name) == {
        "name": name, "kind": "Standard", "companies": [second.company], "rights": ["read"], "locked": False,
        "callsLast24Hours": 0,
    }  # fmt: skip
    control.set_companies(name, first.company)
    anne = Api(first.url, Login(first.company, name.lower(), password))
    assert [row["CompanyId"] for row in anne.rows("Company")] == [first.company]
    assert name in {user["name"] for user in control.users()}
    anne.session.close()


def test_counters_and_mark(api: Api, control: Control) -> None:
    number = api.order()
    api.rows("Debtor")
    api.web("POST", "/crud/INSERT/debtorclient", debtor())
    control.mark(api.company)
    api.generate(number, Simulate=True)
    api.generate(number)
    api.generate(number)
    api.basic("GET", "/odata/DebtorInvoiceClient")
    counted = control.counters(api.company)
    assert counted["writes"] == {
        "POST /Crud/Insert/DebtorOrderClient": 1, "POST /Crud/Insert/DebtorOrderLineClient": 1,
        "POST /Invoice/GenerateDebtorInvoice": 1,
    }  # fmt: skip
    assert counted["refusals"] == {"POST /Crud/Insert/DebtorClient": 1, "POST /Invoice/GenerateDebtorInvoice": 1}
    since = counted["sinceMark"]
    assert (since["calls"], since["reads"], since["writesTotal"]) == (4, 2, 1)
    assert since["statuses"] == {"200": 4}
    assert (counted["calls"], counted["statuses"]) == (9, {"200": 8, "400": 1})


def test_at_once(api: Api, control: Control) -> None:
    api.sign_in()
    control.add_fault("delay_before", match={"company": api.company, "path": "/odata/"}, seconds=0.4)

    def read(_worker: int) -> int:
        client = Api(api.url, api.login)
        try:
            return client.basic("GET", "/odata/DebtorClient").status
        finally:
            client.session.close()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(read, range(3))) == [200, 200, 200]
    at_once = control.counters(api.company)["atOnce"]
    assert (at_once["now"], at_once["most"]) == (0, 3)
    control.mark(api.company)
    assert control.counters(api.company)["atOnce"]["most"] == 0


def test_the_log(api: Api, control: Control) -> None:
    api.sign_in(Password="wrong")
    api.rows("Debtor")
    api.basic("GET", "/api/entities/debtorclient", Name="Account", Value="1001")
    api.web("GET", "/nonsense")
    entries = control.log(api.company)
    assert [(entry["template"], entry["status"], entry["refused"]) for entry in entries] == [
        ("/login", 401, "UserOrPasswordIsWrong"), ("/login", 200, None), ("/Query/Get/DebtorClient", 200, None),
        ("/api/Entities/DebtorClient", 200, None), ("", 404, None),
    ]  # fmt: skip
    assert entries[3]["query"] == "Name=Account&Value=1001"
    assert {entry["user"] for entry in entries} == {api.login.user}
    assert [entry["id"] for entry in control.log(api.company, after=entries[1]["id"], limit=2)] == [
        entry["id"] for entry in entries[2:4]
    ]


def test_a_person_needs_no_tokens_and_is_not_counted(api: Api, control: Control) -> None:
    status, made = control.act(api.company, "POST", "/Crud/Insert/DebtorOrderClient", {"Account": "1001"})
    assert (status, made["OrderNumber"]) == (200, 101)
    body = line(OrderNumber=101)
    assert control.act(api.company, "POST", "/Crud/Insert/DebtorOrderLineClient", body)[0] == 200
    status, result = control.act(
        api.company, "POST", "/Invoice/GenerateDebtorInvoice", {"OrderNumber": 101, "Date": "2026-01-08"}
    )
    assert (status, result["InvoiceNumber"]) == (200, 30001)
    assert control.act(api.company, "GET", "/odata/DebtorClient?$top=0") == (200, {"value": []})
    assert control.act(api.company, "DELETE", "/Crud/Delete/DebtorOrderClient", {"OrderNumber": 101}) == (204, None)
    assert control.act(api.company, "POST", "/Crud/Insert/DebtorClient", debtor())[0] == 400
    assert control.act(api.company, "POST", "/login", {})[0] == 404
    assert control.act(api.company, "GET", "/nonsense")[0] == 404
    assert control.counters(api.company)["calls"] == 0


def test_locators_count_orders_and_invoices_together(api: Api, control: Control) -> None:
    api.posted(api.order(ReferenceNumber="a", DeleteOrder=True))
    api.posted(api.order(ReferenceNumber="b"))
    api.order(ReferenceNumber="b")
    api.order(ReferenceNumber="c")
    api.order()
    assert control.locators(api.company) == {"a": 1, "b": 2, "c": 1}
    assert control.ledger(api.company)["locators"] == {"a": 1, "b": 2, "c": 1}


def test_knobs_are_the_companys_else_the_sandboxs(api: Api, control: Control) -> None:
    try:
        control.set_knobs(latency_ms=3)
        assert control.knobs(api.company)["latency_ms"] == 3
        control.set_knobs(api.company, latency_ms=0)
        assert (control.knobs(api.company)["latency_ms"], control.knobs()["latency_ms"]) == (0, 3)
        control.set_knobs(api.company, latency_ms=None)
        assert control.knobs(api.company)["latency_ms"] == 3
    finally:
        control.set_knobs(latency_ms=None)
    assert control.knobs(api.company)["latency_ms"] == 0


def test_a_login_is_shown_without_its_password() -> None:
    login = Login(40001, "api", "secret")
    assert (repr(login), login.username) == ("Login(company=40001, user='api')", "0040001/api")
    assert login.basic == ("0040001/api", "secret")
