"""What a person asks for on customers: list, link, unlink, create, skip, confirm (CT-12, LK-3, LK-5, CT-21)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from ledgerbridge.delivery.counterparts import counterpart_of
from ledgerbridge.delivery.customers_in_source import capabilities_of, made_in_source, taken_over
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.listing import called
from ledgerbridge.delivery.staging import stage
from ledgerbridge.delivery.writing_back import write_link_now
from ledgerbridge.errors import Rejection
from ledgerbridge.linking.candidates import Proposals, propose
from ledgerbridge.linking.decisions import (
    Winner,
    decide_creation,
    decide_creation_in_source,
    decide_link,
    decide_skip,
    decide_unlink,
)
from ledgerbridge.linking.index import is_alike
from ledgerbridge.linking.names import normalise_name
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Module
from ledgerbridge.source.reader import Unreadable
from ledgerbridge.store import confirmations, history, linking_guide, links, transfers
from ledgerbridge.store.database import transaction
from ledgerbridge.store.links import Link, TargetKind
from ledgerbridge.store.transfers import Transfer
from ledgerbridge.target.contract import TargetCustomer
from ledgerbridge.target.registry import limits_of

__all__ = [
    "Unlinked",
    "create",
    "create_in_source",
    "link",
    "list_unlinked",
    "refuse",
    "skip",
    "unlink",
    "unlink_record",
]

_PATIENCE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Unlinked:
    """Both lists of the linking step: what each side has that the other is not linked to.

    ``linked``: how many links there are; ``there``: how many customers the target has in all.
    """

    proposals: Proposals
    linked: int
    there: int


def list_unlinked(desk: Desk) -> Unlinked:
    """Every customer without a link, with its likely counterparts."""
    known = links.all_links(desk.store, desk.integration.name, Module.CUSTOMERS)
    taken = {link.target_id for link in known}
    linked = {link.source_id for link in known}
    there = _ids_in_source(desk)
    known_to_us = (customer for customer in _known_customers(desk) if customer.source_id in there)
    sources = [customer for customer in known_to_us if customer.source_id not in linked]
    in_target = list(desk.target.customers())
    targets = [counterpart_of(item) for item in in_target if item.number not in taken]
    return Unlinked(propose(sources, targets), len(known), len(in_target))


def link(
    desk: Desk,
    customer_number: str,
    target_number: str,
    shown: str | None = None,
    *,
    winner: Winner = Winner.SOURCE,
) -> Reason:
    """Link the two; the winner's data follow to the other side (LK-3). What it did.

    ``shown``: the name of the target's customer that the asker saw; numbers are used again there (LK-7).

    Raises:
        Rejection: the request cannot be carried out; nothing was changed.
    """
    customer = _customer(desk, customer_number)
    there = _customer_there(desk, target_number, shown)
    with _alone_with(desk, customer) as (record_id, customer):
        decision = decide_link(
            source_id=customer.source_id,
            target_number=target_number,
            source=customer,
            target=counterpart_of(there) if there else None,
            links=_links(desk),
            winner=winner,
            source_is_writable=capabilities_of(desk).writes_customers,
            name_of=lambda source_id: _name_of(desk, source_id),
        )
        before = links.link_of(desk.store, record_id)
        is_there = decision.is_in_force and before is not None and before.broken_at is None
        if is_there and winner is Winner.SOURCE:
            return _done("link_there_already", customer, target=target_number)
        _make(desk, record_id, customer, target_number, there)
        _note(desk, customer, "linked", target=target_number, data_of=winner.value)
        # Inside: a source that goes on naming another number would move the link there with the next change.
        if there is not None and winner is Winner.TARGET:
            stands = taken_over(desk, customer, there)
        else:
            stands = customer
            write_link_now(desk, customer.source_id, target_number)
        stage(desk.workplace, desk.store, Module.CUSTOMERS, stands, is_forced=True)
    return _done("link_made", customer, target=target_number)


def create_in_source(desk: Desk, target_number: str, shown: str | None = None) -> Reason:
    """Make a customer of the target in the source, linked from the start (LK-3). What it did.

    Where that was cut off after the source had the customer, the same request finds it and goes on.

    Raises:
        Rejection: the request cannot be carried out; or the source has the number already, or takes no such data.
        LedgerbridgeError: one of the sides did not answer; the request may be made again.
    """
    there = _customer_there(desk, target_number, shown)
    if there is None:
        raise Rejection("link_target_unknown", target=target_number)
    decide_creation_in_source(
        target=counterpart_of(there),
        links=_links(desk),
        source_makes_customers=capabilities_of(desk).creates_customers,
        name_of=lambda source_id: _name_of(desk, source_id),
    )
    made = made_in_source(desk, there)
    with _alone_with(desk, made) as (record_id, customer):
        _make(desk, record_id, customer, target_number, there)
        _note(desk, customer, "created_in_source", target=target_number)
        stage(desk.workplace, desk.store, Module.CUSTOMERS, customer, is_forced=True)
    return _done("customer_made_in_source", customer, target=target_number)


def _customer_there(desk: Desk, number: str, shown: str | None) -> TargetCustomer | None:
    """The target's customer as it is now.

    Raises:
        Rejection: the number is another company's than the one that was ``shown``.
    """
    there = desk.target.customer(number)
    called_now = there.canonical.get("name") if there is not None else None
    if shown and called_now and not is_alike(normalise_name(shown), normalise_name(called_now)):
        raise Rejection("link_target_changed", target=number, shown=shown)
    return there


def _make(desk: Desk, record_id: int, customer: Customer, target_number: str, there: TargetCustomer | None) -> None:
    links.make(
        desk.store,
        record_id=record_id,
        integration=desk.integration.name,
        module=Module.CUSTOMERS,
        kind=TargetKind.CUSTOMER,
        target_id=target_number,
        made_by=desk.workplace.actor,
        source_number=customer.customer_number,
        target_cvr=there.canonical.get("cvr_number") if there else None,
        target_name=there.canonical.get("name") if there else None,
    )


def unlink(desk: Desk, customer_number: str) -> Reason:
    """Undo the link (LK-5), also of a customer that the source has deleted. What it did.

    Raises:
        Rejection: there is none.
    """
    in_source, deleted = _in_source(desk, customer_number)
    customer = in_source or _linked_one(desk, deleted, customer_number)
    with _alone_with(desk, customer) as (record_id, customer):
        decide_unlink(source_id=customer.source_id, source=customer, links=_links(desk))
        before = links.remove(desk.store, record_id)
        _note(desk, customer, "unlinked", target=before)
        # Whoever unlinks decides what comes then; an earlier «create» was about another state of things.
        confirmations.decide(desk.store, desk.integration.name, customer.source_id, "undecided", desk.workplace.actor)
        if in_source is not None:
            # Inside: a source that goes on naming the number would bring the link back with the next change.
            write_link_now(desk, customer.source_id, None)
    return _done("link_undone", customer, target=before)


def unlink_record(desk: Desk, record_id: int) -> Reason:
    """As :func:`unlink`, of the very record: whoever has its number now, and whether its row can be read or not.

    Raises:
        Rejection: there is no link; or a run has the record in hand.
    """
    newest = transfers.latest(desk.store, record_id)
    name = desk.integration.name
    if newest is None or (newest.integration, newest.module) != (name, Module.CUSTOMERS):
        raise Rejection("no_such_record", record=record_id)
    with transaction(desk.store):
        if not transfers.hold_alone(desk.store, name, Module.CUSTOMERS, record_id, _PATIENCE):
            raise Rejection("record_in_hand", record=called(newest))
        link = links.link_of(desk.store, record_id)
        if link is None:
            raise Rejection("link_missing", number=called(newest), name=newest.source_id)
        is_there, customer = _row_of(desk, newest.source_id)
        customer = customer or _as_last_known(newest, link)
        links.remove(desk.store, record_id)
        _note(desk, customer, "unlinked", target=link.target_id)
        confirmations.decide(desk.store, name, customer.source_id, "undecided", desk.workplace.actor)
        if is_there:
            write_link_now(desk, customer.source_id, None)
    return _done("link_undone", customer, target=link.target_id)


def _row_of(desk: Desk, source_id: str) -> tuple[bool, Customer | None]:
    """Whether the source has the customer, and the customer if its row can be read."""
    source = desk.workplace.open_source()
    with closing(source.connection):
        for record in source.reader.customers([source_id]):
            return True, None if isinstance(record, Unreadable) else record
    return False, None


def _as_last_known(newest: Transfer, link: Link) -> Customer:
    with suppress(ValueError):  # a row that could not be read has no record
        if isinstance(newest.record, Customer):
            return newest.record
    name = link.target_name or newest.source_id
    return Customer(source_id=newest.source_id, customer_number=link.source_number or "", name=name)


def create(desk: Desk, customer_number: str) -> Reason:
    """Have the customer created in the target by the next run, whatever it resembles. What it did.

    Raises:
        Rejection: its number cannot be used there, or is taken; or it is linked.
    """
    customer = _customer(desk, customer_number)
    there = desk.target.customer(customer_number)
    with _alone_with(desk, customer) as (_, customer):
        decide_creation(
            source_id=customer.source_id,
            source=customer,
            target_with_number=counterpart_of(there) if there else None,
            links=_links(desk),
            numbers=limits_of(desk.integration).customer_numbers,
            asked_by_person=True,
        )
        confirmations.decide(desk.store, desk.integration.name, customer.source_id, "create", desk.workplace.actor)
        _note(desk, customer, "creation_decided")
        # A revision of its own, so that the next run takes it up whatever the former one waited for.
        stage(desk.workplace, desk.store, Module.CUSTOMERS, customer, is_forced=True)
    return _done("creation_decided", customer)


def skip(desk: Desk, customer_number: str) -> Reason:
    """Leave the customer out. What it did.

    Raises:
        Rejection: it is linked.
    """
    customer = _customer(desk, customer_number)
    with _alone_with(desk, customer) as (_, customer):
        decide_skip(source_id=customer.source_id, source=customer, links=_links(desk))
        confirmations.decide(desk.store, desk.integration.name, customer.source_id, "skip", desk.workplace.actor)
        _note(desk, customer, "skip_decided")
        stage(desk.workplace, desk.store, Module.CUSTOMERS, customer, is_forced=True)
    return _done("skip_decided", customer)


def refuse(desk: Desk, customer_number: str, target_number: str) -> Reason:
    """These two are not one customer, and are not proposed again. What it did.

    Raises:
        Rejection: the source has no such customer.
    """
    customer = _customer(desk, customer_number)
    with transaction(desk.store):
        linking_guide.refuse(desk.store, _record_id(desk, customer), target_number, desk.workplace.actor)
        _note(desk, customer, "match_refused", target=target_number)
    return _done("match_refused", customer, target=target_number)


def _done(code: str, customer: Customer, **values: object) -> Reason:
    told = {"number": customer.customer_number, "name": customer.name, **values}
    return Reason(code, {name: str(value) for name, value in told.items()})


@contextmanager
def _alone_with(desk: Desk, customer: Customer) -> Iterator[tuple[int, Customer]]:
    """A transaction in which no run sends the customer, or stages a newer state of it than the one that is handed out.

    The record's id, and the customer as the source has it now (as it was given, if the source has deleted it).

    Raises:
        Rejection: a run has it in hand for longer than a person wants to wait; or its number is another one by now.
    """
    overtaken = Rejection("link_overtaken", number=customer.customer_number, name=customer.name)
    with transaction(desk.store):
        name, record_id = desk.integration.name, _record_id(desk, customer)
        if not transfers.hold_alone(desk.store, name, Module.CUSTOMERS, record_id, _PATIENCE):
            raise overtaken
        now = {item.source_id: item for item in _read(desk, [customer.source_id])}.get(customer.source_id, customer)
        if now.customer_number != customer.customer_number:
            raise overtaken
        yield record_id, now


def _known_customers(desk: Desk, customer_number: str | None = None) -> Sequence[Customer]:
    """As the source had them when they were last read; those of one number when one is given."""
    known = transfers.customers_known(desk.store, desk.integration.name, customer_number)
    return [record for record in (item.record for item in known) if isinstance(record, Customer)]


def _ids_in_source(desk: Desk) -> set[str]:
    source = desk.workplace.open_source()
    with closing(source.connection):
        return set(source.reader.every_id(Module.CUSTOMERS))


def _customer(desk: Desk, customer_number: str) -> Customer:
    """The customer as the source has it now, by its number there.

    Raises:
        Rejection: nobody has the number, or its row cannot be read.
    """
    customer, _ = _in_source(desk, customer_number)
    if customer is None:
        raise Rejection("link_source_unknown", source_id=customer_number)
    return customer


def _in_source(desk: Desk, customer_number: str) -> tuple[Customer | None, list[Customer]]:
    """Who has the number in the source now, and those that had it when the source deleted them.

    Raises:
        Rejection: a row of that number cannot be read.
    """
    known = {item.source_id: item for item in _known_customers(desk, customer_number)}
    for record in _read(desk, list(known)):
        if record.customer_number == customer_number:
            return record, []
        del known[record.source_id]
    return None, list(known.values())


def _read(desk: Desk, source_ids: Sequence[str]) -> Iterator[Customer]:
    """The customers as the source has them now.

    Raises:
        Rejection: a row cannot be read.
    """
    source = desk.workplace.open_source()
    with closing(source.connection):
        for record in source.reader.customers(source_ids):
            if isinstance(record, Unreadable):
                raise record.rejection
            yield record


def _linked_one(desk: Desk, customers: Iterable[Customer], customer_number: str) -> Customer:
    linked = _links(desk)
    for customer in customers:
        if customer.source_id in linked:
            return customer
    raise Rejection("link_source_unknown", source_id=customer_number)


def _links(desk: Desk) -> dict[str, str]:
    known = links.all_links(desk.store, desk.integration.name, Module.CUSTOMERS)
    return {item.source_id: item.target_id for item in known}


def _name_of(desk: Desk, source_id: str) -> str:
    names = [item.name for item in _known_customers(desk) if item.source_id == source_id]
    return names[0] if names else source_id


def _record_id(desk: Desk, customer: Customer) -> int:
    return transfers.record_of(desk.store, desk.integration.name, Module.CUSTOMERS, customer.source_id)


def _note(desk: Desk, customer: Customer, event: str, **detail: object) -> None:
    history.append(
        desk.store,
        integration=desk.integration.name,
        module=Module.CUSTOMERS,
        source_id=customer.source_id,
        event=event,
        run_id=desk.workplace.run_id,
        actor=desk.workplace.actor,
        detail=detail,
    )
