"""What a draft invoice may hold when it is sent, and how it becomes a record (contract 3.7)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from sandbox.economic.call import Call
from sandbox.economic.due_date import due_date
from sandbox.economic.money import HUNDRED, rounded
from sandbox.economic.schema import Rule, day, number, reference, several, text, thing, whole
from sandbox.economic.settings_writes import TERM_TYPES
from sandbox.economic.totals import complete_line, document_totals, posting_of
from sandbox.economic.validation import DATA_HINT, FORMAT_HINT, TARGETS, Checker, as_decimal
from sandbox.standin.jsontext import Doc

_CUSTOMER_NUMBER = whole(1, 999_999_999)
LINE: Final = thing(
    lineNumber=whole(1),
    sortKey=whole(1),
    description=text(2500),
    product=reference(productNumber=text(25)),
    quantity=number(),
    unitNetPrice=number(),
    discountPercentage=number(),
    unitCostPrice=number(),
    unit=reference(unitNumber=whole(1)),
    departmentalDistribution=reference(departmentalDistributionNumber=whole(1)),
    accrual=thing(startDate=day(), endDate=day()),
)
LINES: Final = thing(lines=several(LINE).needed())


def _draft(*, new: bool) -> Rule:
    def needed(rule: Rule) -> Rule:
        return rule.needed() if new else rule

    recipient = thing(
        name=needed(text(250)),
        address=text(250),
        zip=text(50),
        city=text(250),
        country=text(50),
        ean=text(13),
        publicEntryNumber=text(40),
        mobilePhone=text(),
        nemHandelType=Rule(
            "String",
            choices=("ean", "corporateIdentificationNumber", "pNumber", "peppol", "None"),
            nullable=True,
        ),
        attention=reference(customerContactNumber=whole(1)),
        vatZone=reference(vatZoneNumber=whole(1)).needed(),
    )
    return thing(
        date=needed(day()),
        currency=needed(text(3, 3)),
        exchangeRate=number(6),
        dueDate=day(),
        paymentTerms=needed(
            thing(paymentTermsNumber=whole(1), paymentTermsType=text(choices=(*TERM_TYPES, "avtaleGiro")),
                  self=text())
        ),
        customer=needed(reference(customerNumber=_CUSTOMER_NUMBER)),
        recipient=recipient.needed(),
        delivery=thing(
            address=text(255), zip=text(30), city=text(50), country=text(50), deliveryTerms=text(100),
            deliveryDate=day(),
        ),
        notes=thing(heading=text(250), textLine1=text(1000), textLine2=text(1000)),
        references=thing(
            other=text(250),
            salesPerson=reference(employeeNumber=whole(1)),
            vendorReference=reference(employeeNumber=whole(1)),
            customerContact=reference(customerContactNumber=whole(1)),
        ),
        layout=needed(reference(layoutNumber=whole(1))),
        lines=several(LINE),
    )  # fmt: skip


POST_BODY: Final = _draft(new=True)
PUT_BODY: Final = _draft(new=False)

_HEAD_REFERENCES: Final = (
    (("customer",), "customers"),
    (("paymentTerms",), "payment-terms"),
    (("layout",), "layouts"),
    (("recipient", "vatZone"), "vat-zones"),
    (("recipient", "attention"), "contacts"),
    (("references", "salesPerson"), "employees"),
    (("references", "vendorReference"), "employees"),
    (("references", "customerContact"), "contacts"),
)


def check_draft(call: Call, body: Doc, rule: Rule) -> None:
    """The second stage for a whole draft; references in ``body`` become plain numbers."""
    checker = Checker(call)
    checker.scales(rule, body)
    checker.currency(body, ("currency",))
    for path, kind in _HEAD_REFERENCES:
        holder = body if len(path) == 1 else body.get(path[0], {})
        found = checker.reference(holder, path, kind)
        _check_terms_type(checker, body, path, found)
        if found is not None:
            holder[path[-1]] = {TARGETS[kind].key: found[TARGETS[kind].key]}
    checker.ean(body.get("recipient", {}), ("recipient", "ean"))
    _check_due_date(call, checker, body)
    _check_rate(checker, body)
    check_lines(call, checker, body.get("lines", []))
    checker.finish()


def _check_terms_type(checker: Checker, body: Doc, path: tuple[str, ...], terms: Doc | None) -> None:
    sent = body["paymentTerms"].get("paymentTermsType") if path == ("paymentTerms",) and body.get(path[0]) else None
    if sent and (terms is None or terms["paymentTermsType"] != sent):
        # Recorded body #4 reports it at the root, beside the payment terms, even when those are missing.
        checker.add(
            ("paymentTermsType",),
            "Payment terms type does not match the type on the payment terms specified.",
            "E07180",
            sent,
            "Either specify the matching payment terms type for the payment terms in question, or omit the property.",
        )


def _terms(call: Call, body: Doc) -> Doc | None:
    number_ = body.get("paymentTerms", {}).get("paymentTermsNumber")
    return call.agreement["payment-terms"].get(number_) if number_ is not None else None


def _check_due_date(call: Call, checker: Checker, body: Doc) -> None:
    terms = _terms(call, body)
    if terms is None or terms["paymentTermsType"] != "dueDate":
        return
    due = body.get("dueDate")
    if due is None:
        checker.add(("dueDate",), "dueDate is missing a value", "E04042", None, DATA_HINT)
    elif due < body.get("date", due):
        message = "Property dueDate may not be set to an earlier date than property `date`"
        checker.add(("dueDate",), message, "E04760", due, DATA_HINT)


def _check_rate(checker: Checker, body: Doc) -> None:
    rate = body.get("exchangeRate")
    if rate is not None and rate <= 0:
        message = "exchangeRate must be greater than zero."
        checker.add(("exchangeRate",), message, "E04940", rate, FORMAT_HINT)


def check_lines(call: Call, checker: Checker, lines: list[Doc]) -> None:
    """The second stage for lines."""
    for index, line in enumerate(lines):
        path = ("lines", index)
        product = checker.reference(line, (*path, "product"), "products")
        if product is not None:
            line["product"] = {"productNumber": product["productNumber"]}
        found = checker.reference(line, (*path, "unit"), "units")
        if found is not None:
            line["unit"] = {"unitNumber": found["unitNumber"]}
        _check_distribution(call, checker, line, path)
        if "product" in line:
            _check_product_line(call, checker, line, path)


def _check_distribution(call: Call, checker: Checker, line: Doc, path: tuple[str | int, ...]) -> None:
    if "departmentalDistribution" not in line:
        return
    where = (*path, "departmentalDistribution")
    if not call.agreement.has_module(14):
        message = "To use this feature you must be authorized to use the Dimension add-on module."
        checker.add(where, message, "E03040", None, "Buy the module, or omit the property.")
        return
    sent = line["departmentalDistribution"]
    number_ = sent.get("departmentalDistributionNumber")
    if number_ is None or number_ not in call.agreement["departments"]:
        checker.not_found(where, TARGETS["departments"], number_ or sent.get("self"))
    else:
        line["departmentalDistribution"] = {"departmentalDistributionNumber": number_}


def _check_product_line(call: Call, checker: Checker, line: Doc, path: tuple[str | int, ...]) -> None:
    quantity = line.get("quantity")
    if quantity is None:
        message = "Property quantity must have a value when product is set."
        checker.add((*path, "quantity"), message, "E04730", None, DATA_HINT)
    elif quantity == 0 and call.agreement.knobs.flag("zero_quantity_refused"):
        message = "Property quantity must not be zero when product is set."
        checker.add((*path, "quantity"), message, "E04930", quantity, DATA_HINT)
    discount = line.get("discountPercentage", 0)
    if not 0 <= discount <= HUNDRED:
        message = "discountPercentage must be between 0 and 100."
        checker.add((*path, "discountPercentage"), message, "E04920", discount, FORMAT_HINT)
    if not line.get("description") and call.agreement.knobs.flag("description_required"):
        message = "Property description must have a value when product is set."
        checker.add((*path, "description"), message, "E04950", None, DATA_HINT)


def complete(call: Call, body: Doc) -> Doc:
    """A checked body with everything the server adds: due date, rate, line numbers, totals."""
    agreement = call.agreement
    record = {name: value for name, value in body.items() if name not in {"lines", "paymentTerms"}}
    terms = _terms(call, body)
    assert terms is not None  # noqa: S101 - check_draft refused a draft without payment terms
    record["paymentTerms"] = {"paymentTermsNumber": terms["paymentTermsNumber"]}
    if terms["paymentTermsType"] != "dueDate":
        # A due date that was sent is ignored (3.7).
        due = due_date(date.fromisoformat(body["date"]), terms["paymentTermsType"], int(terms.get("daysOfCredit", 0)))
        record["dueDate"] = due.isoformat()
    own = body["currency"] == agreement.base_currency
    sent = None if own else body.get("exchangeRate")
    rate = rounded(as_decimal(sent), 6) if sent is not None else agreement.daily_rate(body["currency"])
    record["exchangeRate"] = rate
    customer = agreement["customers"].require(body["customer"]["customerNumber"])
    if customer.get("corporateIdentificationNumber"):
        record["recipient"] = body["recipient"] | {"cvr": customer["corporateIdentificationNumber"]}
    return record | with_lines(call, record, body.get("lines", []))


def with_lines(call: Call, record: Doc, lines: list[Doc]) -> Doc:
    """Lines in order, their postings, and the totals they make."""
    rate: Decimal = record["exchangeRate"]
    ordered = [complete_line(line, rate) for line in _in_order(lines)]
    for at, line in enumerate(ordered, start=1):
        line |= {"lineNumber": at, "sortKey": at}
    zone = record["recipient"]["vatZone"]["vatZoneNumber"]
    rounding = str(call.agreement.knobs.get("vat_rounding"))
    postings = [posting_of(call.agreement, line, zone, rounding) for line in ordered]
    return {
        "lines": ordered,
        "postings": [posting.stored() for posting in postings],
        **document_totals(ordered, postings, rate),
    }


def _in_order(lines: list[Doc]) -> list[Doc]:
    """By sortKey, else lineNumber, else place; doubled numbers keep the order they came in (3.7)."""
    ranked = [(line.get("sortKey", line.get("lineNumber", at)), at, line) for at, line in enumerate(lines, start=1)]
    return [line for _rank, _at, line in sorted(ranked, key=lambda item: item[:2])]
