"""Whole numbers in texts from outside."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 18


def whole(text: str) -> int | None:
    """The number that a text of ASCII digits is; nothing for every other text, and for one beyond all counting."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST else None
