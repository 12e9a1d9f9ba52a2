"""Invoice payloads for Uniconta: a sales order with its lines (CT-7 to CT-9, CT-15, CT-17 to CT-19, X-9, X-13).

No VAT code and no rate is ever sent: they follow from the item's or debtor's group and the debtor's zone. A credit
note is an order with negative quantities, settled against its invoice (section 7.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ledgerbridge.errors import Rejection
from ledgerbridge.integration import Invoicing
from ledgerbridge.invoice_lines import LineForm, described, form_of, lines_as_sent
from ledgerbridge.money import json_dumps, json_loads
from ledgerbridge.reasons import Reason
from ledgerbridge.records import DocumentType, Invoice, InvoiceLine
from ledgerbridge.target.contract import Payload
from ledgerbridge.target.fitting import Fitting
from ledgerbridge.target.uniconta.countries import name_of
from ledgerbridge.target.uniconta.customers import address_lines
from ledgerbridge.target.uniconta.limits import ADDRESS_LINE, LINE_TEXT, REFERENCE, REMARK
from ledgerbridge.target.uniconta.options import UnicontaOptions
from ledgerbridge.target.uniconta.resolved import Resolved
from ledgerbridge.texts import split_for_text_lines

__all__ = ["customer_in", "due_date_of", "fields_in", "invoice_payload", "lines_in", "locator_in", "order_in"]

# The enum's texts by what Danish time systems call the units (appendix A, ItemUnit).
_UNITS = {
    "time": "Hours", "timer": "Hours", "t": "Hours", "hour": "Hours", "hours": "Hours", "h": "Hours",
    "min": "Minutes", "minutter": "Minutes", "dag": "Days", "dage": "Days", "stk": "Pcs", "stk.": "Pcs", "pcs": "Pcs",
    "km": "km", "kg": "Kg", "m": "Meter", "m2": "m2", "m3": "m3", "l": "Litre", "liter": "Litre",
}  # fmt: skip


@dataclass(slots=True)
class _Order(Fitting):
    """What is being built, by the settings."""

    products: Mapping[int, str]
    invoicing: Invoicing
    options: UnicontaOptions
    resolved: Resolved


def invoice_payload(
    invoice: Invoice,
    customer_number: str,
    locator: str,
    products: Mapping[int, str],
    invoicing: Invoicing,
    options: UnicontaOptions,
    resolved: Resolved,
) -> Payload:
    """The order and its lines as JSON; the same invoice always gives the same bytes.

    Raises:
        Rejection: its due date can be given neither by the order nor by one of the company's payment terms.
    """
    order = _Order(products, invoicing, options, resolved)
    remark, texts = _texts(order, invoice)
    header: dict[str, Any] = {
        "Account": customer_number,
        "InvoiceDate": invoice.invoice_date.isoformat(),
        "Currency": invoice.currency,
        **_due(order, invoice),
        **_delivery(order, invoice),
        options.locator_field: locator,
        # Else an order takes them from its customer (section 7.4), and no line says so.
        "EndDiscountPct": 0,
        "PricesInclVat": False,
        "DeleteOrder": True,
        "DeleteLines": True,
    }
    if invoice.exchange_rate is not None and invoice.currency != invoicing.base_currency:
        header["ExchangeRate"] = _trimmed(invoice.exchange_rate * options.exchange_rate_units / 100)
    if reference := order.fitted("reference", invoice.customer_reference, REFERENCE):
        header["YourRef"] = reference
    if remark:
        header["Remark"] = remark
    if resolved.layout is not None:
        header["LayoutGroup"] = resolved.layout
    if invoice.document_type is DocumentType.CREDIT_NOTE and invoice.original_target_number is not None:
        header["Settlements"] = str(invoice.original_target_number)
    dimensions = {
        f"Dimension{number}": getattr(invoice, name)
        for name, number in options.dimensions.in_use().items()
        if getattr(invoice, name)
    }
    lines = [{"Text": text} for text in texts]
    lines += [item | dimensions for line in invoice.lines for item in _lines(order, line)]
    body = {"Order": header | dimensions, "Lines": lines}
    return Payload(json_dumps(body), tuple(order.warnings))


def order_in(payload: str) -> dict[str, Any]:
    """The order of a payload."""
    order: dict[str, Any] = json_loads(payload)["Order"]
    return order


def lines_in(payload: str) -> list[dict[str, Any]]:
    """The lines of a payload."""
    lines: list[dict[str, Any]] = json_loads(payload)["Lines"]
    return lines


def locator_in(row: Mapping[str, Any], options: UnicontaOptions) -> str | None:
    """Our locator on an order or invoice, or nothing when the document is not ours.

    Raises:
        TypeError: what stands there is no text: the answer is not what it should be, and proves nothing.
    """
    value = row.get(options.locator_field)
    if value is not None and not isinstance(value, str):
        message = f"{value!r} is no text"
        raise TypeError(message)
    text = (value or "").strip()
    return text if text.startswith("lb") and len(text) == REFERENCE else None


def customer_in(payload: str) -> str | None:
    """Whom the order is for; nothing when the payload is none."""
    try:
        return str(order_in(payload)["Account"])
    except (KeyError, TypeError, ValueError):
        return None


# Our names for what stands in an order. What is not among them goes by Uniconta's own.
_NAMES = {
    "Account": "customer_number",
    "InvoiceDate": "invoice_date",
    "DueDate": "due_date",
    "Currency": "currency",
    "ExchangeRate": "exchange_rate",
    "Payment": "due_date_term",
    "DeliveryName": "recipient_name",
    "DeliveryZipCode": "recipient_zip",
    "DeliveryCity": "recipient_city",
    "DeliveryCountry": "recipient_country",
    "YourRef": "customer_reference",
    "Remark": "text",
    "LayoutGroup": "layout",
    "Item": "product_number",
    "Text": "description",
    "Qty": "quantity",
    "Price": "unit_price",
    "DiscountPct": "discount_percentage",
    "Unit": "unit",
}


def fields_in(payload: str) -> dict[str, str]:
    """What an order's JSON says, by our own names; of its third line ``lines 3 · quantity``."""
    told = {_NAMES.get(name, name): str(value) for name, value in order_in(payload).items()}
    for place, line in enumerate(lines_in(payload), start=1):
        told |= {f"lines {place} · {_NAMES.get(name, name)}": str(value) for name, value in line.items()}
    return told


def due_date_of(invoice: Invoice, invoicing: Invoicing) -> date:
    """The date that the order or its payment term gives (CT-9).

    A credit note is due on its date; without a date in the source it is the date plus TermsOfPayment.
    """
    if invoice.document_type is DocumentType.CREDIT_NOTE:
        return invoice.invoice_date
    return invoice.due_date or invoice.invoice_date + timedelta(days=invoicing.days_of_credit)


def _due(order: _Order, invoice: Invoice) -> dict[str, str]:
    """The term that ends on the due date, where the company has it; else the date itself, where orders keep one."""
    due = due_date_of(invoice, order.invoicing)
    days = (due - invoice.invoice_date).days
    if (term := order.resolved.terms.get(days)) is not None:
        return {"Payment": term}
    if not order.options.due_date_on_order:
        raise Rejection("uniconta_no_term_for_days", due=due, days=days)
    usual = {"Payment": order.resolved.payment_term} if order.resolved.payment_term else {}
    return usual | {"DueDate": due.isoformat()}


def _delivery(order: _Order, invoice: Invoice) -> dict[str, str]:
    """The recipient as the document has it; the debtor's own name and address stand above it."""
    lines, is_cut = address_lines(invoice.recipient_address or "")
    if is_cut:
        order.warnings.append(Reason("text_cut", {"field": "recipient address", "limit": str(ADDRESS_LINE)}))
    texts = {
        "DeliveryName": order.fitted("recipient name", invoice.recipient_name, 100),
        **{f"DeliveryAddress{place}": line for place, line in enumerate(lines, start=1)},
        "DeliveryZipCode": order.fitted("recipient zip", invoice.recipient_zip, 8),
        "DeliveryCity": order.fitted("recipient city", invoice.recipient_city, 40),
        "DeliveryCountry": name_of(invoice.recipient_country),
    }
    return {name: text for name, text in texts.items() if text}


def _texts(order: _Order, invoice: Invoice) -> tuple[str | None, list[str]]:
    """The remark, and what has no room in it: heading and text then go on as lines of their own (X-9)."""
    heading = invoice.heading
    if invoice.document_type is DocumentType.CREDIT_NOTE:
        # A credit note must refer unambiguously to its invoice (danish-invoicing section 3).
        original = invoice.original_invoice_number
        credited = f"Kreditnota til faktura {original}" if original else "Kreditnota"
        heading = f"{credited} – {heading}" if heading else credited
    above = [text for text in (heading, invoice.text) if text]
    below = [text for text in (order.invoicing.payment_info, order.invoicing.footer_text) if text]
    if len(remark := "\n".join((*above, *below))) <= REMARK:
        return remark or None, []
    lines = [piece for text in above for piece in split_for_text_lines(text, LINE_TEXT)]
    return order.fitted("footer text", "\n".join(below), REMARK), lines


def _lines(order: _Order, line: InvoiceLine) -> Iterator[dict[str, Any]]:
    for part in lines_as_sent(line, order.invoicing.vat_percentage):
        yield from _one_line(order, part)


def _one_line(order: _Order, line: InvoiceLine) -> Iterator[dict[str, Any]]:
    form = form_of(line)
    if form is LineForm.TEXT:
        yield from ({"Text": text} for text in split_for_text_lines(line.description, LINE_TEXT))
        return
    text = line.description if form is LineForm.EXACT else described(line)
    first, *rest = split_for_text_lines(text, LINE_TEXT) or ("",)
    product = order.products.get(line.line_number) or order.invoicing.default_product(line.vat_code)
    yield {"Item": product, "Text": first, **(_exact(line) if form is LineForm.EXACT else _as_one(line))}
    yield from ({"Text": text} for text in rest)


def _exact(line: InvoiceLine) -> dict[str, Any]:
    # Prices stay positive; what is given back has a negative quantity (section 7.3).
    sign = -1 if line.unit_price < 0 else 1
    figures: dict[str, Any] = {"Qty": _two(sign * line.quantity), "Price": _two(sign * line.unit_price)}
    if line.discount_percentage:
        figures["DiscountPct"] = _two(line.discount_percentage)
    if (unit := _UNITS.get((line.unit or "").strip().lower())) is not None:
        figures["Unit"] = unit
    return figures


def _as_one(line: InvoiceLine) -> dict[str, Any]:
    """One times its amount arrives to the øre, whatever the quantity's decimals (CT-19)."""
    return {"Qty": _two(Decimal(-1 if line.net_amount < 0 else 1)), "Price": _two(abs(line.net_amount))}


def _two(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))


def _trimmed(value: Decimal) -> Decimal:
    return Decimal(format(value.normalize(), "f"))
