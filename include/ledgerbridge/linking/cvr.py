"""CVR and VAT numbers, made comparable (LK-1)."""

from __future__ import annotations

import re

from stdnum.dk import cvr
from stdnum.eu.vat import MEMBER_STATES

__all__ = ["is_certain", "normalise_cvr"]

_LABEL = re.compile(r"^(?:CVR|SE|VAT|MOMS)(?:NR|NUMMER|NO)?(?=[A-Z0-9])")
_PREFIXES = frozenset(code.upper() for code in MEMBER_STATES) | {"EL", "GB", "NO", "CH", "FO", "GL"}


def normalise_cvr(text: str | None) -> str | None:
    """What two writings of one number have in common; ``None`` when there is no number to compare.

    "DK 13 74 81 36", "CVR-nr. 13748136" and "13748136" are one. Invalid numbers are compared as
    well: real data has them, on both sides alike (``danish-invoicing`` section 1.1). A country's
    prefix is left out, because one side often lacks it; two numbers that meet for that reason
    alone are only proposed.
    """
    compact = re.sub(r"[^A-Z0-9]", "", (text or "").upper())
    if compact[:2] == "SE" and len(compact) == 14:
        # A Swedish VAT number (SE and 12 digits), not the Danish label "SE-nr." and 8.
        compact = compact[2:]
    compact = _LABEL.sub("", compact)
    if compact[:2] in _PREFIXES and sum(character.isdigit() for character in compact[2:]) >= 5:
        compact = compact[2:]
    is_number = sum(character.isdigit() for character in compact) >= 5
    return compact if is_number and set(compact) != {"0"} else None


def is_certain(number: str) -> bool:
    """Whether a number that was normalised is a Danish CVR number, by its check digit: one of its kind in the world."""
    return bool(cvr.is_valid(number))
