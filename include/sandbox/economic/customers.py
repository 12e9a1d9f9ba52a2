"""/customers (contract 3.1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandbox.economic import fields
from sandbox.economic.call import Call
from sandbox.economic.errors import bad_request, not_found, not_implemented
from sandbox.economic.money import ZERO
from sandbox.economic.paging import Listing
from sandbox.economic.routing import Route
from sandbox.economic.schema import flag, number, reference, text, thing, whole
from sandbox.economic.usage import refuse_if_used
from sandbox.economic.validation import Checker, read_body
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply

_REFERENCES: Final = {
    "paymentTerms": ("payment-terms", "paymentTermsNumber"),
    "customerGroup": ("customer-groups", "customerGroupNumber"),
    "vatZone": ("vat-zones", "vatZoneNumber"),
    "layout": ("layouts", "layoutNumber"),
    "salesPerson": ("employees", "employeeNumber"),
    "attention": ("contacts", "customerContactNumber"),
    "customerContact": ("contacts", "customerContactNumber"),
}
_TEXTS: Final = {
    "address": 510, "city": 50, "corporateIdentificationNumber": 40, "country": 50, "ean": 13, "email": 255,
    "mobilePhone": 50, "publicEntryNumber": 50, "telephoneAndFaxNumber": 255, "vatNumber": 20,
    "website": 255, "zip": 30,
}  # fmt: skip

BODY: Final = thing(
    **{name: text(longest) for name, longest in _TEXTS.items()},
    pNumber=text(10, 10),
    barred=flag(),
    creditLimit=number(),
    currency=text(3, 3).needed(),
    customerNumber=whole(1, 999_999_999),
    customerGroup=reference(customerGroupNumber=whole(1)).needed(),
    name=text(255, 1).needed(),
    paymentTerms=reference(paymentTermsNumber=whole(1)).needed(),
    vatZone=reference(vatZoneNumber=whole(1)).needed(),
    layout=reference(layoutNumber=whole(1)),
    salesPerson=reference(employeeNumber=whole(1)),
    attention=reference(customerContactNumber=whole(1)),
    customerContact=reference(customerContactNumber=whole(1)),
)

_HEAD = ("customerNumber", "currency", "paymentTerms", "customerGroup")
_TAIL_FIRST = ("vatZone", "layout", "salesPerson", "attention", "customerContact")


def present(call: Call, record: Doc) -> Doc:
    """A customer as the API shows it in a list."""
    links = call.links
    number_ = record["customerNumber"]
    here = links.item("customers", number_)
    shown: Doc = {name: _shown(call, record, name) for name in _HEAD}
    shown |= {name: _shown(call, record, name) for name in record if name in _TEXTS}
    for name in ("pNumber", "creditLimit"):
        if name in record:
            shown[name] = record[name]
    if record.get("barred"):
        shown["barred"] = True
    shown |= {"balance": record["balance"], "dueAmount": due_amount(call, record), "name": record["name"]}
    shown |= {name: _shown(call, record, name) for name in _TAIL_FIRST if name in record}
    templates = links.item("customers", number_, "templates")
    invoices = links.item("customers", number_, "invoices")
    return shown | {
        "lastUpdated": record["lastUpdated"],
        "contacts": links.item("customers", number_, "contacts"),
        "templates": {
            "invoice": links.item("customers", number_, "templates", "invoice"),
            "invoiceLine": links.item("customers", number_, "templates", "invoiceline"),
            "self": templates,
        },
        "totals": {
            "drafts": links.to("invoices/totals/drafts/customers", number_),
            "booked": links.to("invoices/totals/booked/customers", number_),
            "self": links.item("customers", number_, "totals"),
        },
        "deliveryLocations": links.item("customers", number_, "delivery-locations"),
        "invoices": {
            "drafts": links.item("customers", number_, "invoices", "drafts"),
            "booked": links.item("customers", number_, "invoices", "booked"),
            "self": invoices,
        },
        "eInvoicingDisabledByDefault": record["eInvoicingDisabledByDefault"],
        "self": here,
    }


def present_one(call: Call, record: Doc) -> Doc:
    """A customer on its own address: with ``metaData``."""
    shown = present(call, record)
    here = shown.pop("self")
    shown["metaData"] = {
        "delete": {"description": "Delete this customer.", "href": here, "httpMethod": "delete"},
        "replace": {"description": "Replace this customer.", "href": here, "httpMethod": "put"},
    }
    return shown | {"self": here}


def due_amount(call: Call, record: Doc) -> Decimal:
    """What is overdue today, in the base currency."""
    today = call.clock.today().isoformat()
    booked = call.agreement["booked"]
    owed = (booked.require(n) for n in call.agreement.unpaid.get(record["customerNumber"], ()))
    return sum((i["remainderInBaseCurrency"] for i in owed if i.get("dueDate", "") < today), ZERO)


def _shown(call: Call, record: Doc, name: str) -> object:
    if name in {"attention", "customerContact"}:
        contact = record[name]["customerContactNumber"]
        here = call.links.item("customers", record["customerNumber"], "contacts", str(contact))
        return {"customerContactNumber": contact, "self": here}
    if name in _REFERENCES:
        kind, key = _REFERENCES[name]
        return call.links.ref(kind, key, record[name][key])
    return record[name]


def list_customers(call: Call) -> Reply:
    """GET /customers."""
    return call.list(
        call.collection("customers"),
        Listing(
            f"{call.links.base}/customers",
            fields.CUSTOMERS,
            lambda record: present(call, record),
            "Create a new customer",
        ),
    )


def get_customer(call: Call) -> Reply:
    """GET /customers/{n}."""
    return Reply.json(200, present_one(call, call.record("customers", call.number("customerNumber"))))


def create_customer(call: Call) -> Reply:
    """POST /customers: the number is the caller's, or the next free one."""
    body = read_body(call, BODY, "customers.post")
    number_ = body.get("customerNumber")
    if number_ is None:
        lowest = call.agreement.knobs.number("api_customer_numbers_from")
        number_ = call.collection("customers").free_number(lowest)
    return _store(call, body, number_, new=True)


def replace_customer(call: Call) -> Reply:
    """PUT /customers/{n}: replaces; an unknown number creates (contract 2.2)."""
    number_ = call.number("customerNumber")
    if not 1 <= number_ <= 999_999_999:
        raise not_found()
    body = read_body(call, BODY, "customers.customerNo.put")
    return _store(call, body, number_, new=number_ not in call.collection("customers"))


def _store(call: Call, body: Doc, number_: int, *, new: bool) -> Reply:
    checker = Checker(call)
    checker.scales(BODY, body)
    checker.currency(body, ("currency",))
    checker.ean(body, ("ean",))
    for name, (kind, key) in _REFERENCES.items():
        found = checker.reference(body, (name,), kind, barred_too=kind != "employees")
        if found is not None:
            body[name] = {key: found[key]}
    if new:
        checker.key_is_free("customers", "customerNumber", number_)
    checker.finish()
    before = call.collection("customers").get(number_) or {}
    record = {name: value for name, value in body.items() if value != "" or name == "name"}
    record |= {
        "customerNumber": number_,
        "balance": before.get("balance", ZERO),
        # Writable by PATCH alone (3.1), so a PUT neither sets nor clears it.
        "eInvoicingDisabledByDefault": before.get("eInvoicingDisabledByDefault", False),
        "lastUpdated": call.clock.stamp(),
    }
    call.collection("customers").put(record)
    shown = present_one(call, record)
    return call.created(shown) if new else Reply.json(200, shown)


def patch_customer(call: Call) -> Reply:
    """PATCH /customers/{n}: a JSON Patch that may change one property only."""
    record = call.record("customers", call.number("customerNumber"))
    path = "/eInvoicingDisabledByDefault"
    match call.body:
        case [{"op": "replace", "path": patched, "value": bool(value)}] if patched == path:
            record = record | {"eInvoicingDisabledByDefault": value, "lastUpdated": call.clock.stamp()}
        case _:
            message = "The patch document is not supported."
            raise bad_request(message, f'Only [{{"op":"replace","path":"{path}","value":true}}] is supported.')
    call.collection("customers").put(record)
    return Reply.json(200, present_one(call, record))


def delete_customer(call: Call) -> Reply:
    """DELETE /customers/{n}: 204, unless a document names the customer."""
    number_ = call.number("customerNumber")
    call.record("customers", number_)
    refuse_if_used(call, "customers", number_)
    for contact in call.collection("contacts"):
        if contact["customer"]["customerNumber"] == number_:
            call.collection("contacts").delete(contact["customerContactNumber"])
    call.collection("customers").delete(number_)
    return Reply(204)


def get_totals(call: Call) -> Reply:
    """GET /customers/{n}/totals: links only."""
    number_ = call.record("customers", call.number("customerNumber"))["customerNumber"]
    return Reply.json(
        200,
        {
            "drafts": call.links.to("invoices/totals/drafts/customers", number_),
            "booked": call.links.to("invoices/totals/booked/customers", number_),
            "self": call.links.item("customers", number_, "totals"),
        },
    )


def no_template(call: Call) -> Reply:
    """Templates and delivery locations are linked to, but not part of the sandbox."""
    call.record("customers", call.number("customerNumber"))
    raise not_implemented()


ROUTES = (
    Route("GET", "/customers", list_customers),
    Route("POST", "/customers", create_customer),
    Route("GET", "/customers/{customerNumber}", get_customer),
    Route("PUT", "/customers/{customerNumber}", replace_customer),
    Route("PATCH", "/customers/{customerNumber}", patch_customer),
    Route("DELETE", "/customers/{customerNumber}", delete_customer),
    Route("GET", "/customers/{customerNumber}/totals", get_totals),
    Route("GET", "/customers/{customerNumber}/templates", no_template),
    Route("GET", "/customers/{customerNumber}/templates/invoice", no_template),
    Route("GET", "/customers/{customerNumber}/templates/invoiceline", no_template),
    Route("GET", "/customers/{customerNumber}/delivery-locations", no_template),
    Route("POST", "/customers/{customerNumber}/delivery-locations", no_template),
)
