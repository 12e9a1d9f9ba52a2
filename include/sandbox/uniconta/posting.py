"""``POST /Invoice/GenerateDebtorInvoice`` (contract 5.3, 7, 15.8)."""

from __future__ import annotations

from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply
from sandbox.uniconta.call import Call, Done
from sandbox.uniconta.company import Company
from sandbox.uniconta.entities import ENTITIES
from sandbox.uniconta.errors import Refused, argument_missing
from sandbox.uniconta.invoice import Draft, draft_of
from sandbox.uniconta.ledger import post_to_debtor, post_to_ledger
from sandbox.uniconta.posting_request import read_request
from sandbox.uniconta.records import delete_order
from sandbox.uniconta.rules import moment
from sandbox.uniconta.series import next_number
from sandbox.uniconta.settlement import settle
from sandbox.uniconta.view import present

_INVOICE: Final = ENTITIES["DebtorInvoice"]


def generate(call: Call) -> Done:
    """Post an order or a quick invoice, or simulate it; a refusal is a success with ``Err`` (5.4)."""
    try:
        call.require("post")
        request = read_request(call.company, call.body, call.clock)
        draft = draft_of(call.company, request)
        if request.simulate:
            simulated = draft.header | {"RowId": 0}
            return Done(Reply.json(200, _result(call.company, simulated, "simulation_shows_header")))
        invoice = _posted(call, draft)
    except Refused as refusal:
        return _refused(call.company, refusal)
    return Done(Reply.json(200, _result(call.company, invoice, "posting_shows_header")), executed=True)


def _result(company: Company, invoice: Doc, knob: str) -> Doc:
    result: Doc = {
        "InvoiceNumber": invoice.get("InvoiceNumber", 0),
        "JournalPostedlId": invoice.get("JournalPostedId", 0),
        "Err": 0,
        "ErrorProperty": None,
        "ErrorValue": None,
    }
    if company.knobs.flag(knob):
        result["Header"] = present(company, _INVOICE, invoice)
    return result


def _refused(company: Company, refusal: Refused) -> Done:
    if refusal.name == "ArgumentMissing":
        return Done(argument_missing(), refused=refusal.name)
    if company.knobs.choice("posting_errors") == "text":
        return Done(Reply.json(400, refusal.text), refused=refusal.name)
    body: Doc = {
        "InvoiceNumber": 0,
        "JournalPostedlId": 0,
        "Err": refusal.number,
        "ErrorProperty": refusal.prop or None,
        "ErrorValue": None if refusal.value is None else str(refusal.value),
    }
    return Done(Reply.json(200, body), refused=refusal.name)


def _posted(call: Call, draft: Draft) -> Doc:
    """Store the invoice with everything that belongs to it; only now it gets its number (7.5)."""
    company = call.company
    header = draft.header | {
        "InvoiceNumber": _free_invoice_number(company, draft.series),
        "NumberSerie": draft.series["Serie"],
        "Voucher": company.count("voucher"),
        "JournalPostedId": company.count("journal"),
    }
    if draft.request.send_email:
        header["SendTime"] = moment(call.clock)
    if draft.request.send_xml:
        header["SendTimeOIO"] = moment(call.clock)
    invoice = company.insert("DebtorInvoice", _without_nothing(header))
    for at, line in enumerate(draft.lines, 1):
        numbers = {"LineNumber": at, "InvoiceNumber": invoice["InvoiceNumber"], "InvoiceRowId": invoice["RowId"]}
        company.insert("DebtorInvoiceLines", _without_nothing(line | numbers))
    post_to_ledger(company, draft, invoice)
    post_to_debtor(company, draft, invoice)
    settle(company, invoice["InvoiceNumber"], draft.settles)
    _finish_order(company, draft, invoice)
    return invoice


def _free_invoice_number(company: Company, series: Doc) -> int:
    while True:
        current = company["NumberSerie"].require(series["RowId"])
        number = next_number(company, current)
        if not company["DebtorInvoice"].where("InvoiceNumber", number):
            return number


def _finish_order(company: Company, draft: Draft, invoice: Doc) -> None:
    """A stored order goes, or its lines go, or its lines are marked as invoiced (7.1)."""
    order = draft.request.order
    if "RowId" not in order:
        return
    stored = company["DebtorOrder"].require(order["RowId"])
    if stored.get("DeleteOrder"):
        delete_order(company, stored)
        return
    company["DebtorOrder"].put(stored | {"LastInvoice": invoice["Date"]})
    for line in draft.request.lines:
        if stored.get("DeleteLines"):
            company["DebtorOrderLine"].delete(line["RowId"])
        else:
            company["DebtorOrderLine"].put(line | {"Invoiced": True, "QtyInvoiced": line.get("Qty")})


def _without_nothing(record: Doc) -> Doc:
    return {name: value for name, value in record.items() if value is not None}
