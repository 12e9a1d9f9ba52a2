"""Links that the source itself names (ForeignDebitorSystemIdentification): imported, and followed later (CT-21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.locators import locator_of
from ledgerbridge.delivery.other_departments import named_for_us
from ledgerbridge.delivery.staging import stage
from ledgerbridge.errors import WaitsForPerson
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Module
from ledgerbridge.store import chunks, history, links, transfers
from ledgerbridge.store.links import TargetKind
from ledgerbridge.store.transfers import State

__all__ = ["follow_named_links"]

# One page of 1,000 customers costs one call, as one customer does.
_FEW = 5


def follow_named_links(desk: Desk, customers: Sequence[Customer]) -> int:
    """Make or move the links that these customers name; how many were made or moved.

    A number that the target does not have, or that another customer is linked to, is told on the customer and
    nothing is changed: the link that was there stays. A number that another integration on the source wrote there is
    its own accounts' (MP-14), and says nothing here.
    """
    customers = named_for_us(desk, customers)
    if not customers:
        return 0
    exists = _existing(desk, {customer.target_number or "" for customer in customers})
    return sum(_follow(desk, customer, exists) for customer in customers)


def _existing(desk: Desk, numbers: set[str]) -> Mapping[str, bool]:
    """Which of the numbers the target has as they are written: «0042» is not 42, who wrote it must say which it is."""
    if len(numbers) <= _FEW:
        return {number: desk.target.customer(number) is not None for number in numbers}
    there = {customer.number for customer in desk.target.customers()}
    return {number: number in there for number in numbers}


def _follow(desk: Desk, customer: Customer, exists: Mapping[str, bool]) -> bool:
    number = customer.target_number or ""
    if not exists.get(number, False):
        _refuse(
            desk, customer, Reason("foreign_number_unknown", {"number": customer.customer_number, "target": number})
        )
        return False
    name = desk.integration.name
    locator = locator_of(desk.integration, Module.CUSTOMERS, customer.source_id)
    record_id = transfers.ensure_record(desk.store, name, Module.CUSTOMERS, customer.source_id, locator)
    before = links.link_of(desk.store, record_id)
    try:
        links.make(
            desk.store,
            record_id=record_id,
            integration=name,
            module=Module.CUSTOMERS,
            kind=TargetKind.CUSTOMER,
            target_id=number,
            made_by=desk.workplace.integration.source.system,
            source_number=customer.customer_number,
        )
    except WaitsForPerson as error:
        _refuse(desk, customer, error.reason)
        return False
    links.written_back(desk.store, [record_id])
    history.append(
        desk.store,
        integration=name,
        module=Module.CUSTOMERS,
        source_id=customer.source_id,
        event="linked",
        run_id=desk.workplace.run_id,
        actor=desk.workplace.integration.source.system,
        detail={"target": number, "before": before.target_id if before else None},
    )
    # The counterpart is another one now and must be shown what the former was; or what waited for it goes on.
    due = transfers.latest(desk.store, record_id)
    if before is not None:
        due = stage(desk.workplace, desk.store, Module.CUSTOMERS, customer, is_forced=True)
    if due is not None and due.state in {State.STAGED, State.WAITING}:
        chunks.join(desk.store, desk.workplace.run_id, 0, [due.transfer_id])
    return True


def _refuse(desk: Desk, customer: Customer, reason: Reason) -> None:
    """Tell it on the customer's present transfer, unless that is settled: then only the history says it."""
    locator = locator_of(desk.integration, Module.CUSTOMERS, customer.source_id)
    record_id = transfers.ensure_record(
        desk.store, desk.integration.name, Module.CUSTOMERS, customer.source_id, locator
    )
    newest = transfers.latest(desk.store, record_id)
    if newest is not None and newest.state is State.STAGED and links.link_of(desk.store, record_id) is None:
        transfers.set_state(desk.store, newest.transfer_id, State.REJECTED, reason)
    history.append(
        desk.store,
        integration=desk.integration.name,
        module=Module.CUSTOMERS,
        source_id=customer.source_id,
        event="named_link_refused",
        run_id=desk.workplace.run_id,
        actor=desk.workplace.integration.source.system,
        detail={"reason": reason.to_json()},
    )
