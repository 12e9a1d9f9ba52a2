"""Orders and invoices as Uniconta shows them, read into what delivery and reconciliation know."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from ledgerbridge.money import json_decimal, json_dumps
from ledgerbridge.target.contract import BookedInvoice, TargetInvoice, VatShare
from ledgerbridge.target.uniconta.invoices import locator_in
from ledgerbridge.target.uniconta.options import UnicontaOptions

__all__ = ["NO_DECIMALS", "amount", "currency_of", "day", "integer", "read_booked", "read_listed_invoice"]

_NO_DATE = "0001-01-01"

NO_DECIMALS = Decimal("1E-9")
"""By so little, in proportion, a binary fraction misses the number that was meant."""


def read_booked(row: Mapping[str, Any], options: UnicontaOptions, base_currency: str) -> BookedInvoice:
    """A posted invoice from its row.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    net, gross = amount(row["NetAmount"]), amount(row["TotalAmount"])
    return BookedInvoice(
        number=integer(row["InvoiceNumber"]),
        locator=locator_in(row, options),
        draft_number=integer(row["OrderNumber"]) if row.get("OrderNumber") else None,
        date=_required_day(row["Date"]),
        due_date=day(row.get("DueDate")),
        customer_number=str(row["Account"]),
        currency=currency_of(row, base_currency),
        net=net,
        vat=gross - net,
        gross=gross,
        vat_shares=_shares(row, net),
        text=json_dumps(row),
    )


def read_listed_invoice(row: Mapping[str, Any], options: UnicontaOptions, base_currency: str) -> TargetInvoice:
    """A posted invoice as reconciliation knows it. Amounts in the base currency only where that is its own."""
    booked = read_booked(row, options, base_currency)
    is_base = booked.currency == base_currency
    rate = row.get("ExchangeRate")
    return TargetInvoice(
        is_draft=False,
        number=booked.number,
        locator=booked.locator,
        order_number=booked.draft_number,
        date=booked.date,
        due_date=booked.due_date,
        customer_number=booked.customer_number,
        currency=booked.currency,
        exchange_rate=None if is_base or not rate else amount(rate) * 100 / options.exchange_rate_units,
        net=booked.net,
        vat=booked.vat,
        gross=booked.gross,
        net_in_base=booked.net if is_base else None,
        gross_in_base=booked.gross if is_base else _local(row),
    )


def currency_of(row: Mapping[str, Any], base_currency: str) -> str:
    """The row's currency; blank and XXX stand for the company's own (section 6)."""
    code = str(row.get("Currency") or "").strip().upper()
    return base_currency if code in {"", "XXX", "0"} else code


def day(value: Any) -> date | None:
    """A date; nothing for the one that stands for none (section 6)."""
    text = str(value or "")[:10]
    return None if not text or text == _NO_DATE else date.fromisoformat(text)


def amount(value: Any) -> Decimal:
    """A number of Uniconta's as what was meant: it computes in binary fractions, whose text may end in rubbish.

    Raises:
        TypeError: it is not a number.
    """
    exact = json_decimal(value)
    meant = exact.quantize(Decimal("0.01"))
    return meant if abs(exact - meant) < NO_DECIMALS * max(Decimal(1), abs(exact)) else exact


def integer(value: Any) -> int:
    """A whole number, also one that is written as text.

    Raises:
        TypeError, ValueError: it is none.
    """
    if isinstance(value, bool) or not isinstance(value, int | str):
        message = f"{value!r} is not a whole number"
        raise TypeError(message)
    return int(value)


def _required_day(value: Any) -> date:
    found = day(value)
    if found is None:
        message = f"{value!r} is no date"
        raise ValueError(message)
    return found


def _local(row: Mapping[str, Any]) -> Decimal | None:
    return amount(row["AmountLocalCur"]) if row.get("AmountLocalCur") is not None else None


def _shares(row: Mapping[str, Any], net: Decimal) -> tuple[VatShare, ...]:
    """Net and VAT by percentage: VAT and its percentage are shown for up to three codes, the base is not."""
    found = []
    if not any(row.get(f"VatPct{place}") for place in ("", "2", "3")):
        return (VatShare(Decimal(0), net, Decimal("0.00")),)
    for place in ("", "2", "3"):
        rate, vat = row.get(f"VatPct{place}"), row.get(f"VatTotal{place}")
        if rate and vat is not None:
            found.append((amount(rate), amount(vat)))
    if len(found) == 1 and found[0][0]:
        ((rate, vat),) = found
        base = row.get("VatBase")
        taxed = amount(base) if base is not None else (vat * 100 / rate).quantize(Decimal("0.01"))
        shares = [VatShare(rate.normalize(), taxed, vat)]
        rest = net - taxed
        # A half øre in the base is rounding, not a share without VAT.
        if base is None and abs(rest) <= Decimal("0.02"):
            return (VatShare(rate.normalize(), net, vat),)
        return tuple(shares) + ((VatShare(Decimal(0), rest, Decimal("0.00")),) if rest else ())
    return tuple(VatShare(rate.normalize(), (vat * 100 / rate).quantize(Decimal("0.01")), vat) for rate, vat in found)
