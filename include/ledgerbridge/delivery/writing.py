"""One durable write: what is about to be sent is committed first, what came back right after (X-2, X-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.locators import key_of
from ledgerbridge.errors import InDoubt, KeyRefused, LedgerbridgeError, Rejection
from ledgerbridge.store import transfers
from ledgerbridge.store.database import Connection, Together
from ledgerbridge.store.transfers import State, Transfer, Write
from ledgerbridge.target.contract import Answer, Request

__all__ = [
    "Overtaken",
    "Step",
    "abandon",
    "conclude",
    "doubt",
    "intend",
    "reading",
    "resend",
    "send",
    "took_no_effect",
]

Read = TypeVar("Read")


class Overtaken(Exception):
    """A newer revision has withdrawn the transfer, or a person has set it aside: there is nothing to send any more."""


class Step:
    """The writes that there are. A transfer's ``step`` says which one is under way or in doubt."""

    CREATE_CUSTOMER = "create-customer"
    UPDATE_CUSTOMER = "update-customer"
    DELETE_CUSTOMER = "delete-customer"
    CREATE_DRAFT = "create-draft"
    REPLACE_DRAFT = "replace-draft"
    BOOK = "book"
    DELETE_DRAFT = "delete-draft"


# Doubt counts from the moment that was committed (settle time, the key's life), so it must not be much older than what
# is sent. Both have more in hand than this.
_LONGEST_BEFORE_SENDING = 2

_REPLACING = {Step.UPDATE_CUSTOMER, Step.REPLACE_DRAFT}


def send(desk: Desk, transfer: Transfer, step: str, request: Request) -> tuple[Transfer, Answer]:
    """Commit the intention, send. The transfer that comes back is still ``sending``: the caller reads the answer and
    calls :func:`conclude` together with whatever keeps what it says, and the answer's own words are kept with that.

    Raises:
        InDoubt: the outcome is unknown; the transfer stands ``in_doubt``.
        Overtaken: nothing was sent.
        LedgerbridgeError: a definite refusal; the transfer stands ``staged`` with a new generation.
    """
    return _send(desk, transfer, step, request, key_of(transfer, step), is_repeated=False)


def resend(desk: Desk, transfer: Transfer) -> tuple[Transfer, Answer]:
    """Send what is in doubt once more: the same key, the same bytes (P3)."""
    request = Request(transfer.request_method or "", transfer.request_path or "", transfer.request_body)
    return _send(desk, transfer, transfer.step or "", request, transfer.idempotency_key or "", is_repeated=True)


def _send(
    desk: Desk, transfer: Transfer, step: str, request: Request, key: str, *, is_repeated: bool
) -> tuple[Transfer, Answer]:
    transfer = intend(desk, transfer, step, request, key)
    answer = _answered(desk, transfer, request, key, is_repeated=is_repeated)
    desk.note_soon(
        transfer, "answered", step=step, status=answer.status, replayed=answer.was_replayed, answered=answer.text
    )
    return transfer, answer


def intend(desk: Desk, transfer: Transfer, step: str, request: Request, key: str) -> Transfer:
    """Commit step, exact bytes and key.

    Raises:
        Overtaken: it is not to be sent any more.
    """
    desk.write_down()
    write = Write(step, request.method, request.path, request.body, key, is_replacing=step in _REPLACING)
    entry = desk.entry(transfer, "sent", step=step, call=f"{request.method} {request.path}", key=key)
    begun = transfers.begin_write(desk.store, transfer, write, entry)
    if begun is None:
        raise Overtaken
    return begun


def _answered(desk: Desk, transfer: Transfer, request: Request, key: str, *, is_repeated: bool) -> Answer:
    """The answer; an error's outcome is committed before it goes on."""
    was_sent = False
    try:
        with desk.workplace.gate.turn() as waited:
            if (stopped := desk.brake.stopped_by) is not None:
                raise stopped  # while this one waited for its turn, another found out that none may be sent
            if waited > _LONGEST_BEFORE_SENDING:
                transfers.note_sending(desk.store, transfer.transfer_id)
            was_sent = True
            return _sent(desk, request, key)
    except InDoubt as error:
        if isinstance(error, KeyRefused):
            # It would be refused for as long as the target remembers it, with these bytes or any other.
            transfers.forget_key(desk.store, transfer.transfer_id)
        doubt(desk, transfer, error)
        raise
    except LedgerbridgeError as error:
        if is_repeated and not isinstance(error, Rejection):
            # Nobody looked at this request, which says nothing about the first one: its key must stay (P3).
            doubt(desk, transfer, error)
            raise
        took_no_effect(desk, transfer, error, was_sent=was_sent)
        raise


def took_no_effect(desk: Desk, transfer: Transfer, error: LedgerbridgeError, *, was_sent: bool) -> None:
    """It was refused, or not even sent: the step is over, and its key with it."""
    with desk.together() as at_once:
        transfers.end_write(at_once, transfer.transfer_id, transfer.target_draft)
        desk.note(
            transfer,
            "refused" if was_sent else "not_sent",
            at_once,
            step=transfer.step,
            reason=error.reason.to_json(),
        )


def _sent(desk: Desk, request: Request, key: str) -> Answer:
    """Within the turn: whoever has the next one must know already what this one met (P5, P6)."""
    try:
        return desk.target.send(request, key)
    except LedgerbridgeError as error:
        desk.brake.met(error)
        raise


def reading(desk: Desk, transfer: Transfer, read: Callable[[], Read]) -> Read:
    """What a write's answer says; an answer that cannot be read leaves the write in doubt.

    Raises:
        InDoubt: it cannot be read.
    """
    try:
        return read()
    except InDoubt as error:
        doubt(desk, transfer, error)
        raise


def conclude(at: Connection | Together, transfer: Transfer, target_draft: str | None = None) -> None:
    """The outcome is definite and kept: the step is over."""
    transfers.end_write(at, transfer.transfer_id, target_draft)


def abandon(desk: Desk, transfer: Transfer, why: str) -> Transfer:
    """It is proven that the write in doubt never took effect: it may be made anew, with a key of its own."""
    with desk.together() as at_once:
        desk.note(transfer, "proven_absent", at_once, step=transfer.step, why=why)
        conclude(at_once, transfer, transfer.target_draft)
    return transfers.reload(desk.store, transfer.transfer_id)


def doubt(desk: Desk, transfer: Transfer, error: LedgerbridgeError) -> None:
    """The outcome is unknown, and says so."""
    entry = desk.entry(transfer, "in_doubt", step=transfer.step, reason=error.reason.to_json())
    with desk.together() as at_once:
        transfers.set_state(at_once, transfer.transfer_id, State.IN_DOUBT, error.reason, entry=entry)
