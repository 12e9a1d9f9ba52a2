"""The canonical records: what every source is read into and every target is written from.

Amounts and quantities are ``Decimal``; dates are ``datetime.date``; instants are UTC-aware.
Field names are the trade's own words. The records know neither ClientTime nor e-conomic.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

__all__ = [
    "Customer",
    "DocumentType",
    "Invoice",
    "InvoiceLine",
    "LinePart",
    "Module",
    "Record",
    "VatCode",
    "VatTreatment",
    "content_hash",
    "customer_adapter",
    "invoice_adapter",
    "record_from_json",
    "record_to_json",
]


class Module(StrEnum):
    """One kind of record that an integration moves."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"


class DocumentType(StrEnum):
    """An invoice asks for money; a credit note gives it back and carries negative amounts."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class VatTreatment(StrEnum):
    """How the whole document stands to Danish VAT; decides the recipient's VAT zone (CT-18)."""

    DOMESTIC = "domestic"
    EU_REVERSE_CHARGE = "eu_reverse_charge"
    EXPORT = "export"


class VatCode(StrEnum):
    """How one line stands to VAT inside its document; decides the product number (CT-18)."""

    STANDARD = "standard"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer as the source has it.

    ``source_id`` never changes; ``customer_number`` (CustomerCode) may (CT-16). ``country`` is an
    ISO 3166 alpha-2 code. ``target_number`` is what the source itself has noted as the customer's
    number in the accounting system (ForeignDebitorSystemIdentification, CT-21). ``debtor_group`` is the group that the
    source names for a customer that is created, ``None`` for the settings' own (CT-14).
    """

    source_id: str
    customer_number: str
    name: str
    address_line_1: str | None = None
    address_line_2: str | None = None
    address_line_3: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = None
    phone: str | None = None
    email: str | None = None
    cvr_number: str | None = None
    gln: str | None = None
    currency: str = "DKK"
    department: str | None = None
    debtor_group: str | None = None
    target_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePart:
    """One part of a combined line; the parts' net amounts sum to the line's (CT-17)."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    net_amount: Decimal
    vat_code: VatCode
    vat_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line. A text line has ``is_text`` set and no amounts of its own (all zero).

    ``net_amount`` is the source's own figure, after discount, in the invoice's currency: it is
    what must arrive (CT-19). ``vat_rate`` is a percentage, ``None`` where the source states none.
    """

    line_number: int
    description: str
    quantity: Decimal = Decimal(0)
    unit: str | None = None
    unit_price: Decimal = Decimal(0)
    discount_percentage: Decimal = Decimal(0)
    net_amount: Decimal = Decimal(0)
    vat_code: VatCode = VatCode.STANDARD
    vat_rate: Decimal | None = None
    is_text: bool = False
    parts: tuple[LinePart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice or credit note with its lines and its recipient as the source has them.

    Amounts are in ``currency``; a credit note's are negative. ``exchange_rate`` is the price of
    100 units of ``currency`` in the base currency, ``None`` when the source has none (X-13).
    ``is_approved`` is false once an approval was withdrawn (X-8). ``original_*`` name the
    invoice that a credit note credits; ``original_target_number`` is the one that the target gave it, known where it
    was booked by us. ``team``, ``department``, ``division``: keys, for the target's dimensions
    (CT-15). The ``recipient_*`` fields are the document's own.
    ``target_number`` is the number that the target gave at booking, as the source's row shows it (X-1).
    """

    source_id: str
    document_type: DocumentType
    is_approved: bool
    approved_at: datetime | None = None
    invoice_number: str | None = None
    invoice_date: date
    due_date: date | None = None
    customer_source_id: str
    customer_number: str
    recipient_name: str
    recipient_address: str | None = None
    recipient_zip: str | None = None
    recipient_city: str | None = None
    recipient_country: str | None = None
    recipient_gln: str | None = None
    currency: str
    exchange_rate: Decimal | None = None
    net_amount: Decimal
    vat_amount: Decimal
    gross_amount: Decimal
    vat_treatment: VatTreatment = VatTreatment.DOMESTIC
    customer_reference: str | None = None
    heading: str | None = None
    text: str | None = None
    team: str | None = None
    department: str | None = None
    division: str | None = None
    original_source_id: str | None = None
    original_invoice_number: str | None = None
    original_target_number: int | None = None
    target_number: str | None = None
    lines: tuple[InvoiceLine, ...] = ()


# Made at import, which comes before tasks are forked and before threads start: each costs 5 ms, the first one 80.
customer_adapter = TypeAdapter(Customer)
invoice_adapter = TypeAdapter(Invoice)

_adapter_of: dict[Module, TypeAdapter[Any]] = {
    Module.CUSTOMERS: customer_adapter,
    Module.INVOICES: invoice_adapter,
}

Record = Customer | Invoice


def record_to_json(module: Module, record: Record) -> str:
    """The record as JSON text; every Decimal stands as a string, so that no reader makes it a float."""
    return _adapter_of[module].dump_json(record).decode()


@lru_cache(maxsize=64)
def record_from_json(module: Module, text: str | bytes) -> Record:
    """The record that :func:`record_to_json` wrote; kept for a while, since a delivery looks at its record often."""
    record: Record = _adapter_of[module].validate_json(text)
    return record


def content_hash(module: Module, record: Record) -> str:
    """SHA-256 over the record's content: equal exactly when a new revision would say nothing new.

    What Ledgerbridge itself writes back to the source (``target_number``) is not content. A field that a record does
    not have does not count either: a new version that knows one more changes nothing.
    """
    record = replace(record, target_number=None)
    content: bytes = _adapter_of[module].dump_json(record, exclude_defaults=True)
    return hashlib.sha256(content).hexdigest()
