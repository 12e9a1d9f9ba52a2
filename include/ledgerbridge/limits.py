"""What a target's fields can hold: the only thing that the rules know about a target."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["CustomerNumbers", "Limits"]


@dataclass(frozen=True, slots=True)
class CustomerNumbers:
    """Under which numbers a customer can be created (CT-5).

    ``reason``: the code of the sentence that says so, ``rule`` what it names besides number and name.
    """

    pattern: str
    reason: str
    rule: Mapping[str, str] = field(default_factory=dict)

    def take(self, number: str) -> bool:
        """Whether ``number`` is one of them."""
        return re.search(self.pattern, number) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Largest lengths (characters, as JSON Schema's ``maxLength`` counts them) and numbers.

    ``reference`` is the room that the customer's own reference has in any case, beside the longest
    locator; with a shorter one it has more. ``locator`` is the room for our own mark.
    """

    customer_numbers: CustomerNumbers
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
    locator: int
    line_text: int
