"""Phone numbers, made comparable (LK-1)."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

__all__ = ["normalise_phones"]

_HOME = "DK"
_SEPARATORS = re.compile(
    r"[/;,|]|\s+(?:og|el\.|eller|or|and)\s+|(?:tlf|tel|telefon|phone|fax|mobil|mob)\.?:?", re.IGNORECASE
)


def normalise_phones(text: str | None, country: str | None = None) -> tuple[str, ...]:
    """Every number in ``text`` in the form +4512345678, each once, in order.

    One field may hold several (e-conomic's is "telephone and/or fax number"). ``country`` is the
    ISO code of the country whose numbers stand without a prefix; Denmark when it is not told.
    Numbers that no phone could have, and fillers of one repeated digit, are passed over.
    """
    if not text or not text.strip():
        return ()
    region = (country or _HOME).upper()
    found = (_one(piece, region) for piece in _SEPARATORS.split(text) if piece.strip())
    return tuple(dict.fromkeys(number for number in found if number is not None))


@lru_cache(maxsize=50_000)
def _one(piece: str, region: str) -> str | None:
    try:
        number = phonenumbers.parse(piece, region if region in phonenumbers.SUPPORTED_REGIONS else _HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number) or len(set(str(number.national_number))) == 1:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
