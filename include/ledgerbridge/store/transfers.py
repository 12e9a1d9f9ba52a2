"""Transfers: the delivery of one revision of one record, and every step of its life.

States are those of the glossary in ``docs/concepts.md``. Each function is one committed step unless
the caller has opened a :func:`~ledgerbridge.store.database.transaction`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from psycopg2.errors import LockNotAvailable

from ledgerbridge.reasons import Reason
from ledgerbridge.records import Module, Record, record_from_json
from ledgerbridge.store.database import Connection, Together, execute, fetch_all, fetch_one
from ledgerbridge.store.links import Link, Seen
from ledgerbridge.store.searching import literally

__all__ = [
    "Entry",
    "Operation",
    "Owed",
    "Shown",
    "Standing",
    "State",
    "Transfer",
    "Write",
    "ages",
    "begin_write",
    "booked_unseen",
    "customers_known",
    "customers_wanted",
    "delivered_payload",
    "end_delivered",
    "end_write",
    "forget_key",
    "held_back",
    "held_ids",
    "hold",
    "hold_alone",
    "in_state",
    "invoices_named",
    "is_newest",
    "known_ids",
    "latest",
    "newest_of",
    "note_sending",
    "owed",
    "owed_of_records",
    "reload",
    "set_content",
    "set_payload",
    "set_state",
    "set_warnings",
    "stage",
    "staging",
    "standing",
    "states",
    "supersede",
    "take_up",
    "tell",
    "unsettled_ids",
]


class State(StrEnum):
    """Where a transfer stands. When a run has settled, none is ``STAGED`` or ``SENDING``."""

    STAGED = "staged"
    SENDING = "sending"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    WAITING = "waiting"
    IN_DOUBT = "in_doubt"
    UNCHANGED = "unchanged"
    IGNORED = "ignored"
    WITHDRAWN = "withdrawn"


class Operation(StrEnum):
    """What the revision asks for: that the record is in the target, or that it no longer is."""

    DELIVER = "deliver"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One row of ``transfer``, as it was read."""

    transfer_id: int
    record_id: int
    integration: str
    module: Module
    source_id: str
    locator: str
    revision: int
    content_hash: str
    operation: Operation
    content: str
    state: State
    reason: Reason | None
    waits_for: str | None
    warnings: tuple[Reason, ...]
    payload: str | None
    step: str | None
    generation: int
    request_method: str | None
    request_path: str | None
    request_body: str | None
    idempotency_key: str | None
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    target_draft: str | None
    accepted_by: str | None
    accepted_target: str | None
    run_id: str
    changed_at: datetime | None
    staged_at: datetime
    told_at: datetime | None
    settled_at: datetime | None

    @property
    def has_payload(self) -> bool:
        """Whether transform has made what is to be sent."""
        return self.payload is not None

    @property
    def record(self) -> Record:
        """The canonical record of this revision."""
        return record_from_json(self.module, self.content)

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Transfer:
        """The transfer that a database row holds."""
        known = {name: row[name] for name in cls.__slots__}
        known |= {
            "module": Module(row["module"]),
            "operation": Operation(row["operation"]),
            "state": State(row["state"]),
            "reason": Reason.from_json(row["reason"]) if row["reason"] else None,
            "warnings": tuple(Reason.from_json(item) for item in row["warnings"]),
        }
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Standing:
    """A transfer, whether it is its record's newest revision, and the links that were seen with it."""

    transfer: Transfer
    is_newest: bool
    seen: Seen


@dataclass(frozen=True, slots=True)
class Owed:
    """What of a transfer decides whether it is its turn."""

    transfer_id: int
    record_id: int
    module: Module
    state: State
    step: str | None
    waits_for: str | None
    operation: Operation
    has_payload: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the pages' lists show and filter by; nothing of it decides anything. ``amount`` is in ``currency``."""

    number: str | None = None
    name: str | None = None
    dated: date | None = None
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Write:
    """A write that is about to be sent. ``is_replacing``: what the target shows is not known until it is answered."""

    step: str
    method: str
    path: str
    body: str | None
    key: str
    is_replacing: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of history about a transfer: what happened, by which run, in whose name."""

    event: str | None
    run_id: str
    actor: str
    detail: Mapping[str, object]

    def values(self) -> dict[str, object]:
        """As the statements take it."""
        detail = json.dumps(self.detail, ensure_ascii=False, default=str)
        return {"event": self.event, "run_id": self.run_id, "actor": self.actor, "detail": detail}


_NO_ENTRY = Entry(None, "", "", {})


def _transfers(rows: Iterable[dict[str, Any]]) -> list[Transfer]:
    return [Transfer.from_row(row) for row in rows]


def _reason(reason: Reason | None) -> str | None:
    return json.dumps(reason.to_json(), ensure_ascii=False) if reason else None


def ensure_record(connection: Connection, integration: str, module: Module, source_id: str, locator: str) -> int:
    """The record's id in our database; its locator never changes after the first call."""
    values = {"integration": integration, "module": module, "source_id": source_id, "locator": locator}
    # Twice: a row that another process made in this very moment is seen by the next statement only.
    row = fetch_one(connection, "record_ensure", values) or fetch_one(connection, "record_ensure", values)
    if row is None:
        message = f"no record row came back for {source_id}"
        raise RuntimeError(message)
    return int(row["record_id"])


def record_of(connection: Connection, integration: str, module: Module, source_id: str) -> int:
    """The id of a record that has been staged before.

    Raises:
        LookupError: it never was.
    """
    values = {"integration": integration, "module": module, "source_id": source_id}
    row = fetch_one(connection, "record_of", values)
    if row is None:
        message = f"{module} {source_id} of {integration} is not known"
        raise LookupError(message)
    return int(row["record_id"])


@contextmanager
def staging(connection: Connection, integration: str, module: Module) -> Iterator[None]:
    """One reader of the source at a time: who read earlier must not stage after who read later.

    The lock ends with the connection, so a process that dies does not keep it.
    """
    values = {"integration": integration, "module": module}
    fetch_all(connection, "staging_lock", values)
    try:
        yield
    finally:
        if not connection.closed:
            fetch_all(connection, "staging_unlock", values)


def unsettled_ids(connection: Connection, integration: str, module: Module) -> list[str]:
    """Source ids of every record with which something is still to be done, or waited for."""
    values = {"integration": integration, "module": module}
    return [row["source_id"] for row in fetch_all(connection, "records_unsettled", values)]


def held_ids(connection: Connection, integration: str, module: Module) -> list[str]:
    """Source ids of every record that was ever staged."""
    values = {"integration": integration, "module": module}
    return [row["source_id"] for row in fetch_all(connection, "records_held", values)]


def known_ids(connection: Connection, integration: str, module: Module, source_ids: Iterable[str]) -> list[str]:
    """Which of these source ids were ever staged, or linked, here."""
    values = {"integration": integration, "module": module, "source_ids": list(source_ids)}
    return [row["source_id"] for row in fetch_all(connection, "records_known", values)]


def held_back(connection: Connection, integration: str, source_ids: Iterable[str]) -> set[str]:
    """Which of these invoices are ours, and neither booked nor set aside."""
    values = {"integration": integration, "source_ids": list(source_ids)}
    return {row["source_id"] for row in fetch_all(connection, "invoices_held_back", values)}


def newest_of(connection: Connection, integration: str, module: Module, source_id: str) -> Transfer | None:
    """The newest revision's transfer of a source record, if it was ever staged."""
    values = {"integration": integration, "module": module, "source_id": source_id}
    row = fetch_one(connection, "record_of", values)
    return latest(connection, int(row["record_id"])) if row else None


def customers_known(connection: Connection, integration: str, number: str | None = None) -> list[Transfer]:
    """Customers by their newest revision, as far as they could be read; those of one number, if one is given."""
    return _transfers(fetch_all(connection, "customers_known", {"integration": integration, "number": number}))


def customers_wanted(connection: Connection, integration: str, source_ids: Iterable[str]) -> set[str]:
    """Which of these customers are the integration's to deliver, as it last read them."""
    values = {"integration": integration, "source_ids": list(source_ids)}
    return {row["source_id"] for row in fetch_all(connection, "customers_wanted", values)}


def latest(connection: Connection, record_id: int) -> Transfer | None:
    """The newest revision's transfer."""
    row = fetch_one(connection, "transfer_latest", {"record_id": record_id})
    return Transfer.from_row(row) if row else None


def is_newest(connection: Connection, record_id: int, revision: int) -> bool:
    """Whether no newer revision than this one has been staged."""
    return fetch_one(connection, "transfer_newer", {"record_id": record_id, "revision": revision}) is None


def stage(connection: Connection, values: dict[str, Any], shown: Shown) -> Transfer | None:
    """A new revision's transfer, or nothing when another run staged that revision a moment ago."""
    row = fetch_one(connection, "transfer_stage", {**values, **asdict(shown)})
    return Transfer.from_row(row) if row else None


def delivered_payload(connection: Connection, record_id: int, revision: int) -> str | None:
    """What an earlier revision than ``revision`` was sent as; nothing where none was."""
    row = fetch_one(connection, "transfer_delivered_payload", {"record_id": record_id, "revision": revision})
    return str(row["payload"]) if row else None


def supersede(connection: Connection, record_id: int, revision: int) -> int:
    """Withdraw the revisions before ``revision`` that were never sent; how many there were."""
    reason = _reason(Reason("superseded_by_newer_revision"))
    values = {"record_id": record_id, "revision": revision, "reason": reason}
    return execute(connection, "transfer_supersede", values)


def reload(connection: Connection, transfer_id: int) -> Transfer:
    """The transfer as it stands now."""
    row = fetch_one(connection, "transfer_get", {"transfer_id": transfer_id})
    if row is None:
        message = f"transfer {transfer_id} does not exist"
        raise LookupError(message)
    return Transfer.from_row(row)


def standing(connection: Connection, transfer_id: int) -> Standing:
    """The transfer as it stands now, with what else decides about it."""
    row = fetch_one(connection, "transfer_standing", {"transfer_id": transfer_id})
    if row is None:
        message = f"transfer {transfer_id} does not exist"
        raise LookupError(message)
    own, customers = (Link.from_json(row[name]) if row[name] else None for name in ("own_link", "customers_link"))
    return Standing(Transfer.from_row(row), row["is_newest"], Seen(own, customers))


def owed(connection: Connection, integration: str, module: Module, agreement: str, limit: int) -> list[Transfer]:
    """What earlier runs left and may go on now: orphans, doubts, and waiting ones whose time has come."""
    values = {"integration": integration, "module": module, "agreement": agreement, "limit": limit}
    return _transfers(fetch_all(connection, "transfer_owed", values))


def booked_unseen(connection: Connection, integration: str) -> list[Transfer]:
    """Of invoices that are booked, and whose booking answered with a number and no more, that was not read since."""
    return _transfers(fetch_all(connection, "transfer_booked_unseen", {"integration": integration, "limit": 5000}))


def owed_of_records(connection: Connection, record_ids: Sequence[int]) -> list[Owed]:
    """Everything undelivered of these records, oldest revision first."""
    rows = fetch_all(connection, "transfer_owed_of_records", {"record_ids": list(record_ids)})
    return [_owed(row) for row in rows]


def _owed(row: Mapping[str, Any]) -> Owed:
    kinds = {
        "module": Module(row["module"]),
        "state": State(row["state"]),
        "operation": Operation(row["operation"]),
    }
    return Owed(**(dict(row) | kinds))


def in_state(connection: Connection, integration: str, module: Module, state: State) -> list[Transfer]:
    """Records whose newest revision stands in ``state``."""
    values = {"integration": integration, "module": module, "state": state}
    return _transfers(fetch_all(connection, "transfer_in_state", values))


def invoices_named(connection: Connection, integration: str, named: Sequence[str]) -> list[Transfer]:
    """Newest revisions of the invoices that have one of these as their number or their source id."""
    patterns = [f"%{literally(json.dumps(name, ensure_ascii=False))}%" for name in named]
    values = {"integration": integration, "named": list(named), "patterns": patterns}
    return _transfers(fetch_all(connection, "transfer_named", values))


def hold(connection: Connection, record_ids: Sequence[int]) -> set[int]:
    """Hold the records for as long as ``connection``'s open transaction lives; those that could be had.

    The caller opens the transaction. A process that dies loses its connection, and with it the hold.
    """
    rows = fetch_all(connection, "transfer_hold", {"record_ids": sorted(set(record_ids))})
    return {int(row["record_id"]) for row in rows}


def hold_alone(connection: Connection, integration: str, module: Module, record_id: int, patience: timedelta) -> bool:
    """Until the open transaction ends nobody else sends the record, or stages one of its module; whether it worked.

    Waits for each at most ``patience``. When it did not work the transaction is of no more use.
    """
    try:
        fetch_all(connection, "lock_patience", {"milliseconds": str(int(patience.total_seconds() * 1000))})
        # In this order: whoever loads holds its records before it stages what a person's Clear has changed.
        fetch_all(connection, "transfer_hold_waiting", {"record_id": record_id})
        fetch_all(connection, "staging_lock_here", {"integration": integration, "module": module})
    except LockNotAvailable:
        return False
    return True


def set_state(
    connection: Connection | Together,
    transfer_id: int,
    state: State,
    reason: Reason | None = None,
    waits_for: str | None = None,
    expected: State | None = None,
    entry: Entry | None = None,
) -> bool:
    """Move a transfer to ``state``, with why; whether it did (not known :func:`together` with others).

    ``expected``: only if it still stands there, since another run may have taken it further meanwhile. ``entry``: the
    line of history that is written if it did.
    """
    values = {
        "transfer_id": transfer_id,
        "state": state,
        "reason": _reason(reason),
        "waits_for": waits_for,
        "expected": expected,
        **(entry or _NO_ENTRY).values(),
    }
    return execute(connection, "transfer_state", values) > 0


def take_up(connection: Connection, transfer_id: int) -> None:
    """Have it begin again, at the validation."""
    execute(connection, "transfer_take_up", {"transfer_id": transfer_id})


def set_warnings(connection: Connection, transfer_id: int, warnings: Iterable[Reason]) -> None:
    """What is told about it without being in its way."""
    text = json.dumps([warning.to_json() for warning in warnings], ensure_ascii=False)
    execute(connection, "transfer_warnings", {"transfer_id": transfer_id, "warnings": text})


def explain_delivered(connection: Connection | Together, transfer_id: int, reason: Reason) -> None:
    """What is to be said of a delivered one: it is there, and not as it was thought to be."""
    execute(connection, "transfer_explain", {"transfer_id": transfer_id, "reason": _reason(reason)})


def set_content(connection: Connection, transfer_id: int, content: str) -> None:
    """The record's canonical JSON, where it differs in what its hash leaves out."""
    execute(connection, "transfer_content", {"transfer_id": transfer_id, "content": content})


def set_payload(connection: Connection, transfer_id: int, payload: str, expected: State) -> bool:
    """What transform made of it; nothing, when it no longer stands where ``expected``. Whether it was kept."""
    values = {"transfer_id": transfer_id, "payload": payload, "expected": expected}
    return execute(connection, "transfer_payload", values) > 0


def begin_write(connection: Connection, transfer: Transfer, write: Write, entry: Entry) -> Transfer | None:
    """Before the request: step, exact bytes and key are committed with the state ``sending``, and ``entry`` with them.

    Nothing when the transfer is over: withdrawn, set aside or delivered.
    """
    values = {"transfer_id": transfer.transfer_id, "generation": transfer.generation, **asdict(write), **entry.values()}
    row = fetch_one(connection, "transfer_begin_write", values)
    if row is None:
        return None
    return replace(
        transfer,
        state=State.SENDING,
        reason=None,
        waits_for=None,
        step=write.step,
        request_method=write.method,
        request_path=write.path,
        request_body=write.body,
        idempotency_key=write.key,
        **row,
    )


def note_sending(connection: Connection, transfer_id: int) -> None:
    """The write that was committed is sent only now: doubt counts from here."""
    execute(connection, "transfer_sending", {"transfer_id": transfer_id})


def forget_key(connection: Connection, transfer_id: int) -> None:
    """The key of the write in doubt is of no more use."""
    execute(connection, "transfer_forget_key", {"transfer_id": transfer_id})


def end_write(connection: Connection | Together, transfer_id: int, target_draft: str | None) -> None:
    """After a definite outcome: the next write gets a key of its own."""
    execute(connection, "transfer_end_write", {"transfer_id": transfer_id, "target_draft": target_draft})


def end_delivered(connection: Connection | Together, transfer_id: int, target_draft: str | None, entry: Entry) -> None:
    """After the write that was all there was to do; ``entry`` is the line of history that says so."""
    values = {"transfer_id": transfer_id, "target_draft": target_draft, **entry.values()}
    execute(connection, "transfer_end_delivered", values)


def ages(connection: Connection, transfer_id: int) -> tuple[timedelta | None, timedelta | None]:
    """How long ago its present key was first sent, and its last request; by our database's clock alone.

    The workers' clocks may disagree with it and with each other.
    """
    row = fetch_one(connection, "transfer_ages", {"transfer_id": transfer_id}) or {}
    first, last = row.get("since_first_sent"), row.get("since_last_sent")
    return (
        None if first is None else timedelta(seconds=first),
        None if last is None else timedelta(seconds=last),
    )


def tell(connection: Connection, transfer_ids: Iterable[int]) -> None:
    """Note that these have been told: they do not redden a later run (X-7)."""
    execute(connection, "transfer_tell", {"transfer_ids": list(transfer_ids)})


def accept_vat_difference(connection: Connection, integration: str, source_id: str, actor: str) -> Transfer | None:
    """Let a held invoice be booked with the VAT that the target computed (CT-19)."""
    reason = _reason(Reason("invoice_vat_accepted", {"actor": actor}))
    values = {"integration": integration, "source_id": source_id, "actor": actor, "reason": reason}
    row = fetch_one(connection, "transfer_accept", values)
    return Transfer.from_row(row) if row else None


def states(connection: Connection, integration: str, module: Module) -> dict[str, int]:
    """How many records stand in each state, by their newest revision (P16)."""
    rows = fetch_all(connection, "states_of_integration", {"integration": integration, "module": module})
    return {str(row["state"]): int(row["records"]) for row in rows}
