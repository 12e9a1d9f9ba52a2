"""What a record shows in the pages' lists, and what people call it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from ledgerbridge.records import Customer, Record
from ledgerbridge.source.reader import Unreadable
from ledgerbridge.store.transfers import Shown, Transfer

__all__ = ["called", "shown_of"]

_LONGEST = 300
_LARGEST = Decimal(10) ** 15  # what lies beyond is a mistake in the source, and no reason to lose the row


def shown_of(record: Record | Unreadable) -> Shown:
    """The number and name that people know the record by; an invoice's date and gross amount, too.

    Of a row that cannot be read whatever can.
    """
    if isinstance(record, Unreadable):
        return _of_row(record)
    if isinstance(record, Customer):
        return Shown(_text(record.customer_number), _text(record.name))
    return Shown(
        _text(record.invoice_number),
        _text(record.recipient_name),
        record.invoice_date,
        _amount(record.gross_amount),
        _text(record.currency),
    )


def called(transfer: Transfer) -> str:
    """The number that people know a record by, or its id in the source where it has none or cannot be read."""
    try:
        number = shown_of(transfer.record).number
    except ValueError:
        number = None
    return number or f"id {transfer.source_id}"


def _of_row(record: Unreadable) -> Shown:
    row = record.row.get
    return Shown(
        _text(row("invoice_number") or row("customer_number")),
        _text(row("recipient_name") or row("name")),
        _day(row("invoice_date")),
        _amount(row("gross_amount")),
        _text(row("currency")),
    )


def _text(value: str | None) -> str | None:
    """As our database takes it: it refuses a NUL."""
    return value.replace("\0", "")[:_LONGEST] if value else None


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value or "")
    except ValueError:
        return None


def _amount(value: Decimal | str | None) -> Decimal | None:
    if value is None:
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < _LARGEST else None
