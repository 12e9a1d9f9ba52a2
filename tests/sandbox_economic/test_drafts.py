"""Draft invoices: what they need, what the server makes of them, what is refused (contract 3.7, 5)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.economic.control import Control

from .conftest import Opener
from .server import Answer, Api, codes, customer, draft, errors_in, line

TORSK = line(
    description="Frisk torsk - med rogn",
    quantity=3,
    unitNetPrice=Decimal("153.44"),
    discountPercentage=10,
    unitCostPrice=Decimal("10.2"),
)
HELLEFLYNDER = line(description="Helleflynder", quantity=2, unitNetPrice=23, unitCostPrice=Decimal("10.22"))


def test_the_recorded_draft_to_the_oere(api: Api) -> None:
    body = api.made(
        "/invoices/drafts",
        draft(TORSK, HELLEFLYNDER, netAmount=Decimal("123.21"), vatAmount=Decimal("12.12"), grossAmount=100),
    )
    first, second = body["lines"]
    assert (first["totalNetAmount"], first["marginInBaseCurrency"], first["marginPercentage"]) == (
        Decimal("414.29"), Decimal("383.69"), Decimal("92.61"),
    )  # fmt: skip
    assert (second["totalNetAmount"], second["marginInBaseCurrency"], second["marginPercentage"]) == (
        Decimal("46.00"), Decimal("25.56"), Decimal("55.57"),
    )  # fmt: skip
    assert {name: str(body[name]) for name in body if "Amount" in name or "margin" in name or "cost" in name} == {
        "netAmount": "460.290000",
        "netAmountInBaseCurrency": "460.29",
        "grossAmount": "575.360000",
        "grossAmountInBaseCurrency": "575.36",
        "marginInBaseCurrency": "409.2500",
        "marginPercentage": "88.91",
        "vatAmount": "115.070000",
        "roundingAmount": "0.00",
        "costPriceInBaseCurrency": "51.0400",
    }
    assert str(body["exchangeRate"]) == "100.000000"
    assert body["dueDate"] == "2026-01-16"


def test_foreign_currency_by_the_rate_sent_or_the_daily_one(api: Api, control: Control) -> None:
    euro = line(quantity=1, unitNetPrice=1000, unitCostPrice=700, product={"productNumber": "2000"})
    sent = api.made("/invoices/drafts", draft(euro, currency="EUR", exchangeRate=Decimal("743.914941")))
    assert (sent["netAmountInBaseCurrency"], sent["marginInBaseCurrency"]) == (Decimal("7439.15"), Decimal("6739.15"))
    control.set_rates(api.agreement, EUR="745.5")
    daily = api.made("/invoices/drafts", draft(euro, currency="EUR"))
    assert (str(daily["exchangeRate"]), daily["netAmountInBaseCurrency"]) == ("745.500000", 7455)
    own = api.made("/invoices/drafts", draft(euro, exchangeRate=Decimal("10.25")))
    assert str(own["exchangeRate"]) == "100.000000"


def test_a_base_currency_other_than_kroner(open_agreement: Opener) -> None:
    api = open_agreement(base_currency="EUR")
    body = api.made("/invoices/drafts", draft(line(quantity=1, unitNetPrice=Decimal("743.91"))))
    assert body["netAmountInBaseCurrency"] == 100
    assert api.made("/invoices/drafts", draft(currency="EUR"))["exchangeRate"] == 100


def test_vat_follows_group_and_zone(api: Api) -> None:
    mixed = draft(line(unitNetPrice=5200), line(product={"productNumber": "2000"}, unitNetPrice=4250))
    assert api.made("/invoices/drafts", mixed)["vatAmount"] == 1300
    for zone in (2, 3, 4):
        abroad = draft(line(), recipient={"name": "x", "vatZone": {"vatZoneNumber": zone}})
        assert api.made("/invoices/drafts", abroad)["vatAmount"] == 0


def test_vat_is_rounded_per_document_or_per_line(open_agreement: Opener) -> None:
    lines = [line(unitNetPrice=Decimal("0.10")) for _ in range(3)]  # 0.025 each: 0.08 together, 0.03 alone
    assert open_agreement().made("/invoices/drafts", draft(*lines))["vatAmount"] == Decimal("0.08")
    per_line = open_agreement(knobs={"vat_rounding": "line"})
    assert per_line.made("/invoices/drafts", draft(*lines))["vatAmount"] == Decimal("0.09")


def test_amounts_round_half_away_from_zero(api: Api) -> None:
    for sign in (1, -1):
        halves = draft(line(quantity=Decimal("0.5"), unitNetPrice=Decimal("0.01") * sign))
        assert api.made("/invoices/drafts", halves)["netAmount"] == Decimal("0.01") * sign


def test_a_line_without_product_counts_nothing(api: Api) -> None:
    body = api.made("/invoices/drafts", draft({"description": "Tekst", "quantity": 5, "unitNetPrice": 100}, line()))
    assert (body["netAmount"], body["lines"][0]["totalNetAmount"]) == (100, 0)
    text = api.made("/invoices/drafts", draft({"description": "Kun tekst"}))
    assert text["lines"][0]["description"] == "Kun tekst"


def test_a_product_line_without_price_counts_nothing_but_costs(api: Api) -> None:
    unpriced = {"product": {"productNumber": "1000"}, "quantity": 2, "discountPercentage": 15, "unitCostPrice": 7}
    body = api.made("/invoices/drafts", draft(unpriced, unpriced))
    assert (body["netAmount"], body["costPriceInBaseCurrency"], body["marginInBaseCurrency"]) == (0, 28, -28)
    assert body["marginPercentage"] == 0
    assert "totalNetAmount" not in body["lines"][0]


def test_lines_are_ordered_and_renumbered(api: Api) -> None:
    doubled = [line(lineNumber=1, sortKey=1, description=name) for name in "abc"]
    body = api.made("/invoices/drafts", draft(*doubled))
    assert [(row["lineNumber"], row["sortKey"], row["description"]) for row in body["lines"]] == [
        (1, 1, "a"), (2, 2, "b"), (3, 3, "c"),
    ]  # fmt: skip
    sorted_body = api.made(
        "/invoices/drafts", draft(line(sortKey=5, description="z"), line(sortKey=2, description="y"))
    )
    assert [row["description"] for row in sorted_body["lines"]] == ["y", "z"]


@pytest.mark.parametrize(
    ("terms", "day", "due"),
    [
        ({"paymentTermsType": "net", "daysOfCredit": 8}, "2019-10-09", "2019-10-17"),
        ({"paymentTermsType": "net", "daysOfCredit": 30}, "2024-01-17", "2024-02-16"),
        ({"paymentTermsType": "invoiceMonth", "daysOfCredit": 14}, "2024-01-17", "2024-02-14"),
        ({"paymentTermsType": "invoiceMonth", "daysOfCredit": 14}, "2023-03-24", "2023-04-14"),
        ({"paymentTermsType": "paidInCash"}, "2026-01-08", "2026-01-08"),
        ({"paymentTermsType": "invoiceWeekStartingMonday", "daysOfCredit": 7}, "2026-01-08", "2026-01-18"),
        ({"paymentTermsType": "invoiceWeekStartingSunday", "daysOfCredit": 7}, "2026-01-08", "2026-01-17"),
    ],
)
def test_the_due_date_follows_the_terms(api: Api, terms: dict[str, object], day: str, due: str) -> None:
    number = api.made("/payment-terms", {"name": "Prøve"} | terms)["paymentTermsNumber"]
    body = api.made(
        "/invoices/drafts", draft(date=day, paymentTerms={"paymentTermsNumber": number}, dueDate="2099-01-01")
    )
    assert body["dueDate"] == due


def test_terms_of_type_due_date_need_one(api: Api) -> None:
    terms = {"paymentTermsNumber": 7}
    missing = api.post("/invoices/drafts", draft(paymentTerms=terms))
    error = errors_in(missing.body["errors"])[0]
    assert (error["errorCode"], error["errorMessage"]) == ("E04042", "dueDate is missing a value")
    assert codes(api.post("/invoices/drafts", draft(paymentTerms=terms, dueDate="2026-01-07"))) == ["E04760"]
    assert api.made("/invoices/drafts", draft(paymentTerms=terms, dueDate="2026-01-08"))["dueDate"] == "2026-01-08"


def test_recorded_body_4(api: Api) -> None:
    answer = api.post(
        "/invoices/drafts", draft(paymentTerms={"paymentTermsNumber": 4711, "paymentTermsType": "invoiceMonth"})
    )
    body = answer.body
    assert body["message"] == "Validation failed. 2 errors found."
    assert body["errors"] == {
        "paymentTerms": {
            "errors": [
                {
                    "propertyName": "paymentTerms",
                    "errorMessage": "PaymentTerms '4711' not found.",
                    "errorCode": "E07080",
                    "inputValue": 4711,
                    "developerHint": f"Find a list of paymentTermss at {api.url}/payment-terms .",
                }
            ]
        },
        "paymentTermsType": {
            "errors": [
                {
                    "propertyName": "paymentTermsType",
                    "errorMessage": "Payment terms type does not match the type on the payment terms specified.",
                    "errorCode": "E07180",
                    "inputValue": "invoiceMonth",
                    "developerHint": "Either specify the matching payment terms type for the payment terms in question,"
                    " or omit the property.",
                }
            ]
        },
    }


def test_recorded_body_5_for_a_barred_product(api: Api, control: Control) -> None:
    product = {"name": "Honorar", "productGroup": {"productGroupNumber": 2}, "barred": True}
    assert control.act(api.agreement, "PUT", "/products/1000", product)[0] == 200
    other = line(product={"productNumber": "2000"})
    answer = api.post("/invoices/drafts", draft(*[other] * 8, line()))
    assert answer.body["errors"] == {
        "lines": {
            "items": [
                {
                    "arrayIndex": 8,
                    "product": {
                        "errors": [
                            {
                                "propertyName": "product",
                                "errorMessage": "Product '1000' is barred.",
                                "errorCode": "E06600",
                                "inputValue": "1000",
                                "developerHint": f"Find a list of products at {api.url}/products .",
                            }
                        ]
                    },
                }
            ]
        }
    }


def _wrong_draft() -> object:
    return draft(
        line(product={"productNumber": "nope"}, quantity=Decimal("1.234"), unitNetPrice=Decimal("10.12345")),
        {"product": {"productNumber": "1000"}, "unit": {"unitNumber": 10}},
        {"product": {}, "quantity": 1},
        line(quantity=0, discountPercentage=101),
        currency="ZUL",
        customer={"customerNumber": 987987987},
        layout={"layoutNumber": 5},
        recipient={"name": "x", "vatZone": {"vatZoneNumber": 9}, "ean": "1"},
        references={"salesPerson": {"employeeNumber": 99}},
        exchangeRate=0,
    )


def test_every_error_of_a_draft_at_once_nested_like_the_request(api: Api) -> None:
    answer = api.post("/invoices/drafts", _wrong_draft())
    errors = answer.body["errors"]
    assert answer.body["errorCount"] == len(errors_in(errors)) == 15
    assert answer.body["message"] == "Validation failed. 15 errors found."
    items = {item["arrayIndex"]: item for item in errors["lines"]["items"]}
    assert sorted(items[0]) == ["arrayIndex", "product", "quantity", "unitNetPrice"]
    assert codes(answer).count("E04740") == 2
    scale = items[0]["unitNetPrice"]["errors"][0]
    assert scale["errorMessage"] == "unitNetPrice scale cannot be greater then two decimal places."
    assert items[1]["quantity"]["errors"][0]["errorCode"] == "E04730"
    assert items[2]["product"]["errors"][0]["errorCode"] == "E04500"
    assert errors["recipient"]["vatZone"]["errors"][0]["errorCode"] == "E07940"
    assert errors["references"]["salesPerson"]["errors"][0]["errorCode"] == "E07950"
    assert api.get("/invoices/drafts").body["pagination"]["results"] == 0


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"lines": [line(lineNumber=0)]}, "Integer 0 is less than minimum value of 1. Path 'lines[0].lineNumber'"),
        ({"lines": [line(), line(sortKey=0)]}, "Path 'lines[1].sortKey'"),
        ({"lines": [line(description=None)]}, "Expected String but got Null"),
        ({"lines": [line(description="x" * 2501)]}, "exceeds maximum length of 2500"),
        ({"lines": [line(product={"productNumber": 1000})]}, "Expected String but got Integer"),
        ({"lines": [line(quantity="1")]}, "Expected Number but got String"),
        ({"lines": [line(unitNetPrice=Decimal("1E+30"))]}, "out of range"),
        ({"date": "2026-02-30"}, "is not a date"),
        ({"date": "08-01-2026"}, "is not a date"),
        ({"references": {"other": "x" * 251}}, "exceeds maximum length of 250"),
        ({"recipient": {"vatZone": {"vatZoneNumber": 1}}}, "Required properties are missing from object: name"),
        ({"recipient": {"name": "x"}}, "Required properties are missing from object: vatZone"),
        ({"recipient": {"name": "x", "vatZone": {"vatZoneNumber": 1}, "nemHandelType": "EAN"}}, "not defined in enum"),
    ],
)
def test_the_schema_stage_of_drafts(api: Api, change: dict[str, object], problem: str) -> None:
    answer = api.post("/invoices/drafts", draft(**change))
    assert answer.status == 400
    assert problem in answer.body["errors"][0]
    assert answer.body["schemaPath"].endswith("invoices.drafts.post.schema.json")


def test_the_customer_alone_is_not_enough(api: Api) -> None:
    bare = draft()
    del bare["recipient"]
    answer = api.post("/invoices/drafts", bare)
    assert "recipient" in answer.body["errors"][0]


def test_list_items_carry_no_lines(api: Api) -> None:
    api.made("/invoices/drafts", draft())
    item = api.get("/invoices/drafts").body["collection"][0]
    for name in ("lines", "layout", "attachment"):
        assert name not in item
    assert item["netAmount"] == 100


def test_put_replaces_lines_and_clears_what_is_omitted(api: Api) -> None:
    number = api.made("/invoices/drafts", draft(references={"other": "a"}, notes={"heading": "Overskrift"}))[
        "draftInvoiceNumber"
    ]
    answer = api.put(f"/invoices/drafts/{number}", draft(line(unitNetPrice=50), line(unitNetPrice=25)))
    assert (answer.status, answer.body["netAmount"]) == (200, 75)
    assert "references" not in answer.body
    assert "notes" not in answer.body
    assert answer.body["soap"]["currentInvoiceHandle"]["id"] >= 1
    minimal = api.put(f"/invoices/drafts/{number}", {"recipient": {"vatZone": {"vatZoneNumber": 1}}})
    assert (minimal.status, minimal.body["netAmount"], minimal.body["customer"]["customerNumber"]) == (200, 0, 1)


def test_put_to_an_unknown_draft(api: Api, control: Control) -> None:
    assert api.put("/invoices/drafts/99", draft()).status == 404
    control.set_knobs(api.agreement, draft_put_creates=True)
    assert api.put("/invoices/drafts/99", draft()).status == 201
    assert api.made("/invoices/drafts", draft())["draftInvoiceNumber"] == 100


def test_lines_can_be_added(api: Api) -> None:
    number = api.made("/invoices/drafts", draft())["draftInvoiceNumber"]
    answer = api.post(f"/invoices/drafts/{number}/lines", {"lines": [line(unitNetPrice=10), line(unitNetPrice=5)]})
    assert (answer.status, answer.body["netAmount"]) == (201, 115)
    assert [row["lineNumber"] for row in answer.body["lines"]] == [1, 2, 3]
    refused = api.post(f"/invoices/drafts/{number}/lines", {"lines": [line(), line(product={"productNumber": "x"})]})
    assert refused.body["errors"]["lines"]["items"][0]["arrayIndex"] == 1
    assert api.get(f"/invoices/drafts/{number}").body["netAmount"] == 115


def test_delete_answers_200_with_a_status_body(api: Api) -> None:
    numbers = [api.made("/invoices/drafts", draft(references={"other": r}))["draftInvoiceNumber"] for r in "aabb"]
    one = api.delete(f"/invoices/drafts/{numbers[0]}")
    assert (one.status, one.body) == (
        200,
        {
            "message": "Deleted invoice.",
            "deletedCount": 1,
            "deletedItems": [{"draftInvoiceNumber": 1, "self": f"{api.url}/invoices/drafts/1"}],
        },
    )
    again = api.delete(f"/invoices/drafts/{numbers[0]}")
    assert (again.status, again.body["errorCode"]) == (404, "E06000")
    some = api.delete("/invoices/drafts?filter=references.other$eq:b")
    assert (some.body["message"], some.body["deletedCount"]) == ("Deleted 2 invoices.", 2)
    rest: Answer = api.delete("/invoices/drafts")
    assert rest.body["deletedItems"][0]["draftInvoiceNumber"] == numbers[1]
    assert api.get("/invoices/drafts").body["pagination"]["results"] == 0


def test_draft_numbers_rise_even_after_deletion(api: Api) -> None:
    first = api.made("/invoices/drafts", draft())["draftInvoiceNumber"]
    api.delete(f"/invoices/drafts/{first}")
    assert api.made("/invoices/drafts", draft())["draftInvoiceNumber"] == first + 1


def test_knobs_for_zero_quantity_and_descriptions(api: Api, control: Control) -> None:
    assert codes(api.post("/invoices/drafts", draft(line(quantity=0)))) == ["E04930"]
    control.set_knobs(api.agreement, zero_quantity_refused=False, description_required=True)
    assert api.post("/invoices/drafts", draft(line(quantity=0))).status == 201
    assert codes(api.post("/invoices/drafts", draft(line(description="")))) == ["E04950"]


def test_departments_on_lines_need_the_module(api: Api, control: Control) -> None:
    with_department = draft(line(departmentalDistribution={"departmentalDistributionNumber": 1}))
    assert api.made("/invoices/drafts", with_department)["lines"][0]["departmentalDistribution"]
    unknown = draft(line(departmentalDistribution={"departmentalDistributionNumber": 9}))
    assert codes(api.post("/invoices/drafts", unknown)) == ["E07980"]
    control.set_modules(api.agreement)
    assert codes(api.post("/invoices/drafts", with_department)) == ["E03040"]


def test_templates_and_booking_instructions(api: Api) -> None:
    body = api.made("/invoices/drafts", draft())
    templates = api.get(body["templates"]["self"].removeprefix(api.url)).body
    instructions = api.get(templates["bookingInstructions"].removeprefix(api.url)).body
    assert instructions["draftInvoice"]["draftInvoiceNumber"] == body["draftInvoiceNumber"]
    assert api.post("/invoices/booked", instructions).status == 201


def test_the_recipient_takes_the_cvr_of_the_customer(api: Api) -> None:
    api.put("/customers/1", customer(corporateIdentificationNumber="22001884"))
    assert api.made("/invoices/drafts", draft())["recipient"]["cvr"] == "22001884"
    assert api.get("/customers/1/invoices/drafts").body["pagination"]["results"] == 1
