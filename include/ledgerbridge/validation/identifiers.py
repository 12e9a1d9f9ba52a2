"""Identifiers and codes that are checked by arithmetic or against a list.

Sources: ``danish-invoicing`` sections 1.1 (CVR, modulus 11) and 1.2 (GLN, GS1 check digit).
"""

from __future__ import annotations

from functools import cache

from babel import Locale
from stdnum import ean
from stdnum.dk import cvr
from stdnum.eu.vat import MEMBER_STATES

__all__ = ["CURRENCY_PATTERN", "EU_MEMBERS", "is_country", "is_cvr_number", "is_gln", "pattern_up_to"]

CURRENCY_PATTERN = r"^[A-Z]{3}\Z"
"""An ISO 4217 code; whether the target has the currency is for preflight to ask."""

EU_MEMBERS = frozenset(code.upper() for code in MEMBER_STATES) - {"XI"}
"""ISO 3166 codes. Northern Ireland (XI) is in the EU for goods only, and time is a service."""

_NOT_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Two-letter codes of the CLDR that ISO 3166 gives to no country. Kosovo (XK) stays: it is in use."""


def is_cvr_number(text: str) -> bool:
    """Whether ``text`` is a Danish CVR or SE number by modulus 11; "DK", blanks and signs are passed over."""
    return bool(cvr.is_valid(text))


def is_gln(text: str) -> bool:
    """Whether ``text`` is exactly 13 digits, the last of them the right check digit."""
    return len(text) == 13 and text.isascii() and text.isdigit() and bool(ean.is_valid(text))


@cache
def _countries() -> frozenset[str]:
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NOT_COUNTRIES


def is_country(code: str) -> bool:
    """Whether ``code`` is an ISO 3166 alpha-2 code in capitals."""
    return code in _countries()


def pattern_up_to(largest: int) -> str:
    """A pattern for plain digits from 1 to ``largest``, without a leading zero.

    Raises:
        ValueError: ``largest`` is not all nines; a pattern cannot say such a bound readably.
    """
    digits = str(largest)
    if set(digits) != {"9"}:
        message = f"{largest} is not 9, 99, 999 …"
        raise ValueError(message)
    return rf"^[1-9][0-9]{{0,{len(digits) - 1}}}\Z"
