"""A customer of the target, as far as it takes to recognise it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TargetCustomer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCustomer:
    """One customer of the target. ``cvr_number`` and ``phone`` are as people typed them there."""

    number: str
    name: str
    cvr_number: str | None = None
    phone: str | None = None
    email: str | None = None
    zip: str | None = None
    city: str | None = None
    gln: str | None = None
    is_barred: bool = False
