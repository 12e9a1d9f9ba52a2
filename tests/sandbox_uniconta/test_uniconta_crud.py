"""Writing records: what is taken, cut, ignored and refused (contract 4, 5.2, 6, 7.5)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.uniconta.control import Control

from .conftest import Opener
from .server import Api, debtor, line

KEY_EXISTS = (400, "A key with the name already exists")


def test_a_debtor_as_it_was_recorded(open_company: Opener) -> None:
    api = open_company(debtors=[])
    made = api.insert(
        "Debtor", Account="CRM-TEST-SMOKE-001", Name="TEST Kunde", Currency="DKK", Country=57, VatZone="Domestic",
        Phone="+45 12 34 56 78", ContactEmail="smoke@example.dk", InvoiceEmail="smoke@example.dk",
        Address1="Valby Langgade 84", ZipCode="2500", City="Valby",
    )  # fmt: skip
    assert (made["RowId"], made["CompanyId"], made["Country"], made["Group"]) == (1, api.company, "Denmark", "1")
    assert made["Created"].endswith("Z")
    assert made["LastInvoice"] == "0001-01-01T00:00:00"
    assert (made["CreditMax"], made["Blocked"], made["VatZone"]) == (0, False, "Domestic")
    assert "Address2" not in made
    assert "EAN" not in made


def test_what_is_too_long_is_cut_in_silence(api: Api) -> None:
    made = api.insert("Debtor", Account="CRM-1791bb2c-41fe-4000", Name="N" * 101, ZipCode="123456789")
    assert (made["Account"], len(made["Name"]), made["ZipCode"]) == ("CRM-1791bb2c-41fe-40", 100, "12345678")
    refused = api.web("POST", "/Crud/Insert/DebtorClient", {"Account": "CRM-1791bb2c-41fe-4099"})
    assert refused.outcome == KEY_EXISTS
    order = api.insert("DebtorOrder", Account="CRM-1791bb2c-41fe-4000", YourRef="y" * 21, ReferenceNumber="r" * 25)
    assert (order["Account"], order["YourRef"], order["ReferenceNumber"]) == (made["Account"], "y" * 20, "r" * 20)
    item = api.insert("InvItem", Item="i" * 41, Name="n" * 151, Group="1")
    assert (len(item["Item"]), len(item["Name"])) == (40, 150)


def test_unknown_and_computed_properties_are_ignored(api: Api) -> None:
    order = api.insert(
        "DebtorOrder", Account="1001", Simulate="true", invoice_date="2026-01-01", OrderTotal=99, Name="x", RowId=7
    )
    assert (order["RowId"], order["OrderTotal"], order["Name"]) == (1, 0, "Smørrebrød & Søn ApS")
    assert not {"Simulate", "invoice_date"} & order.keys()
    assert "Name" not in api.insert("Debtor", Account="7", name="wrong case")


def test_numbers_flags_dates_and_enums_come_in_several_forms(api: Api) -> None:
    made = api.insert("Debtor", Account=4711, CreditMax="1234.50", Blocked="true", VatZone="1", Country="denmark")
    assert (made["Account"], made["CreditMax"], made["Blocked"]) == ("4711", Decimal("1234.5"), True)
    assert (made["VatZone"], made["Country"]) == ("EU Member States", "Denmark")
    order = api.insert("DebtorOrder", Account="1001", DeliveryDate="2026-08-13T22:30:00+02:00", Currency=2)
    assert (order["DeliveryDate"], order["Currency"]) == ("2026-08-13T00:00:00Z", "EUR")
    again = api.insert("DebtorOrder", Account="1001", DeliveryDate="0001-01-01T00:00:00", Currency="")
    assert again["DeliveryDate"] == "0001-01-01T00:00:00"
    assert "Currency" not in again


@pytest.mark.parametrize(
    "wrong",
    [
        {"Currency": "ZZZ"}, {"Country": 4711}, {"VatZone": "Mars"}, {"CreditMax": "1,5"}, {"CreditMax": True},
        {"Blocked": "perhaps"}, {"Name": ["x"]}, {"Address1": {}},
    ],
)  # fmt: skip
def test_values_that_cannot_be_read_are_refused(api: Api, wrong: dict[str, Any]) -> None:
    answer = api.web("POST", "/Crud/Insert/DebtorClient", debtor(Account="9") | wrong)
    assert answer.outcome == (400, "The value in field is invalid")
    assert len(api.rows("Debtor")) == 1


@pytest.mark.parametrize(
    ("entity", "body", "text"),
    [
        ("Debtor", debtor(Account="9", Group="99"), "The record does not exist"),
        ("Debtor", debtor(Account="9", Payment="Netto 99"), "The record does not exist"),
        ("Debtor", debtor(Account="9", Dimension1="99"), "The dimension does not exist"),
        ("Debtor", debtor(Account="9", Dimension5="1"), "The dimension does not exist"),
        ("Debtor", debtor(Account="9", Vat="U99"), "VatTypeDoesNotExist"),
        ("Debtor", debtor(Account="9", LayoutGroup="Norsk"), "The record does not exist"),
        ("Debtor", {"Name": "x"}, "Key must not be empty"),
        ("DebtorOrder", {"Account": "9999"}, "Account does not exist"),
        ("DebtorOrder", {}, "The field value is missing"),
        ("DebtorOrderLine", line(OrderNumber=9999), "The record does not exist"),
        ("DebtorOrderLine", line(), "The field value is missing"),
        ("DebtorInvoice", {"Account": "1001"}, "Cannot create record"),
        ("GLTrans", {}, "Cannot create record"),
    ],
)
def test_references_to_nothing_and_missing_fields(api: Api, entity: str, body: dict[str, Any], text: str) -> None:
    assert api.web("POST", f"/Crud/Insert/{entity}Client", body).outcome == (400, text)


def test_a_line_needs_an_item_that_is_there(api: Api) -> None:
    body = line(OrderNumber=str(api.order()), Item="CFTEST")
    assert api.web("POST", "/Crud/Insert/DebtorOrderLineClient", body).outcome == (400, "The record does not exist")


def test_orders_are_numbered_from_their_series(api: Api, control: Control) -> None:
    assert [api.insert("DebtorOrder", Account="1001", OrderNumber=7)["OrderNumber"] for _ in range(2)] == [101, 102]
    control.set_series(api.company, SalesOrder=500)
    assert api.order() == 500
    series = api.row("NumberSerie", Serie="Ordre")
    assert (series["Next"], series["InUse"]) == (501, True)
    api.web("PUT", "/Crud/Update/NumberSerieClient", series | {"Manual": True})
    assert api.order(OrderNumber=7) == 7
    taken = api.web("POST", "/Crud/Insert/DebtorOrderClient", {"Account": "1001", "OrderNumber": 7})
    assert taken.outcome == (400, "Number is already used")


def test_a_customer_number_may_come_from_a_series(api: Api) -> None:
    group = api.row("DebtorGroup", Group="1")
    api.web("PUT", "/Crud/Update/DebtorGroupClient", group | {"AutoNumber": "Debitor"})
    numbers = [api.insert("Debtor", Name="x")["Account"] for _ in range(2)]
    assert numbers == ["1002", "1003"]


def test_an_order_copies_the_customers_defaults_where_the_knob_says_so(open_company: Opener) -> None:
    extra = {"Currency": "EUR", "Dimension1": "10", "EndDiscountPct": 5, "LayoutGroup": "English"}
    plain, copying = (
        open_company(debtors=[debtor(**extra)], knobs={"order_takes_from_debtor": copies}) for copies in (False, True)
    )
    order = plain.insert("DebtorOrder", Account="1001")
    assert not {"Currency", "Dimension1", "LayoutGroup", "Payment"} & order.keys()
    order = copying.insert("DebtorOrder", Account="1001", Dimension1="20")
    assert (order["Currency"], order["Dimension1"], order["EndDiscountPct"]) == ("EUR", "20", 5)
    assert (order["LayoutGroup"], order["Payment"]) == ("English", "Netto 8")


def test_a_lines_quantity_has_the_items_decimals(api: Api) -> None:
    whole = api.insert("InvItem", Item="3000", Name="Uden decimaler", Group="1")
    assert whole["Decimals"] == 0
    number = api.order(line(Item="3000", Qty="7.25"), line(Qty=Decimal("7.256")), line(Item=None, Qty="0.125"))
    assert [row["Qty"] for row in api.rows("DebtorOrderLine", OrderNumber=number)] == [
        7, Decimal("7.26"), Decimal("0.125"),
    ]  # fmt: skip


def test_lines_belong_to_their_order(api: Api) -> None:
    number = api.order(line(Qty=2, DiscountPct="10"), line(Price=None, Qty=3, Total="99.95"), line(Price=3, Total=7))
    rows = api.rows("DebtorOrderLine", OrderNumber=number)
    assert [row["Total"] for row in rows] == [180, Decimal("99.95"), 3]
    assert [(row["OrderNumber"], row["LineNumber"]) for row in rows] == [(str(number), n) for n in (1, 2, 3)]
    order = api.row("DebtorOrder", OrderNumber=number)
    assert (order["OrderTotal"], order["NoLines"]) == (Decimal("282.95"), 3)
    assert api.web("DELETE", "/Crud/Delete/DebtorOrderClient", {"OrderNumber": number}).status == 204
    assert api.rows("DebtorOrderLine") == []


@pytest.mark.parametrize(("atomic", "left"), [(True, []), (False, ["first"])])
def test_a_bad_row_and_its_list(open_company: Opener, atomic: bool, left: list[str]) -> None:
    api = open_company(knobs={"insert_list_atomic": atomic})
    number = api.order()
    api.web("DELETE", "/Crud/DeleteList/DebtorOrderLineClient", api.rows("DebtorOrderLine"))
    rows = [line(OrderNumber=number, Text=text, Item=item) for text, item in (("first", "1000"), ("bad", "no"))]
    rows.append(line(OrderNumber=number, Text="last"))
    answer = api.web("POST", "/Crud/InsertList/DebtorOrderLineClient", rows)
    assert answer.outcome == (400, "The record does not exist")
    assert [row["Text"] for row in api.rows("DebtorOrderLine")] == left
    assert api.insert("DebtorOrderLine", **line(OrderNumber=number))["LineNumber"] == len(left) + 1


@pytest.mark.parametrize(("knob", "status", "count"), [("none", 204, None), ("empty", 200, 0), ("rows", 200, 2)])
def test_what_an_insert_list_answers(open_company: Opener, knob: str, status: int, count: int | None) -> None:
    api = open_company(knobs={"insert_list_answer": knob})
    answer = api.web("POST", "/Crud/InsertList/DebtorClient", [debtor(Account="7"), debtor(Account="8")])
    assert answer.status == status
    assert (len(answer.body) if answer.raw else None) == count
    assert len(api.rows("Debtor")) == 3


def test_lists_that_are_none(api: Api) -> None:
    for verb, name in (("POST", "InsertList"), ("PUT", "UpdateList"), ("DELETE", "DeleteList")):
        answer = api.web(verb, f"/Crud/{name}/DebtorClient", {"Account": "1"})
        assert (answer.status, answer.raw) == (200, b"ArgumentMissing")
    assert api.web("POST", "/Crud/Insert/DebtorClient", [{}]).outcome == (400, "Invalid object name")


def test_an_update_is_the_whole_record(api: Api) -> None:
    row = api.row("Debtor")
    api.web("PUT", "/Crud/Update/DebtorClient", row | {"Address2": "Baghuset", "Phone": "12345678"})
    row = api.row("Debtor")
    del row["Phone"]
    changed = api.web("PUT", "/Crud/Update/DebtorClient", row | {"Name": "Nyt navn"})
    assert (changed.status, changed.body["Name"], changed.body["Address2"]) == (200, "Nyt navn", "Baghuset")
    assert "Phone" not in changed.body
    assert changed.body["Created"] == row["Created"]


def test_an_update_may_keep_what_it_leaves_out(open_company: Opener) -> None:
    api = open_company(knobs={"update_omitted": "kept"})
    changed = api.web("PUT", "/Crud/Update/DebtorClient", {"Account": "1001", "Phone": "12345678"}).body
    assert (changed["Name"], changed["Phone"]) == ("Smørrebrød & Søn ApS", "12345678")
    cleared = api.web("PUT", "/Crud/Update/DebtorClient", {"Account": "1001", "Phone": None}).body
    assert "Phone" not in cleared


def test_several_records_are_updated_and_deleted_by_list(api: Api) -> None:
    api.insert("Debtor", Account="1002")
    rows = [row | {"Name": f"Kunde {row['Account']}"} for row in api.rows("Debtor")]
    assert api.web("PUT", "/Crud/UpdateList/DebtorClient", rows).status == 204
    assert [row["Name"] for row in api.rows("Debtor")] == ["Kunde 1001", "Kunde 1002"]
    assert api.web("DELETE", "/Crud/DeleteList/DebtorClient", rows).status == 204
    assert api.rows("Debtor") == []


def test_a_renumbered_customer_takes_everything_along(api: Api) -> None:
    number = api.order(DeleteOrder=False)
    invoice = api.posted(number)
    row = api.row("Debtor")
    changed = api.web("PUT", "/Crud/Update/DebtorClient", row | {"Account": "2001"})
    assert (changed.status, changed.body["RowId"], changed.body["Account"]) == (200, row["RowId"], "2001")
    assert api.row("DebtorOrder", Account="2001")["OrderNumber"] == number
    assert api.row("DebtorInvoice", Account="2001")["InvoiceNumber"] == invoice["InvoiceNumber"]
    assert api.row("DebtorTransOpen", Account="2001")["Name"] == "Smørrebrød & Søn ApS"
    assert api.rows("DebtorInvoice", Account="1001") == []
    assert api.insert("Debtor", Account="1001")["RowId"] == row["RowId"] + 1


def test_a_row_and_a_key_must_mean_the_same_record(api: Api) -> None:
    other = api.insert("Debtor", Account="1002", Name="Den anden")
    body = api.row("Debtor", Account="1001") | {"RowId": other["RowId"], "Name": "x"}
    assert api.web("PUT", "/Crud/Update/DebtorClient", body).outcome == KEY_EXISTS
    assert api.web("DELETE", "/Crud/Delete/DebtorClient", body).outcome == KEY_EXISTS
    assert [row["Name"] for row in api.rows("Debtor")] == ["Smørrebrød & Søn ApS", "Den anden"]


def test_updates_and_deletes_of_nothing(api: Api) -> None:
    text = "Cannot update record - the record does not exist"
    assert api.web("PUT", "/Crud/Update/DebtorClient", {"RowId": 77, "Account": "77"}).outcome == (400, text)
    assert api.web("PUT", "/Crud/Update/DebtorClient", {"Name": "x"}).outcome == (400, text)
    gone = api.web("DELETE", "/Crud/Delete/DebtorClient", {"RowId": 77})
    assert gone.outcome == (400, "The record has been deleted by another user")


def test_what_is_referred_to_stays(api: Api) -> None:
    number = api.order()
    referred = (400, "Cannot delete record that is referred to")
    assert api.web("DELETE", "/Crud/Delete/DebtorClient", {"Account": "1001"}).outcome == referred
    assert api.web("DELETE", "/Crud/Delete/PaymentTermClient", {"Payment": "Netto 8"}).outcome == referred
    assert api.web("DELETE", "/Crud/Delete/PaymentTermClient", {"Payment": "Netto 30"}).status == 204
    api.posted(number)
    api.web("DELETE", "/Crud/Delete/DebtorOrderClient", {"OrderNumber": number})
    assert api.web("DELETE", "/Crud/Delete/DebtorClient", {"Account": "1001"}).outcome == (
        400, "Could not delete record that has transactions",
    )  # fmt: skip


def test_what_was_posted_cannot_be_written(api: Api) -> None:
    invoice = api.posted(api.order())
    for entity in ("DebtorInvoice", "DebtorTrans", "DebtorTransOpen", "GLTrans", "Company", "CompanyFinanceYear"):
        assert api.web("PUT", f"/Crud/Update/{entity}Client", invoice).outcome == (400, "Cannot update record")
        deleted = api.web("DELETE", f"/Crud/Delete/{entity}Client", {"RowId": 1})
        assert deleted.outcome == (400, "The transaction cannot be deleted")


def test_fields_of_the_companys_own(api: Api, control: Control) -> None:
    control.add_user_field(api.company, "DebtorOrderLineClient", "mlbGruppe", length=5)
    control.add_user_field(api.company, "DebtorOrderLineClient", "mlbPoint", "Integer")
    number = api.order()
    body = line(OrderNumber=number, mlbGruppe="EKSTERN", mlbPoint="3")
    made = api.web("POST", "/Crud/Insert/DebtorOrderLineClientUser", body).body
    assert (made["mlbGruppe"], made["mlbPoint"]) == ("EKSTE", 3)
    assert "mlbGruppe" not in api.insert("DebtorOrderLine", **body)
    rows = api.web("POST", "/Query/Get/DebtorOrderLineClientUser", [{"PropertyName": "mlbPoint", "FilterValue": "3"}])
    assert [row["RowId"] for row in rows.body] == [made["RowId"]]
    kept = api.web("PUT", "/Crud/Update/DebtorOrderLineClient", {**made, "Text": "Ny tekst"}).body
    assert "mlbGruppe" not in kept
    again = api.web(
        "POST", "/Query/Get/DebtorOrderLineClientUser", [{"PropertyName": "Text", "FilterValue": "Ny tekst"}]
    )
    assert again.body[0]["mlbGruppe"] == "EKSTE"
