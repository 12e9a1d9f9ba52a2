"""Customers of both sides, with what a test does not name left empty."""

from __future__ import annotations

from typing import Any

from ledgerbridge.linking.counterparts import TargetCustomer
from ledgerbridge.records import Customer

__all__ = ["source", "target"]


def source(source_id: str, name: str, **given: Any) -> Customer:
    """A customer of the source; its number is its id unless given."""
    return Customer(source_id=source_id, name=name, **({"customer_number": source_id} | given))


def target(number: str, name: str, **given: Any) -> TargetCustomer:
    """A customer of the target."""
    return TargetCustomer(number=number, name=name, **given)
