"""Identifiers with right check digits (``danish-invoicing`` sections 1.1 and 1.2)."""

from __future__ import annotations

__all__ = ["cvr_number", "gln"]


def cvr_number(first_seven: int) -> str | None:
    """The CVR number that begins with these seven digits; ``None`` where modulus 11 allows none."""
    digits = f"{first_seven:07d}"
    remainder = sum(int(digit) * weight for digit, weight in zip(digits, (2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    return None if remainder == 1 else f"{digits}{(11 - remainder) % 11}"


def gln(first_twelve: str) -> str:
    """The location number (EAN) of these twelve digits and their check digit."""
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(first_twelve))
    return f"{first_twelve}{-total % 10}"
