"""Which of an agreement's connections are taken, by which processes: advisory locks in our own database.

A slot is a number from 1 to the limit; whoever holds its lock may have one call under way. The locks belong to one
database session and end with it, so what a killed process held is free again at once. They need that session for as
long as they are held: a pooler that shares sessions between statements (PgBouncer's transaction mode) breaks them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from ledgerbridge.store.database import Connection, fetch_all

__all__ = ["Occupancy", "Sign", "give", "hide", "look", "show", "take"]


class Sign(IntEnum):
    """What a process shows to the others, as numbers that no slot has."""

    PRESENT = 1_000_000
    HUNGRY = 1_000_001


@dataclass(frozen=True, slots=True)
class Occupancy:
    """``taken``: slots that anybody holds; ``others``: processes at work; ``hungry_others``: those short of slots."""

    taken: frozenset[int]
    others: int
    hungry_others: int


def look(connection: Connection, agreement: str, limit: int) -> Occupancy:
    """How the agreement's connections are shared now."""
    values = {"agreement": agreement, "limit": limit, "present": Sign.PRESENT, "hungry": Sign.HUNGRY}
    (row,) = fetch_all(connection, "connections_look", values)
    return Occupancy(frozenset(row["taken"]), int(row["others"]), int(row["hungry"]))


def take(connection: Connection, agreement: str, slots: Iterable[int]) -> list[int]:
    """Take these slots; those that could be had."""
    rows = fetch_all(connection, "connections_take", {"agreement": agreement, "slots": list(slots)})
    return [int(row["slot"]) for row in rows]


def give(connection: Connection, agreement: str, slots: Iterable[int]) -> None:
    """Give slots back."""
    fetch_all(connection, "connections_give", {"agreement": agreement, "slots": list(slots)})


def show(connection: Connection, agreement: str, sign: Sign) -> None:
    """Let the other processes see the sign, until it is hidden or this session ends."""
    fetch_all(connection, "connections_show", {"agreement": agreement, "sign": int(sign)})


def hide(connection: Connection, agreement: str, sign: Sign) -> None:
    """Take the sign down."""
    fetch_all(connection, "connections_hide", {"agreement": agreement, "sign": int(sign)})
