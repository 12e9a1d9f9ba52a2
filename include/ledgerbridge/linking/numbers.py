"""Which customer numbers a target takes when a customer is made there (CT-5)."""

from __future__ import annotations

import re

__all__ = ["is_creation_number"]

_PLAIN_NUMBER = re.compile(r"[1-9][0-9]*")


def is_creation_number(text: str, largest: int) -> bool:
    """Whether ``text`` is plain digits from 1 to ``largest``, with no zero in front."""
    return len(text) <= len(str(largest)) and bool(_PLAIN_NUMBER.fullmatch(text)) and int(text) <= largest
