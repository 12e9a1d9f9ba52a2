"""How draft and booked invoices look from outside (recorded answers of contract 3.7 and 3.8)."""

from __future__ import annotations

from sandbox.economic.call import Call
from sandbox.economic.money import rounded
from sandbox.economic.settings_resources import payment_terms, unit, vat_zone
from sandbox.standin.jsontext import Doc

_PLACES_2 = (
    "netAmount", "netAmountInBaseCurrency", "grossAmount", "grossAmountInBaseCurrency", "vatAmount",
    "roundingAmount", "remainder", "remainderInBaseCurrency",
)  # fmt: skip
_TOTALS = (
    "netAmount", "netAmountInBaseCurrency", "grossAmount", "grossAmountInBaseCurrency",
    "marginInBaseCurrency", "marginPercentage", "vatAmount", "roundingAmount", "costPriceInBaseCurrency",
)  # fmt: skip
_RECIPIENT = (
    "name", "address", "zip", "city", "country", "ean", "publicEntryNumber", "mobilePhone", "nemHandelType",
)  # fmt: skip


def draft_item(call: Call, record: Doc) -> Doc:
    """A draft in a list: no lines, no layout, no attachment (2.4)."""
    shown = draft(call, record)
    for name in ("lines", "layout", "attachment"):
        shown.pop(name, None)
    return shown


def draft(call: Call, record: Doc) -> Doc:
    """A draft on its own address."""
    here = f"invoices/drafts/{record['draftInvoiceNumber']}"
    links = call.links
    shown: Doc = {
        "draftInvoiceNumber": record["draftInvoiceNumber"],
        "soap": record["soap"],
        "templates": {
            "bookingInstructions": links.to(here, "templates/booking-instructions"),
            "self": links.to(here, "templates"),
        },
        "attachment": links.to(here, "attachment"),
    }
    if record["lines"]:
        shown["lines"] = [_draft_line(call, line) for line in record["lines"]]
    shown |= {name: record[name] for name in ("date", "currency", "exchangeRate", *_TOTALS)}
    return shown | _common(call, record) | {
        "layout": links.ref("layouts", "layoutNumber", record["layout"]["layoutNumber"]),
        "pdf": {"download": links.to(here, "pdf")},
        "lastUpdated": record["lastUpdated"],
        "self": links.to(here),
    }  # fmt: skip


def _common(call: Call, record: Doc) -> Doc:
    terms = call.agreement["payment-terms"].require(record["paymentTerms"]["paymentTermsNumber"])
    number = record["customer"]["customerNumber"]
    shown: Doc = {}
    if "dueDate" in record:
        shown["dueDate"] = record["dueDate"]
    shown |= {
        "paymentTerms": payment_terms(call, terms),
        "customer": call.links.ref("customers", "customerNumber", number),
        "recipient": _recipient(call, record),
    }
    for name in ("delivery", "notes"):
        if record.get(name):
            shown[name] = record[name]
    if record.get("references"):
        shown["references"] = _references(call, record)
    return shown


def _recipient(call: Call, record: Doc) -> Doc:
    stored = record["recipient"]
    shown = {name: stored[name] for name in _RECIPIENT if name in stored}
    if "attention" in stored:
        shown["attention"] = _contact(call, record, stored["attention"])
    zone = call.agreement["vat-zones"].require(stored["vatZone"]["vatZoneNumber"])
    shown["vatZone"] = vat_zone(call, zone)
    if "cvr" in stored:
        shown["cvr"] = stored["cvr"]
    return shown


def _contact(call: Call, record: Doc, stored: Doc) -> Doc:
    number = stored["customerContactNumber"]
    owner = record["customer"]["customerNumber"]
    return {
        "customerContactNumber": number,
        "self": call.links.item("customers", owner, "contacts", str(number)),
    }


def _references(call: Call, record: Doc) -> Doc:
    shown = dict(record["references"])
    for name in ("salesPerson", "vendorReference"):
        if name in shown:
            shown[name] = call.links.ref("employees", "employeeNumber", shown[name]["employeeNumber"])
    if "customerContact" in shown:
        shown["customerContact"] = _contact(call, record, shown["customerContact"])
    return shown


def _product_and_unit(call: Call, line: Doc) -> Doc:
    shown: Doc = {}
    if "unit" in line:
        record = call.agreement["units"].get(line["unit"]["unitNumber"])
        shown["unit"] = unit(call, record) if record else line["unit"]
    if "product" in line:
        shown["product"] = call.links.ref("products", "productNumber", line["product"]["productNumber"])
    return shown


def _distribution(call: Call, line: Doc) -> Doc:
    if "departmentalDistribution" not in line:
        return {}
    number = line["departmentalDistribution"]["departmentalDistributionNumber"]
    shown = {
        "departmentalDistributionNumber": number,
        "distributionType": "department",
        "self": call.links.to("departmental-distributions/departments", number),
    }
    return {"departmentalDistribution": shown}


def _draft_line(call: Call, line: Doc) -> Doc:
    shown: Doc = {"lineNumber": line["lineNumber"], "sortKey": line["sortKey"]}
    if "description" in line:
        shown["description"] = line["description"]
    shown |= _product_and_unit(call, line) | _distribution(call, line)
    if "accrual" in line:
        shown["accrual"] = line["accrual"]
    amounts = (
        "quantity", "unitNetPrice", "discountPercentage", "unitCostPrice", "totalNetAmount",
        "marginInBaseCurrency", "marginPercentage",
    )  # fmt: skip
    return shown | {name: line[name] for name in amounts if name in line}


def booked_item(call: Call, record: Doc) -> Doc:
    """A booked invoice in a list: no lines, no delivery (2.4)."""
    shown = booked(call, record)
    for name in ("lines", "delivery"):
        shown.pop(name, None)
    return shown


def booked(call: Call, record: Doc) -> Doc:
    """A booked invoice on its own address."""
    here = f"invoices/booked/{record['bookedInvoiceNumber']}"
    links = call.links
    shown: Doc = {
        name: record[name] for name in ("bookedInvoiceNumber", "orderNumber", "date", "currency", "exchangeRate")
    }
    shown |= {name: rounded(record[name]) for name in _PLACES_2}
    return shown | _common(call, record) | {
        "layout": links.ref("layouts", "layoutNumber", record["layout"]["layoutNumber"]),
        "pdf": {"download": links.to(here, "pdf")},
        "lines": [_booked_line(call, line) for line in record["lines"]],
        "sent": links.to(here, "sent"),
        "self": links.to(here),
    }  # fmt: skip


def _booked_line(call: Call, line: Doc) -> Doc:
    names = (
        "lineNumber", "sortKey", "description", "quantity", "unitNetPrice", "discountPercentage",
        "unitCostPrice", "vatRate", "vatAmount", "totalNetAmount",
    )  # fmt: skip
    shown: Doc = {name: line[name] for name in names if name in line}
    both = _product_and_unit(call, line)
    for name in ("product", "unit"):
        if name in both:
            shown[name] = both[name]
    return shown | _distribution(call, line)
