"""When an invoice is due (contract 9.3)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.enums import PAYMENT_METHOD

_NET_DAYS: Final = PAYMENT_METHOD.number("NetDays")
_END_WEEK: Final = PAYMENT_METHOD.number("EndWeek")
_END_MONTH: Final = PAYMENT_METHOD.number("EndMonth")
_SATURDAY: Final = 5


def due_date(day: date, term: Doc | None) -> date:
    """The invoice date as a payment term moves it; without a term the invoice is due at once."""
    if term is None:
        return day
    due = _counted(day, term)
    if term.get("Weekend2Monday") and due.weekday() >= _SATURDAY:
        due += timedelta(days=7 - due.weekday())
    return due


def _counted(day: date, term: Doc) -> date:
    days = timedelta(days=int(term.get("Days", 0)))
    method = term.get("PaymentMethod")
    if method == _NET_DAYS:
        return day + days
    if method == _END_WEEK:
        return day + timedelta(days=6 - day.weekday()) + days
    if method == _END_MONTH:
        return day.replace(day=monthrange(day.year, day.month)[1]) + days
    return day
