"""The target's customers as linking knows them."""

from __future__ import annotations

from ledgerbridge.linking.counterparts import TargetCustomer as Counterpart
from ledgerbridge.target.contract import TargetCustomer

__all__ = ["counterpart_of"]


def counterpart_of(customer: TargetCustomer) -> Counterpart:
    """The target's customer as linking knows one."""
    has = customer.canonical.get
    return Counterpart(
        number=customer.number,
        name=has("name") or "",
        cvr_number=has("cvr_number"),
        phone=has("phone"),
        email=has("email"),
        zip=has("zip"),
        city=has("city"),
        gln=has("gln"),
        is_barred=customer.is_barred,
    )
