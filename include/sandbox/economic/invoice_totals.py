"""/invoices and /invoices/totals (contract 3.8): sums of drafts and of booked invoices."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sandbox.economic.call import Call
from sandbox.economic.money import ZERO, rounded
from sandbox.economic.routing import Handler, Route
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply


def get_invoices(call: Call) -> Reply:
    """GET /invoices: links only."""
    to = call.links.to
    names = {"drafts": "drafts", "booked": "booked", "paid": "paid", "unpaid": "unpaid",
             "overdue": "overdue", "notDue": "not-due", "sent": "sent", "totals": "totals"}  # fmt: skip
    links = {name: to("invoices", path) for name, path in names.items()}
    return Reply.json(200, links | {"self": to("invoices")})


def get_totals(call: Call) -> Reply:
    """GET /invoices/totals: the sums of drafts and of booked invoices inside each other."""
    today = call.clock.today().isoformat()
    booked = list(call.collection("booked"))
    unpaid = [invoice for invoice in booked if _unpaid(invoice, today)]
    overdue = [invoice for invoice in unpaid if _overdue(invoice, today)]
    not_overdue = [invoice for invoice in unpaid if not _overdue(invoice, today)]
    return Reply.json(
        200,
        {
            "drafts": _node(call, "drafts", list(call.collection("drafts"))),
            "booked": _node(call, "booked", booked)
            | {
                "paid": _node(call, "booked/paid", [i for i in booked if _paid(i, today)]),
                "unpaid": _node(call, "booked/unpaid", unpaid)
                | {
                    "overdue": _node(call, "booked/unpaid/overdue", overdue),
                    "notOverdue": _node(call, "booked/unpaid/not-overdue", not_overdue),
                },
            },
            "self": call.links.to("invoices/totals"),
        },
    )


def _node(call: Call, path: str, records: list[Doc]) -> Doc:
    shown = {name: value for name, value in _summary(records).items() if not name.endswith("Date")}
    if "unpaid" in path:
        shown["grossRemainderInBaseCurrency"] = _owed(records)
    return shown | {"self": call.links.to("invoices/totals", path)}


def _owed(records: list[Doc]) -> Decimal:
    return rounded(sum((Decimal(invoice["remainderInBaseCurrency"]) for invoice in records), ZERO))


def _summary(records: list[Doc]) -> Doc:
    net = sum((Decimal(record["netAmountInBaseCurrency"]) for record in records), ZERO)
    shown: Doc = {"invoiceCount": len(records), "netAmountInBaseCurrency": rounded(net)}
    if records:
        days = [record["date"] for record in records]
        shown |= {"minDate": min(days), "maxDate": max(days)}
    return shown


def _below(call: Call, here: str, *names: str) -> Doc:
    return {name: call.links.to(here, path) for name, path in (part.split("=") for part in names)}


def draft_totals(call: Call) -> Reply:
    """GET /invoices/totals/drafts."""
    here = "invoices/totals/drafts"
    links = _below(call, here, "customers=customers", "employees=employees")
    summary = _summary(list(call.collection("drafts")))
    return Reply.json(200, summary | links | {"self": call.links.to(here)})


def _of_customer(kind: str) -> Handler:
    def handle(call: Call) -> Reply:
        number = call.record("customers", call.number("customerNumber"))["customerNumber"]
        records = [r for r in call.collection(kind) if r["customer"]["customerNumber"] == number]
        customer = call.links.ref("customers", "customerNumber", number)
        here = call.links.to(f"invoices/totals/{kind}/customers", number)
        return Reply.json(200, _summary(records) | {"customer": customer, "self": here})

    return handle


def _booked(path: str, test: Callable[[Doc, str], bool], *links: str) -> Handler:
    here = f"invoices/totals/{path}"

    def handle(call: Call) -> Reply:
        today = call.clock.today().isoformat()
        records = [i for i in call.collection("booked") if test(i, today)]
        shown = _summary(records)
        if "unpaid" in path:
            shown["grossRemainderInBaseCurrency"] = _owed(records)
        return Reply.json(200, shown | _below(call, here, *links) | {"self": call.links.to(here)})

    return handle


def _any(_invoice: Doc, _today: str) -> bool:
    return True


def _paid(invoice: Doc, _today: str) -> bool:
    return not invoice["remainder"]


def _unpaid(invoice: Doc, _today: str) -> bool:
    return bool(invoice["remainder"])


def _overdue(invoice: Doc, today: str) -> bool:
    return bool(invoice["remainder"]) and str(invoice.get("dueDate", today)) < today


_ROOT = "/invoices/totals"
ROUTES = (
    Route("GET", "/invoices", get_invoices),
    Route("GET", _ROOT, get_totals),
    Route("GET", f"{_ROOT}/drafts", draft_totals),
    Route("GET", f"{_ROOT}/drafts/customers/{{customerNumber}}", _of_customer("drafts")),
    Route("GET", f"{_ROOT}/booked/customers/{{customerNumber}}", _of_customer("booked")),
    Route("GET", f"{_ROOT}/booked", _booked("booked", _any, "paid=paid", "unpaid=unpaid")),
    Route("GET", f"{_ROOT}/booked/paid", _booked("booked/paid", _paid)),
    Route(
        "GET", f"{_ROOT}/booked/unpaid",
        _booked("booked/unpaid", _unpaid, "overdue=overdue", "notOverdue=not-overdue"),
    ),
    Route("GET", f"{_ROOT}/booked/unpaid/overdue", _booked("booked/unpaid/overdue", _overdue)),
    Route(
        "GET", f"{_ROOT}/booked/unpaid/not-overdue",
        _booked("booked/unpaid/not-overdue", lambda i, t: _unpaid(i, t) and not _overdue(i, t)),
    ),
)  # fmt: skip
