"""One customer's way through the target (CT-3, CT-5, CT-16, X-8)."""

from __future__ import annotations

from ledgerbridge.delivery import writing
from ledgerbridge.delivery.counterparts import counterpart_of
from ledgerbridge.delivery.customer_decisions import Outcome, outcome_of
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.doubt import is_key_still_good, is_superseded, wait_until_settled
from ledgerbridge.delivery.outcomes import WaitsFor, finish, warn
from ledgerbridge.delivery.writing import Step
from ledgerbridge.errors import NumberTaken, Rejection, TryAgain
from ledgerbridge.linking.cvr import normalise_cvr
from ledgerbridge.linking.fingerprints import Fingerprint, is_broken
from ledgerbridge.linking.names import normalise_name
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Module
from ledgerbridge.store import confirmations, links, transfers
from ledgerbridge.store.links import Link, Seen, TargetKind
from ledgerbridge.store.transfers import State, Transfer
from ledgerbridge.target.contract import Answer, TargetCustomer
from ledgerbridge.target.registry import limits_of

__all__ = ["deliver_customer", "is_another"]


def deliver_customer(desk: Desk, transfer: Transfer, seen: Seen | None) -> State:
    """Bring the target to show this revision of the customer.

    ``seen``: its link as it was read together with the transfer; looked up where it is not given.

    Raises:
        InDoubt: an outcome is unknown and cannot be known yet.
        LedgerbridgeError: as :meth:`~ledgerbridge.target.contract.Target.send` and the reads say.
    """
    _record(transfer)  # what cannot be read must fail before anything is sent
    if transfer.step is not None:
        settled = _settle_doubt(desk, transfer)
        if settled is not None:
            return settled
        transfer, seen = transfers.reload(desk.store, transfer.transfer_id), None
    link = seen.own if seen is not None else links.link_of(desk.store, transfer.record_id)
    if link is not None:
        return _update(desk, transfer, link)
    decided = _decided(desk, transfer)
    if decided is not None:
        return finish(desk, transfer, *decided, expected=transfer.state)
    return _create(desk, transfer)


def _decided(desk: Desk, transfer: Transfer) -> Outcome | None:
    """What a person who has unlinked it since its payload was made leaves it to; nothing when nobody has."""
    customer = _record(transfer)
    decisions = confirmations.decisions(desk.store, transfer.integration, [customer.source_id])
    return outcome_of(decisions.get(customer.source_id), customer)


def _create(desk: Desk, transfer: Transfer, *, is_again: bool = False) -> State:
    request = desk.target.create_customer(transfer.payload or "")
    try:
        transfer, answer = writing.send(desk, transfer, Step.CREATE_CUSTOMER, request)
    except NumberTaken:
        return _number_is_taken(desk, transfer)
    return _created(desk, transfer, answer, is_again=is_again)


def _created(desk: Desk, transfer: Transfer, answer: Answer, *, is_again: bool = False) -> State:
    customer = writing.reading(desk, transfer, lambda: desk.target.read_customer(answer))
    if answer.was_replayed and desk.target.customer(customer.number) is None:
        # The key's own answer names a customer that has gone since: make it anew, under a new key.
        transfer = writing.abandon(desk, transfer, "the replayed answer names a customer that is gone")
        if is_again:
            # A new key cannot have been used before: this server says things that cannot be.
            what = f"customer {customer.number} is not there"
            raise TryAgain("target_contradicts_itself", what=what)
        return _create(desk, transfer, is_again=True)
    return _link_and_finish(desk, transfer, customer)


def _update(desk: Desk, transfer: Transfer, link: Link) -> State:
    if link.fingerprint == transfer.content_hash:
        return finish(desk, transfer, State.UNCHANGED)
    link, current = _current(desk, transfer, link)
    if current is None or is_another(link, current):
        links.flag_broken(desk.store, [link.record_id])
    if current is None:
        # Never a PUT to a number that is not there: it would create a customer (CT-16).
        raise Rejection("linked_customer_missing", number=_record(transfer).customer_number, target=link.target_id)
    if link.broken_at is not None or is_another(link, current):
        return _link_is_broken(desk, transfer, link, current)
    new_number = _number_to_follow(desk, transfer, link)
    if new_number is None:
        _tell_new_number(desk, transfer, link)
        if desk.target.shows(current, transfer.payload or ""):
            return _shown(desk, transfer, State.UNCHANGED, current)
    elif desk.target.customer(new_number) is not None:
        return _number_is_taken(desk, transfer)
    return _write_update(desk, transfer, link, current, new_number)


def _write_update(desk: Desk, transfer: Transfer, link: Link, current: TargetCustomer, new_number: str | None) -> State:
    request = desk.target.update_customer(current, transfer.payload or "", new_number)
    transfer, answer = writing.send(desk, transfer, Step.UPDATE_CUSTOMER, request)
    if answer.status == 201:
        return _undo_accident(desk, transfer, link)
    if answer.status == 404:
        writing.abandon(desk, transfer, "the customer is gone")
        raise Rejection("linked_customer_missing", number=_record(transfer).customer_number, target=link.target_id)
    shown = writing.reading(desk, transfer, lambda: desk.target.read_customer(answer))
    if new_number is not None:
        _keep_new_number(desk, transfer, link, shown)
    return _shown(desk, transfer, State.DELIVERED, shown)


# A number that changes (CT-16).


def _current(desk: Desk, transfer: Transfer, link: Link) -> tuple[Link, TargetCustomer | None]:
    """The linked customer as the target has it now; found under its new number when a write that was not answered
    has given it that."""
    current = desk.target.customer(link.target_id)
    is_gone = current is None or is_another(link, current)
    new_number = _number_to_follow(desk, transfer, link) if is_gone else None
    there = desk.target.customer(new_number) if new_number is not None else None
    if there is None or (is_another(link, there) and not desk.target.shows(there, transfer.payload or "")):
        return link, current
    _keep_new_number(desk, transfer, link, there)
    return links.link_of(desk.store, transfer.record_id) or link, there


def _number_to_follow(desk: Desk, transfer: Transfer, link: Link) -> str | None:
    """The customer's new number in the source, where it had the same one in the target so far and can be given it."""
    number = _record(transfer).customer_number
    was_the_same = link.source_number == link.target_id
    if not desk.target.capabilities.renumbers_customers or not was_the_same or number == link.target_id:
        return None
    return number if limits_of(desk.integration).customer_numbers.take(number) else None


def _keep_new_number(desk: Desk, transfer: Transfer, link: Link, there: TargetCustomer) -> None:
    cvr, name = there.canonical.get("cvr_number"), there.canonical.get("name")
    with links.told_if_taken(there.number), desk.together() as at_once:
        links.renumber(at_once, transfer.record_id, there.number)
        links.note_seen(at_once, transfer.record_id, cvr, name)
    warn(desk, transfer, Reason("customer_renumbered_there", {"old": link.target_id, "new": there.number}))


def _shown(desk: Desk, transfer: Transfer, state: State, seen: TargetCustomer) -> State:
    cvr, name = seen.canonical.get("cvr_number"), seen.canonical.get("name")
    number = _record(transfer).customer_number
    with desk.together() as at_once:
        links.note_seen(at_once, transfer.record_id, cvr, name)
        if transfer.step is not None:
            writing.conclude(at_once, transfer)
        links.set_fingerprint(at_once, transfer.record_id, transfer.content_hash, number)
        transfers.set_state(at_once, transfer.transfer_id, state, entry=desk.entry(transfer, state.value))
    return state


def is_another(link: Link, current: TargetCustomer) -> bool:
    """Whether the number that the link points at belongs to another company now (LK-7)."""
    if link.target_cvr is None and link.target_name is None:
        return False  # not seen yet: the source named the number, and this is the first look
    kept = Fingerprint(normalise_cvr(link.target_cvr), normalise_name(link.target_name or ""))
    return is_broken(kept, counterpart_of(current))


def _link_is_broken(desk: Desk, transfer: Transfer, link: Link, current: TargetCustomer) -> State:
    """The number belongs to another company now: nothing is sent, a person decides (LK-7)."""
    customer = _record(transfer)
    values = {
        "number": customer.customer_number,
        "name": customer.name,
        "target": link.target_id,
        "target_name": current.canonical.get("name", ""),
    }
    return finish(desk, transfer, State.WAITING, Reason("link_broken", values), WaitsFor.customer(transfer.source_id))


def _undo_accident(desk: Desk, transfer: Transfer, link: Link) -> State:
    # The customer was deleted between our read and our PUT, so PUT made a new one. It is ours, seconds old and
    # unused: take it away again and say so.
    with desk.together() as at_once:
        writing.conclude(at_once, transfer)
        links.flag_broken(at_once, [link.record_id])
    if desk.target.customer(link.target_id) is not None:
        _delete_again(desk, transfer, link.target_id)
    raise Rejection("customer_created_by_accident", target=link.target_id)


def _delete_again(desk: Desk, transfer: Transfer, number: str) -> None:
    transfer = transfers.reload(desk.store, transfer.transfer_id)
    transfer, _ = writing.send(desk, transfer, Step.DELETE_CUSTOMER, desk.target.delete_customer(number))
    writing.conclude(desk.store, transfer)


def _tell_new_number(desk: Desk, transfer: Transfer, link: Link) -> None:
    number = _record(transfer).customer_number
    if link.source_number is not None and number != link.source_number:
        values = {"old": link.source_number, "new": number, "target": link.target_id}
        warn(desk, transfer, Reason("customer_renumbered_in_source", values))


def _settle_doubt(desk: Desk, transfer: Transfer) -> State | None:
    """What the write in doubt came to; nothing when it is proven that it came to nothing."""
    wait_until_settled(desk, transfer)
    if transfer.step != Step.CREATE_CUSTOMER:
        # A replacement may be made again: the same fields over the same customer, read afresh. But first it must be
        # known which number it has: until then its invoices wait.
        link = links.link_of(desk.store, transfer.record_id)
        if link is not None and desk.target.capabilities.renumbers_customers:
            _current(desk, transfer, link)
        writing.abandon(desk, transfer, "a replacement is repeated, not looked for")
        return None
    return _settle_creation(desk, transfer)


def _settle_creation(desk: Desk, transfer: Transfer) -> State | None:
    is_linked = links.link_of(desk.store, transfer.record_id) is not None
    decided = None if is_linked else _decided(desk, transfer)
    found = desk.target.customer(_record(transfer).customer_number)
    if found is not None:
        if not desk.target.shows(found, transfer.payload or ""):
            writing.abandon(desk, transfer, "the number belongs to another customer")
            return _number_is_taken(desk, transfer)
        if decided is None:
            return _link_and_finish(desk, transfer, found)
        # It was made, and a person has unlinked its source since: whether to link it to this one is theirs to say.
        writing.conclude(desk.store, transfer)
        return finish(desk, transfer, *decided)
    if is_superseded(desk, transfer):
        writing.abandon(desk, transfer, "no customer has the number")
        return finish(desk, transfer, State.WITHDRAWN, Reason("superseded_by_newer_revision"))
    if is_linked or decided is not None or not is_key_still_good(desk, transfer):
        writing.abandon(desk, transfer, "no customer has the number")
        return None
    transfer, answer = writing.resend(desk, transfer)
    return _created(desk, transfer, answer)


def _link_and_finish(desk: Desk, transfer: Transfer, customer: TargetCustomer) -> State:
    before = links.link_of(desk.store, transfer.record_id)
    if before is not None and before.target_id != customer.number:
        # A person linked it to another one while its creation was under way; a person's link is never moved.
        writing.conclude(desk.store, transfer)
        raise Rejection("customer_created_beside_link", created=customer.number, target=before.target_id)
    entry = desk.entry(transfer, State.DELIVERED.value, target=customer.number)
    with links.told_if_taken(customer.number), desk.together() as at_once:
        links.make(
            at_once,
            record_id=transfer.record_id,
            integration=transfer.integration,
            module=Module.CUSTOMERS,
            kind=TargetKind.CUSTOMER,
            target_id=customer.number,
            made_by=desk.workplace.actor,
            fingerprint=transfer.content_hash,
            source_number=_record(transfer).customer_number,
            target_cvr=customer.canonical.get("cvr_number"),
            target_name=customer.canonical.get("name"),
        )
        transfers.end_delivered(at_once, transfer.transfer_id, None, entry)
    return State.DELIVERED


def _number_is_taken(desk: Desk, transfer: Transfer) -> State:
    customer = _record(transfer)
    reason = Reason("customer_number_taken", {"number": customer.customer_number, "name": customer.name})
    return finish(desk, transfer, State.WAITING, reason, WaitsFor.customer(transfer.source_id))


def _record(transfer: Transfer) -> Customer:
    record = transfer.record
    if not isinstance(record, Customer):
        message = f"transfer {transfer.transfer_id} is no customer"
        raise TypeError(message)
    return record
