"""/customers/{n}/contacts (contract 3.1)."""

from __future__ import annotations

from typing import Final

from sandbox.economic import fields
from sandbox.economic.call import Call
from sandbox.economic.errors import not_found
from sandbox.economic.paging import Listing
from sandbox.economic.routing import Route
from sandbox.economic.schema import several, text, thing
from sandbox.economic.validation import read_body
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply

BODY: Final = thing(
    name=text(255).needed(),
    email=text(255),
    phone=text(50),
    eInvoiceId=text(50),
    notes=text(2000),
    emailNotifications=several(text()),
)


def _customer(call: Call) -> int:
    return int(call.record("customers", call.number("customerNumber"))["customerNumber"])


def _contact(call: Call) -> Doc:
    owner = _customer(call)
    contact = call.record("contacts", call.number("contactNumber"))
    if contact["customer"]["customerNumber"] != owner:
        raise not_found("E06000" if call.method == "DELETE" else None)
    return contact


def present(call: Call, record: Doc) -> Doc:
    """A contact as the API shows it."""
    owner = record["customer"]["customerNumber"]
    number_ = record["customerContactNumber"]
    told = {name: record[name] for name in BODY.members or {} if name in record and name != "name"}
    return (
        {"customerContactNumber": number_, "name": record["name"]}
        | told
        | {
            "customer": call.links.ref("customers", "customerNumber", owner),
            "sortKey": record["sortKey"],
            "self": call.links.item("customers", owner, "contacts", str(number_)),
        }
    )


def _all(call: Call, owner: int) -> list[Doc]:
    return [c for c in call.collection("contacts") if c["customer"]["customerNumber"] == owner]


def list_contacts(call: Call) -> Reply:
    """GET: the contacts of one customer."""
    owner = _customer(call)
    path = f"{call.links.base}/customers/{owner}/contacts"
    listing = Listing(path, fields.CONTACTS, lambda record: present(call, record))
    return call.list(_all(call, owner), listing)


def get_contact(call: Call) -> Reply:
    """GET one."""
    return Reply.json(200, present(call, _contact(call)))


def create_contact(call: Call) -> Reply:
    """POST: the number runs through the whole agreement, ``sortKey`` through the customer."""
    owner = _customer(call)
    body = read_body(call, BODY, "customers.customerNumber.contacts.post")
    record = body | {
        "customerContactNumber": call.collection("contacts").free_number(),
        "customer": {"customerNumber": owner},
        "sortKey": max((contact["sortKey"] for contact in _all(call, owner)), default=0) + 1,
    }
    call.collection("contacts").put(record)
    return call.created(present(call, record))


def replace_contact(call: Call) -> Reply:
    """PUT: replaces."""
    before = _contact(call)
    body = read_body(call, BODY, "customers.customerNumber.contacts.contactNumber.put")
    record = body | {name: before[name] for name in ("customerContactNumber", "customer", "sortKey")}
    call.collection("contacts").put(record)
    return Reply.json(200, present(call, record))


def delete_contact(call: Call) -> Reply:
    """DELETE: 204."""
    call.collection("contacts").delete(_contact(call)["customerContactNumber"])
    return Reply(204)


_LIST = "/customers/{customerNumber}/contacts"
_ONE = "/customers/{customerNumber}/contacts/{contactNumber}"
ROUTES = (
    Route("GET", _LIST, list_contacts),
    Route("POST", _LIST, create_contact),
    Route("GET", _ONE, get_contact),
    Route("PUT", _ONE, replace_contact),
    Route("DELETE", _ONE, delete_contact),
)
