"""Reading e-conomic's drafts and booked invoices (``economic`` sections 3.7 and 3.8)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from ledgerbridge.money import ZERO, json_decimal, round_half_away
from ledgerbridge.target.contract import BookedInvoice, DraftInvoice, TargetInvoice, VatShare
from ledgerbridge.target.economic.invoices import locator_in

__all__ = ["deleted_drafts", "read_booked", "read_draft", "read_listed"]


def read_draft(document: Any) -> DraftInvoice:
    """A draft from its own or its list's JSON.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    return DraftInvoice(
        number=_integer(document["draftInvoiceNumber"]),
        locator=_locator(document),
        customer_number=str(_integer(document["customer"]["customerNumber"])),
        net=json_decimal(document["netAmount"]),
        vat=json_decimal(document["vatAmount"]),
        gross=json_decimal(document["grossAmount"]),
    )


def deleted_drafts(document: Any) -> list[int]:
    """The numbers of the drafts that a deletion says are gone.

    Raises:
        KeyError, TypeError, ValueError: it does not say.
    """
    return [_integer(item["draftInvoiceNumber"]) for item in document["deletedItems"]]


def read_booked(document: Any, text: str = "") -> BookedInvoice:
    """A booked invoice from its own or its list's JSON; VAT by rate only where it has lines.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    return BookedInvoice(
        number=_integer(document["bookedInvoiceNumber"]),
        locator=_locator(document),
        draft_number=_integer(document["orderNumber"]) if document.get("orderNumber") is not None else None,
        date=date.fromisoformat(document["date"]),
        due_date=_optional_date(document.get("dueDate")),
        customer_number=str(_integer(document["customer"]["customerNumber"])),
        currency=str(document["currency"]),
        net=json_decimal(document["netAmount"]),
        vat=json_decimal(document["vatAmount"]),
        gross=json_decimal(document["grossAmount"]),
        vat_shares=_vat_shares(document.get("lines") or []),
        text=text,
    )


def read_listed(document: Any, *, is_draft: bool) -> TargetInvoice:
    """One row of a list, for reconciliation.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    order = document.get("orderNumber")
    return TargetInvoice(
        is_draft=is_draft,
        number=_integer(document["draftInvoiceNumber" if is_draft else "bookedInvoiceNumber"]),
        locator=_locator(document),
        order_number=_integer(order) if order is not None else None,
        date=date.fromisoformat(document["date"]),
        due_date=_optional_date(document.get("dueDate")),
        customer_number=str(_integer(document["customer"]["customerNumber"])),
        currency=str(document["currency"]),
        exchange_rate=_optional(document.get("exchangeRate")),
        net=json_decimal(document["netAmount"]),
        vat=json_decimal(document["vatAmount"]),
        gross=json_decimal(document["grossAmount"]),
        net_in_base=_optional(document.get("netAmountInBaseCurrency")),
        gross_in_base=_optional(document.get("grossAmountInBaseCurrency")),
    )


def _optional(value: Any) -> Decimal | None:
    return None if value is None else json_decimal(value)


def _optional_date(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        message = f"{value!r} is not a whole number"
        raise TypeError(message)
    return value


def _locator(document: Any) -> str | None:
    return locator_in((document.get("references") or {}).get("other"))


def _vat_shares(lines: list[Any]) -> tuple[VatShare, ...]:
    net: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    vat: dict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        if "vatRate" not in line or "totalNetAmount" not in line:
            continue
        rate = json_decimal(line["vatRate"]).normalize()
        net[rate] += json_decimal(line["totalNetAmount"])
        vat[rate] += json_decimal(line.get("vatAmount", 0))
    # Lines carry VAT with four decimals; the document's is rounded once (section 5.3).
    return tuple(VatShare(rate, net[rate], round_half_away(vat[rate])) for rate in sorted(net))
