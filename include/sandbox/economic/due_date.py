"""Due dates by payment terms (contract 3.3)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

_SATURDAY, _SUNDAY, _WEEK = 5, 6, 7


def due_date(day: date, terms_type: str, days_of_credit: int) -> date:
    """When an invoice of that day is due; terms of type ``dueDate`` leave it to the caller."""
    credit = timedelta(days=days_of_credit)
    match terms_type:
        case "net":
            return day + credit
        case "invoiceMonth":
            return day.replace(day=monthrange(day.year, day.month)[1]) + credit
        case "invoiceWeekStartingMonday":
            return day + timedelta(days=(_SUNDAY - day.weekday()) % _WEEK) + credit
        case "invoiceWeekStartingSunday":
            return day + timedelta(days=(_SATURDAY - day.weekday()) % _WEEK) + credit
        case _:
            return day
