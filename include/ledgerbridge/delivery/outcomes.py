"""How a transfer ends, for now: its state, its reason, and a line in its history."""

from __future__ import annotations

import logging

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.reasons import Reason
from ledgerbridge.store import transfers
from ledgerbridge.store.transfers import State, Transfer

__all__ = ["WaitsFor", "finish", "unexpected", "unforeseen", "warn"]

log = logging.getLogger(__name__)


class WaitsFor:
    """What a waiting transfer waits for; the sweep for owed transfers knows these (``transfer_owed.sql``)."""

    RUN = "run"
    SETTINGS = "settings"
    AGREEMENT = "agreement"
    LINKING = "linking"
    OTHER_INTEGRATION = "other_integration"
    """That no other integration on the source is still at it (MP-14); each run looks."""
    PRODUCT = "product"
    """A person's choice; nothing else takes it up."""

    @staticmethod
    def customer(source_id: str) -> str:
        """A link, or a decision, on this customer of the source."""
        return f"customer:{source_id}"

    @staticmethod
    def invoice(source_id: str) -> str:
        """That this invoice of the source is no longer held back."""
        return f"invoice:{source_id}"


def finish(
    desk: Desk,
    transfer: Transfer,
    state: State,
    reason: Reason | None = None,
    waits_for: str | None = None,
    *,
    expected: State | None = None,
) -> State:
    """Move the transfer to ``state`` and write it down; nothing when it no longer stands where ``expected``."""
    entry = desk.entry(transfer, state.value, reason=reason.to_json() if reason else None)
    with desk.together() as at_once:
        transfers.set_state(at_once, transfer.transfer_id, state, reason, waits_for, expected, entry)
    return state


def warn(desk: Desk, transfer: Transfer, *warnings: Reason) -> None:
    """Tell something about the transfer that is not in its way; the same is told once."""
    if not warnings:
        return
    known = transfers.reload(desk.store, transfer.transfer_id).warnings
    new = [warning for warning in warnings if warning not in known]
    if new:
        transfers.set_warnings(desk.store, transfer.transfer_id, [*known, *new])


def unexpected(transfer: Transfer, error: Exception) -> Reason:
    """The reason for an error that nobody foresaw: told on its record and logged whole, where developers look."""
    return unforeseen(f"{transfer.module} {transfer.source_id}, revision {transfer.revision}", error)


def unforeseen(about: str, error: Exception) -> Reason:
    """As :func:`unexpected`, of something that is no transfer."""
    log.error("%s", about, exc_info=error)
    return Reason("unexpected_error", {"kind": type(error).__name__})
