"""What a target's fields can hold: the only thing that the rules know about a target."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]


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
