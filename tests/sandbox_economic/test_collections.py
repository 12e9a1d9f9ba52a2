"""Envelope, paging, sorting, filtering and link propagation over the wire (contract 2.4 to 2.7)."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from .conftest import Opener
from .server import Api, customer, draft


@pytest.fixture
def many(open_agreement: Opener) -> Api:
    """An agreement with five customers."""
    names = ["Æble", "banan", "Citron", "Daddel (tør)", "Ester"]
    rows = [customer(customerNumber=10 + at, name=name, zip=f"{1000 + at}") for at, name in enumerate(names)]
    return open_agreement(customers=rows)


def numbers(api: Api, query: str) -> list[int]:
    """The customers a query finds."""
    answer = api.get(f"/customers?{query}")
    assert answer.status == 200, answer.raw
    return [row["customerNumber"] for row in answer.body["collection"]]


def test_the_envelope_of_a_page(many: Api) -> None:
    body = many.get("/customers?pagesize=2").body
    here = f"{many.url}/customers?pagesize=2"
    assert list(body) == ["collection", "metaData", "pagination", "self"]
    assert body["metaData"]["create"] == {"description": "Create a new customer", "href": here, "httpMethod": "post"}
    assert body["pagination"] == {
        "skipPages": 0,
        "pageSize": 2,
        "maxPageSizeAllowed": 1000,
        "results": 5,
        "resultsWithoutFilter": 5,
        "firstPage": f"{here}&skippages=0",
        "nextPage": f"{here}&skippages=1",
        "lastPage": f"{here}&skippages=2",
    }
    assert body["self"] == here


def test_the_middle_the_end_and_beyond(many: Api) -> None:
    middle = many.get("/customers?skippages=1&pagesize=2").body["pagination"]
    assert middle["previousPage"].endswith("?skippages=0&pagesize=2")
    assert middle["nextPage"].endswith("?skippages=2&pagesize=2")
    last = many.get("/customers?skippages=2&pagesize=2").body
    assert "nextPage" not in last["pagination"]
    assert len(last["collection"]) == 1
    beyond = many.get("/customers?skippages=9&pagesize=2").body
    assert (beyond["collection"], beyond["pagination"]["results"]) == ([], 5)


def test_the_links_walk_through_everything(many: Api) -> None:
    seen = []
    link = f"{many.url}/customers?pagesize=2&filter={quote('customerNumber$gt:10')}"
    while link:
        page = many.get(link.removeprefix(many.url)).body
        seen += [row["customerNumber"] for row in page["collection"]]
        link = page["pagination"].get("nextPage")
    assert seen == [11, 12, 13, 14]


def test_no_results_suppress_the_links(many: Api) -> None:
    body = many.get("/customers?filter=name$eq:nobody").body
    assert body["pagination"]["developerHint"] == "Pagination links are suppressed when there are no results."
    assert (body["pagination"]["results"], body["pagination"]["resultsWithoutFilter"]) == (0, 5)
    assert "firstPage" not in body["pagination"]


@pytest.mark.parametrize("query", ["pagesize=1001", "pagesize=0", "pagesize=-1", "pagesize=x", "skippages=-1"])
def test_page_parameters_are_e04810(many: Api, query: str) -> None:
    answer = many.get(f"/customers?{query}")
    assert (answer.status, answer.body["errorCode"]) == (400, "E04810")
    assert "must be a positive whole number" in answer.body["message"]


def test_unknown_parameters_travel_into_every_link(many: Api) -> None:
    body = many.get("/customers?date$lte:2024-01-31&pagesize=1").body
    row = body["collection"][0]
    for link in (row["self"], row["paymentTerms"]["self"], row["vatZone"]["self"], row["contacts"]):
        assert link.endswith("?date$lte:2024-01-31")
    assert body["pagination"]["nextPage"].endswith("?date$lte:2024-01-31&pagesize=1&skippages=1")
    assert body["self"].endswith("?date$lte:2024-01-31&pagesize=1")
    assert many.get("/accounting-years?pageindex=0").body["collection"][0]["periods"].endswith("periods?pageindex=0")


def test_filters_over_the_wire(many: Api) -> None:
    assert numbers(many, "filter=" + quote("name$like:an")) == [11]
    assert numbers(many, "filter=" + quote("name$eq:æBLE")) == [10]
    assert numbers(many, "filter=" + quote("name$eq:Daddel $(tør$)")) == [13]
    assert numbers(many, "filter=" + quote("name$eq:Daddel (tør$)")) == [13]
    assert numbers(many, "filter=" + quote("zip$gte:1001$and:(name$like:c*$or:name$like:e*)")) == [12, 14]
    assert numbers(many, "filter=" + quote("customerNumber$in:[10,14,99]")) == [10, 14]
    assert numbers(many, "filter=" + quote("barred$eq:false$and:ean$eq:$null:")) == [10, 11, 12, 13, 14]


def test_a_bad_filter_is_recorded_body_8(many: Api) -> None:
    answer = many.get("/customers?filter=bogusProp$eq:1")
    assert answer.status == 400
    body = answer.body
    assert body["message"] == "Could not parse query string filter."
    assert body["errors"] == ["Filtering is not allowed on property 'bogusProp'."]
    assert list(body)[-1] == "allowedFilteringFields"
    assert {"zip", "customerNumber", "customerGroup.customerGroupNumber", "name", "pNumber"} <= set(
        body["allowedFilteringFields"]
    )
    assert many.get("/customers?filter=name$eq:a)").status == 400


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/customer-groups", "account.accountNumber$eq:1"),
        ("/employees", "email$eq:x"),
        ("/products", "inventory.netWeight$eq:1"),
        ("/invoices/drafts", "references.customerContact.customer.customerNumber$eq:1"),
        ("/invoices/drafts", "dueDate$eq:2026-01-01"),
        ("/invoices/booked", "remainder$eq:0"),
        ("/accounts", "debitCredit$like:deb"),
        ("/payment-terms", "name$eq:x"),
        ("/vat-zones", "vatZoneNumber$eq:1"),
    ],
)
def test_what_cannot_be_filtered_by(many: Api, path: str, query: str) -> None:
    assert many.get(f"{path}?filter={query}").status == 400


@pytest.mark.parametrize(
    "query",
    ["barred$ne:true", "barred$eq:$null:", "departmentalDistribution.departmentalDistributionNumber$eq:1"],
)
def test_filters_that_crash_the_real_server(open_agreement: Opener, query: str) -> None:
    api = open_agreement()
    assert api.get(f"/products?filter={query}").status == 500
    assert api.get("/products?filter=barred$eq:false").body["pagination"]["results"] == 4
    tame = open_agreement(knobs={"known_500s": False})
    assert tame.get(f"/products?filter={query}").status in {200, 400}


def test_sorting(many: Api) -> None:
    assert numbers(many, "sort=-customerNumber") == [14, 13, 12, 11, 10]
    assert numbers(many, "sort=name") == [11, 12, 13, 14, 10]
    assert numbers(many, "sort=~customerNumber,-name") == [10, 11, 12, 13, 14]
    assert numbers(many, "sort=currency,-zip") == [14, 13, 12, 11, 10]
    for bad in ("bogus", "barred", "customerGroup.customerGroupNumber"):
        answer = many.get(f"/customers?sort={bad}")
        assert (answer.status, answer.body["message"]) == (400, "Could not parse query string sort parameter")


def test_the_default_order_is_ascending_by_key(api: Api) -> None:
    for number in (30, 20, 25):
        api.made("/customers", customer(customerNumber=number))
    assert numbers(api, "") == [1, 20, 25, 30]
    api.delete("/customers/20")
    assert numbers(api, "") == [1, 25, 30]


def test_drafts_are_found_by_their_reference(api: Api) -> None:
    api.made("/invoices/drafts", draft(references={"other": "PO 4711 #demo-clienttime-17"}))
    api.made("/invoices/drafts", draft(references={"other": "PO 4711 #demo-clienttime-171"}))
    found = api.get("/invoices/drafts?filter=" + quote("references.other$like:#demo-clienttime-17"))
    assert len(found.body["collection"]) == 2
    exact = api.get("/invoices/drafts?filter=" + quote("references.other$eq:PO 4711 #demo-clienttime-17"))
    assert len(exact.body["collection"]) == 1
    newest = api.get("/invoices/drafts?sort=-draftInvoiceNumber&pagesize=1").body["collection"][0]
    assert newest["references"]["other"].endswith("171")
