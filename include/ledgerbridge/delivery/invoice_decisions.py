"""What a person decides on single invoices: accept a difference in VAT (CT-19), set an invoice aside (P16)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.errors import Rejection
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Invoice
from ledgerbridge.store import transfers
from ledgerbridge.store.database import transaction
from ledgerbridge.store.transfers import State, Transfer

__all__ = ["Decided", "decide"]

_VAT_DIFFERS = "invoice_vat_differs"
_SET_ASIDE = "set_aside_by_person"


@dataclass(frozen=True, slots=True)
class Decided:
    """An invoice, by the number or the id that it was asked for by, and what stands on it now."""

    asked_for: str
    reason: Reason


def decide(desk: Desk, accepted: Sequence[str], set_aside: Sequence[str], because: str) -> list[Decided]:
    """Accept the differences of some invoices and set others aside: all of it, or nothing.

    An accepted difference is booked by the next run; an invoice that is set aside is told nobody again. A decision
    that is in force already is left as it is, so the same request may be made again.

    Raises:
        Rejection: something of it cannot be done; names which, and nothing was changed.
    """
    if set_aside and not because:
        raise Rejection("set_aside_needs_why", numbers=", ".join(set_aside))
    if both := sorted(set(accepted) & set(set_aside)):
        raise Rejection("decision_twice", numbers=", ".join(both))
    with transaction(desk.store):
        named = [*accepted, *set_aside]
        known = transfers.invoices_named(desk.store, desk.integration.name, [*named, *map(_as_id, named)])
        return [_accept(desk, number, _found(known, number)) for number in accepted] + [
            _set_aside(desk, number, _found(known, number), because) for number in set_aside
        ]


def _found(known: Sequence[Transfer], number: str) -> Transfer:
    """Whom ``number`` means: the invoice that has it as its number, else the one that has it as its id.

    ``id 4711``, as the log says it, is the id and nothing else.

    Raises:
        Rejection: nobody has it, or several invoices that can be decided on.
    """
    by_number = [item for item in known if _number_of(item) == number and _may_be_decided(item)]
    by_id = [item for item in known if item.source_id == _as_id(number) and _may_be_decided(item)]
    named = by_number or by_id
    if len(named) != 1:
        raise Rejection("decision_invoice_unknown" if not named else "decision_ambiguous", number=number)
    return named[0]


def _as_id(number: str) -> str:
    return number.removeprefix("id ").strip()


def _number_of(transfer: Transfer) -> str | None:
    with suppress(ValueError):  # a row that could not be read has no record, and so no number
        record = transfer.record
        return record.invoice_number if isinstance(record, Invoice) else None
    return None


def _may_be_decided(transfer: Transfer) -> bool:
    """It is open, or was decided on already."""
    is_open = transfer.state in {State.REJECTED, State.WAITING} and transfer.step is None
    is_set_aside = transfer.reason is not None and transfer.reason.code == _SET_ASIDE
    return is_open or is_set_aside or transfer.accepted_by is not None


def _accept(desk: Desk, number: str, transfer: Transfer) -> Decided:
    code = transfer.reason.code if transfer.reason else transfer.state.value
    if code != _VAT_DIFFERS:
        if transfer.accepted_by is not None and transfer.state is not State.REJECTED:
            return Decided(number, Reason("invoice_vat_accepted", {"actor": transfer.accepted_by}))
        raise Rejection("decision_not_about_vat", number=number, code=code)
    _hold(desk, number, transfer)
    actor = desk.workplace.actor
    now = transfers.accept_vat_difference(desk.store, desk.integration.name, transfer.source_id, actor)
    if now is None or now.reason is None:
        raise Rejection("decision_overtaken", number=number)
    desk.note(now, "vat_difference_accepted", by=actor)
    return Decided(number, now.reason)


def _set_aside(desk: Desk, number: str, transfer: Transfer, because: str) -> Decided:
    if transfer.state is State.IGNORED and transfer.reason is not None:
        return Decided(number, transfer.reason)
    if transfer.state not in {State.REJECTED, State.WAITING}:
        raise Rejection("decision_invoice_unknown", number=number)
    _hold(desk, number, transfer)
    reason = Reason(_SET_ASIDE, {"actor": desk.workplace.actor, "why": because})
    if not transfers.set_state(desk.store, transfer.transfer_id, State.IGNORED, reason, expected=transfer.state):
        raise Rejection("decision_overtaken", number=number)
    desk.note(transfer, State.IGNORED.value, reason=reason.to_json())
    return Decided(number, reason)


def _hold(desk: Desk, number: str, transfer: Transfer) -> None:
    """Until the transaction ends nobody sends the invoice.

    Raises:
        Rejection: somebody is sending it now.
    """
    if not transfers.hold(desk.store, [transfer.record_id]):
        raise Rejection("decision_overtaken", number=number)
