"""Invoice payloads for e-conomic: one draft with all of its lines in one POST (CT-17 to CT-19, X-9, X-13).

No VAT rate is ever sent: it follows from the product's group and the recipient's zone. Limits:
``economic`` section 3.7; precision: section 5.1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ledgerbridge.integration import Invoicing
from ledgerbridge.money import has_at_most_two_decimals, json_dumps, line_net
from ledgerbridge.reasons import Reason
from ledgerbridge.records import DocumentType, Invoice, InvoiceLine, LinePart, VatCode
from ledgerbridge.target.contract import Payload
from ledgerbridge.target.economic.customers import country_name
from ledgerbridge.target.economic.resolved import Resolved
from ledgerbridge.texts import cut_at_word, split_for_text_lines

__all__ = ["due_date_of", "invoice_payload", "locator_in", "reference_with_locator"]

_DESCRIPTION = 2500
_REFERENCE = 250


@dataclass(slots=True)
class _Draft:
    """What is being built: the texts that had to be cut are told."""

    invoicing: Invoicing
    resolved: Resolved
    warnings: list[Reason] = field(default_factory=list)

    def fitted(self, name: str, text: str | None, limit: int) -> str | None:
        if text is None or len(text) <= limit:
            return text or None
        self.warnings.append(Reason("text_cut", {"field": name, "limit": str(limit)}))
        return cut_at_word(text, limit)


def invoice_payload(
    invoice: Invoice, customer_number: str, locator: str, invoicing: Invoicing, resolved: Resolved
) -> Payload:
    """The draft's JSON; the same invoice always gives the same bytes."""
    draft = _Draft(invoicing, resolved)
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
        "references": {"other": reference_with_locator(draft.fitted("reference", invoice.customer_reference, _REFERENCE - 1 - len(locator) - 1), locator)},
        "layout": {"layoutNumber": resolved.layout},
    }
    if notes := _notes(draft, invoice):
        body["notes"] = notes
    body["lines"] = [item for line in invoice.lines for item in _lines(draft, line)]
    return Payload(json_dumps(body), tuple(draft.warnings))


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
    last = (reference or "").rsplit(None, 1)[-1:]
    if not last or not last[0].startswith("#lb-"):
        return None
    return last[0][1:]


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
    recipient["vatZone"] = {"vatZoneNumber": draft.invoicing.vat_zones.of(invoice.vat_treatment)}
    return recipient


def _notes(draft: _Draft, invoice: Invoice) -> dict[str, str]:
    heading = invoice.heading
    if invoice.document_type is DocumentType.CREDIT_NOTE:
        # A credit note must refer unambiguously to its invoice (danish-invoicing section 3).
        credited = f"Kreditnota til faktura {invoice.original_invoice_number}" if invoice.original_invoice_number else "Kreditnota"
        heading = f"{credited} – {heading}" if heading else credited
    footer = "\n".join(text for text in (draft.invoicing.payment_info, draft.invoicing.footer_text) if text)
    texts = {
        "heading": draft.fitted("heading", heading, 250),
        "textLine1": draft.fitted("text", invoice.text, 1000),
        "textLine2": draft.fitted("footer text", footer, 1000),
    }
    return {name: text for name, text in texts.items() if text}


def _lines(draft: _Draft, line: InvoiceLine) -> list[dict[str, Any]]:
    if line.is_text:
        return [{"description": text} for text in split_for_text_lines(line.description, _DESCRIPTION)]
    if _needs_parts(line):
        return [item for part in line.parts for item in _product_line(draft, line, part)]
    return _product_line(draft, line, line)


def _needs_parts(line: InvoiceLine) -> bool:
    return len({(part.vat_code, part.vat_rate) for part in line.parts}) > 1


def _product_line(draft: _Draft, line: InvoiceLine, part: InvoiceLine | LinePart) -> list[dict[str, Any]]:
    invoicing = draft.invoicing
    product = invoicing.product_with_vat if part.vat_code is VatCode.STANDARD else invoicing.product_without_vat
    discount = part.discount_percentage if isinstance(part, InvoiceLine) else Decimal(0)
    first, *rest = split_for_text_lines(_described(line, part, discount), _DESCRIPTION) or [""]
    item: dict[str, Any] = {"description": first, "product": {"productNumber": product}}
    if _is_exact(part, discount):
        item |= {"quantity": _two(part.quantity), "unitNetPrice": _two(part.unit_price)}
        if discount:
            item["discountPercentage"] = _two(discount)
        if (unit := draft.resolved.units.get((line.unit or "").casefold())) is not None:
            item["unit"] = {"unitNumber": unit}
    else:
        # One times its amount arrives to the øre, whatever the quantity's decimals (CT-19).
        sign = -1 if part.net_amount < 0 else 1
        item |= {"quantity": _two(Decimal(sign)), "unitNetPrice": _two(abs(part.net_amount))}
    return [item, *({"description": text} for text in rest)]


def _is_exact(part: InvoiceLine | LinePart, discount: Decimal) -> bool:
    figures = (part.quantity, part.unit_price, discount)
    return all(map(has_at_most_two_decimals, figures)) and part.quantity != 0 and (
        line_net(part.quantity, part.unit_price, discount) == part.net_amount
    )


def _described(line: InvoiceLine, part: InvoiceLine | LinePart, discount: Decimal) -> str:
    if _is_exact(part, discount):
        return part.description
    unit = f" {line.unit}" if line.unit else ""
    less = f" – {_danish(discount)} %" if discount else ""
    return f"{part.description} ({_danish(part.quantity)}{unit} à {_danish(part.unit_price)}{less})".strip()


def _danish(value: Decimal) -> str:
    return format(value.normalize(), "f").replace(".", ",")


def _two(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"))
