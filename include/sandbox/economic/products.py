"""/products and /product-groups (contract 3.6)."""

from __future__ import annotations

from typing import Final

from sandbox.economic import fields
from sandbox.economic.accounts import present_account
from sandbox.economic.call import Call
from sandbox.economic.errors import not_found
from sandbox.economic.money import ZERO, rounded
from sandbox.economic.paging import Listing
from sandbox.economic.routing import Route
from sandbox.economic.schema import flag, number, reference, text, thing, whole
from sandbox.economic.settings_resources import unit, vat_zone
from sandbox.economic.usage import refuse_if_used
from sandbox.economic.validation import Checker, read_body
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply

_PRICES = ("costPrice", "recommendedPrice", "salesPrice")
_TEXTS = ("description", "barCode")

_MEMBERS: Final = {
    "name": text(300, 1).needed(),
    "productGroup": reference(productGroupNumber=whole(1)).needed(),
    "barCode": text(50),
    "barred": flag(),
    "costPrice": number(),
    "description": text(500),
    "recommendedPrice": number(),
    "salesPrice": number(),
    "unit": reference(unitNumber=whole(1)),
}
BODY: Final = thing(**_MEMBERS, productNumber=text(25, 1).needed())
BODY_PUT: Final = thing(**_MEMBERS, productNumber=text(25, 1))


def present_group(call: Call, record: Doc) -> Doc:
    """A product group."""
    number_ = record["productGroupNumber"]
    return {
        "productGroupNumber": number_,
        "name": record["name"],
        "salesAccounts": call.links.item("product-groups", number_, "sales-accounts"),
        "products": call.links.item("product-groups", number_, "products"),
        "inventoryEnabled": False,
        "self": call.links.item("product-groups", number_),
    }


def present(call: Call, record: Doc) -> Doc:
    """A product as the API shows it in a list."""
    key = record["productNumber"]
    group = call.agreement["product-groups"].require(record["productGroup"]["productGroupNumber"])
    shown: Doc = {"productNumber": key} | {name: record[name] for name in _TEXTS if name in record}
    shown["name"] = record["name"]
    shown |= {name: record[name] for name in _PRICES}
    shown |= {"barred": bool(record.get("barred")), "lastUpdated": record["lastUpdated"]}
    shown["productGroup"] = present_group(call, group)
    if "unit" in record:
        shown["unit"] = unit(call, call.agreement["units"].require(record["unit"]["unitNumber"]))
    here = call.links.item("products", key)
    return shown | {
        "invoices": {
            "drafts": call.links.item("products", key, "invoices", "drafts"),
            "booked": call.links.item("products", key, "invoices", "booked"),
            "self": call.links.item("products", key, "invoices"),
        },
        "pricing": {
            "currencySpecificSalesPrices": call.links.item("products", key, "pricing", "currency-specific-sales-prices")
        },
        "self": here,
    }


def present_one(call: Call, record: Doc) -> Doc:
    """A product on its own address: with ``metaData``."""
    shown = present(call, record)
    here = shown.pop("self")
    shown["metaData"] = {
        "delete": {"description": "Delete this product.", "href": here, "httpMethod": "delete"},
        "replace": {"description": "Replace this product.", "href": here, "httpMethod": "put"},
    }
    return shown | {"self": here}


def list_products(call: Call) -> Reply:
    """GET /products."""
    return _list(call, list(call.collection("products")), "products", create="Create a new product")


def _list(call: Call, records: list[Doc], path: str, create: str | None = None) -> Reply:
    listing = Listing(f"{call.links.base}/{path}", fields.PRODUCTS, lambda record: present(call, record), create)
    return call.list(records, listing)


def get_product(call: Call) -> Reply:
    """GET /products/{number}."""
    return Reply.json(200, present_one(call, call.record("products", call.parameter("productNumber"))))


def create_product(call: Call) -> Reply:
    """POST /products: the number is the caller's."""
    body = read_body(call, BODY, "products.post")
    return _store(call, body, body["productNumber"], new=True)


def replace_product(call: Call) -> Reply:
    """PUT /products/{number}: replaces; an unknown number creates (contract 2.2)."""
    body = read_body(call, BODY_PUT, "products.productNumber.put")
    key = call.parameter("productNumber")
    return _store(call, body, key, new=key not in call.collection("products"))


def _store(call: Call, body: Doc, key: str, *, new: bool) -> Reply:
    checker = Checker(call)
    checker.scales(BODY, body)
    group = checker.reference(body, ("productGroup",), "product-groups")
    found = checker.reference(body, ("unit",), "units")
    if new:
        checker.key_is_free("products", "productNumber", key)
    checker.finish()
    if group is None:
        raise not_found()
    record = body | {name: rounded(body.get(name, ZERO)) for name in _PRICES}
    record["productGroup"] = {"productGroupNumber": group["productGroupNumber"]}
    if found is not None:
        record["unit"] = {"unitNumber": found["unitNumber"]}
    record |= {"productNumber": key, "lastUpdated": call.clock.stamp()}
    call.collection("products").put(record)
    shown = present_one(call, record)
    return call.created(shown) if new else Reply.json(200, shown)


def delete_product(call: Call) -> Reply:
    """DELETE /products/{number}: not while a document uses it."""
    key = call.parameter("productNumber")
    call.record("products", key)
    refuse_if_used(call, "products", key)
    call.collection("products").delete(key)
    return Reply(204)


def list_groups(call: Call) -> Reply:
    """GET /product-groups."""
    listing = Listing(f"{call.links.base}/product-groups", fields.NOTHING, lambda record: present_group(call, record))
    return call.list(call.collection("product-groups"), listing)


def get_group(call: Call) -> Reply:
    """GET /product-groups/{n}."""
    return Reply.json(200, present_group(call, _group(call)))


def _group(call: Call) -> Doc:
    return call.record("product-groups", call.number("productGroupNumber"))


def products_of_group(call: Call) -> Reply:
    """GET /product-groups/{n}/products."""
    number_ = _group(call)["productGroupNumber"]
    records = [p for p in call.collection("products") if p["productGroup"]["productGroupNumber"] == number_]
    return _list(call, records, f"product-groups/{number_}/products")


def products_of_unit(call: Call) -> Reply:
    """GET /units/{n}/products."""
    number_ = call.record("units", call.number("unitNumber"))["unitNumber"]
    records = [p for p in call.collection("products") if p.get("unit", {}).get("unitNumber") == number_]
    return _list(call, records, f"units/{number_}/products")


def sales_accounts(call: Call) -> Reply:
    """GET /product-groups/{n}/sales-accounts: the sales account of each VAT zone."""
    group = _group(call)
    records = []
    for entry in group["salesAccounts"]:
        account = call.agreement["accounts"].require(entry["accountNumber"])
        zone = call.agreement["vat-zones"].require(entry["vatZoneNumber"])
        shown = present_account(call, account)
        records.append({"vatZone": vat_zone(call, zone), "salesAccount": shown})
    records.sort(key=lambda record: int(record["salesAccount"]["accountNumber"]))
    path = f"{call.links.base}/product-groups/{group['productGroupNumber']}/sales-accounts"
    return call.list(records, Listing(path, fields.SALES_ACCOUNTS, lambda record: record))


ROUTES = (
    Route("GET", "/products", list_products),
    Route("POST", "/products", create_product),
    Route("GET", "/products/{productNumber}", get_product),
    Route("PUT", "/products/{productNumber}", replace_product),
    Route("DELETE", "/products/{productNumber}", delete_product),
    Route("GET", "/product-groups", list_groups),
    Route("GET", "/product-groups/{productGroupNumber}", get_group),
    Route("GET", "/product-groups/{productGroupNumber}/products", products_of_group),
    Route("GET", "/product-groups/{productGroupNumber}/sales-accounts", sales_accounts),
    Route("GET", "/units/{unitNumber}/products", products_of_unit),
)
