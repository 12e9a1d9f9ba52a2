"""Customers and contacts (contract 3.1)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.economic.control import Control

from .conftest import Opener
from .server import Api, codes, customer, draft, errors_in


def test_created_with_location_and_the_whole_resource(api: Api) -> None:
    answer = api.post("/customers", customer(customerNumber=900123, balance=Decimal("999.99"), nonsense=1, barred=True))
    assert answer.status == 201
    assert answer.headers["Location"] == f"{api.url}/customers/900123"
    body = answer.body
    assert (body["customerNumber"], body["balance"], body["barred"]) == (900123, 0, True)
    assert "nonsense" not in body
    assert body["paymentTerms"] == {"paymentTermsNumber": 1, "self": f"{api.url}/payment-terms/1"}
    assert body["metaData"]["replace"]["httpMethod"] == "put"
    assert api.get("/customers/900123").body == body


def test_the_server_numbers_and_gives_a_freed_number_again(api: Api) -> None:
    assert api.made("/customers", customer())["customerNumber"] == 2
    assert api.made("/customers", customer())["customerNumber"] == 3
    assert api.delete("/customers/3").status == 204
    assert api.made("/customers", customer())["customerNumber"] == 3
    api.made("/customers", customer(customerNumber=999_999_999))
    assert api.made("/customers", customer())["customerNumber"] == 4


def test_a_taken_number_is_e06010(api: Api) -> None:
    answer = api.post("/customers", customer(customerNumber=1))
    assert (answer.status, codes(answer)) == (400, ["E06010"])
    assert errors_in(answer.body["errors"])[0]["errorMessage"] == (
        "The entity cannot be created because the key already exists"
    )


def test_recorded_body_7_for_a_missing_group(api: Api) -> None:
    answer = api.post("/customers", customer(customerGroup={"customerGroupNumber": 77}))
    assert answer.status == 400
    body = answer.body
    assert body["message"] == "Validation failed. 1 error found."
    assert body["errors"] == {
        "customerGroup": {
            "errors": [
                {
                    "propertyName": "customerGroup",
                    "errorMessage": "CustomerGroup '77' not found.",
                    "errorCode": "E07140",
                    "inputValue": 77,
                    "developerHint": f"Find a list of customer groups at {api.url}/customer-groups .",
                }
            ]
        }
    }
    assert (body["errorCode"], body["errorCount"], body["httpStatusCode"]) == ("E04300", 1, 400)
    assert list(body) == [
        "message", "errorCode", "developerHint", "logId", "httpStatusCode", "errors", "logTime", "errorCount",
    ]  # fmt: skip


def test_all_errors_come_in_one_body(api: Api) -> None:
    wrong = customer(
        currency="ZUL",
        customerGroup={"customerGroupNumber": 77},
        paymentTerms={"paymentTermsNumber": 78},
        vatZone={"vatZoneNumber": 79},
        ean="5790000000000",
        creditLimit=Decimal("1.234"),
    )
    answer = api.post("/customers", wrong)
    assert sorted(codes(answer)) == ["E04740", "E04910", "E06000", "E07080", "E07140", "E07940"]
    assert answer.body["message"] == "Validation failed. 6 errors found."


def test_a_reference_may_be_its_link_alone(api: Api) -> None:
    made = api.made(
        "/customers",
        customer(paymentTerms={"self": f"{api.url}/payment-terms/2"}, layout={"self": f"{api.url}/Layouts/19?x=1"}),
    )
    assert (made["paymentTerms"]["paymentTermsNumber"], made["layout"]["layoutNumber"]) == (2, 19)
    wrong_place = api.post("/customers", customer(paymentTerms={"self": f"{api.url}/layouts/19"}))
    assert codes(wrong_place) == ["E07080"]
    nothing = api.post("/customers", customer(paymentTerms={}))
    assert codes(nothing) == ["E04500"]
    assert errors_in(nothing.body["errors"])[0]["errorMessage"] == (
        "No identifiers present on paymentTerms. Please include either a self link or a paymentTermsNumber."
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": None}, "Expected String but got Null"),
        ({"name": ""}, "is less than minimum length of 1"),
        ({"name": "x" * 256}, "exceeds maximum length of 255"),
        ({"paymentTerms": {"paymentTermsNumber": 0}}, "Integer 0 is less than minimum value of 1"),
        ({"paymentTerms": {"paymentTermsNumber": "1"}}, "Expected Integer but got String"),
        ({"customerNumber": 1_000_000_000}, "exceeds maximum value of 999999999"),
        ({"customerNumber": 0}, "Integer 0 is less than minimum value of 1"),
        ({"currency": "kroner"}, "exceeds maximum length of 3"),
        ({"barred": "true"}, "Expected Boolean but got String"),
        ({"pNumber": "123"}, "is less than minimum length of 10"),
        ({"vatZone": 1}, "Expected Object but got Integer"),
    ],
)
def test_the_schema_stage_answers_with_strings_and_a_schema_path(api: Api, change: dict, problem: str) -> None:  # type: ignore[type-arg]
    answer = api.post("/customers", customer(**change))
    assert answer.status == 400
    body = answer.body
    assert body["schemaPath"].endswith("/schema/customers.post.schema.json")
    assert [problem in text for text in body["errors"]] == [True]
    assert body["errorCount"] == 1


def test_what_is_required_is_named(api: Api) -> None:
    answer = api.post("/customers", {})
    for name in ("currency", "customerGroup", "name", "paymentTerms", "vatZone"):
        assert name in answer.body["errors"][0]


def test_put_replaces_and_clears(api: Api) -> None:
    api.made("/customers", customer(customerNumber=7, barred=True, city="Ribe", ean="5790000123452"))
    answer = api.put("/customers/7", customer(name="Nyt navn"))
    assert answer.status == 200
    assert answer.body["name"] == "Nyt navn"
    for cleared in ("barred", "city", "ean"):
        assert cleared not in answer.body


def test_put_to_an_unknown_number_creates(api: Api) -> None:
    answer = api.put("/customers/4711", customer())
    assert (answer.status, answer.body["customerNumber"]) == (201, 4711)
    assert api.put("/customers/0", customer()).status == 404


def test_a_barred_customer_cannot_be_invoiced(api: Api) -> None:
    api.put("/customers/1", customer(barred=True))
    answer = api.post("/invoices/drafts", draft())
    assert codes(answer) == ["E06820"]
    assert errors_in(answer.body["errors"])[0]["errorMessage"] == "Customer '1' is barred."
    api.put("/customers/1", customer())
    assert api.post("/invoices/drafts", draft()).status == 201


def test_delete_twice_is_404_with_e06000(api: Api) -> None:
    assert api.delete("/customers/1").status == 204
    again = api.delete("/customers/1")
    assert (again.status, again.body["errorCode"]) == (404, "E06000")
    assert "errorCode" not in api.get("/customers/1").body


def test_a_customer_on_a_draft_stays(api: Api) -> None:
    number = api.made("/invoices/drafts", draft())["draftInvoiceNumber"]
    assert codes(api.delete("/customers/1")) == ["E06900"]
    api.delete(f"/invoices/drafts/{number}")
    assert api.delete("/customers/1").status == 204


def test_patch_changes_one_property_only(api: Api) -> None:
    path = "/eInvoicingDisabledByDefault"
    done = api.call("PATCH", "/customers/1", [{"op": "replace", "path": path, "value": True}])
    assert (done.status, done.body["eInvoicingDisabledByDefault"]) == (200, True)
    api.put("/customers/1", customer(eInvoicingDisabledByDefault=False))
    assert api.get("/customers/1").body["eInvoicingDisabledByDefault"] is True
    assert api.call("PATCH", "/customers/1", [{"op": "replace", "path": "/name", "value": "x"}]).status == 400


def test_ean_needs_thirteen_digits_and_its_check_digit(api: Api) -> None:
    assert api.post("/customers", customer(ean="5790000123452")).status == 201
    for wrong in ("5790000123453", "579000012345", "579000012345x"):
        assert codes(api.post("/customers", customer(ean=wrong))) == ["E04910"]


def test_contacts_are_numbered_through_the_agreement(api: Api) -> None:
    api.made("/customers", customer(customerNumber=2))
    first = api.made("/customers/1/contacts", {"name": "Torsten", "email": "t@example.dk"})
    second = api.made("/customers/2/contacts", {"name": "Åse"})
    assert (first["customerContactNumber"], second["customerContactNumber"]) == (1, 2)
    assert (first["sortKey"], second["sortKey"]) == (1, 1)
    assert api.get("/customers/2/contacts/1").status == 404
    replaced = api.put("/customers/1/contacts/1", {"name": "Torsten T."})
    assert (replaced.body["name"], "email" in replaced.body) == ("Torsten T.", False)
    assert api.get("/customers/1/contacts?filter=name$like:tor*").body["pagination"]["results"] == 1
    assert api.delete("/customers/1/contacts/1").status == 204
    assert api.delete("/customers/1/contacts/1").body["errorCode"] == "E06000"


def test_linked_but_not_implemented_is_501(api: Api) -> None:
    for path in ("templates/invoice", "delivery-locations"):
        assert api.get(f"/customers/1/{path}").status == 501
    assert api.get("/customers/1/totals").status == 200


def test_explicit_customers_of_a_new_agreement(open_agreement: Opener, control: Control) -> None:
    api = open_agreement("empty", customers=[customer(customerNumber=42)])
    assert api.get("/customers/42").status == 200
    assert control.agreement(api.agreement)["records"]["products"] == 0
    terms = api.get("/payment-terms").body["collection"]
    assert "dueDate" not in [row["paymentTermsType"] for row in terms]
