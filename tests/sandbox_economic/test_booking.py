"""Booking, the ledger it writes, views, totals and PDFs (contract 3.8, 3.9, 5.7)."""

from __future__ import annotations

import io
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from pypdf import PdfReader

from sandbox.economic.control import Control

from .conftest import Opener
from .server import Answer, Api, codes, customer, draft, errors_in, line


def book(api: Api, body: object | None = None, **more: object) -> Answer:
    """Create a draft and book it."""
    number = api.made("/invoices/drafts", body or draft())["draftInvoiceNumber"]
    return api.post("/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": number}, **more})


def booked(api: Api, body: object | None = None, **more: object) -> Any:
    """The booked invoice."""
    answer = book(api, body, **more)
    assert answer.status == 201, answer.raw
    return answer.body


def test_a_booked_invoice_with_the_recorded_decimals(api: Api) -> None:
    made = api.made(
        "/invoices/drafts",
        draft(line(quantity=3, unitNetPrice=Decimal("153.44"), discountPercentage=10), references={"other": "FM765"}),
    )
    answer = api.post("/invoices/booked", {"draftInvoice": {"self": made["self"]}})
    assert answer.status == 201
    body = answer.body
    assert (body["bookedInvoiceNumber"], body["orderNumber"]) == (10001, made["draftInvoiceNumber"])
    assert answer.headers["Location"] == body["self"] == f"{api.url}/invoices/booked/10001"
    assert {name: str(body[name]) for name in ("netAmount", "vatAmount", "grossAmount", "remainder")} == {
        "netAmount": "414.29", "vatAmount": "103.57", "grossAmount": "517.86", "remainder": "517.86",
    }  # fmt: skip
    assert (str(body["lines"][0]["vatRate"]), str(body["lines"][0]["vatAmount"])) == ("25.00000000", "103.5725")
    assert body["references"] == {"other": "FM765"}
    assert api.get("/invoices/booked/10001").body == body
    assert api.get(f"/invoices/drafts/{made['draftInvoiceNumber']}").status == 404
    item = api.get("/invoices/booked").body["collection"][0]
    assert "lines" not in item
    assert item["orderNumber"] == made["draftInvoiceNumber"]


def test_a_draft_is_booked_once(api: Api) -> None:
    number = api.made("/invoices/drafts", draft())["draftInvoiceNumber"]
    request = {"draftInvoice": {"draftInvoiceNumber": number}}
    assert api.post("/invoices/booked", request).status == 201
    assert api.post("/invoices/booked", request).status == 404
    assert codes(api.post("/invoices/booked", {"draftInvoice": {}})) == ["E04500"]


def test_a_missing_draft_may_be_a_400(open_agreement: Opener) -> None:
    api = open_agreement(knobs={"booking_missing_draft_status": 400})
    assert codes(api.post("/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": 5}})) == ["E07990"]


def test_the_series_goes_on_and_can_be_set(api: Api, control: Control) -> None:
    assert [booked(api)["bookedInvoiceNumber"] for _ in range(2)] == [10001, 10002]
    control.set_series(api.agreement, bookedInvoiceNumber=5000)
    assert booked(api)["bookedInvoiceNumber"] == 5000
    assert booked(api, bookWithNumber=5001)["bookedInvoiceNumber"] == 5001
    assert booked(api, bookWithNumber=9_999_999)["bookedInvoiceNumber"] == 9_999_999
    assert booked(api)["bookedInvoiceNumber"] == 5002


def test_a_number_is_used_once(api: Api) -> None:
    booked(api, bookWithNumber=7)
    answer = book(api, bookWithNumber=7)
    assert (answer.status, codes(answer)) == (400, ["E06010"])
    assert api.get("/invoices/drafts").body["pagination"]["results"] == 1


def test_booking_at_an_address(api: Api) -> None:
    number = api.made("/invoices/drafts", draft())["draftInvoiceNumber"]
    request = {"draftInvoice": {"draftInvoiceNumber": number}}
    assert codes(api.put("/invoices/booked/12", request | {"bookWithNumber": 13})) == ["E04960"]
    assert api.put("/invoices/booked/12", request).body["bookedInvoiceNumber"] == 12


@pytest.mark.parametrize("sent", ["ean", "email", "None", "EMAIL", ""])
def test_send_by_is_strict(api: Api, sent: str) -> None:
    assert "not defined in enum" in book(api, sendBy=sent).body["errors"][0]


def test_sending_needs_an_address_and_shows_up(api: Api) -> None:
    assert codes(book(api, sendBy="Email")) == ["E04980"]
    assert codes(book(api, sendBy="EAN")) == ["E04980"]
    api.put("/customers/1", customer(email="a@example.dk", ean="5790000123452"))
    number = booked(api, sendBy="EAN")["bookedInvoiceNumber"]
    booked(api, sendBy="Email")
    booked(api, sendBy="none")
    sent = api.get("/invoices/sent").body["collection"]
    assert len(sent) == 2
    assert (sent[0]["sendBy"], sent[0]["recipient"]["ean"]) == ("ean", "5790000123452")
    assert api.get(f"/invoices/booked/{number}/sent").body["pagination"]["results"] == 1
    assert api.get(f"/invoices/sent/{sent[0]['id']}").status == 200


def test_closed_and_missing_years_and_barred_periods_are_refused(api: Api, control: Control) -> None:
    closed = book(api, draft(date="2024-06-01"))
    error = errors_in(closed.body["errors"])[0]
    assert (error["propertyName"], error["errorCode"], error["errorMessage"]) == (
        "Date",
        "E04041",
        "Perioden er spærret.",
    )
    assert error["inputValue"] == {"accountingYear": "2024", "date": "2024-06-01"}
    assert codes(book(api, draft(date="2031-01-01"))) == ["E04870"]
    control.set_year(api.agreement, "2026", period=25, barred=True)
    assert codes(book(api, draft(date="2026-01-31"))) == ["E04041"]
    assert book(api, draft(date="2026-02-01")).status == 201
    control.set_year(api.agreement, "2026", closed=True)
    assert codes(book(api, draft(date="2026-02-01"))) == ["E04041"]
    control.set_year(api.agreement, "2024", closed=False)
    assert book(api, draft(date="2024-06-01")).status == 201
    control.set_year(api.agreement, "2027", remove=True)
    assert codes(book(api, draft(date="2027-06-01"))) == ["E04870"]


def test_what_was_barred_meanwhile_cannot_be_booked(api: Api, control: Control) -> None:
    number = api.made("/invoices/drafts", draft())["draftInvoiceNumber"]
    product = {"name": "Honorar", "productGroup": {"productGroupNumber": 2}, "barred": True}
    control.act(api.agreement, "PUT", "/products/1000", product)
    control.act(api.agreement, "PUT", "/customers/1", customer(barred=True))
    answer = api.post("/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": number}})
    assert codes(answer) == ["E06820", "E06600"]
    assert api.get(f"/invoices/drafts/{number}").status == 200


def test_an_empty_draft_cannot_be_booked(api: Api) -> None:
    assert codes(book(api, draft() | {"lines": []})) == ["E04970"]


def test_every_voucher_adds_up_to_zero(api: Api, control: Control) -> None:
    booked(
        api,
        draft(
            line(quantity=3, unitNetPrice=Decimal("153.44")),
            line(product={"productNumber": "2000"}, unitNetPrice=Decimal("9.99")),
        ),
    )
    euro = draft(
        line(unitNetPrice=Decimal("33.33")), line(unitNetPrice=Decimal("0.01"), quantity=3),
        line(product={"productNumber": "2000"}, unitNetPrice=Decimal("7.77")),
        currency="EUR", exchangeRate=Decimal("743.914941"),
    )  # fmt: skip
    booked(api, euro)
    booked(api, draft(line(quantity=-757, unitNetPrice=1)))
    by_voucher: dict[int, Decimal] = defaultdict(Decimal)
    for entry in control.ledger(api.agreement)["entries"]:
        by_voucher[entry["voucherNumber"]] += entry["amountInBaseCurrency"]
    assert set(by_voucher.values()) == {Decimal("0.00")}
    assert len(by_voucher) == 3
    first = [e for e in control.ledger(api.agreement)["entries"] if e["voucherNumber"] == 1]
    assert {e["account"]["accountNumber"]: str(e["amount"]) for e in first} == {
        5600: "585.39", 1012: "-460.32", 1020: "-9.99", 6902: "-115.08",
    }  # fmt: skip
    assert api.get("/accounts/6902").body["balance"] == Decimal("12.13")  # -115.08 - 62.04 + 189.25
    entries = api.get("/accounting-years/2026/entries?filter=entryType$eq:customerInvoice").body["collection"]
    assert entries[0]["bookedInvoice"]["bookedInvoiceNumber"] == 10001
    assert len(api.get("/accounting-years/2026/periods/25/entries").body["collection"]) == len(entries)


def test_a_credit_note_is_negative_throughout(api: Api) -> None:
    for row in (line(quantity=-757, unitNetPrice=1), line(quantity=757, unitNetPrice=-1)):
        body = booked(api, draft(row))
        assert (body["netAmount"], body["vatAmount"], body["grossAmount"]) == (
            Decimal("-757.00"), Decimal("-189.25"), Decimal("-946.25"),
        )  # fmt: skip
        assert body["remainder"] == body["grossAmount"]


def test_views_balance_and_payments(api: Api, control: Control) -> None:
    due = draft(date="2025-01-02")
    late = booked(api, due)["bookedInvoiceNumber"]
    today = control.clock()["today"]
    fresh = booked(api, draft(date=today))["bookedInvoiceNumber"]

    def numbers(view: str) -> list[int]:
        return [row["bookedInvoiceNumber"] for row in api.get(f"/invoices/{view}").body["collection"]]

    assert (numbers("unpaid"), numbers("overdue"), numbers("not-due")) == ([late, fresh], [late], [fresh])
    shown = api.get("/customers/1").body
    assert (shown["balance"], shown["dueAmount"]) == (250, 125)
    control.pay(api.agreement, late, Decimal(25))
    assert api.get(f"/invoices/booked/{late}").body["remainder"] == 100
    control.pay(api.agreement, late)
    assert (numbers("paid"), numbers("overdue")) == ([late], [])
    assert api.get("/customers/1").body["balance"] == 125
    assert "exchangeRate" not in api.get("/invoices/paid").body["collection"][0]
    control.advance(9 * 86_400)
    assert numbers("overdue") == [fresh]


def test_totals(api: Api) -> None:
    assert api.get("/invoices/totals/drafts").body["invoiceCount"] == 0
    api.made("/invoices/drafts", draft())
    booked(api, draft(line(unitNetPrice=60), date="2026-02-02"))
    booked(api, draft(line(unitNetPrice=40), date="2026-01-02"))
    totals = api.get("/invoices/totals/booked").body
    assert (totals["invoiceCount"], totals["netAmountInBaseCurrency"]) == (2, 100)
    assert (totals["minDate"], totals["maxDate"]) == ("2026-01-02", "2026-02-02")
    assert api.get("/invoices/totals/booked/unpaid").body["grossRemainderInBaseCurrency"] == 125
    for path in ("", "/drafts", "/drafts/customers/1", "/booked/customers/1", "/booked/paid", "/booked/unpaid/overdue",
                 "/booked/unpaid/not-overdue"):  # fmt: skip
        assert api.get(f"/invoices/totals{path}").status == 200
    assert api.get("/invoices").body["notDue"] == f"{api.url}/invoices/not-due"
    assert api.get("/customers/1/invoices/booked").body["pagination"]["results"] == 2


def test_the_pdf_comes_late_and_not_as_application_pdf(open_agreement: Opener, control: Control) -> None:
    api = open_agreement(knobs={"pdf_delay_seconds": 600})
    body = booked(api, draft(line(description="Rådgivning (æøå) \\ 50%"), references={"other": "Søren"}))
    path = body["pdf"]["download"].removeprefix(api.url)
    assert api.get(path).status == 404
    control.advance(600)
    assert api.get(path, Accept="application/pdf").status == 406
    answer = api.get(path, Accept="*/*")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(answer.raw)).pages
    assert len(pages) == 1
    text = pages[0].extract_text()
    for expected in ("Faktura 10001", "Torstens Torskebutik", "Rådgivning (æøå) \\ 50%", "Beløb", "125,00", "Søren"):
        assert expected in text


def test_the_pdf_of_a_draft(api: Api) -> None:
    body = api.made("/invoices/drafts", draft(*[line(description=f"Linje {n}") for n in range(80)]))
    path = body["pdf"]["download"].removeprefix(api.url)
    assert api.get(path, Accept="application/pdf").status == 406
    assert "Kladde 1" in PdfReader(io.BytesIO(api.get(path).raw)).pages[0].extract_text()
    assert api.get(f"/invoices/drafts/{body['draftInvoiceNumber']}/attachment").status == 501
