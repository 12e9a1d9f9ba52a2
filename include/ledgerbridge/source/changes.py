"""What changed in the source since a cursor.

A cursor is opaque text that the caller keeps. It holds a transaction snapshot (triggers) or a time
(polling), never a serial number: a transaction that commits late is not missed (P11).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ledgerbridge.records import Module
from ledgerbridge.source.database import Connection, rows
from ledgerbridge.source.manifest import Manifest
from ledgerbridge.sql import load

__all__ = ["Change", "ChangeBatch", "Polling", "current_cursor", "prune_changes", "read_changes"]

PAGE = 5_000


@dataclass(frozen=True, slots=True)
class Polling:
    """The variant for databases that may not have triggers.

    ``overlap`` must exceed the longest transaction and the farthest clock: a row whose time lies further
    back than that when it becomes visible is missed. Deletions are not seen.
    """

    manifest: Manifest
    overlap: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Change:
    """All that happened to one record within a batch."""

    source_id: str
    is_deleted: bool
    first_changed_at: datetime
    last_changed_at: datetime


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """One page of changes; keep ``cursor`` once they are staged.

    ``changes`` has one entry per record, ordered by when it last changed. ``everything_changed``: the cursor was
    ``None``, or is older than what the database still knows; read all records once (``SourceReader.all_ids``),
    then go on from ``cursor``. ``has_more``: read on at once.
    """

    changes: tuple[Change, ...]
    cursor: str
    has_more: bool = False
    everything_changed: bool = False
    source_ids: tuple[str, ...] = field(init=False)
    deleted_ids: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "source_ids", tuple(c.source_id for c in self.changes if not c.is_deleted))
        object.__setattr__(self, "deleted_ids", tuple(c.source_id for c in self.changes if c.is_deleted))


def current_cursor(connection: Connection, *, polling: Polling | None = None) -> str:
    """The cursor of an integration that starts now: take it, then read everything, then follow the changes.

    Raises:
        SourceUnavailable, Refusal: the database cannot be asked.
    """
    row = rows(connection, "SELECT pg_current_snapshot()::text AS snapshot, clock_timestamp() AS now", {})[0]
    return _dump(since=row["now"].isoformat()) if polling is not None else _dump(seen=row["snapshot"])


def read_changes(
    connection: Connection, module: Module, cursor: str | None, *, polling: Polling | None = None, limit: int = PAGE
) -> ChangeBatch:
    """The next page of changes of one module after ``cursor``.

    Args:
        connection: from :func:`ledgerbridge.source.database.connect`.
        module: whose changes.
        cursor: from the batch before, or ``None`` at the very first.
        polling: given when the integration's setting is ``polling``; else the change table is read.
        limit: at most so many rows of the change table in one page.

    Raises:
        SourceUnavailable, Refusal: the database cannot be asked, or has no change table.
    """
    state = _load(cursor)
    if polling is not None:
        return _poll(connection, module, state, polling, limit)
    return _read_change_table(connection, module, state, limit)


def prune_changes(connection: Connection, keep: timedelta) -> int:
    """Remove changes older than ``keep`` (7 days or more) from the change table; how many went.

    Raises:
        Refusal: ``keep`` is too short, or the role may not do it.
    """
    return int(rows(connection, "SELECT ledgerbridge.prune_changes(%(keep)s) AS removed", {"keep": keep})[0]["removed"])


def _read_change_table(connection: Connection, module: Module, state: Mapping[str, Any], limit: int) -> ChangeBatch:
    if "seen" not in state:
        return ChangeBatch((), current_cursor(connection), everything_changed=True)
    after_xid, after_id = state.get("after", (None, None))
    parameters = {
        "seen": state["seen"], "reading": state.get("reading"), "after_xid": after_xid, "after_id": after_id,
        "module": module.value, "limit": limit,
    }  # fmt: skip
    found = rows(connection, load("ledgerbridge.source", "changes"), parameters)
    if found[0]["is_lost"]:
        return ChangeBatch((), current_cursor(connection), everything_changed=True)
    reading, listed = found[0]["reading"], [row for row in found if row["source_id"] is not None]
    if len(listed) < limit:
        # A set that took several pages is as old as its first one: there may be more by now.
        return ChangeBatch(_by_record(listed), _dump(seen=reading), has_more="reading" in state)
    last = listed[-1]
    # The rest of a large set is read up to the same snapshot, so that it comes to an end.
    rest = _dump(seen=state["seen"], reading=reading, after=[last["xid"], last["source_id"]])
    return ChangeBatch(_by_record(listed), rest, has_more=True)


def _by_record(listed: Iterable[Mapping[str, Any]]) -> tuple[Change, ...]:
    changes: dict[str, Change] = {}
    for row in sorted(listed, key=lambda row: row["change_id"]):
        source_id, at = row["source_id"], row["changed_at"]
        first = changes.pop(source_id).first_changed_at if source_id in changes else at
        changes[source_id] = Change(source_id, row["operation"] == "delete", first, at)
    return tuple(changes.values())


def _poll(
    connection: Connection, module: Module, state: Mapping[str, Any], polling: Polling, limit: int
) -> ChangeBatch:
    if "since" not in state:
        return ChangeBatch((), current_cursor(connection, polling=polling), everything_changed=True)
    since = datetime.fromisoformat(state["since"])
    after_time, after_id = state.get("after", (None, None))
    parameters = {
        "since": since - polling.overlap, "after_time": after_time, "after_id": after_id, "limit": limit,
    }  # fmt: skip
    asked_at = datetime.fromisoformat(state["until"]) if "until" in state else _now_there(connection)
    found = rows(connection, polling.manifest.statement(module, "polled"), parameters)
    changes = tuple(Change(row["source_id"], False, row["changed_at"], row["changed_at"]) for row in found)
    if len(found) < limit:
        # The database's clock, not the rows': one row dated in the future must not carry the cursor there.
        return ChangeBatch(changes, _dump(since=max(since, asked_at).isoformat()))
    after = [found[-1]["changed_at"].isoformat(), found[-1]["source_id"]]
    rest = _dump(since=since.isoformat(), until=asked_at.isoformat(), after=after)
    return ChangeBatch(changes, rest, has_more=True)


def _now_there(connection: Connection) -> datetime:
    now: datetime = rows(connection, "SELECT clock_timestamp() AS now", {})[0]["now"]
    return now


def _dump(**state: object) -> str:
    return json.dumps(state, separators=(",", ":"))


def _load(cursor: str | None) -> Mapping[str, Any]:
    """The cursor's content; none where it is not one of ours, which reads everything anew."""
    try:
        state = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}
