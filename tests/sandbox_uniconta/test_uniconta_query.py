"""``POST /Query/Get``: filters, ranges, alternatives, paging, order (contract 5.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from .conftest import Opener
from .server import Api, debtor, line

NAMES = {"1001": "Å", "1002": "B", "1003": "C", "1004": "B", "1005": "E"}


@pytest.fixture
def many(open_company: Opener) -> Api:
    """A company with five customers."""
    return open_company(
        debtors=[debtor(Account=account, Name=name, CreditMax=int(account) - 1000) for account, name in NAMES.items()]
    )


def accounts(api: Api, *filters: object) -> list[str]:
    """The customer numbers that a query finds, in its order."""
    answer = api.web("POST", "/Query/Get/DebtorClient", list(filters))
    assert answer.status == 200, answer.raw
    return [row["Account"] for row in answer.body]


def test_the_recorded_filters(many: Api) -> None:
    everything = {
        "PropertyName": "Account", "FilterValue": "", "Skip": 0, "Take": 0, "OrderBy": "true",
        "OrderByDescending": "false",
    }  # fmt: skip
    assert accounts(many, everything) == list(NAMES)
    assert accounts(many, {"PropertyName": "Account", "FilterValue": "1003", "Skip": 0, "Take": 1}) == ["1003"]
    assert accounts(many, {"Skip": 0, "Take": 100}) == list(NAMES)
    assert accounts(many, {}) == list(NAMES)


def test_filters_are_joined_by_and(many: Api) -> None:
    name = {"PropertyName": "Name", "FilterValue": "B"}
    assert accounts(many, name) == ["1002", "1004"]
    assert accounts(many, name, {"PropertyName": "Account", "FilterValue": "1004"}) == ["1004"]
    assert accounts(many, {"PropertyName": "Account", "FilterValue": "1001"}, name) == []


def test_pages_are_asked_for_in_the_first_filter(many: Api) -> None:
    second = {"PropertyName": "Account", "FilterValue": "", "Skip": 3, "Take": 1}
    assert accounts(many, {"Skip": 1, "Take": 2}, second) == ["1002", "1003"]
    assert accounts(many, {"Skip": 4}) == ["1005"]
    assert accounts(many, {"Skip": 9, "Take": 9}) == []
    assert accounts(many, {"Skip": "1", "Take": "1"}) == ["1002"]


@pytest.mark.parametrize("true", [True, "true", "True"])
def test_order(many: Api, true: object) -> None:
    name = {"PropertyName": "Name", "OrderBy": true}
    account = {"PropertyName": "Account", "OrderByDescending": true}
    assert accounts(many, account) == list(reversed(NAMES))
    assert accounts(many, name, account) == ["1004", "1002", "1003", "1005", "1001"]
    assert accounts(many, {**account, "Take": 2}) == ["1005", "1004"]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Account", "1002..1004", ["1002", "1003", "1004"]),
        ("Account", "..1002", ["1001", "1002"]),
        ("Account", "1004..", ["1004", "1005"]),
        ("Account", "1001;1005", ["1001", "1005"]),
        ("Account", "1001 OR 1003..1004", ["1001", "1003", "1004"]),
        ("CreditMax", "2..3", ["1002", "1003"]),
        ("CreditMax", "2.0", ["1002"]),
        ("RowId", "2;4", ["1002", "1004"]),
        ("Country", "Denmark", []),
        ("VatZone", "0", list(NAMES)),
        ("Payment", "Netto 8", list(NAMES)),
        ("Blocked", "false", list(NAMES)),
    ],
)
def test_ranges_and_alternatives(many: Api, name: str, text: str, found: list[str]) -> None:
    assert accounts(many, {"PropertyName": name, "FilterValue": text}) == found


def test_at_most_forty_alternatives(many: Api) -> None:
    texts = [str(number) for number in range(1001, 1042)]
    assert accounts(many, {"PropertyName": "Account", "FilterValue": ";".join(texts[:40])}) == list(NAMES)
    filters = [{"PropertyName": "Account", "FilterValue": ";".join(texts)}]
    assert many.web("POST", "/Query/Get/DebtorClient", filters).status == 400


@pytest.mark.parametrize(
    "filters",
    [
        [{"PropertyName": "Nonsense", "FilterValue": "1"}], [{"PropertyName": "account", "FilterValue": "1"}],
        [{"PropertyName": "CreditMax", "FilterValue": "x"}], [{"Skip": -1}], [{"Take": "x"}],
    ],
)  # fmt: skip
def test_filters_that_make_no_sense_are_refused(many: Api, filters: list[Any]) -> None:
    answer = many.web("POST", "/Query/Get/DebtorClient", filters)
    assert answer.outcome == (400, "The value in field is invalid")


@pytest.mark.parametrize("body", [[], {}, None, "x"])
def test_a_body_that_is_no_list_of_filters(api: Api, body: object) -> None:
    answer = api.web("POST", "/Query/Get/DebtorClient", body)
    assert (answer.status, answer.raw) == (200, b"ArgumentMissing")
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_an_invoice_is_found_by_its_order_and_by_its_reference(api: Api) -> None:
    numbers = [api.order(line(Price=price), ReferenceNumber=f"kunde-1 #l-{price}") for price in (10, 20, 30)]
    for number in numbers:
        api.posted(number)
    found = api.rows("DebtorInvoice", OrderNumber=numbers[1], Account="1001")
    assert [row["NetAmount"] for row in found] == [20]
    assert [row["NetAmount"] for row in api.rows("DebtorInvoice", ReferenceNumber="kunde-1 #l-30")] == [30]
    lines = api.web("POST", "/Query/Get/DebtorInvoiceLines", [{"PropertyName": "Total", "FilterValue": "-30"}]).body
    assert [(row["InvoiceTotal"], row["Qty"]) for row in lines] == [(30, -1)]


def test_the_companys_set_up_can_be_read(api: Api) -> None:
    company = api.row("Company")
    assert (company["PrimaryKeyId"], company["Currency"], company["Id"]) == (api.company, "DKK", "12345674")
    assert [company[f"Dim{n}"] for n in (1, 2, 3)] == ["Afdeling", "Medarbejder", "Formål"]
    assert [row["Dimension"] for row in api.rows("GLDimType2")] == ["AS", "BÅ", "CM"]
    vat = api.row("GLVat", Vat="U25")
    assert (vat["Rate"], vat["Account"]) == (Decimal(25), "6902")
    years = {row["FromDate"][:4]: row["PeriodState"] for row in api.rows("CompanyFinanceYear")}
    assert years == {"2024": "Closed", "2025": "Open", "2026": "Open", "2027": "Open"}
    assert len(api.rows("CompanyFinancePeriod")) == 48
    item = api.row("InvItem", Item="1000")
    assert (item["Decimals"], item["Group"], item["ItemType"]) == (2, "1", "Service")
    group = api.row("InvGroup", Group="2")
    assert "SalesVat" not in group
    term = api.row("PaymentTerm", Payment="Lb.md.+15")
    assert (term["PaymentMethod"], term["Days"]) == ("EndMonth", 15)
    assert [row["Name"] for row in api.rows("DebtorLayoutGroup")] == ["Dansk", "English"]
    assert {row["Number"] for row in api.rows("Employee")} == {"AS", "BÅ", "CM"}
    assert api.row("GLAccount", Account="5600")["AccountType"] == "Debtor"
