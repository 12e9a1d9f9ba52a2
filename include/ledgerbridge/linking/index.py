"""Customers by what they can be recognised by, so that a match is looked up and not searched for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from ledgerbridge.linking.counterparts import TargetCustomer
from ledgerbridge.linking.cvr import normalise_cvr
from ledgerbridge.linking.names import compact, normalise_name
from ledgerbridge.linking.phones import normalise_phones
from ledgerbridge.records import Customer

__all__ = ["ALIKE", "Marks", "NameBlocks", "is_alike", "marks_of_source", "marks_of_target"]

ALIKE = 88
"""How alike two names must be, of 100, to be proposed: "Nordlys Rådgivning" and "Nordlys Raadgivnig" are."""

_SCORERS = (fuzz.token_sort_ratio, fuzz.ratio)
_LARGEST_BLOCK = 200
"""Names that share a word with more others than this are not told apart by it ("Ejendomsselskabet …")."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What a customer can be recognised by, normalised. ``keys`` are those that match exactly."""

    cvr: str | None
    phones: tuple[str, ...]
    name: str
    name_key: str
    zip: str | None
    email: str | None
    gln: str | None

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """Kind and value of every key; the kinds are those of ``candidates.Match``."""
        found = [("phone", phone) for phone in self.phones]
        if self.cvr:
            found.append(("cvr", self.cvr))
        if len(self.name_key) > 1:
            found.append(("name", self.name_key))
        return found


def marks_of_source(customer: Customer) -> Marks:
    """The marks of a customer of the source."""
    return _marks(customer, normalise_phones(customer.phone, customer.country))


def marks_of_target(customer: TargetCustomer) -> Marks:
    """The marks of a customer of the target."""
    return _marks(customer, normalise_phones(customer.phone))


def _marks(customer: Customer | TargetCustomer, phones: tuple[str, ...]) -> Marks:
    name = normalise_name(customer.name)
    return Marks(
        cvr=normalise_cvr(customer.cvr_number),
        phones=phones,
        name=name,
        name_key=compact(name),
        zip=_plain(customer.zip),
        email=_plain(customer.email),
        gln=_plain(customer.gln),
    )


def _plain(text: str | None) -> str | None:
    return "".join((text or "").split()).casefold() or None


def is_alike(left: str, right: str) -> bool:
    """Whether two normalised names are near enough to be proposed, in their own order or with their words sorted.

    Both are asked: a slip in a word's first letter moves the word when they are sorted.
    """
    return bool(left and right) and any(scorer(left, right, score_cutoff=ALIKE) > 0 for scorer in _SCORERS)


class NameBlocks:
    """Names in blocks of those that begin alike or share a word: only within a block are two compared.

    That keeps the work near-linear. What it does not see: two names with a slip in the first
    letters and no other word in common.
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        blocks: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for position, name in names.items():
            for key in _block_keys(name):
                blocks[key][position] = name
        self._blocks = {key: block for key, block in blocks.items() if len(block) <= _LARGEST_BLOCK}

    def alike(self, name: str) -> set[int]:
        """Positions of the names that are alike."""
        found: set[int] = set()
        for key in _block_keys(name):
            block = self._blocks.get(key)
            if block:
                for scorer in _SCORERS:
                    hits = process.extract(name, block, scorer=scorer, score_cutoff=ALIKE, limit=None)
                    found.update(position for _, _, position in hits)
        return found


def _block_keys(name: str) -> Iterable[str]:
    start = compact(name)[:5]
    if len(start) < 3:
        return ()
    words = {word for word in name.split() if len(word) > 3}
    return ("^" + start, *sorted(words))
