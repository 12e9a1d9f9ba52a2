"""Groups, terms, zones, units, products and accounts (contract 3.2 to 3.6, 3.12)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.economic.links import decode_id, encode_id

from .server import Api, codes, draft, errors_in, line


def test_payment_terms_are_numbered_by_the_server_and_mostly_immutable(api: Api) -> None:
    terms = {"name": "Netto 45 dage", "paymentTermsType": "net", "daysOfCredit": 45}
    made = api.made("/payment-terms", terms)
    number = made["paymentTermsNumber"]
    assert api.put(f"/payment-terms/{number}", terms | {"name": "45 dage"}).body["name"] == "45 dage"
    assert codes(api.put(f"/payment-terms/{number}", terms | {"daysOfCredit": 30})) == ["E06151"]
    changed = api.put(f"/payment-terms/{number}", {"name": "x", "paymentTermsType": "invoiceMonth"})
    assert codes(changed) == ["E06151", "E06151"]
    wrong_case = api.post("/payment-terms", {"name": "x", "paymentTermsType": "Net"})
    assert 'Value "Net" is not defined in enum' in wrong_case.body["errors"][0]
    assert api.delete(f"/payment-terms/{number}").status == 204
    assert codes(api.delete("/payment-terms/1")) == ["E06900"]


def test_customer_groups_are_numbered_by_the_caller(api: Api) -> None:
    group = {"customerGroupNumber": 9, "name": "Offentlige", "account": {"accountNumber": 5600}}
    assert api.made("/customer-groups", group)["account"]["accountNumber"] == 5600
    assert codes(api.post("/customer-groups", group)) == ["E06010"]
    missing = api.post("/customer-groups", group | {"customerGroupNumber": 10, "account": {"accountNumber": 1}})
    error = errors_in(missing.body["errors"])[0]
    assert (error["errorCode"], error["errorMessage"]) == ("E07150", "Account '1' not found.")
    heading = api.post("/customer-groups", group | {"customerGroupNumber": 10, "account": {"accountNumber": 1000}})
    assert codes(heading) == ["E04041"]
    assert "account" in api.post("/customer-groups", {"customerGroupNumber": 1}).body["errors"][0]
    assert api.put("/customer-groups/9", {"name": "Stat"}).body["name"] == "Stat"
    assert api.get("/customer-groups/1/customers").body["pagination"]["results"] == 1
    assert api.delete("/customer-groups/9").status == 204
    assert codes(api.delete("/customer-groups/1")) == ["E06900"]


def test_units(api: Api) -> None:
    number = api.made("/units", {"name": "dage"})["unitNumber"]
    assert api.put(f"/units/{number}", {"name": "dag"}).body["name"] == "dag"
    assert api.delete(f"/units/{number}").status == 204
    assert codes(api.delete("/units/2")) == ["E06900"]
    assert api.get("/units/2/products").body["pagination"]["results"] == 4


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("vat-zones", 4), ("vat-types", 2), ("vat-accounts", 5), ("layouts", 3), ("units", 4), ("employees", 3),
        ("departments", 2), ("currencies", 6), ("product-groups", 3), ("accounts", 15), ("accounting-years", 4),
        ("accounting-years/2026/periods", 12), ("customer-groups", 3), ("payment-terms", 7),
    ],
)  # fmt: skip
def test_every_list_and_the_address_of_its_items(api: Api, path: str, count: int) -> None:
    rows = api.get(f"/{path}").body["collection"]
    assert len(rows) == count
    for row in rows:
        assert api.get(row["self"].removeprefix(api.url)).body == row


def test_deleted_things_cannot_be_referred_to(api: Api) -> None:
    assert codes(api.post("/invoices/drafts", draft(layout={"layoutNumber": 1}))) == ["E07920"]
    unit = api.made("/units", {"name": "x"})["unitNumber"]
    api.delete(f"/units/{unit}")
    assert codes(api.post("/invoices/drafts", draft(line(unit={"unitNumber": unit})))) == ["E07930"]


def test_the_sales_account_of_a_zone_and_its_vat_code(api: Api) -> None:
    rows = api.get("/product-groups/2/sales-accounts").body["collection"]
    by_zone = {row["vatZone"]["vatZoneNumber"]: row["salesAccount"] for row in rows}
    assert by_zone[1]["vatAccount"]["vatCode"] == "U25"
    assert by_zone[2]["vatAccount"]["vatCode"] == "UEUY"
    assert "vatAccount" not in by_zone[4]
    assert api.get("/vat-accounts/U25").body["ratePercentage"] == 25
    numbers = [row["salesAccount"]["accountNumber"] for row in rows]
    assert numbers == sorted(numbers)


def test_years_and_periods_tell_what_is_closed(api: Api) -> None:
    assert api.get("/accounting-years/2024").body["closed"] is True
    assert "closed" not in api.get("/accounting-years/2026").body
    periods = api.get("/accounting-years/2026/periods").body["collection"]
    assert (periods[1]["fromDate"], periods[1]["toDate"]) == ("2026-02-01", "2026-02-28")
    assert api.get("/accounting-years/2019").status == 404
    assert api.get("/accounting-years/2026/periods/1").status == 404  # periods are numbered through the years


def test_products_are_numbered_by_the_caller(api: Api) -> None:
    product = {"productNumber": "A/B_1 50%", "name": "Æblegrød", "productGroup": {"productGroupNumber": 2}}
    made = api.post("/products", product | {"salesPrice": Decimal("12.5"), "unit": {"unitNumber": 1}})
    assert made.status == 201
    assert made.headers["Location"] == f"{api.url}/products/A_6_B_8_1_9_50_3_"
    body = api.get("/products/A_6_B_8_1_9_50_3_").body
    assert (body["productNumber"], body["salesPrice"], body["unit"]["name"]) == ("A/B_1 50%", Decimal("12.5"), "stk.")
    assert codes(api.post("/products", product)) == ["E06010"]
    assert codes(api.post("/products", product | {"productNumber": "x", "salesPrice": Decimal("1.234")})) == ["E04740"]
    assert "exceeds maximum length" in api.post("/products", product | {"productNumber": "x" * 26}).body["errors"][0]
    replaced = api.put("/products/A_6_B_8_1_9_50_3_", {"name": "Grød", "productGroup": {"productGroupNumber": 3}})
    assert (replaced.status, replaced.body["salesPrice"], "unit" in replaced.body) == (200, 0, False)
    assert api.put("/products/new", {"name": "Ny", "productGroup": {"productGroupNumber": 3}}).status == 201
    assert api.delete("/products/new").status == 204
    api.made("/invoices/drafts", draft())
    assert codes(api.delete("/products/1000")) == ["E06900"]


def test_product_links_and_groups(api: Api) -> None:
    assert api.get("/product-groups/2/products").body["collection"][0]["productNumber"] == "1000"
    codes_of_group = codes(
        api.post("/products", {"productNumber": "x", "name": "x", "productGroup": {"productGroupNumber": 9}})
    )
    assert codes_of_group == ["E07960"]


@pytest.mark.parametrize(
    ("key", "segment"),
    [
        ("My Awesome Product_Discount5%", "My_9_Awesome_9_Product_8_Discount5_3_"),
        ("2025/2026", "2025_6_2026"),
        ("a<b>c*d:e&f\\g?h.i#j+k", "a_0_b_1_c_2_d_4_e_5_f_7_g_10_h_11_i_12_j_13_k"),
        ("Ærø", "%C3%86r%C3%B8"),
    ],
)
def test_ids_in_paths(key: str, segment: str) -> None:
    assert encode_id(key) == segment
    assert decode_id(segment) == key
