"""Posting an order to an invoice: it cannot be undone, and can be simulated (sections 5.3 and 7.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ledgerbridge.errors import InDoubt
from ledgerbridge.integration import Invoicing, SendBy
from ledgerbridge.money import json_dumps, json_loads
from ledgerbridge.target.contract import Answer, BookedInvoice, DraftInvoice, Request
from ledgerbridge.target.uniconta.documents import amount, integer
from ledgerbridge.target.uniconta.options import OrderNumberIn, UnicontaOptions

__all__ = ["POST", "number_in", "order_number_in", "posting", "simulation", "with_totals_of"]

POST = "/Invoice/GenerateDebtorInvoice"


def posting(order_number: int, date: str, invoicing: Invoicing, options: UnicontaOptions) -> Request:
    """Post the order with the lines that are stored on it."""
    return _request(order_number, date, options, simulate=False, send=invoicing.send)


def simulation(order_number: int, date: str, options: UnicontaOptions) -> Request:
    """The same, and nothing is kept of it."""
    return _request(order_number, date, options, simulate=True, send=SendBy.NONE)


def _request(order_number: int, date: str, options: UnicontaOptions, *, simulate: bool, send: SendBy) -> Request:
    body: dict[str, Any] = {
        "Date": date,
        "Simulate": simulate,
        "SendEmail": send is SendBy.EMAIL,
        "SendXML": send is SendBy.EAN,
    }
    if options.order_number_in is OrderNumberIn.ROOT:
        body["OrderNumber"] = order_number
    else:
        body["Order"] = {"OrderNumber": order_number}
    return Request("POST", POST, json_dumps(body))


def order_number_in(request: Request) -> int:
    """The order that a posting is about."""
    body = json_loads(request.body or "")
    return integer(body["OrderNumber"] if "OrderNumber" in body else body["Order"]["OrderNumber"])


def number_in(answer: Answer, draft: DraftInvoice, date: Any, due: Any, currency: str) -> BookedInvoice:
    """The invoice that posting answered with: its number, and what was to be posted.

    Raises:
        InDoubt: there is no number in it.
    """
    said = answer.document
    try:
        number = integer(said["InvoiceNumber"])
    except (KeyError, TypeError, ValueError):
        raise InDoubt("uniconta_answer_unclear", call=f"POST {POST}", what="no InvoiceNumber") from None
    if number <= 0:
        raise InDoubt("uniconta_answer_unclear", call=f"POST {POST}", what=f"InvoiceNumber {number}")
    return BookedInvoice(
        number=number,
        locator=draft.locator,
        draft_number=draft.number,
        date=date,
        due_date=due,
        customer_number=draft.customer_number,
        currency=currency,
        net=draft.net,
        vat=draft.vat,
        gross=draft.gross,
        vat_shares=draft.vat_shares,
        text=answer.text,
        is_foretold=True,
    )


def with_totals_of(draft: DraftInvoice, simulated: Any) -> DraftInvoice:
    """The draft with the totals that a simulation shows; as it was where it shows none."""
    header = simulated.get("Header") if isinstance(simulated, Mapping) else None
    if not isinstance(header, Mapping):
        return draft
    try:
        net, gross = amount(header["NetAmount"]), amount(header["TotalAmount"])
    except (KeyError, TypeError):
        return draft
    shares = draft.vat_shares if (net, gross) == (draft.net, draft.gross) else ()
    return replace(draft, net=net, vat=gross - net, gross=gross, totals_are_sure=True, vat_shares=shares)
