"""What a person has decided about a customer that has no link, and what that means for its delivery (LK-3, LK-5)."""

from __future__ import annotations

from ledgerbridge.delivery.outcomes import WaitsFor
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer
from ledgerbridge.store.transfers import State

__all__ = ["Outcome", "outcome_of", "undecided"]

Outcome = tuple[State, Reason, str | None]
"""The state that the transfer ends in, why, and what it waits for."""


def outcome_of(decision: str | None, customer: Customer) -> Outcome | None:
    """How a transfer of ``customer`` ends by this decision; nothing where it does not stand in the way."""
    if decision == "skip":
        values = {"number": customer.customer_number, "name": customer.name}
        return State.IGNORED, Reason("customer_skipped", values), None
    return undecided(customer) if decision == "undecided" else None


def undecided(customer: Customer) -> Outcome:
    """A person is to say whether to link it, create it or leave it."""
    values = {"number": customer.customer_number, "name": customer.name}
    return State.WAITING, Reason("customer_undecided", values), WaitsFor.customer(customer.source_id)
