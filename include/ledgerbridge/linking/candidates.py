"""Which customers may be the same, and by what: proposals only, nothing here decides (P13, LK-6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledgerbridge.linking.counterparts import TargetCustomer
from ledgerbridge.linking.index import Marks, NameBlocks, is_alike, marks_of_source, marks_of_target
from ledgerbridge.records import Customer

__all__ = [
    "Candidate",
    "Match",
    "Proposals",
    "SourceRow",
    "Suggestions",
    "TargetIndex",
    "TargetRow",
    "candidates_in_words",
    "propose",
]

_MOST_PER_KEY = 20
"""How many customers with one and the same key are listed: an accountant's phone can stand on hundreds."""


class Match(StrEnum):
    """What two customers have in common."""

    CVR = "cvr"
    PHONE = "phone"
    NAME = "name"
    SIMILAR_NAME = "similar_name"


class Suggestions(StrEnum):
    """The three classes of LK-2."""

    ONE = "one"
    SEVERAL = "several"
    NONE = "none"


# A score orders the candidates of one customer, no more. GLN, e-mail and zip code never make a candidate.
_WEIGHTS = {Match.CVR: 60, Match.NAME: 30, Match.PHONE: 20, Match.SIMILAR_NAME: 15}
_GLN_WEIGHT, _ZIP_WEIGHT, _EMAIL_WEIGHT = 15, 5, 5
_OTHER_CVR_WEIGHT = -20


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair that may be one customer: by which keys, and how strongly (1 to 100).

    ``has_other_cvr``: each has a CVR number, and not the same one: two companies, unless one of the numbers is wrong.
    """

    source: Customer
    target: TargetCustomer
    matches: tuple[Match, ...]
    score: int
    has_other_cvr: bool = False


def candidates_in_words(candidates: Sequence[Candidate], *, with_scores: bool = False) -> str:
    """``117 Nordlys A/S [cvr+phone]; 204 …`` as reasons take it: their texts say the keys in words."""
    return "; ".join(
        f"{item.target.number} {item.target.name} [{'+'.join(item.matches)}]{f' {item.score}' if with_scores else ''}"
        for item in candidates
    )


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A customer of the target with the customers of the source that it may be, best first."""

    target: TargetCustomer
    candidates: tuple[Candidate, ...]
    is_mutual: bool
    """One suggestion on either side, and no other CVR number: the only kind of row that is ticked at one press."""

    @property
    def suggestions(self) -> Suggestions:
        """The row's class in the guide. One that has another CVR number is looked at, like several."""
        if not self.candidates:
            return Suggestions.NONE
        is_one = len(self.candidates) == 1 and not self.candidates[0].has_other_cvr
        return Suggestions.ONE if is_one else Suggestions.SEVERAL


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A customer of the source with the customers of the target that it may be, best first."""

    source: Customer
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Proposals:
    """Both lists of the linking step, each in the order in which its customers came."""

    targets: tuple[TargetRow, ...]
    sources: tuple[SourceRow, ...]


class TargetIndex:
    """The target's unlinked customers, ready to be asked who resembles a customer of the source."""

    def __init__(self, targets: Iterable[TargetCustomer]) -> None:
        self.targets: Sequence[TargetCustomer] = tuple(targets)
        self.marks: Sequence[Marks] = tuple(marks_of_target(target) for target in self.targets)
        self._by_key = _by_key(self.marks)
        self._names = NameBlocks({position: marks.name for position, marks in enumerate(self.marks)})

    def resembling(self, customer: Customer) -> tuple[Candidate, ...]:
        """The customers of the target that ``customer`` may be, best first; of a common key the first few."""
        marks = marks_of_source(customer)
        pairs = {position: self._candidate(customer, marks, position) for position in self.positions(marks)}
        return _best_first(pair for pair in pairs.values() if pair is not None)

    def positions(self, marks: Marks) -> set[int]:
        """Where the customers stand that share a key or nearly the name."""
        found = self._names.alike(marks.name)
        for key in marks.keys:
            found.update(self._by_key.get(key, ())[:_MOST_PER_KEY])
        return found

    def _candidate(self, customer: Customer, marks: Marks, position: int) -> Candidate | None:
        return _candidate(customer, marks, self.targets[position], self.marks[position])


def propose(sources: Iterable[Customer], targets: Iterable[TargetCustomer]) -> Proposals:
    """Pair the unlinked customers of both sides. The work grows with their number, not its square."""
    source_list = tuple(sources)
    source_marks = tuple(map(marks_of_source, source_list))
    index = TargetIndex(targets)
    pairs: dict[tuple[int, int], Candidate] = {}
    for source, target in _positions(source_marks, index):
        candidate = _candidate(source_list[source], source_marks[source], index.targets[target], index.marks[target])
        if candidate is not None:
            pairs[source, target] = candidate
    of_source: defaultdict[int, list[Candidate]] = defaultdict(list)
    of_target: defaultdict[int, list[int]] = defaultdict(list)
    for (source, target), candidate in pairs.items():
        of_source[source].append(candidate)
        of_target[target].append(source)
    rows = []
    for position, counterpart in enumerate(index.targets):
        candidates = _best_first(pairs[source, position] for source in of_target[position])
        is_alone = len(candidates) == 1 and len(of_source[of_target[position][0]]) == 1
        rows.append(TargetRow(counterpart, candidates, is_alone and not candidates[0].has_other_cvr))
    return Proposals(
        targets=tuple(rows),
        sources=tuple(
            SourceRow(source, _best_first(of_source[position])) for position, source in enumerate(source_list)
        ),
    )


def _positions(source_marks: Sequence[Marks], index: TargetIndex) -> set[tuple[int, int]]:
    """Positions of all pairs to look at.

    Of a key that many share, each side gets the first few of the other: neither side's list goes
    empty because the key is common, and the pairs stay linear in number.
    """
    found = {(source, target) for source, marks in enumerate(source_marks) for target in index.positions(marks)}
    sources_by_key = _by_key(source_marks)
    for target, marks in enumerate(index.marks):
        for key in marks.keys:
            found.update((source, target) for source in sources_by_key.get(key, ())[:_MOST_PER_KEY])
    return found


def _by_key(all_marks: Sequence[Marks]) -> Mapping[tuple[str, str], Sequence[int]]:
    found: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for position, marks in enumerate(all_marks):
        for key in marks.keys:
            found[key].append(position)
    return found


def _candidate(source: Customer, left: Marks, target: TargetCustomer, right: Marks) -> Candidate | None:
    """The pair with why, or nothing where a merely similar name meets two different CVR numbers."""
    matches = []
    has_other_cvr = left.cvr is not None and right.cvr is not None and left.cvr != right.cvr
    if left.cvr is not None and left.cvr == right.cvr:
        matches.append(Match.CVR)
    if set(left.phones) & set(right.phones):
        matches.append(Match.PHONE)
    if left.name_key and left.name_key == right.name_key:
        matches.append(Match.NAME)
    elif is_alike(left.name, right.name):
        matches.append(Match.SIMILAR_NAME)
    if not matches or (has_other_cvr and matches == [Match.SIMILAR_NAME]):
        return None
    score = sum(_WEIGHTS[match] for match in matches) + (_OTHER_CVR_WEIGHT if has_other_cvr else 0)
    score += _GLN_WEIGHT * _same(left.gln, right.gln)
    score += _ZIP_WEIGHT * _same(left.zip, right.zip) + _EMAIL_WEIGHT * _same(left.email, right.email)
    return Candidate(source, target, tuple(matches), max(1, min(100, score)), has_other_cvr)


def _same(left: str | None, right: str | None) -> bool:
    return left is not None and left == right


def _best_first(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """By score; equals by target number and source id, so that two runs list them alike."""
    return tuple(sorted(candidates, key=lambda item: (-item.score, item.target.number, item.source.source_id)))
