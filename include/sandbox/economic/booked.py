"""Booked invoices and the views of them (contract 3.8)."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.economic import fields
from sandbox.economic.call import Call
from sandbox.economic.document_view import booked, booked_item
from sandbox.economic.errors import not_found, only_pdf_accepted
from sandbox.economic.paging import Listing
from sandbox.economic.pdf import invoice_pdf
from sandbox.economic.routing import Handler, Route
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply

_MISSING_IN_VIEWS = ("exchangeRate", "grossAmountInBaseCurrency")


def list_booked(call: Call) -> Reply:
    """GET /invoices/booked."""
    return _list(call, list(call.collection("booked")), "invoices/booked", booked_item)


def _list(call: Call, records: list[Doc], path: str, present: Callable[[Call, Doc], Doc] = booked_item) -> Reply:
    listing = Listing(f"{call.links.base}/{path}", fields.BOOKED, lambda record: present(call, record))
    return call.list(records, listing)


def booked_of_customer(call: Call) -> Reply:
    """GET /customers/{n}/invoices/booked."""
    number = call.record("customers", call.number("customerNumber"))["customerNumber"]
    records = [i for i in call.collection("booked") if i["customer"]["customerNumber"] == number]
    return _list(call, records, f"customers/{number}/invoices/booked")


def get_booked(call: Call) -> Reply:
    """GET /invoices/booked/{n}."""
    return Reply.json(200, booked(call, _booked(call)))


def _booked(call: Call) -> Doc:
    return call.record("booked", call.number("bookedInvoiceNumber"))


def get_pdf(call: Call) -> Reply:
    """GET …/pdf: 404 for a moment after booking, 406 for ``Accept: application/pdf`` (3.7)."""
    record = _booked(call)
    if call.accept.strip().lower() == "application/pdf":
        raise only_pdf_accepted()
    if call.clock.seconds() < record["bookedAt"] + call.agreement.knobs.number("pdf_delay_seconds"):
        raise not_found()
    kind = "Kreditnota" if record["grossAmount"] < 0 else "Faktura"
    heading = f"{kind} {record['bookedInvoiceNumber']}"
    return Reply(200, invoice_pdf(call.agreement.profile["company"], record, heading), "application/pdf")


def view(name: str) -> Handler:
    """GET of paid, unpaid, overdue or not-due invoices; not-due includes due today."""

    def handle(call: Call) -> Reply:
        today = call.clock.today().isoformat()
        tests: dict[str, Callable[[Doc], bool]] = {
            "paid": lambda i: not i["remainder"],
            "unpaid": lambda i: bool(i["remainder"]),
            "overdue": lambda i: bool(i["remainder"]) and i.get("dueDate", today) < today,
            "not-due": lambda i: bool(i["remainder"]) and i.get("dueDate", today) >= today,
        }
        records = [i for i in call.collection("booked") if tests[name](i)]
        return _list(call, records, f"invoices/{name}", _view_item)

    return handle


def _view_item(call: Call, record: Doc) -> Doc:
    shown = booked_item(call, record)
    for name in _MISSING_IN_VIEWS:
        del shown[name]
    return shown


def present_sent(call: Call, record: Doc) -> Doc:
    """What became of an invoice that was sent while booking."""
    number = record["invoice"]["bookedInvoiceNumber"]
    return record | {
        "invoice": call.links.ref("invoices/booked", "bookedInvoiceNumber", number),
        "self": call.links.to("invoices/sent", record["id"]),
    }


def list_sent(call: Call) -> Reply:
    """GET /invoices/sent."""
    return _sent(call, list(call.collection("sent")), "invoices/sent")


def _sent(call: Call, records: list[Doc], path: str) -> Reply:
    listing = Listing(f"{call.links.base}/{path}", fields.NOTHING, lambda record: present_sent(call, record))
    return call.list(records, listing)


def get_sent(call: Call) -> Reply:
    """GET /invoices/sent/{id}."""
    return Reply.json(200, present_sent(call, call.record("sent", call.number("id"))))


def sent_of_invoice(call: Call) -> Reply:
    """GET /invoices/booked/{n}/sent: whether the invoice was sent."""
    number = _booked(call)["bookedInvoiceNumber"]
    records = [s for s in call.collection("sent") if s["invoice"]["bookedInvoiceNumber"] == number]
    return _sent(call, records, f"invoices/booked/{number}/sent")


_ONE = "/invoices/booked/{bookedInvoiceNumber}"
ROUTES = (
    Route("GET", "/invoices/booked", list_booked),
    Route("GET", _ONE, get_booked),
    Route("GET", f"{_ONE}/pdf", get_pdf),
    Route("GET", f"{_ONE}/sent", sent_of_invoice),
    Route("GET", "/customers/{customerNumber}/invoices/booked", booked_of_customer),
    *(Route("GET", f"/invoices/{name}", view(name)) for name in ("paid", "unpaid", "overdue", "not-due")),
    Route("GET", "/invoices/sent", list_sent),
    Route("GET", "/invoices/sent/{id}", get_sent),
)
