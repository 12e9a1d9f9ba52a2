"""An invoice before it is stored: checked, priced and summed, without a number (contract 7)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.amounts import Rounding, number
from sandbox.uniconta.company import Company
from sandbox.uniconta.due_date import due_date
from sandbox.uniconta.enums import CURRENCY, MOVEMENT
from sandbox.uniconta.errors import Refused
from sandbox.uniconta.invoice_sums import PricedLine, Sums, sums_of
from sandbox.uniconta.posting_checks import (
    check_credit,
    check_debtor,
    check_dimensions,
    check_line,
    check_period,
    check_project,
    dimensions_of,
)
from sandbox.uniconta.posting_request import PostingRequest
from sandbox.uniconta.series import SALES_INVOICE, series_of
from sandbox.uniconta.settlement import settled_invoices
from sandbox.uniconta.vat_codes import rate_on, revenue_account, vat_code

_FROM_ORDER: Final = (
    "YourRef", "OurRef", "Requisition", "ReferenceNumber", "Remark", "Settlements", "Project", "PrCategory", "Shipment",
    "LayoutGroup", "Employee", "EndDiscountPct", "PricesInclVat", "DeliveryDate", "DeliveryName", "DeliveryAddress1",
    "DeliveryAddress2", "DeliveryAddress3", "DeliveryCity", "DeliveryZipCode", "DeliveryCountry", "Dimension1",
    "Dimension2", "Dimension3", "Dimension4", "Dimension5",
)  # fmt: skip
_LINE_FIELDS: Final = (
    "Item", "Text", "Note", "DiscountPct", "Unit", "Employee", "Project", "PrCategory", "ReferenceNumber",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything a posting writes, but for its numbers."""

    request: PostingRequest
    header: Doc
    lines: list[Doc]
    priced: list[PricedLine]
    sums: Sums
    payer: Doc
    rate: Decimal
    """What one unit of the invoice's currency costs in the books'."""
    series: Doc
    settles: list[Doc]
    """The invoices that the order names to be settled against."""


def draft_of(company: Company, request: PostingRequest) -> Draft:
    """Check a posting and work out its invoice; nothing is written."""
    order = request.order
    debtor, payer = check_debtor(company, order)
    if not request.lines:
        raise Refused("NoLinesToUpdate")
    check_period(company, request.day)
    priced = [_priced(company, request, line, debtor) for line in request.lines]
    sums = sums_of(
        priced,
        Rounding(company.knobs),
        discount_pct=number(order, "EndDiscountPct"),
        prices_incl_vat=order.get("PricesInclVat") is True,
    )
    if sums.total > 0:
        check_credit(company, payer)
    series = series_of(company, company["DebtorGroup"].require(payer["Group"]).get("InvoiceSerie"), SALES_INVOICE)
    rate = _rate(company, order)
    header = _header(company, request, debtor, payer, sums, rate)
    lines = [_line(request, line, header, payer) for line in priced]
    return Draft(request, header, lines, priced, sums, payer, rate, series, settled_invoices(company, order, payer))


def _priced(company: Company, request: PostingRequest, line: Doc, debtor: Doc) -> PricedLine:
    order = request.order
    check_line(company, line, debtor)
    check_project(order, line)
    total = Rounding(company.knobs).line_total(line)
    if not total and line.get("Item") is None:
        return PricedLine(line, total, None, Decimal(0), None)
    account = revenue_account(company, order, line, debtor)
    check_dimensions(company, account, dimensions_of(order, line))
    vat = vat_code(company, order, line, debtor)
    return PricedLine(line, total, vat, rate_on(vat, request.day) if vat else Decimal(0), account)


def _rate(company: Company, order: Doc) -> Decimal:
    currency = _currency(company, order)
    rate = number(order, "ExchangeRate") or company.rate(currency)
    if rate is None:
        raise Refused("FieldHasinvalidValue", "Currency", CURRENCY.label(currency))
    return rate


def _currency(company: Company, order: Doc) -> int:
    return int(order.get("Currency") or company.currency)


def _header(company: Company, request: PostingRequest, debtor: Doc, payer: Doc, sums: Sums, rate: Decimal) -> Doc:
    order = request.order
    header: Doc = {name: order[name] for name in _FROM_ORDER if order.get(name) is not None}
    if not company.knobs.flag("reference_follows_to_invoice"):
        header.pop("ReferenceNumber", None)
    header |= {
        "Account": payer["RowId"],
        "DeliveryAccount": debtor["RowId"] if debtor["RowId"] != payer["RowId"] else None,
        "Date": request.day.isoformat(),
        "OrderNumber": order.get("OrderNumber"),
        "Currency": _currency(company, order),
        "ExchangeRate": rate,
        "EAN": payer.get("EAN"),
        "VatZone": int(debtor.get("VatZone") or 0),
        "AmountLocalCur": Rounding(company.knobs).line(sums.total * rate),
    }
    return header | _payment(company, request, payer) | _amounts(sums)


def _payment(company: Company, request: PostingRequest, payer: Doc) -> Doc:
    """The payment term, and the day on which the invoice is due."""
    order = request.order
    row = order.get("Payment") or payer.get("Payment")
    due = due_date(request.day, None if row is None else company["PaymentTerm"].require(row)).isoformat()
    if company.knobs.flag("due_date_on_order"):
        due = order.get("DueDate") or due
    return {"Payment": row, "DueDate": due}


def _amounts(sums: Sums) -> Doc:
    """The sums, and the VAT of each code in a place of its own."""
    amounts: Doc = {
        "LineAmount": sums.lines,
        "EndDiscount": sums.discount,
        "NetAmount": sums.net,
        "VatAmount": sums.vat,
        "TotalAmount": sums.total,
    }
    for place, share in zip(("", "2", "3"), sums.coded, strict=False):
        code = share.code or {}
        amounts |= {f"Vat{place}": code.get("RowId"), f"VatPct{place}": share.rate, f"VatTotal{place}": share.vat}
    return amounts


def _line(request: PostingRequest, priced: PricedLine, header: Doc, payer: Doc) -> Doc:
    """An invoice line is a movement of stock: quantity and total stand there with the opposite sign (contract 6)."""
    line = priced.line
    quantity = number(line, "Qty")
    told: Doc = {name: line[name] for name in _LINE_FIELDS if line.get(name) is not None}
    return (
        told
        | dimensions_of(request.order, line)
        | {
            "DCAccount": payer["RowId"],
            "Date": header["Date"],
            "DateOnOrder": line.get("Date"),
            "OrderNumber": header["OrderNumber"],
            "MovementType": MOVEMENT.number("Debtor"),
            "Qty": -quantity,
            "InvoiceQty": quantity,
            "SalesPrice": number(line, "Price"),
            "Total": -priced.total,
            "InvoiceTotal": priced.total,
            "Currency": header["Currency"],
            "Vat": priced.vat["RowId"] if priced.vat else None,
            "PostingAccount": priced.account["RowId"] if priced.account else None,
        }
    )
