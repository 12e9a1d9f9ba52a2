"""Open items, and how one settles another (contract 7.3)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.amounts import number
from sandbox.uniconta.company import Company
from sandbox.uniconta.digits import whole
from sandbox.uniconta.errors import Refused

_SEPARATORS: Final = re.compile(r"[;,\s]+")


def settled_invoices(company: Company, order: Doc, payer: Doc) -> list[Doc]:
    """The invoices that ``Settlements`` names; one that the payer does not have is refused."""
    names = [name for name in _SEPARATORS.split(str(order.get("Settlements") or "")) if name]
    return [_invoice(company, payer, name) for name in names]


def _invoice(company: Company, payer: Doc, name: str) -> Doc:
    for invoice in company["DebtorInvoice"].where("InvoiceNumber", whole(name)):
        if invoice["Account"] == payer["RowId"]:
            return invoice
    raise Refused("CouldNotFind", "Settlements", name)


def open_item(company: Company, invoice: int) -> Doc | None:
    """What is still open of an invoice."""
    items = company["DebtorTransOpen"].where("Invoice", invoice)
    return items[0] if items else None


def settle(company: Company, invoice: int, against: list[Doc]) -> None:
    """Offset an invoice's open amount with those of others, as far as they have the opposite sign."""
    for other in against:
        mine, theirs = open_item(company, invoice), open_item(company, int(other["InvoiceNumber"]))
        if mine is None or theirs is None or mine["RowId"] == theirs["RowId"]:
            continue
        left, right = number(mine, "AmountOpenCur"), number(theirs, "AmountOpenCur")
        if left * right >= 0:
            continue
        amount = min(abs(left), abs(right))
        reduce_open(company, mine, amount if left > 0 else -amount)
        reduce_open(company, theirs, amount if right > 0 else -amount)


def reduce_open(company: Company, item: Doc, amount: Decimal) -> Decimal:
    """Take an amount of the invoice's currency off an open item, which goes when nothing is left.

    Returns what that was in the currency of the books.
    """
    left = number(item, "AmountOpenCur") - amount
    whole, whole_in_books = number(item, "AmountCur"), number(item, "Amount")
    left_in_books = (left * whole_in_books / whole).quantize(Decimal("0.01")) if whole else left
    taken = number(item, "AmountOpen") - left_in_books
    if left:
        company["DebtorTransOpen"].put(item | {"AmountOpen": left_in_books, "AmountOpenCur": left})
        return taken
    company["DebtorTransOpen"].delete(item["RowId"])
    trans = company["DebtorTrans"].require(item["TransRowId"])
    company["DebtorTrans"].put(trans | {"Open": False})
    return taken
