"""The classes that a compared pair can fall into, in the order in which one is chosen as the main one.

A pair may differ in several ways. All of them are told; the first in the order of the enumeration is
the main class, because mending it often mends the rest (an invoice that stands twice is not helped by
moving its date). The order is the enumeration's own: what is declared first, weighs most.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ledgerbridge.reconciliation.facts import Kind
from ledgerbridge.store.transfers import State

__all__ = [
    "NOT_DELIVERED",
    "AnyClass",
    "CustomerClass",
    "InvoiceClass",
    "Standing",
    "class_from_text",
    "main_class",
    "standing",
]


class Standing(StrEnum):
    """What a class means for the verdict."""

    DIFFERENCE = "difference"  # somebody has to look at it
    NOT_DELIVERED = "not_delivered"  # the source has it, the target does not yet, and the reason is known
    NOTICE = "notice"  # known and explained; nothing to do
    AGREES = "agrees"
    OUTSIDE = "outside"  # made by hand in the target; no business of the integration


class InvoiceClass(StrEnum):
    """How an invoice's two sides stand to each other, weightiest first."""

    UNKNOWN_HERE = "unknown_here"
    TWICE_IN_TARGET = "twice_in_target"
    MISSING_IN_TARGET = "missing_in_target"
    DELETED_IN_TARGET = "deleted_in_target"
    MISSING_IN_SOURCE = "missing_in_source"
    CHANGED_IN_SOURCE_AFTER_BOOKING = "changed_in_source_after_booking"
    EDITED_IN_TARGET = "edited_in_target"
    CURRENCY = "currency"
    AMOUNT = "amount"
    CUSTOMER = "customer"
    NUMBER = "number"
    DATE = "date"
    STILL_DRAFT = "still_draft"
    IN_DOUBT = "in_doubt"
    REJECTED = "rejected"
    WAITING = "waiting"
    WITHDRAWN = "withdrawn"
    IGNORED = "ignored"
    ACCEPTED_DIFFERENCE = "accepted_difference"
    AWAITS_BOOKING = "awaits_booking"
    AGREES = "agrees"
    MADE_IN_TARGET = "made_in_target"


class CustomerClass(StrEnum):
    """How a customer's two sides stand to each other, weightiest first."""

    LINK_BROKEN = "link_broken"
    LINKED_TWICE = "linked_twice"
    MISSING_IN_TARGET = "missing_in_target"
    BARRED = "barred"
    FIELD_DIFFERS = "field_differs"
    UNLINKED = "unlinked"
    DELETED_IN_SOURCE = "deleted_in_source"
    AGREES = "agrees"
    MISSING_IN_SOURCE = "missing_in_source"


AnyClass = InvoiceClass | CustomerClass

NOT_DELIVERED = {
    State.IN_DOUBT: InvoiceClass.IN_DOUBT,
    State.REJECTED: InvoiceClass.REJECTED,
    State.WAITING: InvoiceClass.WAITING,
    State.WITHDRAWN: InvoiceClass.WITHDRAWN,
    State.IGNORED: InvoiceClass.IGNORED,
}

# Two tables, because members of two string enumerations with one text are equal keys.
_INVOICE_STANDINGS = {
    **dict.fromkeys(NOT_DELIVERED.values(), Standing.NOT_DELIVERED),
    InvoiceClass.ACCEPTED_DIFFERENCE: Standing.NOTICE,
    InvoiceClass.AWAITS_BOOKING: Standing.NOTICE,
    InvoiceClass.AGREES: Standing.AGREES,
    InvoiceClass.MADE_IN_TARGET: Standing.OUTSIDE,
}
_CUSTOMER_STANDINGS = {
    CustomerClass.UNLINKED: Standing.NOT_DELIVERED,
    CustomerClass.DELETED_IN_SOURCE: Standing.NOTICE,
    CustomerClass.AGREES: Standing.AGREES,
    CustomerClass.MISSING_IN_SOURCE: Standing.OUTSIDE,
}


def standing(of: AnyClass) -> Standing:
    """What ``of`` means for the verdict; a difference unless it is known to be something milder."""
    if isinstance(of, InvoiceClass):
        return _INVOICE_STANDINGS.get(of, Standing.DIFFERENCE)
    return _CUSTOMER_STANDINGS.get(of, Standing.DIFFERENCE)


def main_class(classes: Iterable[AnyClass]) -> AnyClass:
    """The weightiest of the classes of one pair.

    Raises:
        ValueError: there is none; a pair that agrees has the class ``AGREES``.
    """
    return min(classes, key=_place)


def _place(of: AnyClass) -> int:
    return list(type(of)).index(of)


def class_from_text(kind: Kind, text: str) -> AnyClass:
    """The class that was stored as ``text``."""
    return InvoiceClass(text) if kind is Kind.INVOICES else CustomerClass(text)
