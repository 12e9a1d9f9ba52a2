"""The read feed: filters, order, pages (contract 3)."""

from __future__ import annotations

import pytest

from .conftest import Opener
from .server import JSON_HEADERS, Api, debtor

NAMES = {"1001": "O'Hara & Søn", "1002": "B", "1003": "C", "1004": "B"}


@pytest.fixture
def many(open_company: Opener) -> Api:
    """A company with four customers."""
    return open_company(
        debtors=[
            debtor(Account=account, Name=name, CreditMax=f"{int(account) - 1000}.50", Blocked=account == "1003")
            for account, name in NAMES.items()
        ]
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Account eq '1002'", ["1002"]),
        ("Account ne '1002'", ["1001", "1003", "1004"]),
        ("Account ge '1002' and Account lt '1004'", ["1002", "1003"]),
        ("Name eq 'B' or Account eq '1003'", ["1002", "1003", "1004"]),
        ("Account eq '1001' or Name eq 'B' and Account eq '1004'", ["1001", "1004"]),
        ("(Account eq '1001' or Name eq 'B') and Account eq '1004'", ["1004"]),
        ("Name eq 'O''Hara & Søn'", ["1001"]),
        ("CreditMax gt 2.5", ["1003", "1004"]),
        ("CreditMax le 1.5", ["1001"]),
        ("RowId eq 2", ["1002"]),
        ("Blocked eq true", ["1003"]),
        ("Blocked eq false and Name eq 'B'", ["1002", "1004"]),
        ("Payment eq 'Netto 8'", list(NAMES)),
        ("Phone eq null", list(NAMES)),
        ("Phone ne null", []),
        ("VatZone eq 'Domestic'", list(NAMES)),
        ("Account eq 'nobody'", []),
    ],
)
def test_filters(many: Api, text: str, found: list[str]) -> None:
    assert [row["Account"] for row in many.odata("DebtorClient", filter=text)] == found


def test_dates_have_a_literal_of_their_own(api: Api) -> None:
    for day in ("2026-01-08", "2026-02-08", "2026-03-08"):
        api.posted(api.order(), Date=day)
    text = "Date ge datetime'2026-02-01T00:00:00' and Date le datetime'2026-02-28T00:00:00' and Account le '3000'"
    assert [row["Date"] for row in api.odata("DebtorInvoiceClientUser", filter=text)] == ["2026-02-08T00:00:00Z"]
    text = "Account eq '1010' and Date lt datetime'2026-02-01'"
    assert [row["Credit"] for row in api.odata("GLTransClient", filter=text)] == [100]


@pytest.mark.parametrize(
    "text",
    [
        "Account", "Account eq", "Account eq 1001", "CreditMax eq '1'", "Date eq '2026-01-01'", "Nonsense eq '1'",
        "contains(Name,'B')", "Account eq '1001' xor Name eq 'B'", "(Account eq '1001'", "Account eq '1001')",
        "Account eq 'open", "Account like 'B'", "Blocked eq 'true'", "RowId eq 1x",
    ],
)  # fmt: skip
def test_filters_that_are_not_served(many: Api, text: str) -> None:
    answer = many.basic("GET", "/odata/DebtorClient", **{"$filter": text})
    assert answer.status == 400
    assert answer.raw


def test_order_top_and_skip(many: Api) -> None:
    def found(**options: object) -> list[str]:
        return [row["Account"] for row in many.odata("DebtorClient", **options)]

    assert found(orderby="Account desc") == ["1004", "1003", "1002", "1001"]
    assert found(orderby="Name asc, Account desc") == ["1004", "1002", "1003", "1001"]
    assert found(orderby="Name,Account") == ["1002", "1004", "1003", "1001"]
    assert found(top=2) == ["1001", "1002"]
    assert found(top=2, skip=3) == ["1004"]
    assert found(top=0) == []
    for wrong in ({"$orderby": "Name sideways"}, {"$orderby": "Nonsense"}, {"$top": "x"}, {"$skip": "-1"}):
        assert many.basic("GET", "/odata/DebtorClient", **wrong).status == 400


def test_pages_lead_to_each_other(open_company: Opener) -> None:
    api = open_company(
        debtors=[debtor(Account=str(number)) for number in range(1001, 1008)], knobs={"odata_page_size": 3}
    )
    path, sizes, seen = "/odata/DebtorClient?$filter=Account ne '1004'&$orderby=Account desc&$top=5", [], []
    while path:
        body = api.basic("GET", path).body
        sizes.append(len(body["value"]))
        seen += [row["Account"] for row in body["value"]]
        link = str(body.get("@odata.nextLink", ""))
        assert not link or link.startswith(f"{api.url}/odata/DebtorClient?")
        path = link.removeprefix(api.url)
    assert (sizes, seen) == ([3, 2], ["1007", "1006", "1005", "1003", "1002"])


def test_the_feed_lists_what_it_serves(api: Api) -> None:
    for path in ("/odata", "/odata/", f"/odata/{api.company}"):
        names = [row["name"] for row in api.basic("GET", path).body["value"]]
        assert {"DebtorClient", "DebtorClientUser", "DebtorInvoiceLines", "GLDimType5Client"} <= set(names)
        assert "DebtorInvoiceLinesClient" not in names


@pytest.mark.parametrize("accept", ["application/xml", "*/*", ""])
def test_only_json_is_served(api: Api, accept: str) -> None:
    answer = api.send("GET", "/odata/DebtorClient", None, {"Accept": accept}, auth=api.login.basic)
    assert answer.status == 406
    wider = "application/atom+xml, application/json;q=0.9"
    assert api.send("GET", "/odata/DebtorClient", None, {"Accept": wider}, auth=api.login.basic).status == 200


def test_the_feed_only_reads(api: Api) -> None:
    for verb in ("POST", "PUT", "DELETE", "PATCH"):
        answer = api.send(verb, "/odata/DebtorClient", {}, JSON_HEADERS, auth=api.login.basic)
        assert answer.status == 405
