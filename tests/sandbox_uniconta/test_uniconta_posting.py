"""Posting orders and quick invoices: what an invoice becomes, and what stops it (contract 5.3, 7, 15.8)."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import Any

import pytest

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.control import Control

from .conftest import Opener
from .server import Api, debtor, line

PDF = "/Invoice/GetInvoicePDF"


def change(api: Api, entity: str, key: Doc, **values: object) -> None:
    """A person changes a record."""
    row = api.row(entity, **key)
    answer = api.web("PUT", f"/Crud/Update/{entity}Client", row | values)
    assert answer.status == 200, answer.raw


def test_an_order_becomes_an_invoice(api: Api, control: Control) -> None:
    header = {"YourRef": "Anne", "OurRef": "BÅ", "Requisition": "R-7", "ReferenceNumber": "l-1", "Remark": "Tak"}
    number = api.order(
        line(Qty="7.25", Price=1000), line(Item="2000", Price="99.95"), line(Item=None, Price=None, Text="En note"),
        Dimension1="10", Employee="AS", **header,
    )  # fmt: skip
    answer = api.generate(number)
    assert answer.body == {
        "InvoiceNumber": 30001, "JournalPostedlId": 1, "Err": 0, "ErrorProperty": None, "ErrorValue": None,
    }  # fmt: skip
    invoice = api.row("DebtorInvoice", InvoiceNumber=30001)
    assert header.items() <= invoice.items()
    assert (invoice["NetAmount"], invoice["VatAmount"], invoice["TotalAmount"]) == (
        Decimal("7349.95"), Decimal("1812.5"), Decimal("9162.45"),
    )  # fmt: skip
    assert (invoice["Account"], invoice["OrderNumber"], invoice["Currency"]) == ("1001", number, "DKK")
    assert (invoice["Vat"], invoice["VatPct"], invoice["VatTotal"]) == ("U25", 25, Decimal("1812.5"))
    assert (invoice["Date"], invoice["DueDate"]) == ("2026-01-08T00:00:00Z", "2026-01-16T00:00:00Z")
    assert (invoice["Dimension1"], invoice["Employee"], invoice["Payment"]) == ("10", "AS", "Netto 8")
    assert control.locators(api.company) == {"l-1": 1}
    debtor_row = api.row("Debtor")
    assert (debtor_row["CurBalance"], debtor_row["LastInvoice"]) == (Decimal("9162.45"), "2026-01-08T00:00:00Z")


def test_lines_of_an_invoice_stand_there_with_the_opposite_sign(api: Api) -> None:
    invoice = api.posted(api.order(line(Qty=2, DiscountPct=10), line(Qty=-1, Price=30)))
    filters = [{"PropertyName": "InvoiceNumber", "FilterValue": str(invoice["InvoiceNumber"])}]
    lines = api.web("POST", "/Query/Get/DebtorInvoiceLines", filters).body
    signs = [(row["Qty"], row["InvoiceQty"], row["Total"], row["InvoiceTotal"]) for row in lines]
    assert signs == [(-2, 2, -180, 180), (1, -1, 30, -30)]
    assert {(row["MovementType"], row["SalesPrice"] > 0, row["Item"]) for row in lines} == {("Debtor", True, "1000")}
    assert [row["LineNumber"] for row in lines] == [1, 2]


def test_the_ledger_adds_up(api: Api, control: Control) -> None:
    api.posted(api.order(line(Price=1000), line(Item="2000", Price=200), Dimension2="BÅ"))
    ledger = control.ledger(api.company)
    entries = {row["Account"]: row["Amount"] for row in ledger["entries"]}
    assert entries == {"5600": 1450, "1010": -1000, "6902": -250, "1020": -200}
    assert {row["Dimension2"] for row in ledger["entries"] if row["Account"] in {"1010", "1020"}} == {"BÅ"}
    (item,) = ledger["openItems"]
    assert (item["AmountOpen"], item["Invoice"], item["PostType"]) == (1450, 30001, "Invoice")
    (trans,) = ledger["debtorTransactions"]
    assert (trans["Amount"], trans["Debit"], trans["Open"], "Credit" in trans) == (1450, 1450, True, False)
    assert api.row("GLAccount", Account="1010")["Balance"] == -1000


@pytest.mark.parametrize("place", ["root", "order"])
def test_where_the_order_number_is_read(open_company: Opener, place: str) -> None:
    other = {"root": "order", "order": "root"}[place]
    bodies: dict[str, Any] = {"root": {"OrderNumber": 101}, "order": {"Order": {"OrderNumber": 101}}}
    api = open_company(knobs={"order_number_in": place})
    api.order()
    assert api.generate(**bodies[other]).raw == b"ArgumentMissing"
    assert api.generate(**bodies[place]).error == (0, None)


def test_either_place_will_do(api: Api) -> None:
    assert api.generate(Order={"OrderNumber": api.order()}, Lines=None).error == (0, None)
    assert api.generate(str(api.order())).error == (0, None)  # type: ignore[arg-type]  # a text is taken, too


def test_a_quick_invoice(api: Api) -> None:
    answer = api.generate(
        42,
        Order={"Account": "1001", "Name": "x", "Date": "2026-01-08", "Currency": "DKK", "YourRef": "Anne"},
        Lines=[{"Item": None, "Text": "Guld · 24K", "Qty": Decimal("1.0"), "Price": Decimal("100.0")}],
        Date="2026-01-08T10:00:00+00:00",
        Simulate=False,
        SendEmail=True,
        SendXML=False,
    )
    assert answer.error == (0, None)
    invoice = api.row("DebtorInvoice", OrderNumber=42)
    assert (invoice["TotalAmount"], invoice["YourRef"], invoice["Date"]) == (125, "Anne", "2026-01-08T00:00:00Z")
    assert invoice["SendTime"] > "2026"
    assert invoice["SendTimeOIO"] == "0001-01-01T00:00:00"
    assert api.rows("DebtorOrder") == []


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, {"OrderNumber": None}, {"Order": {"Account": "1001"}}, {"Order": None, "Lines": [line()]},
        {"Lines": [line()]}, {"Order": {"Account": "1001"}, "Lines": "x"},
        {"Order": {"Account": "1001"}, "Lines": ["x"]},
        {"Order": "x", "Lines": []}, {"OrderNumber": 101, "Order": {"Account": "1001"}, "Lines": [line()]},
    ],
)  # fmt: skip
def test_bodies_that_nothing_can_be_made_of(api: Api, body: object) -> None:
    api.order()
    answer = api.web("POST", "/Invoice/GenerateDebtorInvoice", body)
    assert (answer.status, answer.raw) == (200, b"ArgumentMissing")
    assert api.rows("DebtorInvoice") == []


def test_a_simulation_leaves_no_trace(api: Api, control: Control) -> None:
    number = api.order(line(Price="10.02"))
    before = control.ledger(api.company)
    series = control.company(api.company)["series"]
    answer = api.generate(number, Simulate=True)
    assert (answer.body["InvoiceNumber"], answer.body["Err"]) == (0, 0)
    header = answer.body["Header"]
    assert (header["NetAmount"], header["VatAmount"], header["TotalAmount"]) == (
        Decimal("10.02"), Decimal("2.51"), Decimal("12.53"),
    )  # fmt: skip
    assert control.ledger(api.company) == before
    assert control.company(api.company)["series"] == series
    assert api.generate(number, Simulate="true").body["InvoiceNumber"] == 0
    assert control.counters(api.company)["writes"].keys() & {"POST /Invoice/GenerateDebtorInvoice"} == set()


def test_who_sees_the_header(open_company: Opener) -> None:
    api = open_company(knobs={"posting_shows_header": True, "simulation_shows_header": False})
    number = api.order()
    assert "Header" not in api.generate(number, Simulate=True).body
    header = api.generate(number).body["Header"]
    assert (header["InvoiceNumber"], header["TotalAmount"], header["RowId"]) == (30001, 125, 1)


@pytest.mark.parametrize(
    ("flags", "orders", "lines"),
    [({"DeleteOrder": True}, 0, 0), ({"DeleteLines": True}, 1, 0), ({}, 1, 1)],
)
def test_what_becomes_of_the_order(api: Api, flags: Doc, orders: int, lines: int) -> None:
    number = api.order(**flags)
    api.posted(number)
    assert (len(api.rows("DebtorOrder")), len(api.rows("DebtorOrderLine"))) == (orders, lines)
    again = api.generate(number)
    assert again.error == ((84, None) if orders else (18, "OrderNumber"))
    assert len(api.rows("DebtorInvoice")) == 1


def test_a_line_added_later_is_posted_alone(api: Api, control: Control) -> None:
    number = api.order(ReferenceNumber="l-1")
    api.posted(number)
    assert control.locators(api.company) == {"l-1": 1}
    api.insert("DebtorOrderLine", **line(OrderNumber=number, Price=7))
    assert api.posted(number)["NetAmount"] == 7
    assert control.locators(api.company) == {"l-1": 2}


def test_a_changed_line_stays_invoiced(api: Api) -> None:
    number = api.order()
    api.posted(number)
    row = api.row("DebtorOrderLine")
    assert row["QtyInvoiced"] == 1
    assert api.web("PUT", "/Crud/Update/DebtorOrderLineClientUser", row | {"Text": "Rettet"}).status == 200
    assert api.generate(number).error == (84, None)


def test_numbers_come_at_posting_and_skip_those_in_use(api: Api, control: Control) -> None:
    assert [api.posted(api.order())["InvoiceNumber"] for _ in range(2)] == [30001, 30002]
    control.set_series(api.company, SalesInvoice=30001)
    assert api.posted(api.order())["InvoiceNumber"] == 30003


@pytest.mark.parametrize(
    ("term", "day", "due"),
    [
        ("Kontant", "2026-01-30", "2026-01-30"),
        ("Netto 30", "2026-01-30", "2026-03-01"),
        ("Lb.md.", "2026-02-03", "2026-02-28"),
        ("Lb.md.+15", "2026-01-30", "2026-02-15"),
        ("Lb.uge", "2026-01-28", "2026-02-01"),
    ],
)
def test_due_dates(api: Api, term: str, day: str, due: str) -> None:
    assert api.posted(api.order(Payment=term), Date=day)["DueDate"] == f"{due}T00:00:00Z"


def test_a_due_date_moves_on_to_monday(api: Api) -> None:
    change(api, "PaymentTerm", {"Payment": "Netto 8"}, Weekend2Monday=True)
    assert api.posted(api.order(), Date="2026-01-09")["DueDate"] == "2026-01-19T00:00:00Z"


@pytest.mark.parametrize(("counts", "due"), [(True, "2026-12-24"), (False, "2026-01-16")])
def test_a_due_date_on_the_order(open_company: Opener, counts: bool, due: str) -> None:
    api = open_company(knobs={"due_date_on_order": counts})
    assert api.posted(api.order(DueDate="2026-12-24"))["DueDate"] == f"{due}T00:00:00Z"
    number = api.order()
    assert api.posted(number, Order={"DueDate": "2026-12-24"})["DueDate"] == f"{due}T00:00:00Z"


def test_without_a_date_the_invoice_has_the_orders_or_todays(api: Api, control: Control) -> None:
    assert api.posted(api.order(InvoiceDate="2026-03-04"), Date=None)["Date"] == "2026-03-04T00:00:00Z"
    assert api.posted(api.order(), Date="")["Date"] == f"{control.clock()['today']}T00:00:00Z"


def test_the_reference_may_stay_behind(open_company: Opener) -> None:
    api = open_company(knobs={"reference_follows_to_invoice": False})
    assert "ReferenceNumber" not in api.posted(api.order(ReferenceNumber="l-1"))


@pytest.mark.parametrize(
    ("zone", "vat", "code", "account"),
    [
        ("Domestic", 25, "U25", "1010"),
        ("EU Member States", 0, "UEU", "1050"),
        ("Abroad", 0, "UUD", "1055"),
        ("No VAT Registration", 0, None, "1020"),
        ("Exempt", 0, None, "1020"),
    ],
)
def test_vat_follows_the_customers_zone(
    open_company: Opener, control: Control, zone: str, vat: int, code: str | None, account: str
) -> None:
    api = open_company(debtors=[debtor(VatZone=zone)])
    invoice = api.posted(api.order())
    assert (invoice["VatAmount"], invoice.get("Vat"), invoice["VatZone"]) == (vat, code, zone)
    assert account in {row["Account"] for row in control.ledger(api.company)["entries"]}


def test_the_line_and_the_customer_may_have_a_code_of_their_own(open_company: Opener) -> None:
    api = open_company(debtors=[debtor(Vat="UEU")])
    assert api.posted(api.order())["VatAmount"] == 0
    assert api.posted(api.order(line(Vat="U25")))["VatAmount"] == 25
    assert api.posted(api.order(Vat="U25"))["VatAmount"] == 25


def test_sales_may_follow_the_customer_rather_than_the_item(api: Api) -> None:
    assert api.posted(api.order(line(Item="2000")))["VatAmount"] == 0
    change(api, "DebtorGroup", {"Group": "1"}, RevenueFollowDC="Debtor")
    assert api.posted(api.order(line(Item="2000")))["VatAmount"] == 25


def test_a_blank_zone_may_take_the_first_one(open_company: Opener) -> None:
    api = open_company(debtors=[debtor(VatZone="Exempt")])
    assert api.posted(api.order())["VatAmount"] == 0
    change(api, "InvGroup", {"Group": "1"}, UseFirstIfBlank=True)
    assert api.posted(api.order())["VatAmount"] == 25


def test_a_rate_changes_at_a_date(api: Api) -> None:
    change(api, "GLVat", {"Vat": "U25"}, Date="2026-07-01", RateAfterDate=20)
    assert [api.posted(api.order(), Date=day)["VatAmount"] for day in ("2026-06-30", "2026-07-01")] == [25, 20]


def test_a_text_line_with_an_amount_goes_through_the_customers_group(api: Api) -> None:
    invoice = api.posted(api.order(line(Item=None, Price=None, Total="80.00")))
    assert (invoice["NetAmount"], invoice["VatAmount"]) == (80, 20)
    change(api, "DebtorGroup", {"Group": "1"}, MandatoryItem=True)
    assert api.generate(api.order(line(Item=None))).error == (42, "Item")


def test_an_end_discount_and_prices_with_vat(api: Api) -> None:
    invoice = api.posted(api.order(line(Price=1000), line(Item="2000", Price=100), EndDiscountPct=10))
    assert (invoice["LineAmount"], invoice["EndDiscount"], invoice["NetAmount"]) == (1100, 110, 990)
    assert (invoice["VatAmount"], invoice["TotalAmount"]) == (225, 1215)
    gross = api.posted(api.order(line(Price="99.99"), PricesInclVat=True))
    assert (gross["NetAmount"], gross["VatAmount"], gross["TotalAmount"]) == (
        Decimal("79.99"), 20, Decimal("99.99"),
    )  # fmt: skip


def test_another_currency(api: Api, control: Control) -> None:
    control.set_rates(api.company, EUR="7.5")
    invoice = api.posted(api.order(line(Price="10.01"), Currency="EUR"))
    assert (invoice["Currency"], invoice["TotalAmount"], invoice["AmountLocalCur"]) == (
        "EUR", Decimal("12.51"), Decimal("93.83"),
    )  # fmt: skip
    entries = control.ledger(api.company)["entries"]
    assert sum(row["Amount"] for row in entries) == 0
    assert {row["AmountCur"] for row in entries if row["Account"] == "5600"} == {Decimal("12.51")}
    own_rate = api.posted(api.order(Currency="EUR", ExchangeRate=8))
    assert own_rate["AmountLocalCur"] == 1000
    assert api.generate(api.order(Currency="CHF")).error == (41, "Currency")


def test_an_account_for_the_bill(api: Api) -> None:
    api.insert("Debtor", Account="2001", Name="Moderselskabet", Payment="Netto 30")
    change(api, "Debtor", {"Account": "1001"}, InvoiceAccount="2001")
    invoice = api.posted(api.order())
    assert (invoice["Account"], invoice["DeliveryAccount"]) == ("2001", "1001")
    assert [row["CurBalance"] for row in api.rows("Debtor")] == [0, 125]


STOPPED: list[tuple[str, Doc, Doc, tuple[int, str | None]]] = [
    ("Debtor", {"Account": "1001"}, {"Blocked": True}, (96, "Account")),
    ("InvItem", {"Item": "1000"}, {"Blocked": True}, (97, "Item")),
    ("GLAccount", {"Account": "1010"}, {"Blocked": True}, (22, "RevenueAccount")),
    ("GLAccount", {"Account": "1010"}, {"Dim2ParmDisplay": "Mandatory"}, (48, "Dimension2")),
    ("GLDimType1", {"Dimension": "10"}, {"Blocked": True}, (24, "Dimension1")),
    ("NumberSerie", {"Serie": "Faktura"}, {"Blocked": True}, (29, "NumberSerie")),
    ("NumberSerie", {"Serie": "Faktura"}, {"LastValue": 30000}, (91, "NumberSerie")),
    ("DebtorGroup", {"Group": "1"}, {"SummeryAccount": None}, (21, "SummeryAccount")),
    ("GLVat", {"Vat": "U25"}, {"Account": None}, (21, "Account")),
]


@pytest.mark.parametrize(("entity", "key", "values", "error"), STOPPED)
def test_set_up_that_stops_a_posting(
    api: Api, control: Control, entity: str, key: Doc, values: Doc, error: tuple[int, str | None]
) -> None:
    number = api.order(Dimension1="10")
    change(api, entity, key, **values)
    before = control.ledger(api.company)
    assert api.generate(number).error == error
    assert control.ledger(api.company) == before
    back = dict.fromkeys(values, "") | {name: False for name, value in values.items() if value is True}
    back |= {name: value for name, value in {"SummeryAccount": "5600", "Account": "6902"}.items() if name in values}
    change(api, entity, key, **back | ({"Dim2ParmDisplay": "Optional"} if "Dim2ParmDisplay" in values else {}))
    assert api.posted(number)["InvoiceNumber"] == 30001


@pytest.mark.parametrize(
    ("header", "lines", "error"),
    [
        ({"Account": "9999"}, [line()], (20, "Account")),
        ({}, [line()], (21, "Account")),
        ({"Account": "1001"}, [], (84, None)),
        ({"Account": "1001"}, [line(Item="CFTEST")], (18, "Item")),
        ({"Account": "1001", "Currency": "ZZZ"}, [line()], (41, "Currency")),
        ({"Account": "1001", "Dimension1": "99"}, [line()], (24, "Dimension1")),
        ({"Account": "1001"}, [line(Dimension3="99")], (24, "Dimension3")),
        ({"Account": "1001", "Payment": "Netto 99"}, [line()], (18, "Payment")),
        ({"Account": "1001", "Project": "P-1"}, [line()], (81, "PrCategory")),
        ({"Account": "1001"}, [line(Project="P-1")], (81, "PrCategory")),
        ({"Account": "1001", "Settlements": 4711}, [line()], (18, "Settlements")),
    ],
)
def test_what_stops_a_quick_invoice(api: Api, header: Doc, lines: list[Doc], error: tuple[int, str | None]) -> None:
    assert api.generate(Order=header, Lines=lines).error == error
    assert api.rows("DebtorInvoice") == []


def test_a_project_with_a_category_is_fine(api: Api) -> None:
    invoice = api.posted(api.order(Project="P-1", PrCategory="Timer"))
    assert (invoice["Project"], invoice["PrCategory"]) == ("P-1", "Timer")


def test_periods(api: Api, control: Control) -> None:
    number = api.order()
    assert api.generate(number, Date="2030-01-01").error == (26, "Date")
    assert api.generate(number, Date="2024-05-05").error == (27, "Date")
    control.set_year(api.company, "2026", period=1, state="Blocked")
    assert api.generate(number).error == (77, "Date")
    control.set_year(api.company, "2026", state="NotOpen")
    assert api.generate(number, Date="2026-02-02").error == (27, "Date")
    control.set_year(api.company, "2026", remove=True)
    assert api.generate(number).error == (26, "Date")
    assert api.generate(number, Date="yesterday").error == (41, "Date")


def test_at_most_three_vat_codes(api: Api) -> None:
    api.insert("GLVat", Vat="U12", Rate=12, Account="6902")
    codes = ["U25", "UEU", "UUD", "U12"]
    invoice = api.posted(api.order(*(line(Vat=code) for code in codes[:3]), line(Item="2000")))
    assert [invoice[name] for name in ("Vat", "Vat2", "Vat3")] == codes[:3]
    assert api.generate(api.order(*(line(Vat=code) for code in codes))).error == (56, "Vat")


def test_a_credit_limit_that_is_reached(api: Api, control: Control) -> None:
    change(api, "Debtor", {"Account": "1001"}, CreditMax=125)
    api.posted(api.order())
    assert api.generate(api.order()).body["Err"] not in {0, 96}
    assert api.generate(api.order(line(Qty=-1))).error == (0, None)
    control.set_facts(api.company, AllowSkipCreditMax=True)
    assert api.generate(api.order()).error == (0, None)


def test_errors_as_texts(open_company: Opener) -> None:
    api = open_company(knobs={"posting_errors": "text"})
    assert api.generate(Order={"Account": "9999"}, Lines=[line()]).outcome == (400, "Account does not exist")
    assert api.generate(4711).outcome == (400, "The record does not exist")


def test_the_pdf_is_a_text_in_base64(api: Api) -> None:
    api.posted(api.order())
    path = f"{PDF}?Account=1001&Date=2026-01-08&InvoiceNumber=30001"
    first = api.web("GET", path)
    document = base64.b64decode(first.body)
    assert document.startswith(b"%PDF-1.4")
    assert b"Faktura 30001" in document
    assert b"125,00" in document
    assert api.web("GET", path).raw == first.raw
    assert api.web("GET", path.replace("30001", "30002")).status == 400
    assert api.web("GET", path.replace("2026-01-08", "2026-01-09")).status == 400
    assert api.web("GET", PDF).raw == b"ArgumentMissing"
