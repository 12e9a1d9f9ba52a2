"""Settings that the API can change: customer groups, payment terms, units (contract 3.2, 3.3, 3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sandbox.economic import fields
from sandbox.economic.call import Call
from sandbox.economic.customers import present as present_customer
from sandbox.economic.paging import Listing
from sandbox.economic.routing import Route
from sandbox.economic.schema import number, reference, text, thing, whole
from sandbox.economic.settings_resources import answer_of
from sandbox.economic.usage import refuse_if_used
from sandbox.economic.validation import Checker, read_body
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply

TERM_TYPES: Final = (
    "net", "invoiceMonth", "paidInCash", "prepaid", "dueDate", "factoring", "invoiceWeekStartingSunday",
    "invoiceWeekStartingMonday", "creditcard",
)  # fmt: skip

_GROUP_MEMBERS: Final = {
    "name": text(50),
    "layout": reference(layoutNumber=whole(1)),
}
GROUP: Final = thing(
    **_GROUP_MEMBERS,
    customerGroupNumber=whole(1).needed(),
    account=thing(accountNumber=whole(1).needed(), self=text()).needed(),
)
GROUP_PUT: Final = thing(**_GROUP_MEMBERS, account=reference(accountNumber=whole(1)))
TERMS: Final = thing(
    name=text(50).needed(),
    paymentTermsType=text(choices=TERM_TYPES).needed(),
    daysOfCredit=whole(),
    description=text(1000),
    percentageForPrepaidAmount=number(),
    percentageForRemainderAmount=number(),
)
UNIT: Final = thing(name=text(100).needed())


def create_group(call: Call) -> Reply:
    """POST /customer-groups: the number is the caller's."""
    body = read_body(call, GROUP, "customer-groups.post")
    checker = Checker(call)
    checker.key_is_free("customer-groups", "customerGroupNumber", body["customerGroupNumber"])
    _group_references(checker, body)
    checker.finish()
    call.collection("customer-groups").put(body)
    return call.created(answer_of(call, "customer-groups", body))


def replace_group(call: Call) -> Reply:
    """PUT /customer-groups/{n}."""
    before = call.record("customer-groups", call.number("customerGroupNumber"))
    body = read_body(call, GROUP_PUT, "customer-groups.customergroupnumber.put")
    checker = Checker(call)
    _group_references(checker, body)
    checker.finish()
    record = {"account": before["account"]} | body
    record["customerGroupNumber"] = before["customerGroupNumber"]
    call.collection("customer-groups").put(record)
    return Reply.json(200, answer_of(call, "customer-groups", record))


def _group_references(checker: Checker, body: Doc) -> None:
    account = checker.reference(body, ("account",), "accounts")
    if account is not None:
        body["account"] = {"accountNumber": account["accountNumber"]}
        if account["accountType"] not in {"profitAndLoss", "status"} or account.get("barred"):
            checker.add(
                ("account",), "Account(s) is not found or barred.", "E04041", str(account["accountNumber"]),
                "You must provide an accessible account.",
            )  # fmt: skip
    layout = checker.reference(body, ("layout",), "layouts")
    if layout is not None:
        body["layout"] = {"layoutNumber": layout["layoutNumber"]}


def customers_of_group(call: Call) -> Reply:
    """GET /customer-groups/{n}/customers."""
    number_ = call.record("customer-groups", call.number("customerGroupNumber"))["customerGroupNumber"]
    members = [c for c in call.collection("customers") if _group_of(c) == number_]
    path = f"{call.links.base}/customer-groups/{number_}/customers"
    listing = Listing(path, fields.CUSTOMERS, lambda record: present_customer(call, record))
    return call.list(members, listing)


def _group_of(customer: Doc) -> int:
    return int(customer["customerGroup"]["customerGroupNumber"])


def delete_group(call: Call) -> Reply:
    """DELETE /customer-groups/{n}."""
    return _delete(call, "customer-groups", "customerGroupNumber")


def create_terms(call: Call) -> Reply:
    """POST /payment-terms: the server numbers them."""
    body = read_body(call, TERMS, "payment-terms.post")
    checker = Checker(call)
    checker.scales(TERMS, body)
    checker.finish()
    record = body | {"paymentTermsNumber": call.collection("payment-terms").free_number()}
    call.collection("payment-terms").put(record)
    return call.created(answer_of(call, "payment-terms", record))


def replace_terms(call: Call) -> Reply:
    """PUT /payment-terms/{n}: type and days of credit cannot change (E06151)."""
    before = call.record("payment-terms", call.number("paymentTermsNumber"))
    body = read_body(call, TERMS, "payment-terms.paymentTermsNumber.put")
    checker = Checker(call)
    checker.scales(TERMS, body)
    for name in _changed(before, body):
        checker.add((name,), f"The property {name} cannot be changed.", "E06151", body.get(name),
                    "Resend the value the payment terms were created with.")  # fmt: skip
    checker.finish()
    record = body | {"paymentTermsNumber": before["paymentTermsNumber"]}
    call.collection("payment-terms").put(record)
    return Reply.json(200, answer_of(call, "payment-terms", record))


def _changed(before: Doc, body: Doc) -> Iterator[str]:
    if body["paymentTermsType"] != before["paymentTermsType"]:
        yield "paymentTermsType"
    if body.get("daysOfCredit", 0) != before.get("daysOfCredit", 0):
        yield "daysOfCredit"


def delete_terms(call: Call) -> Reply:
    """DELETE /payment-terms/{n}."""
    return _delete(call, "payment-terms", "paymentTermsNumber")


def create_unit(call: Call) -> Reply:
    """POST /units: the server numbers them."""
    record = read_body(call, UNIT, "units.post")
    record["unitNumber"] = call.collection("units").free_number()
    call.collection("units").put(record)
    return call.created(answer_of(call, "units", record))


def replace_unit(call: Call) -> Reply:
    """PUT /units/{n}."""
    number_ = call.record("units", call.number("unitNumber"))["unitNumber"]
    record = read_body(call, UNIT, "units.unitNumber.put") | {"unitNumber": number_}
    call.collection("units").put(record)
    return Reply.json(200, answer_of(call, "units", record))


def delete_unit(call: Call) -> Reply:
    """DELETE /units/{n}: not while in use (3.5)."""
    return _delete(call, "units", "unitNumber")


def _delete(call: Call, kind: str, key: str) -> Reply:
    number_ = call.number(key)
    call.record(kind, number_)
    refuse_if_used(call, kind, number_)
    call.collection(kind).delete(number_)
    return Reply(204)


ROUTES = (
    Route("POST", "/customer-groups", create_group),
    Route("PUT", "/customer-groups/{customerGroupNumber}", replace_group),
    Route("DELETE", "/customer-groups/{customerGroupNumber}", delete_group),
    Route("GET", "/customer-groups/{customerGroupNumber}/customers", customers_of_group),
    Route("POST", "/payment-terms", create_terms),
    Route("PUT", "/payment-terms/{paymentTermsNumber}", replace_terms),
    Route("DELETE", "/payment-terms/{paymentTermsNumber}", delete_terms),
    Route("POST", "/units", create_unit),
    Route("PUT", "/units/{unitNumber}", replace_unit),
    Route("DELETE", "/units/{unitNumber}", delete_unit),
)
