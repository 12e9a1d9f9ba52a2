"""Unknown outcomes: when the target may be asked, and when the same key may be used again (P2, P3)."""

from __future__ import annotations

from datetime import timedelta

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.errors import NotSettledYet
from ledgerbridge.store import transfers
from ledgerbridge.store.transfers import Transfer
from ledgerbridge.target.registry import target_kind

__all__ = ["is_key_still_good", "is_superseded", "wait_until_settled"]


def wait_until_settled(desk: Desk, transfer: Transfer) -> None:
    """Only what has had time to arrive can be looked for.

    Raises:
        NotSettledYet: the settle time is not over yet.
    """
    _, passed = transfers.ages(desk.store, transfer.transfer_id)
    wait = desk.integration.loading.settle_seconds
    if passed is not None and passed < timedelta(seconds=wait):
        seconds = int(passed.total_seconds())
        raise NotSettledYet("doubt_not_settled", step=transfer.step, seconds=seconds, wait=wait)


def is_key_still_good(desk: Desk, transfer: Transfer) -> bool:
    """Whether the target surely still knows the key that the write in doubt was sent with, and as that write's."""
    lifetime = target_kind(desk.integration.target.system).key_lifetime
    if transfer.idempotency_key is None or lifetime is None:
        return False  # it was refused: the target knows it from a request with other bytes; or it knows none at all
    age, _ = transfers.ages(desk.store, transfer.transfer_id)
    return age is not None and age < lifetime


def is_superseded(desk: Desk, transfer: Transfer) -> bool:
    """Whether a newer revision has come: then an unknown outcome is found out, but nothing is sent again."""
    return not transfers.is_newest(desk.store, transfer.record_id, transfer.revision)
