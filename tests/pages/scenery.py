"""What the pages' tests put on the other side, and into the texts."""

from __future__ import annotations

from typing import Any

from sandbox.accounts.economic import economic_customer

__all__ = ["NASTY", "there"]

NASTY = '"><script>alert("x")</script>'
"""What a page must show and never do."""


def there(number: int, name: str, **more: Any) -> dict[str, Any]:
    """A customer that the agreement has."""
    usual = {"country": "DK", "currency": "DKK", "cvr": None, "gln": None, "address": None, "zip": None}
    row = {"number": number, "name": name, "city": None, "phone": None, "email": None, **usual, **more}
    return economic_customer(row)
