"""What a company has set up: groups, terms, zones, VAT codes, layouts, units, people (contract 3.2 to 3.5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from sandbox.economic import fields
from sandbox.economic.call import Call
from sandbox.economic.paging import Listing
from sandbox.economic.routing import Handler, Route
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply

Presenter = Callable[[Call, Doc], Doc]


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of settings: where it lives, what it shows, what it can be filtered by."""

    path: str
    key: str
    present: Presenter
    allowed: fields.Allowed = fields.NOTHING
    create: str | None = None


def _plain(path: str, key: str, *names: str) -> Presenter:
    def present(call: Call, record: Doc) -> Doc:
        shown = {name: record[name] for name in names if name in record}
        return shown | {"self": call.links.item(path, record[key])}

    return present


def customer_group(call: Call, record: Doc) -> Doc:
    """A customer group with its account."""
    number_ = record["customerGroupNumber"]
    account = record["account"]["accountNumber"]
    shown: Doc = {
        "customerGroupNumber": number_,
        "name": record.get("name", ""),
        "account": call.links.ref("accounts", "accountNumber", account)
        | {"accountingYears": call.links.item("accounts", account, "accounting-years")},
        "customers": call.links.item("customer-groups", number_, "customers"),
    }
    if "layout" in record:
        shown["layout"] = call.links.ref("layouts", "layoutNumber", record["layout"]["layoutNumber"])
    return shown | {"self": call.links.item("customer-groups", number_)}


def payment_terms(call: Call, record: Doc) -> Doc:
    """Payment terms as on their own address and, embedded, in documents (3.3)."""
    names = ("paymentTermsNumber", "daysOfCredit", "description", "name", "paymentTermsType",
             "percentageForPrepaidAmount", "percentageForRemainderAmount")  # fmt: skip
    return _plain("payment-terms", "paymentTermsNumber", *names)(call, record)


def vat_zone(call: Call, record: Doc) -> Doc:
    """A VAT zone as on its own address and, embedded, in recipients (3.4)."""
    names = ("name", "vatZoneNumber", "enabledForCustomer", "enabledForSupplier")
    return _plain("vat-zones", "vatZoneNumber", *names)(call, record)


def _vat_type(call: Call, record: Doc) -> Doc:
    return _plain("vat-types", "vatTypeNumber", "vatTypeNumber", "name")(call, record)


def _vat_account(call: Call, record: Doc) -> Doc:
    shown: Doc = {name: record[name] for name in ("vatCode", "name", "ratePercentage", "barred")}
    shown["account"] = call.links.ref("accounts", "accountNumber", record["account"])
    if "contraAccount" in record:
        shown["contraAccount"] = call.links.ref("accounts", "accountNumber", record["contraAccount"])
    shown["vatType"] = _vat_type(call, call.agreement["vat-types"].require(record["vatType"]))
    return shown | {"self": call.links.item("vat-accounts", record["vatCode"])}


def unit(call: Call, record: Doc) -> Doc:
    """A unit as recorded inside lines and products: with its link to products."""
    number_ = record["unitNumber"]
    return {
        "unitNumber": number_,
        "name": record["name"],
        "products": call.links.item("units", number_, "products"),
        "self": call.links.item("units", number_),
    }


def _employee(call: Call, record: Doc) -> Doc:
    number_ = record["employeeNumber"]
    shown = {name: record[name] for name in ("employeeNumber", "name", "email", "phone") if name in record}
    return shown | {
        "barred": bool(record.get("barred")),
        "customers": call.links.item("employees", number_, "customers"),
        "draftInvoices": call.links.item("employees", number_, "invoices", "drafts"),
        "bookedInvoices": call.links.item("employees", number_, "invoices", "booked"),
        "self": call.links.item("employees", number_),
    }


def _department(call: Call, record: Doc) -> Doc:
    shown: Doc = {"departmentNumber": record["departmentNumber"], "name": record["name"]}
    if record.get("barred"):
        shown["barred"] = True
    return shown | {"self": call.links.item("departments", record["departmentNumber"])}


RESOURCES: Final[Mapping[str, Resource]] = {
    "customer-groups": Resource(
        "customer-groups", "customerGroupNumber", customer_group, fields.CUSTOMER_GROUPS,
        "Create a new customer group",
    ),
    "payment-terms": Resource("payment-terms", "paymentTermsNumber", payment_terms),
    "vat-zones": Resource("vat-zones", "vatZoneNumber", vat_zone),
    "vat-types": Resource("vat-types", "vatTypeNumber", _vat_type),
    "vat-accounts": Resource("vat-accounts", "vatCode", _vat_account),
    "layouts": Resource(
        "layouts", "layoutNumber", _plain("layouts", "layoutNumber", "layoutNumber", "name", "deleted")
    ),
    "units": Resource("units", "unitNumber", unit),
    "employees": Resource("employees", "employeeNumber", _employee, fields.EMPLOYEES),
    "departments": Resource("departments", "departmentNumber", _department, fields.DEPARTMENTS),
    "currencies": Resource("currencies", "code", _plain("currencies", "code", "code", "name", "isoNumber")),
}  # fmt: skip


def lister(kind: str) -> Handler:
    """GET of a collection."""
    resource = RESOURCES[kind]

    def handle(call: Call) -> Reply:
        records = [record for record in call.collection(kind) if not record.get("deleted")]
        path = f"{call.links.base}/{resource.path}"
        listing = Listing(path, resource.allowed, lambda record: resource.present(call, record), resource.create)
        return call.list(records, listing)

    return handle


def getter(kind: str) -> Handler:
    """GET of one record."""
    resource = RESOURCES[kind]

    def handle(call: Call) -> Reply:
        textual = kind in {"vat-accounts", "currencies"}
        key = call.parameter(resource.key) if textual else call.number(resource.key)
        return Reply.json(200, resource.present(call, call.record(kind, key)))

    return handle


def answer_of(call: Call, kind: str, record: Doc) -> Doc:
    """A record as its own address shows it."""
    return RESOURCES[kind].present(call, record)


ROUTES = tuple(
    route
    for kind, resource in RESOURCES.items()
    for route in (
        Route("GET", f"/{resource.path}", lister(kind)),
        Route("GET", f"/{resource.path}/{{{resource.key}}}", getter(kind)),
    )
)
