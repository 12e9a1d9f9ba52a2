"""What a person asks for in the linking step, checked before anything is done (LK-3, LK-5, LK-8, CT-5).

Pure: the caller brings both customers and the links as they stand, and carries the decision out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledgerbridge.errors import Rejection, WaitsForPerson
from ledgerbridge.limits import CustomerNumbers
from ledgerbridge.linking.candidates import Candidate, candidates_in_words
from ledgerbridge.linking.counterparts import TargetCustomer
from ledgerbridge.records import Customer

__all__ = [
    "Decision",
    "Verb",
    "Winner",
    "decide_creation",
    "decide_creation_in_source",
    "decide_link",
    "decide_skip",
    "decide_unlink",
]

Links = Mapping[str, str]
"""Source id → target number, of every customer of the integration that has a link."""


class Verb(StrEnum):
    """What is to be done."""

    LINK = "link"
    UNLINK = "unlink"
    CREATE = "create"
    """Make the source's customer in the target."""
    CREATE_IN_SOURCE = "create_in_source"
    """Make the target's customer in the source."""
    SKIP = "skip"


class Winner(StrEnum):
    """Whose data stands after a link (LK-3)."""

    SOURCE = "source"
    TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A request that has passed every check. ``is_in_force``: it already is so, nothing needs doing."""

    verb: Verb
    source_id: str | None = None
    target_number: str | None = None
    winner: Winner | None = None
    is_in_force: bool = False


def decide_link(
    *,
    source_id: str,
    target_number: str,
    source: Customer | None,
    target: TargetCustomer | None,
    links: Links,
    winner: Winner = Winner.SOURCE,
    source_is_writable: bool = False,
    name_of: Callable[[str], str] = str,
) -> Decision:
    """Link a customer of the source with one of the target.

    Args:
        source_id: Who is meant in the source.
        target_number: Who is meant in the target.
        source: That customer as the source has it now; ``None`` when it has none such.
        target: That customer as the target has it now; ``None`` when it has none such.
        links: The links as they stand.
        winner: Whose data stands afterwards.
        source_is_writable: Whether customers can be written to the source (ClientTime: no).
        name_of: What to call another customer of the source, by its id.

    Raises:
        Rejection: a customer is unknown, already linked elsewhere, or barred; or the target's data
            are to win and cannot be written.
    """
    known_source, known_target = _known_source(source_id, source), _known_target(target_number, target)
    in_force = links.get(source_id)
    if in_force is not None and in_force != target_number:
        code = "link_source_taken"
        raise Rejection(code, number=known_source.customer_number, name=known_source.name, target=in_force)
    _refuse_taken(known_target, links, name_of, besides=source_id)
    if known_target.is_barred:
        code = "link_target_barred"
        raise Rejection(code, target=known_target.number, target_name=known_target.name)
    if winner is Winner.TARGET and not source_is_writable:
        code = "link_source_read_only"
        raise Rejection(code, target=known_target.number, target_name=known_target.name)
    return Decision(
        verb=Verb.LINK,
        source_id=source_id,
        target_number=target_number,
        winner=winner,
        is_in_force=in_force == target_number,
    )


def decide_unlink(*, source_id: str, source: Customer | None, links: Links) -> Decision:
    """Undo a link (LK-5). A link of a customer that the source no longer has can be undone as well.

    Raises:
        Rejection: there is no link; or neither customer nor link is known.
    """
    if source_id in links:
        return Decision(verb=Verb.UNLINK, source_id=source_id, target_number=links[source_id])
    known = _known_source(source_id, source)
    code = "link_missing"
    raise Rejection(code, number=known.customer_number, name=known.name)


def decide_creation(
    *,
    source_id: str,
    source: Customer | None,
    target_with_number: TargetCustomer | None,
    links: Links,
    numbers: CustomerNumbers,
    candidates: Sequence[Candidate] = (),
    asked_by_person: bool = False,
) -> Decision:
    """Create a customer of the source in the target under its own number.

    Args:
        source_id: Who is meant.
        source: That customer as the source has it now.
        target_with_number: Who has its customer number in the target, if anybody has.
        links: The links as they stand.
        numbers: Which numbers the target takes.
        candidates: Whom it resembles in the target.
        asked_by_person: A person has seen the candidates and wants it new all the same.

    Raises:
        Rejection: the customer is unknown or linked, or the target does not take its number (CT-5).
        WaitsForPerson: its number is taken (never adopted, TL-13), or it resembles somebody (LK-8).
    """
    known = _known_source(source_id, source)
    who = {"number": known.customer_number, "name": known.name}
    if source_id in links:
        code = "link_source_taken"
        raise Rejection(code, **who, target=links[source_id])
    if not numbers.take(known.customer_number):
        raise Rejection(numbers.reason, number=known.customer_number, **numbers.rule)
    if target_with_number is not None:
        code = "customer_number_taken"
        raise WaitsForPerson(code, **who)
    if candidates and not asked_by_person:
        code = "customer_resembles"
        alike = candidates_in_words(candidates[:3])
        raise WaitsForPerson(code, **who, candidates=alike)
    return Decision(verb=Verb.CREATE, source_id=source_id, target_number=known.customer_number)


def decide_creation_in_source(
    *,
    target: TargetCustomer,
    links: Links,
    source_makes_customers: bool,
    name_of: Callable[[str], str] = str,
) -> Decision:
    """Create a customer of the target in the source, linked from the start (LK-3).

    Raises:
        Rejection: the customer is barred or linked already, or the source lets nobody make customers.
    """
    who = {"target": target.number, "target_name": target.name}
    if not source_makes_customers:
        code = "source_makes_no_customers"
        raise Rejection(code, **who)
    _refuse_taken(target, links, name_of)
    if target.is_barred:
        code = "link_target_barred"
        raise Rejection(code, **who)
    return Decision(verb=Verb.CREATE_IN_SOURCE, target_number=target.number, winner=Winner.TARGET)


def decide_skip(*, source_id: str, source: Customer | None, links: Links) -> Decision:
    """Leave a customer of the source out.

    Raises:
        Rejection: the customer is unknown, or linked: then the link must be undone first.
    """
    known = _known_source(source_id, source)
    if source_id in links:
        code = "link_source_taken"
        raise Rejection(code, number=known.customer_number, name=known.name, target=links[source_id])
    return Decision(verb=Verb.SKIP, source_id=source_id)


def _known_source(source_id: str, source: Customer | None) -> Customer:
    if source is None:
        code = "link_source_unknown"
        raise Rejection(code, source_id=source_id)
    return source


def _known_target(target_number: str, target: TargetCustomer | None) -> TargetCustomer:
    if target is None:
        code = "link_target_unknown"
        raise Rejection(code, target=target_number)
    return target


def _refuse_taken(
    target: TargetCustomer, links: Links, name_of: Callable[[str], str], *, besides: str | None = None
) -> None:
    """Refuse a target customer that another customer of the source is linked to, and name that one."""
    for source_id, number in links.items():
        if number == target.number and source_id != besides:
            code = "link_target_taken"
            raise Rejection(code, target=target.number, target_name=target.name, other=name_of(source_id))
