"""Booking: POST /invoices/booked and PUT /invoices/booked/{number} (contract 3.8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from sandbox.economic.agreement import Agreement
from sandbox.economic.call import Call
from sandbox.economic.document_view import booked
from sandbox.economic.errors import NOT_FOUND_HINT, ApiError
from sandbox.economic.ledger import add_to_customer, post_invoice
from sandbox.economic.links import decode_id
from sandbox.economic.money import rounded
from sandbox.economic.routing import Route
from sandbox.economic.schema import reference, text, thing, whole
from sandbox.economic.validation import DATA_HINT, TARGETS, Checker, read_body
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply

BODY: Final = thing(
    draftInvoice=reference(draftInvoiceNumber=whole(1, 999_999_999)).needed(),
    bookWithNumber=whole(1),
    sendBy=text(choices=("none", "EAN", "Email")),
)

_LEFT_BEHIND = (
    "draftInvoiceNumber", "soap", "lastUpdated", "postings", "marginInBaseCurrency", "marginPercentage",
    "costPriceInBaseCurrency",
)  # fmt: skip


def book(call: Call) -> Reply:
    """POST /invoices/booked."""
    body = read_body(call, BODY, "invoices.booked.post")
    return _book(call, body, body.get("bookWithNumber"))


def book_with_number(call: Call) -> Reply:
    """PUT /invoices/booked/{bookWithNumber}: the path's number must be the body's, if that has one."""
    number = call.number("bookedInvoiceNumber")
    body = read_body(call, BODY, "invoices.booked.bookWithNumber.put")
    sent = body.get("bookWithNumber", number)
    if sent != number:
        checker = Checker(call)
        message = "bookWithNumber does not match the number in the URL."
        checker.add(("bookWithNumber",), message, "E04960", sent, DATA_HINT)
        checker.finish()
    return _book(call, body, number)


def _book(call: Call, body: Doc, wanted: int | None) -> Reply:
    draft = _draft_to_book(call, body["draftInvoice"])
    _check(call, body, draft, wanted)
    number = wanted if wanted is not None else call.agreement.next_number("bookedInvoiceNumber")
    invoice = _invoice(call, draft, number)
    agreement = call.agreement
    agreement["booked"].put(invoice)
    agreement["drafts"].delete(draft["draftInvoiceNumber"])
    post_invoice(agreement, invoice, draft["postings"])
    agreement.note_remainder(invoice)
    add_to_customer(agreement, invoice["customer"]["customerNumber"], Decimal(invoice["grossAmountInBaseCurrency"]))
    _send(call, invoice, body.get("sendBy", "none"))
    return call.created(booked(call, invoice))


def _draft_to_book(call: Call, sent: Doc) -> Doc:
    number = sent.get("draftInvoiceNumber")
    if number is None:
        segment = decode_id(str(sent.get("self", "")).partition("?")[0].rstrip("/").rpartition("/")[2])
        number = int(segment) if segment.isascii() and segment.isdigit() else None
    draft = call.agreement["drafts"].get(number) if number is not None else None
    if draft is None:
        _refuse_missing(call, sent, number)
        raise ApiError(404, "Resource not found.", NOT_FOUND_HINT, "E06000")
    return draft


def _refuse_missing(call: Call, sent: Doc, number: int | None) -> None:
    if call.agreement.knobs.number("booking_missing_draft_status") == 400 or not sent:
        checker = Checker(call)
        if not sent:
            checker.reference({"draftInvoice": sent}, ("draftInvoice",), "drafts")
        else:
            checker.not_found(("draftInvoice",), TARGETS["drafts"], number or sent.get("self"))
        checker.finish()


def _check(call: Call, body: Doc, draft: Doc, wanted: int | None) -> None:
    checker = Checker(call)
    agreement = call.agreement
    if wanted is not None:
        checker.key_is_free("booked", "bookWithNumber", wanted)
    _check_period(agreement, checker, draft["date"])
    if not draft["lines"]:
        checker.add(("lines",), "The invoice has no lines.", "E04970", None, "Add lines to the draft.")
    customer = agreement["customers"].require(draft["customer"]["customerNumber"])
    if customer.get("barred"):
        checker.barred(("customer",), "customers", customer["customerNumber"])
    for index, (line, posting) in enumerate(zip(draft["lines"], draft["postings"], strict=True)):
        _check_line(agreement, checker, index, line, posting)
    _check_sending(checker, body.get("sendBy", "none"), draft, customer)
    checker.finish()


def _check_line(agreement: Agreement, checker: Checker, index: int, line: Doc, posting: Doc) -> None:
    if "product" not in line:
        return
    number = line["product"]["productNumber"]
    path = ("lines", index, "product")
    if agreement["products"].require(number).get("barred"):
        checker.barred(path, "products", number)
    if posting["account"] is None:
        message = f"Product '{number}' has no sales account for the VAT zone of the recipient."
        checker.add(path, message, "E07991", number, "Give its product group a sales account for the zone.")


def _check_period(agreement: Agreement, checker: Checker, day: str) -> None:
    """Booking in a closed or missing period is refused; the recorded body #3 is the model (5.7)."""
    year = next((y for y in agreement["accounting-years"] if y["fromDate"] <= day <= y["toDate"]), None)
    value = {"accountingYear": year["year"] if year else None, "date": day}
    if year is None:
        checker.problems.add(
            ("date",), "Date", "Regnskabsåret findes ikke.", "E04870", value,
            "Create the accounting year before you book in it.",
        )  # fmt: skip
        return
    period = next(p for p in year["periods"] if p["fromDate"] <= day <= p["toDate"])
    if year.get("closed") or period.get("closed") or period.get("barred"):
        checker.problems.add(
            ("date",), "Date", "Perioden er spærret.", "E04041", value,
            "You cannot create an entry with a date that is barred in the accounting year.",
        )  # fmt: skip


def _check_sending(checker: Checker, send_by: str, draft: Doc, customer: Doc) -> None:
    if send_by == "EAN" and not (draft["recipient"].get("ean") or customer.get("ean")):
        message = "The invoice cannot be sent because the customer has no EAN."
        checker.add(("sendBy",), message, "E04980", send_by, "Give the customer an EAN.")
    if send_by == "Email" and not customer.get("email"):
        message = "The invoice cannot be sent because the customer has no e-mail address."
        checker.add(("sendBy",), message, "E04980", send_by, "Give the customer an e-mail address.")


def _invoice(call: Call, draft: Doc, number: int) -> Doc:
    invoice = {name: value for name, value in draft.items() if name not in _LEFT_BEHIND}
    # Booked recipients have neither in the vendor's schema.
    unknown = {"nemHandelType", "mobilePhone"}
    invoice["recipient"] = {name: value for name, value in draft["recipient"].items() if name not in unknown}
    lines = zip(draft["lines"], draft["postings"], strict=True)
    return invoice | {
        "bookedInvoiceNumber": number,
        # The draft's number lives on as orderNumber (recorded, contract 3.8).
        "orderNumber": draft["draftInvoiceNumber"],
        "lines": [_booked_line(line, posting) for line, posting in lines],
        "remainder": rounded(draft["grossAmount"]),
        "remainderInBaseCurrency": rounded(draft["grossAmountInBaseCurrency"]),
        "bookedAt": int(call.clock.seconds()),
    }


def _booked_line(line: Doc, posting: Doc) -> Doc:
    shown = {name: value for name, value in line.items() if not name.startswith("margin")}
    return shown | {"vatRate": rounded(posting["vatRate"], 8), "vatAmount": rounded(posting["vat"], 4)}


def _send(call: Call, invoice: Doc, send_by: str) -> None:
    if send_by == "none":
        return
    recipient = {"name": invoice["recipient"]["name"]}
    sent: Doc = {
        "id": call.agreement.next_number("sentId"),
        "createdBy": "API",
        "creationDate": call.clock.today().isoformat(),
        "invoice": {"bookedInvoiceNumber": invoice["bookedInvoiceNumber"]},
        "recipient": recipient,
        "status": "sent",
    }
    if send_by == "EAN":
        customer = call.agreement["customers"].require(invoice["customer"]["customerNumber"])
        recipient["ean"] = invoice["recipient"].get("ean") or customer["ean"]
        sent["sendBy"] = "ean"
    call.collection("sent").put(sent)


ROUTES = (
    Route("POST", "/invoices/booked", book),
    Route("PUT", "/invoices/booked/{bookedInvoiceNumber}", book_with_number),
)
