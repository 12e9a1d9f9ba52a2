"""Whether a linked number is still the same company: numbers are given anew after a deletion (LK-7).

Source: ``economic`` section 3.1, "the server's pick can be a freed number".
"""

from __future__ import annotations

from dataclasses import dataclass

from ledgerbridge.linking.counterparts import TargetCustomer
from ledgerbridge.linking.cvr import normalise_cvr
from ledgerbridge.linking.index import is_alike
from ledgerbridge.linking.names import compact, normalise_name

__all__ = ["Fingerprint", "fingerprint_of", "is_broken"]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Who the target's customer was when it was linked or last written: normalised CVR number and name."""

    cvr: str | None
    name: str


def fingerprint_of(target: TargetCustomer) -> Fingerprint:
    """The fingerprint of a customer as the target shows it now."""
    return Fingerprint(normalise_cvr(target.cvr_number), normalise_name(target.name))


def is_broken(kept: Fingerprint, now: TargetCustomer | None) -> bool:
    """Whether nothing may be sent over the link before a person has looked at it.

    It is when the customer is gone, or when it is another company: two different CVR numbers, or,
    where one side has none, two names that are not alike. One CVR number may change its name.
    """
    if now is None:
        return True
    current = fingerprint_of(now)
    if kept.cvr and current.cvr:
        return kept.cvr != current.cvr
    return compact(kept.name) != compact(current.name) and not is_alike(kept.name, current.name)
