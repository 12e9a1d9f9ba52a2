"""``/api/Entities``: rows by one equality, and writes with HTTP Basic (contract 4)."""

from __future__ import annotations

import pytest

from .conftest import Opener
from .server import Api, debtor, line

DEBTOR = "DebtorClient"


def test_rows_are_a_bare_array(api: Api) -> None:
    api.insert("Debtor", Account="2001", Name="B")
    for path in (f"/api/Entities/{DEBTOR}", f"/api/Entities/Read/{DEBTOR}", f"/api/Entities/{api.company}/{DEBTOR}"):
        assert [row["Account"] for row in api.basic("GET", path).body] == ["1001", "2001"]
    one = api.basic("GET", f"/api/Entities/{DEBTOR}", Name="Account", Value="2001").body
    assert [row["Name"] for row in one] == ["B"]
    assert api.basic("GET", f"/API/entities/{DEBTOR}", Name="Name", Value="nobody").body == []
    assert api.basic("GET", f"/api/Entities/{DEBTOR}", Name="CreditMax", Value="0").status == 200


def test_a_filter_that_is_not_whole_is_refused(api: Api) -> None:
    assert api.basic("GET", f"/api/Entities/{DEBTOR}", Name="Account").status == 400
    refused = api.basic("GET", f"/api/Entities/{DEBTOR}", Name="Nonsense", Value="1")
    assert (refused.status, refused.raw) == (400, b"The value in field is invalid")


@pytest.mark.parametrize("company", ["", "{}/"])
def test_insert_update_delete(api: Api, company: str) -> None:
    base = "/api/Entities/" + company.format(api.company)
    made = api.basic("POST", f"{base}Insert/{DEBTOR}", debtor(Account="2001", Phone="12345678"))
    assert (made.status, made.body["RowId"]) == (200, 2)
    (row,) = api.basic("GET", f"{base}{DEBTOR}", Name="RowId", Value="2").body
    del row["Phone"]
    changed = api.basic("PUT", f"{base}Update/{DEBTOR}", row | {"Name": "Nyt"})
    assert (changed.status, changed.body["Name"], changed.body["RowId"]) == (200, "Nyt", 2)
    assert "Phone" not in changed.body
    assert api.basic("DELETE", f"{base}Delete/{DEBTOR}", {"RowId": 2}).status == 204
    assert len(api.rows("Debtor")) == 1


def test_refusals_are_plain_text(api: Api) -> None:
    answer = api.basic("POST", f"/api/Entities/Insert/{DEBTOR}", debtor())
    assert (answer.status, answer.raw) == (400, b"A key with the name already exists")
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_list_at_once(open_company: Opener) -> None:
    api = open_company(knobs={"insert_list_answer": "rows"})
    number = api.order()
    rows = [line(OrderNumber=str(number), Text=text) for text in "ab"]
    made = api.basic("POST", "/api/Entities/InsertList/DebtorOrderLineClient", rows)
    assert [row["Text"] for row in made.body] == ["a", "b"]


def test_contacts_of_a_customer(api: Api) -> None:
    made = api.basic(
        "POST", "/api/Entities/Insert/ContactClient",
        {"Name": "Anne", "DCType": "Debtor", "DCAccount": "1001", "Email": "anne@example.dk", "Invoice": True},
    ).body  # fmt: skip
    assert (made["AccountName"], made["DCType"], made["Invoice"]) == ("Smørrebrød & Søn ApS", "Debtor", True)
    found = api.basic("GET", "/api/Entities/ContactClient", Name="DCAccount", Value="1001").body
    assert [row["PrimaryKeyId"] for row in found] == [made["RowId"]]
