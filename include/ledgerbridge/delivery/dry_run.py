"""A dry run: what the next runs would create and change, field by field, and nothing is changed (X-5).

The runs' own first steps (extract, validate, transform) are taken in one transaction of our database that is undone at
the end; then the target is asked what it shows now. Nothing is written anywhere but the plan itself.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from ledgerbridge.delivery.customers import is_another
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.extracting import stage_due
from ledgerbridge.delivery.listing import shown_of
from ledgerbridge.delivery.named_links import follow_named_links
from ledgerbridge.delivery.preparing import transform, validate_staged
from ledgerbridge.errors import Refusal, Rejection
from ledgerbridge.integration import Finish
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Invoice, Module
from ledgerbridge.store import chunks, confirmations, links, plans, runs, transfers
from ledgerbridge.store.database import Connection, transaction
from ledgerbridge.store.links import Link, TargetKind
from ledgerbridge.store.plans import Change, PlanItem
from ledgerbridge.store.transfers import Operation, State, Transfer
from ledgerbridge.target.contract import TargetCustomer

__all__ = ["Action", "apply", "look_ahead"]

_KEPT = 500
_PLACE = {module: place for place, module in enumerate(Module)}
_FEW = 20  # customers that are asked for one by one; more are read from the list
_IDLE = {State.DELIVERED, State.UNCHANGED, State.IGNORED, State.WITHDRAWN}


class Action(StrEnum):
    """What would become of a record."""

    CREATE = "create"
    CHANGE = "change"
    BOOK = "book"
    DELETE_DRAFT = "delete_draft"
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class _Due:
    """A transfer as the first steps leave it, with what our database knows of its record."""

    transfer: Transfer
    link: Link | None
    before: str | None
    """The payload that the target's draft was made from."""


class _Undone(Exception):
    """Ends the transaction, so that nothing of it stays."""


def look_ahead(desk: Desk) -> Reason:
    """Make a plan and keep it; what it holds.

    Raises:
        Refusal: the target's values are not known yet: check first.
        LedgerbridgeError: one of the sides could not be read.
    """
    seen = _look(desk)
    plans.keep(
        desk.store,
        integration=desk.integration.name,
        actor=desk.workplace.actor,
        plan_hash=seen.plan_hash,
        counts=seen.counts,
        items=seen.first,
    )
    values = {action.value: str(seen.counts.get(action.value, 0)) for action in Action}
    return Reason("plan_made", values)


def apply(desk: Desk, plan_id: int) -> Reason:
    """Let the runs do what the plan says, if it still is what they would do; what it did.

    Raises:
        Rejection: it is not the newest plan, or something has moved since; nothing was changed.
        Refusal: the integration is not switched on.
    """
    plan = plans.newest(desk.store, desk.integration.name)
    if plan is None or plan.plan_id != plan_id:
        raise Rejection("plan_not_newest")
    known = confirmations.confirmed(desk.store, desk.integration.name)
    if "activated" not in known:
        raise Refusal("not_activated", missing="confirmation")
    if _look(desk).plan_hash != plan.plan_hash:
        raise Rejection("plan_moved", since=f"{plan.made_at:%Y-%m-%d %H:%M} UTC")
    plans.applied(desk.store, plan_id, desk.workplace.actor)
    return Reason("plan_applied", {"hash": plan.plan_hash[:12]})


@dataclass(frozen=True, slots=True)
class _Seen:
    """A plan before it is kept. The hash is of every item; of them only the ``first`` are held."""

    plan_hash: str
    counts: Mapping[str, int]
    first: Sequence[PlanItem]


def _look(desk: Desk) -> _Seen:
    if confirmations.read_preflight(desk.store, desk.integration.name) is None:
        raise Refusal("not_activated", missing="preflight")
    if runs.is_under_way(desk.store, desk.integration.name):
        raise Rejection("plan_run_under_way")  # what is looked at would be what that run is sending
    digest, counts, first = hashlib.sha256(), Counter[str](), list[PlanItem]()
    for item in _items(desk, _first_steps(desk)):
        digest.update(json.dumps(item.to_json(), ensure_ascii=False, sort_keys=True).encode())
        counts[item.action] += 1
        if len(first) < _KEPT:
            first.append(item)
    return _Seen(digest.hexdigest(), counts, first)


def _items(desk: Desk, due: Sequence[_Due]) -> Iterator[PlanItem]:
    """Customers first. Invoices of those that would not be created after all wait as well."""
    customers = _customers_there(desk, due)
    left: dict[str, PlanItem] = {}
    for each in sorted(due, key=lambda item: (_PLACE[item.transfer.module], item.transfer.source_id)):
        item = _item(desk, each, customers)
        if item is None:
            continue
        if item.module is Module.CUSTOMERS and item.action == Action.NOT_SENT:
            left[item.source_id] = item
        yield _held_back(item, each, left)


# What the runs' first steps would do, undone.


def _first_steps(desk: Desk) -> list[_Due]:
    """Customers first; those that would be created count as created, so that their invoices are seen as well."""
    due: list[_Due] = []
    with closing(desk.workplace.open_store()) as store, suppress(_Undone), transaction(store):
        for module in (Module.CUSTOMERS, Module.INVOICES):
            found = _prepared(desk, store, module)
            due += found
            if module is Module.CUSTOMERS:
                _take_for_created(desk, store, found)
        raise _Undone
    return due


def _prepared(desk: Desk, store: Connection, module: Module) -> list[_Due]:
    workplace = replace(desk.workplace, run_id=f"{desk.workplace.run_id} plan {module}")
    runs.start(store, workplace.run_id, desk.integration.name, module)
    extracted = stage_due(workplace, module, store)
    there = workplace.desk_on(store)
    follow_named_links(there, extracted.named_by_source)
    numbers = list(chunks.of_run(store, workplace.run_id))
    for step in (validate_staged, transform):
        for number in numbers:
            step(there, chunks.members(store, workplace.run_id, number))
    members = chunks.members(store, workplace.run_id)
    return [_due(store, item) for item in members if item.state not in _IDLE and _is_newest(store, item)]


def _is_newest(store: Connection, transfer: Transfer) -> bool:
    return transfers.is_newest(store, transfer.record_id, transfer.revision)


def _due(store: Connection, transfer: Transfer) -> _Due:
    before = transfers.delivered_payload(store, transfer.record_id, transfer.revision)
    return _Due(transfer, links.link_of(store, transfer.record_id), before)


def _take_for_created(desk: Desk, store: Connection, found: Sequence[_Due]) -> None:
    for due in found:
        record = due.transfer.record
        if due.link is None and due.transfer.state is State.STAGED and isinstance(record, Customer):
            with suppress(Rejection):  # somebody else's link: then it is not created either
                links.make(
                    store,
                    record_id=due.transfer.record_id,
                    integration=desk.integration.name,
                    module=Module.CUSTOMERS,
                    kind=TargetKind.CUSTOMER,
                    target_id=record.customer_number,
                    made_by=desk.workplace.actor,
                )


# What that means for the target as it is now.


def _customers_there(desk: Desk, due: Sequence[_Due]) -> Callable[[str], TargetCustomer | None]:
    wanted = sum(item.transfer.module is Module.CUSTOMERS and item.transfer.state is State.STAGED for item in due)
    if wanted <= _FEW:
        return desk.target.customer
    return {customer.number: customer for customer in desk.target.customers()}.get


def _item(desk: Desk, due: _Due, customers: Callable[[str], TargetCustomer | None]) -> PlanItem | None:
    transfer = due.transfer
    if transfer.state is not State.STAGED or (transfer.payload is None and transfer.operation is Operation.DELIVER):
        return _plan_item(transfer, Action.NOT_SENT, transfer.reason)
    if transfer.module is Module.CUSTOMERS:
        return _customer_item(desk, due, customers)
    return _invoice_item(desk, due)


def _held_back(item: PlanItem, due: _Due, left: Mapping[str, PlanItem]) -> PlanItem:
    if item.module is not Module.INVOICES or item.action == Action.NOT_SENT:
        return item
    invoice = due.transfer.record
    customer = left.get(invoice.customer_source_id) if isinstance(invoice, Invoice) else None
    if customer is None:
        return item
    reason = Reason("customer_not_linked", {"number": customer.number or "", "name": customer.name or ""})
    return replace(item, action=Action.NOT_SENT, reason=reason, changes=())


def _customer_item(desk: Desk, due: _Due, customers: Callable[[str], TargetCustomer | None]) -> PlanItem | None:
    if due.link is None:
        return _new_customer(desk, due.transfer, customers)
    if due.link.fingerprint == due.transfer.content_hash:
        return None
    return _known_customer(desk, due.transfer, due.link, customers(due.link.target_id))


def _new_customer(desk: Desk, transfer: Transfer, customers: Callable[[str], TargetCustomer | None]) -> PlanItem:
    values = _called(transfer)
    if customers(values["number"]) is not None:
        return _plan_item(transfer, Action.NOT_SENT, Reason("customer_number_taken", values))
    wanted = desk.target.fields_in(transfer.payload or "")
    return _plan_item(transfer, Action.CREATE, None, _differences({}, wanted))


def _known_customer(desk: Desk, transfer: Transfer, link: Link, current: TargetCustomer | None) -> PlanItem | None:
    values = {**_called(transfer), "target": link.target_id}
    if current is None:
        return _plan_item(transfer, Action.NOT_SENT, Reason("linked_customer_missing", values))
    if link.broken_at is not None or is_another(link, current):
        values["target_name"] = current.canonical.get("name", "")
        return _plan_item(transfer, Action.NOT_SENT, Reason("link_broken", values))
    if desk.target.shows(current, transfer.payload or ""):
        return None
    wanted = desk.target.fields_in(transfer.payload or "")
    return _plan_item(transfer, Action.CHANGE, None, _differences(current.canonical, wanted))


def _called(transfer: Transfer) -> dict[str, str]:
    shown = shown_of(transfer.record)
    return {"number": shown.number or "", "name": shown.name or ""}


def _invoice_item(desk: Desk, due: _Due) -> PlanItem | None:
    transfer, link = due.transfer, due.link
    if link is not None and link.target_kind is TargetKind.BOOKED_INVOICE:
        return None
    if transfer.operation is Operation.WITHDRAW:
        return _plan_item(transfer, Action.DELETE_DRAFT, None) if link is not None else None
    changes = _differences(_said(desk, due.before if link is not None else None), _said(desk, transfer.payload))
    if link is not None and not changes and desk.integration.invoicing.finish is Finish.DRAFT:
        return None
    if desk.integration.invoicing.finish is Finish.BOOK:
        return _plan_item(transfer, Action.BOOK, None, changes)
    return _plan_item(transfer, Action.CREATE if link is None else Action.CHANGE, None, changes)


def _plan_item(transfer: Transfer, action: Action, reason: Reason | None, changes: Sequence[Change] = ()) -> PlanItem:
    number = name = None
    with suppress(ValueError):  # a row that could not be read has no record
        shown = shown_of(transfer.record)
        number, name = shown.number, shown.name
    return PlanItem(transfer.module, transfer.source_id, number, name, action, reason, tuple(changes))


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """The fields that would be written and show something else now. What is not written stays as it is."""
    return [(name, before.get(name), value) for name, value in after.items() if before.get(name) != value]


def _said(desk: Desk, payload: str | None) -> Mapping[str, str]:
    return desk.target.invoice_fields_in(payload) if payload else {}
