"""Invoice payloads for e-conomic: one draft with all of its lines in one POST (CT-17 to CT-19, X-9, X-13).

No VAT rate is ever sent: it follows from the product's group and the recipient's zone. Limits:
``economic`` section 3.7; precision: section 5.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ledgerbridge.integration import Invoicing
from ledgerbridge.invoice_lines import LineForm, described, form_of, lines_as_sent
from ledgerbridge.money import json_dumps, json_loads
from ledgerbridge.records import DocumentType, Invoice, InvoiceLine
from ledgerbridge.target.contract import Payload
from ledgerbridge.target.economic.customers import country_name
from ledgerbridge.target.economic.resolved import Resolved
from ledgerbridge.target.economic.zones import zone_of
from ledgerbridge.target.fitting import Fitting
from ledgerbridge.texts import split_for_text_lines

__all__ = ["due_date_of", "fields_in", "invoice_payload", "locator_in", "reference_with_locator"]

_DESCRIPTION = 2500
_REFERENCE = 250
# People write around it: «PO 77, #lb-prod-…; aftale 9».
_LOCATOR = re.compile(r"(?<![\w#-])#(lb-[a-z0-9-]+)(?![\w-])")


@dataclass(slots=True)
class _Draft(Fitting):
    """What is being built, by the settings."""

    products: Mapping[int, str]
    invoicing: Invoicing
    resolved: Resolved


def invoice_payload(
    invoice: Invoice,
    customer_number: str,
    locator: str,
    products: Mapping[int, str],
    invoicing: Invoicing,
    resolved: Resolved,
) -> Payload:
    """The draft's JSON; the same invoice always gives the same bytes.

    ``products``: the product number by line number, where it is not the default one.
    """
    draft = _Draft(products, invoicing, resolved)
    room = _REFERENCE - len(f" #{locator}")
    body: dict[str, Any] = {
        "date": invoice.invoice_date.isoformat(),
        "dueDate": due_date_of(invoice, invoicing).isoformat(),
        "currency": invoice.currency,
    }
    if invoice.exchange_rate is not None and invoice.currency != invoicing.base_currency:
        body["exchangeRate"] = invoice.exchange_rate
    body |= {
        "paymentTerms": {"paymentTermsNumber": resolved.due_date_term},
        "customer": {"customerNumber": int(customer_number)},
        "recipient": _recipient(draft, invoice),
        "references": {
            "other": reference_with_locator(draft.fitted("reference", invoice.customer_reference, room), locator)
        },
        "layout": {"layoutNumber": resolved.layout},
    }
    if notes := _notes(draft, invoice):
        body["notes"] = notes
    body["lines"] = [item for line in invoice.lines for item in _lines(draft, line)]
    return Payload(json_dumps(body), tuple(draft.warnings))


# Our names for what stands in a draft. What is not among them goes by e-conomic's own.
_NAMES = {
    "date": "invoice_date",
    "dueDate": "due_date",
    "currency": "currency",
    "exchangeRate": "exchange_rate",
    "paymentTerms.paymentTermsNumber": "due_date_term",
    "customer.customerNumber": "customer_number",
    "recipient.name": "recipient_name",
    "recipient.address": "recipient_address",
    "recipient.zip": "recipient_zip",
    "recipient.city": "recipient_city",
    "recipient.country": "recipient_country",
    "recipient.ean": "recipient_gln",
    "recipient.nemHandelType": "nemhandel_type",
    "recipient.vatZone.vatZoneNumber": "vat_zone",
    "references.other": "customer_reference",
    "layout.layoutNumber": "layout",
    "notes.heading": "heading",
    "notes.textLine1": "text",
    "notes.textLine2": "footer text",
    "product.productNumber": "product_number",
    "unitNetPrice": "unit_price",
    "discountPercentage": "discount_percentage",
    "unit.unitNumber": "unit",
}


def fields_in(payload: str) -> dict[str, str]:
    """What a draft's JSON says, by our own names; of its third line ``lines 3 · quantity``."""
    content = json_loads(payload)
    lines = content.pop("lines", [])
    told = {_NAMES.get(path, path): value for path, value in _leaves("", content)}
    for place, line in enumerate(lines, start=1):
        told |= {f"lines {place} · {_NAMES.get(path, path)}": value for path, value in _leaves("", line)}
    return told


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, item)
    elif value is not None:
        yield path, str(value)


def due_date_of(invoice: Invoice, invoicing: Invoicing) -> date:
    """The date that the term of the due-date type is given (CT-9).

    A credit note is due on its date; without a date in the source it is the date plus TermsOfPayment.
    """
    if invoice.document_type is DocumentType.CREDIT_NOTE:
        return invoice.invoice_date
    return invoice.due_date or invoice.invoice_date + timedelta(days=invoicing.days_of_credit)


def reference_with_locator(reference: str | None, locator: str) -> str:
    """The customer's own reference, then ours: ``PO 4711 #lb-prod-…``."""
    return f"{reference} #{locator}" if reference else f"#{locator}"


def locator_in(reference: str | None) -> str | None:
    """Our locator in ``references.other``, or nothing when the document is not ours."""
    ours = _LOCATOR.findall(reference or "")
    return ours[-1] if ours else None


def _recipient(draft: _Draft, invoice: Invoice) -> dict[str, Any]:
    texts = {
        "name": draft.fitted("recipient name", invoice.recipient_name, 250),
        "address": draft.fitted("recipient address", invoice.recipient_address, 250),
        "zip": draft.fitted("recipient zip", invoice.recipient_zip, 50),
        "city": draft.fitted("recipient city", invoice.recipient_city, 250),
        "country": draft.fitted("recipient country", country_name(invoice.recipient_country), 50),
    }
    recipient: dict[str, Any] = {name: text for name, text in texts.items() if text}
    if invoice.recipient_gln:
        recipient |= {"ean": invoice.recipient_gln, "nemHandelType": "ean"}
    recipient["vatZone"] = {"vatZoneNumber": zone_of(draft.invoicing, invoice.vat_treatment)}
    return recipient


def _notes(draft: _Draft, invoice: Invoice) -> dict[str, str]:
    heading = invoice.heading
    if invoice.document_type is DocumentType.CREDIT_NOTE:
        # A credit note must refer unambiguously to its invoice (danish-invoicing section 3).
        original = invoice.original_invoice_number
        credited = f"Kreditnota til faktura {original}" if original else "Kreditnota"
        heading = f"{credited} – {heading}" if heading else credited
    footer = "\n".join(text for text in (draft.invoicing.payment_info, draft.invoicing.footer_text) if text)
    texts = {
        "heading": draft.fitted("heading", heading, 250),
        "textLine1": draft.fitted("text", invoice.text, 1000),
        "textLine2": draft.fitted("footer text", footer, 1000),
    }
    return {name: text for name, text in texts.items() if text}


def _lines(draft: _Draft, line: InvoiceLine) -> list[dict[str, Any]]:
    sent = lines_as_sent(line, draft.invoicing.vat_percentage)
    return [item for part in sent for item in _one_line(draft, part)]


def _one_line(draft: _Draft, line: InvoiceLine) -> list[dict[str, Any]]:
    form = form_of(line)
    if form is LineForm.TEXT:
        return [{"description": text} for text in split_for_text_lines(line.description, _DESCRIPTION)]
    text = line.description if form is LineForm.EXACT else described(line)
    first, *rest = split_for_text_lines(text, _DESCRIPTION) or ("",)
    item: dict[str, Any] = {"description": first, "product": {"productNumber": _product(draft, line)}}
    if form is LineForm.EXACT:
        item |= _exact(draft, line)
    else:
        # One times its amount arrives to the øre, whatever the quantity's decimals (CT-19).
        sign = -1 if line.net_amount < 0 else 1
        item |= {"quantity": _two(Decimal(sign)), "unitNetPrice": _two(abs(line.net_amount))}
    return [item, *({"description": text} for text in rest)]


def _product(draft: _Draft, line: InvoiceLine) -> str:
    return draft.products.get(line.line_number) or draft.invoicing.default_product(line.vat_code)


def _exact(draft: _Draft, line: InvoiceLine) -> dict[str, Any]:
    figures: dict[str, Any] = {"quantity": _two(line.quantity), "unitNetPrice": _two(line.unit_price)}
    if line.discount_percentage:
        figures["discountPercentage"] = _two(line.discount_percentage)
    if (unit := draft.resolved.units.get((line.unit or "").casefold())) is not None:
        figures["unit"] = {"unitNumber": unit}
    return figures


def _two(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))
