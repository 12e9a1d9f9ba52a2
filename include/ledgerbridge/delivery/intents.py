"""Carrying out what people ask for on the pages, each in the name of whoever asked (X-4, X-10).

An intent is over when its outcome is written down; one that was cut off is carried out again. What it does is done in
one transaction with that, or may be done twice without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any, Final

import psycopg2
import psycopg2.errors

from ledgerbridge.delivery import (
    activation,
    dry_run,
    invoice_decisions,
    line_products,
    link_requests,
    linking_look,
    products,
    sending_again,
)
from ledgerbridge.delivery.desk import Desk, Workplace
from ledgerbridge.delivery.outcomes import unforeseen
from ledgerbridge.errors import LedgerbridgeError, Rejection
from ledgerbridge.linking.decisions import Winner
from ledgerbridge.reasons import Reason
from ledgerbridge.records import VatCode
from ledgerbridge.store import confirmations, intents, transfers
from ledgerbridge.store.database import transaction
from ledgerbridge.store.intents import Intent

__all__ = ["Carried", "Kind", "carry_out_all"]


class Kind(StrEnum):
    """What may be asked for. In comments: what ``wanted`` holds."""

    TRY_AGAIN = "try_again"  # record_id
    SEND_AGAIN = "send_again"  # record_id
    ACCEPT_VAT = "accept_vat"  # record_id, transfer_id, target: as the page showed them
    SET_ASIDE = "set_aside"  # number, because
    LOOK = "look"
    LINK = "link"  # pairs: [[customer number, target number, target's name as it was shown], …]
    LINK_FROM_TARGET = "link_from_target"  # pairs, as above: the target's data stand
    CREATE_IN_SOURCE = "create_in_source"  # targets: [[target number, name as it was shown], …]
    UNLINK = "unlink"  # record_id
    CREATE = "create"  # numbers
    SKIP = "skip"  # numbers
    REFUSE = "refuse"  # pairs
    CONFIRM_LINKING = "confirm_linking"
    CHECK = "check"
    PLAN = "plan"
    APPLY = "apply"  # plan_id
    LOOK_PRODUCTS = "look_products"
    USE_PRODUCTS = "use_products"  # numbers
    DROP_PRODUCTS = "drop_products"  # numbers
    DEFAULT_PRODUCT = "default_product"  # vat_code, number: empty for the file's own
    CHOOSE_PRODUCTS = "choose_products"  # record_id, transfer_id as the page showed it, products: by line number
    ACTIVATE = "activate"  # seen: what the list was, as confirmations.seen_hash has it


_MOST_ATTEMPTS: Final = 3
_ABOUT_PRODUCTS: Final = {Kind.LOOK_PRODUCTS, Kind.USE_PRODUCTS, Kind.DROP_PRODUCTS, Kind.DEFAULT_PRODUCT}
_MOVES_NOTHING: Final = {Kind.LOOK, Kind.REFUSE, Kind.CHECK, Kind.PLAN, *_ABOUT_PRODUCTS}


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of an intent. ``moves``: the modules' runs have something to go on with."""

    intent: Intent
    outcome: tuple[Reason, ...]
    went_well: bool

    @property
    def moves(self) -> bool:
        """Whether a run is to take something up."""
        return self.intent.kind not in _MOVES_NOTHING


def carry_out_all(workplace: Workplace) -> list[Carried]:
    """Everything that is asked for now, in order. One that cannot be done is answered with why and stops no other.

    Raises:
        psycopg2.Error: our own database is gone; what was not answered is carried out by the next run.
    """
    with closing(workplace.open_store()) as store:
        asked = intents.open_ones(store, workplace.integration.name)
    if asked:
        _ask_whether_held(workplace)
    return [_carry_out(workplace, intent) for intent in asked]


def _ask_whether_held(workplace: Workplace) -> None:
    """A person is at work: a held agreement is asked at once whether it answers again, as a Clear has it asked (P6)."""
    with workplace.desk(is_asked_for=True) as desk, suppress(LedgerbridgeError):
        workplace.gate.reopen(desk.target.probe, is_asked_for=True)


def _carry_out(workplace: Workplace, intent: Intent) -> Carried:
    with replace(workplace, actor=intent.asked_by).desk(is_asked_for=True) as desk:
        done, refused = _attempt(desk, intent)
        # What could not be done first: of many it is what its asker must see.
        outcome = (*refused, *done)
        run_id = desk.workplace.run_id
        intents.end(desk.store, intent.intent_id, went_well=not refused, outcome=outcome, run_id=run_id)
        return Carried(intent, outcome, not refused)


def _attempt(desk: Desk, intent: Intent) -> tuple[list[Reason], list[Reason]]:
    """What was done, and why the rest was not. One that is old, or was cut off again and again, is left."""
    begun = intents.begin(desk.store, intent.intent_id)
    if begun is None:
        return [], []
    attempts, is_old = begun
    if is_old:
        return [], [Reason("intent_too_old")]
    if attempts > _MOST_ATTEMPTS:
        return [], [Reason("intent_failed_before", {"attempts": str(_MOST_ATTEMPTS)})]
    return _steps_taken(desk, intent)


def _steps_taken(desk: Desk, intent: Intent) -> tuple[list[Reason], list[Reason]]:
    """Each thing that it asks for by itself: of many customers one that cannot be linked stops no other."""
    done, refused = [], []
    for step in _steps(intent):
        try:
            done.append(step(desk))
        except LedgerbridgeError as error:
            refused.append(error.reason)
        except (psycopg2.errors.LockNotAvailable, psycopg2.errors.DeadlockDetected):
            refused.append(Reason("record_in_hand", {"record": intent.kind}))
        except (psycopg2.OperationalError, psycopg2.InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 - whoever waits at the page is told, and the others' wishes go on
            refused.append(unforeseen(f"{intent.kind} of intent {intent.intent_id}", error))
    return done, refused


_Step = Callable[[Desk], Reason]


def _steps(intent: Intent) -> Sequence[_Step]:
    try:
        return _STEPS[Kind(intent.kind)](intent.wanted)
    except (ValueError, KeyError, TypeError):
        return [lambda _: _not_understood(intent)]


def _not_understood(intent: Intent) -> Reason:
    """One that an older or newer page has written."""
    raise LedgerbridgeError("intent_not_understood", kind=intent.kind)


def _each(do: Callable[..., Reason], items: Sequence[Sequence[str]]) -> list[_Step]:
    return [partial(_do, do, tuple(str(part) for part in item if part is not None)) for item in items]


def _do(do: Callable[..., Reason], about: Sequence[str], desk: Desk) -> Reason:
    return do(desk, *about)


_link_from_target = partial(link_requests.link, winner=Winner.TARGET)

_STEPS: Final[Mapping[Kind, Callable[[Mapping[str, Any]], Sequence[_Step]]]] = {
    Kind.TRY_AGAIN: lambda wanted: [lambda desk: sending_again.try_again(desk, int(wanted["record_id"]))],
    Kind.SEND_AGAIN: lambda wanted: [lambda desk: sending_again.send_again(desk, int(wanted["record_id"]))],
    Kind.ACCEPT_VAT: lambda wanted: [lambda desk: _accept_vat(desk, wanted)],
    Kind.SET_ASIDE: lambda wanted: [
        lambda desk: _decide(desk, set_aside=[str(wanted["number"])], because=str(wanted["because"]))
    ],
    Kind.LOOK: lambda _: [linking_look.look],
    Kind.LINK: lambda wanted: _each(link_requests.link, wanted["pairs"]),
    Kind.LINK_FROM_TARGET: lambda wanted: _each(_link_from_target, wanted["pairs"]),
    Kind.CREATE_IN_SOURCE: lambda wanted: _each(link_requests.create_in_source, wanted["targets"]),
    Kind.UNLINK: lambda wanted: [lambda desk: link_requests.unlink_record(desk, int(wanted["record_id"]))],
    Kind.CREATE: lambda wanted: _each(link_requests.create, [[number] for number in wanted["numbers"]]),
    Kind.SKIP: lambda wanted: _each(link_requests.skip, [[number] for number in wanted["numbers"]]),
    Kind.REFUSE: lambda wanted: _each(link_requests.refuse, wanted["pairs"]),
    Kind.CONFIRM_LINKING: lambda _: [_confirm_linking],
    Kind.CHECK: lambda _: [_check],
    Kind.PLAN: lambda _: [dry_run.look_ahead],
    Kind.APPLY: lambda wanted: [lambda desk: dry_run.apply(desk, int(wanted["plan_id"]))],
    Kind.LOOK_PRODUCTS: lambda _: [products.look],
    Kind.USE_PRODUCTS: lambda wanted: _each(products.use, [[number] for number in wanted["numbers"]]),
    Kind.DROP_PRODUCTS: lambda wanted: _each(products.drop, [[number] for number in wanted["numbers"]]),
    Kind.DEFAULT_PRODUCT: lambda wanted: [lambda desk: _default_product(desk, wanted)],
    Kind.CHOOSE_PRODUCTS: lambda wanted: [lambda desk: _choose_products(desk, wanted)],
    Kind.ACTIVATE: lambda wanted: [lambda desk: _activate(desk, str(wanted["seen"]))],
}


def _decide(desk: Desk, accepted: Sequence[str] = (), set_aside: Sequence[str] = (), because: str = "") -> Reason:
    return invoice_decisions.decide(desk, accepted, set_aside, because)[0].reason


def _accept_vat(desk: Desk, wanted: Mapping[str, Any]) -> Reason:
    """Accept the very difference that the page showed, and no other."""
    with transaction(desk.store):
        newest = transfers.latest(desk.store, int(wanted["record_id"]))
        shown = newest.reason.values.get("target") if newest is not None and newest.reason is not None else None
        if newest is None or (newest.transfer_id, shown) != (int(wanted["transfer_id"]), wanted["target"]):
            raise Rejection("page_is_old")
        return _decide(desk, accepted=[f"id {newest.source_id}"])


def _default_product(desk: Desk, wanted: Mapping[str, Any]) -> Reason:
    vat_code, number = VatCode(wanted["vat_code"]), str(wanted["number"])
    return products.set_default(desk, vat_code, number) if number else products.drop_default(desk, vat_code)


def _choose_products(desk: Desk, wanted: Mapping[str, Any]) -> Reason:
    chosen = {int(line): str(number) for line, number in wanted["products"].items()}
    return line_products.choose(desk, int(wanted["record_id"]), int(wanted["transfer_id"]), chosen)


def _confirm_linking(desk: Desk) -> Reason:
    return Reason("linking_confirmed", {"undecided": str(activation.confirm_linking(desk))})


def _check(desk: Desk) -> Reason:
    found = activation.check_now(desk)
    failed = activation.failed_in(found.checks)
    return Reason("check_failed", {"missing": failed}) if failed else Reason("check_passed")


def _activate(desk: Desk, seen: str) -> Reason:
    known = confirmations.read_preflight(desk.store, desk.integration.name)
    if known is None or confirmations.seen_hash(known) != seen:
        raise Rejection("page_is_old")
    activation.confirm(desk)
    return Reason("integration_activated", {"actor": desk.workplace.actor})
