"""Chunks: the transfers that one load task instance of a run answers for."""

from __future__ import annotations

from collections.abc import Iterable

from ledgerbridge.store.database import Connection, execute, fetch_all
from ledgerbridge.store.transfers import State, Transfer

__all__ = ["join", "members", "of_run", "records", "states"]


def of_run(connection: Connection, run_id: str) -> dict[int, int]:
    """The run's chunks, with how many transfers each has."""
    return {int(row["chunk"]): int(row["members"]) for row in fetch_all(connection, "chunk_count", {"run_id": run_id})}


def join(connection: Connection, run_id: str, chunk: int, transfer_ids: Iterable[int]) -> None:
    """Make one load task instance answer for these transfers."""
    values = {"run_id": run_id, "chunk": chunk, "transfer_ids": list(transfer_ids)}
    execute(connection, "chunk_join", values)


def members(
    connection: Connection, run_id: str, chunk: int | None = None, states: Iterable[State] | None = None
) -> list[Transfer]:
    """The transfers of one chunk of a run, or of all of its chunks; those in ``states``, if any are given."""
    wanted = None if states is None else [state.value for state in states]
    rows = fetch_all(connection, "chunk_members", {"run_id": run_id, "chunk": chunk, "states": wanted})
    return [Transfer.from_row(row) for row in rows]


def records(connection: Connection, run_id: str, chunk: int) -> list[int]:
    """The records that a chunk's transfers are of."""
    rows = fetch_all(connection, "chunk_records", {"run_id": run_id, "chunk": chunk})
    return [int(row["record_id"]) for row in rows]


def states(connection: Connection, run_id: str, chunk: int) -> dict[str, int]:
    """How many of a chunk's transfers stand in each state."""
    rows = fetch_all(connection, "chunk_states", {"run_id": run_id, "chunk": chunk})
    return {str(row["state"]): int(row["transfers"]) for row in rows}
