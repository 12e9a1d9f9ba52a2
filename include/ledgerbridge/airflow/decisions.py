"""What a person decides on single invoices, in the form of the invoices' DAG: accept a difference, set one aside."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ledgerbridge.airflow.telling import tell
from ledgerbridge.errors import Rejection
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Invoice, Module

if TYPE_CHECKING:
    from ledgerbridge.delivery.desk import Desk
    from ledgerbridge.store.transfers import Transfer

__all__ = ["ACCEPT", "BECAUSE", "SET_ASIDE", "carry_out"]

ACCEPT, SET_ASIDE, BECAUSE = "accept_vat_difference_for", "set_aside", "because"

_VAT_DIFFERS = "invoice_vat_differs"


def carry_out(desk: Desk, form: Mapping[str, Any]) -> int:
    """Do what the form asks, all of it or nothing; how many invoices it was about.

    An accepted difference is booked by this very run (CT-19). An invoice that is set aside is told nobody again.

    Raises:
        Rejection: something of it cannot be done; names which, and nothing was changed.
    """
    accepted, set_aside = _numbers(form, ACCEPT), _numbers(form, SET_ASIDE)
    if not accepted and not set_aside:
        return 0
    because = str(form.get(BECAUSE) or "").strip()
    if set_aside and not because:
        raise Rejection("set_aside_needs_why", numbers=", ".join(set_aside))
    known = _open_invoices(desk)
    to_accept = [_differing(known, number) for number in accepted]
    to_set_aside = [_found(known, number) for number in set_aside]
    for transfer in to_accept:
        _accept(desk, transfer)
    for transfer in to_set_aside:
        _set_aside(desk, transfer, because)
    return len(to_accept) + len(to_set_aside)


def _numbers(form: Mapping[str, Any], name: str) -> list[str]:
    given = [str(number).strip() for number in form.get(name) or ()]
    return list(dict.fromkeys(number for number in given if number))


def _open_invoices(desk: Desk) -> dict[str, Transfer]:
    """What is rejected or waits, by source id and by invoice number; the number counts where both fit."""
    from ledgerbridge.store import transfers  # noqa: PLC0415
    from ledgerbridge.store.transfers import State  # noqa: PLC0415

    name = desk.integration.name
    found = [
        transfer
        for state in (State.REJECTED, State.WAITING)
        for transfer in transfers.in_state(desk.store, name, Module.INVOICES, state)
        if transfer.step is None
    ]
    return {item.source_id: item for item in found} | dict(_by_number(found))


def _by_number(found: Iterable[Transfer]) -> Iterable[tuple[str, Transfer]]:
    for transfer in found:
        record = transfer.record if transfer.content else None  # an unreadable row has none
        if isinstance(record, Invoice) and record.invoice_number:
            yield record.invoice_number, transfer


def _found(known: Mapping[str, Transfer], number: str) -> Transfer:
    if number not in known:
        raise Rejection("decision_invoice_unknown", number=number)
    return known[number]


def _differing(known: Mapping[str, Transfer], number: str) -> Transfer:
    transfer = _found(known, number)
    code = transfer.reason.code if transfer.reason else transfer.state.value
    if code != _VAT_DIFFERS:
        raise Rejection("decision_not_about_vat", number=number, code=code)
    return transfer


def _accept(desk: Desk, transfer: Transfer) -> None:
    from ledgerbridge.store import transfers  # noqa: PLC0415
    from ledgerbridge.store.database import transaction  # noqa: PLC0415

    actor = desk.workplace.actor
    with transaction(desk.store):
        now = transfers.accept_vat_difference(desk.store, desk.integration.name, transfer.source_id, actor)
        if now is not None:
            desk.note(transfer, "vat_difference_accepted", by=actor)
    if now is None or now.reason is None:
        raise Rejection("decision_not_about_vat", number=transfer.source_id, code="?")
    tell(now.reason, transfer.source_id, logging.WARNING)


def _set_aside(desk: Desk, transfer: Transfer, because: str) -> None:
    from ledgerbridge.delivery.outcomes import finish  # noqa: PLC0415
    from ledgerbridge.store.transfers import State  # noqa: PLC0415

    reason = Reason("set_aside_by_person", {"actor": desk.workplace.actor, "why": because})
    finish(desk, transfer, State.IGNORED, reason, expected=transfer.state)
    tell(reason, transfer.source_id, logging.WARNING)
