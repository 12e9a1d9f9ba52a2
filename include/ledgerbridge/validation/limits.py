"""What a target's fields can hold: the only thing that the rules know about a target."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ECONOMIC", "Limits", "limits_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Largest lengths (characters, as JSON Schema's ``maxLength`` counts them) and numbers.

    ``reference`` is the room that the customer's own reference has in any case, beside the longest
    locator; with a shorter one it has more.
    """

    largest_customer_number: int
    largest_invoice_number: int
    exchange_rate_decimals: int
    customer_name: int
    customer_address: int
    customer_city: int
    customer_zip: int
    customer_phone: int
    customer_email: int
    customer_cvr: int
    recipient_name: int
    recipient_address: int
    recipient_city: int
    recipient_zip: int
    heading: int
    text: int
    reference: int
    line_text: int


ECONOMIC = Limits(
    # ``economic`` section 3.1: customers.post
    largest_customer_number=999_999_999,
    customer_name=255,
    customer_address=510,
    customer_city=50,
    customer_zip=30,
    customer_phone=255,
    customer_email=255,
    customer_cvr=40,
    # ``economic`` section 3.7: invoices.drafts.post
    recipient_name=250,
    recipient_address=250,
    recipient_city=250,
    recipient_zip=50,
    heading=250,
    text=1000,
    line_text=2500,
    exchange_rate_decimals=6,
    # references.other holds 250; " #" and a locator of at most 101 characters share it.
    reference=147,
    # ``economic`` section 5.6 names no maximum for a booked number; drafts and customers end here.
    largest_invoice_number=999_999_999,
)
"""e-conomic's legacy REST resources."""

_LIMITS = {"economic": ECONOMIC}


def limits_of(target_system: str) -> Limits:
    """The limits of a target system, named as in an integration file.

    Raises:
        KeyError: no such system is known.
    """
    return _LIMITS[target_system]
