"""/invoices/drafts (contract 3.7)."""

from __future__ import annotations

from sandbox.economic import fields
from sandbox.economic.call import Call
from sandbox.economic.document_view import draft, draft_item
from sandbox.economic.draft_body import LINES, POST_BODY, PUT_BODY, check_draft, check_lines, complete, with_lines
from sandbox.economic.errors import not_found, not_implemented, only_pdf_accepted
from sandbox.economic.paging import Listing, selection
from sandbox.economic.pdf import invoice_pdf
from sandbox.economic.routing import Route
from sandbox.economic.validation import Checker, read_body
from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply

_NEEDED_ON_PUT = ("date", "currency", "paymentTerms", "customer", "layout")


def list_drafts(call: Call) -> Reply:
    """GET /invoices/drafts."""
    return _list(call, list(call.collection("drafts")), "invoices/drafts")


def _list(call: Call, records: list[Doc], path: str) -> Reply:
    listing = Listing(
        f"{call.links.base}/{path}",
        fields.DRAFTS,
        lambda record: draft_item(call, record),
        "Create a new draft invoice.",
    )
    return call.list(records, listing)


def drafts_of_customer(call: Call) -> Reply:
    """GET /customers/{n}/invoices/drafts."""
    number = call.record("customers", call.number("customerNumber"))["customerNumber"]
    records = [d for d in call.collection("drafts") if d["customer"]["customerNumber"] == number]
    return _list(call, records, f"customers/{number}/invoices/drafts")


def get_draft(call: Call) -> Reply:
    """GET /invoices/drafts/{n}."""
    return Reply.json(200, draft(call, _draft(call)))


def _draft(call: Call) -> Doc:
    return call.record("drafts", call.number("draftInvoiceNumber"))


def create_draft(call: Call) -> Reply:
    """POST /invoices/drafts."""
    body = read_body(call, POST_BODY, "invoices.drafts.post")
    check_draft(call, body, POST_BODY)
    record = complete(call, body)
    record["draftInvoiceNumber"] = call.agreement.next_number("draftInvoiceNumber")
    return call.created(draft(call, _store_new(call, record)))


def _store_new(call: Call, record: Doc) -> Doc:
    record["soap"] = {"currentInvoiceHandle": {"id": call.agreement.next_number("soapHandle")}}
    return _store(call, record)


def _store(call: Call, record: Doc) -> Doc:
    record["lastUpdated"] = call.clock.minute_stamp()
    call.collection("drafts").put(record)
    return record


def replace_draft(call: Call) -> Reply:
    """PUT /invoices/drafts/{n}: replaces; an unknown number is 404 unless the knob says otherwise."""
    number = call.number("draftInvoiceNumber")
    before = call.collection("drafts").get(number)
    if before is None:
        return _create_at(call, number)
    body = read_body(call, PUT_BODY, "invoices.drafts.draftInvoiceNumber.put")
    # The PUT schema requires the recipient alone; what a draft cannot be without stays as it was, together
    # with what depends on it. Everything else that is omitted is cleared.
    if "currency" not in body:
        body.setdefault("exchangeRate", before["exchangeRate"])
    if "paymentTerms" not in body and "dueDate" in before:
        body.setdefault("dueDate", before["dueDate"])
    for name in _NEEDED_ON_PUT:
        body.setdefault(name, before[name])
    body["recipient"].setdefault("name", before["recipient"]["name"])
    check_draft(call, body, PUT_BODY)
    record = complete(call, body) | {"draftInvoiceNumber": number, "soap": before["soap"]}
    return Reply.json(200, draft(call, _store(call, record)))


def _create_at(call: Call, number: int) -> Reply:
    if not call.agreement.knobs.flag("draft_put_creates") or not 1 <= number <= 999_999_999:
        raise not_found()
    body = read_body(call, POST_BODY, "invoices.drafts.draftInvoiceNumber.put")
    check_draft(call, body, POST_BODY)
    record = complete(call, body) | {"draftInvoiceNumber": number}
    series = call.agreement.series
    series["draftInvoiceNumber"] = max(series["draftInvoiceNumber"], number + 1)
    return call.created(draft(call, _store_new(call, record)))


def add_lines(call: Call) -> Reply:
    """POST /invoices/drafts/{n}/lines: appended behind the lines there are."""
    before = _draft(call)
    body = read_body(call, LINES, "invoices.drafts.draftInvoiceNumber.lines.post")
    checker = Checker(call)
    checker.scales(LINES, body)
    check_lines(call, checker, body["lines"])
    checker.finish()
    places = {"sortKey", "lineNumber"}
    added = [{name: line[name] for name in line if name not in places} for line in body["lines"]]
    record = before | with_lines(call, before, [*before["lines"], *added])
    return call.created(draft(call, _store(call, record)))


def delete_draft(call: Call) -> Reply:
    """DELETE /invoices/drafts/{n}: 200 with a status body."""
    record = _draft(call)
    call.collection("drafts").delete(record["draftInvoiceNumber"])
    return Reply.json(200, _deleted(call, "Deleted invoice.", [record]))


def delete_drafts(call: Call) -> Reply:
    """DELETE /invoices/drafts: all, or those that the filter selects (contract 2.13)."""
    test = selection(call.query, fields.DRAFTS, crash=call.agreement.knobs.flag("known_500s"))
    records = [d for d in call.collection("drafts") if test is None or test(d)]
    for record in records:
        call.collection("drafts").delete(record["draftInvoiceNumber"])
    plural = "invoice" if len(records) == 1 else "invoices"
    return Reply.json(200, _deleted(call, f"Deleted {len(records)} {plural}.", records))


def _deleted(call: Call, message: str, records: list[Doc]) -> Doc:
    numbers = [record["draftInvoiceNumber"] for record in records]
    items = [call.links.ref("invoices/drafts", "draftInvoiceNumber", number) for number in numbers]
    return {"message": message, "deletedCount": len(items), "deletedItems": items}


def get_pdf(call: Call) -> Reply:
    """GET /invoices/drafts/{n}/pdf; 406 when only application/pdf is accepted (3.7)."""
    record = _draft(call)
    if call.accept.strip().lower() == "application/pdf":
        raise only_pdf_accepted()
    heading = f"Kladde {record['draftInvoiceNumber']}"
    return Reply(200, invoice_pdf(call.agreement.profile["company"], record, heading), "application/pdf")


def get_templates(call: Call) -> Reply:
    """GET /invoices/drafts/{n}/templates."""
    here = f"invoices/drafts/{_draft(call)['draftInvoiceNumber']}/templates"
    links = {
        "bookingInstructions": call.links.to(here, "booking-instructions"),
        "self": call.links.to(here),
    }
    return Reply.json(200, links)


def get_booking_instructions(call: Call) -> Reply:
    """GET …/templates/booking-instructions: the body to POST to /invoices/booked."""
    number = _draft(call)["draftInvoiceNumber"]
    return Reply.json(
        200,
        {
            "draftInvoice": call.links.ref("invoices/drafts", "draftInvoiceNumber", number),
            "self": call.links.to("invoices/drafts", number, "templates/booking-instructions"),
        },
    )


def get_attachment(call: Call) -> Reply:
    """Attachments are linked to, but not part of the sandbox."""
    _draft(call)
    raise not_implemented()


_ONE = "/invoices/drafts/{draftInvoiceNumber}"
ROUTES = (
    Route("GET", "/invoices/drafts", list_drafts),
    Route("POST", "/invoices/drafts", create_draft),
    Route("DELETE", "/invoices/drafts", delete_drafts),
    Route("GET", _ONE, get_draft),
    Route("PUT", _ONE, replace_draft),
    Route("DELETE", _ONE, delete_draft),
    Route("POST", f"{_ONE}/lines", add_lines),
    Route("GET", f"{_ONE}/pdf", get_pdf),
    Route("GET", f"{_ONE}/templates", get_templates),
    Route("GET", f"{_ONE}/templates/booking-instructions", get_booking_instructions),
    Route("GET", f"{_ONE}/attachment", get_attachment),
    Route("GET", "/customers/{customerNumber}/invoices/drafts", drafts_of_customer),
)
