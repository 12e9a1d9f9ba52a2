"""Reading e-conomic's drafts and booked invoices (``economic`` sections 3.7 and 3.8)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from ledgerbridge.money import ZERO, round_half_away
from ledgerbridge.target.contract import BookedInvoice, DraftInvoice, TargetInvoice, VatShare
from ledgerbridge.target.economic.invoices import locator_in

__all__ = ["amount", "deleted_drafts", "read_booked", "read_draft", "read_listed"]


def read_draft(document: Any) -> DraftInvoice:
    """A draft from its own or its list's JSON.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    return DraftInvoice(
        number=_integer(document["draftInvoiceNumber"]),
        locator=_locator(document),
        customer_number=str(_integer(document["customer"]["customerNumber"])),
        net=amount(document["netAmount"]),
        vat=amount(document["vatAmount"]),
        gross=amount(document["grossAmount"]),
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
        net=amount(document["netAmount"]),
        vat=amount(document["vatAmount"]),
        gross=amount(document["grossAmount"]),
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
        exchange_rate=_optional_decimal(document.get("exchangeRate")),
        net=amount(document["netAmount"]),
        vat=amount(document["vatAmount"]),
        gross=amount(document["grossAmount"]),
        net_in_base=_optional_amount(document.get("netAmountInBaseCurrency")),
        gross_in_base=_optional_amount(document.get("grossAmountInBaseCurrency")),
    )


def amount(value: Any) -> Decimal:
    """A JSON number as an amount. Drafts print six decimals, booked two; the value is what counts.

    Raises:
        TypeError: it is not a number.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        message = f"{value!r} is not an amount"
        raise TypeError(message)
    return Decimal(value) if isinstance(value, int) else value


def _optional_amount(value: Any) -> Decimal | None:
    return None if value is None else amount(value)


def _optional_decimal(value: Any) -> Decimal | None:
    return None if value is None else amount(value)


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
        rate = amount(line["vatRate"]).normalize()
        net[rate] += amount(line["totalNetAmount"])
        vat[rate] += amount(line.get("vatAmount", 0))
    # Lines carry VAT with four decimals; the document's is rounded once (section 5.3).
    return tuple(VatShare(rate, net[rate], round_half_away(vat[rate])) for rate in sorted(net))
