"""e-conomic's filter language (``economic`` section 2.6)."""

from __future__ import annotations

from urllib.parse import quote

__all__ = ["encoded", "escaped"]

# «$» and «)» must be escaped, or the answer is 400; «(», «*» and «,» may be. Brackets are literal in
# comparisons and must stay raw: the published «$[» finds nothing.
_ESCAPES = str.maketrans({"$": "$$", "(": "$(", ")": "$)", "*": "$*", ",": "$,"})


def escaped(value: str) -> str:
    """``value`` as it must stand in a comparison."""
    return value.translate(_ESCAPES)


def encoded(expression: str) -> str:
    """A whole filter expression, ready for the query string."""
    return quote(expression, safe="")
