"""The history: append-only, hash-chained (X-4, P19).

The database refuses UPDATE and DELETE on it. :func:`seal` chains what was appended since, in one
batch; :func:`check` names every entry that was altered or is missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Any

from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from ledgerbridge.reasons import Reason
from ledgerbridge.store.database import Connection, Together, execute, fetch_all, fetch_one, transaction

__all__ = ["Broken", "append", "check", "entry", "last_seal", "seal", "was_rejected"]

_GENESIS = "0" * 64
_BATCH = 500
# Numbers are drawn as entries are written, and seals follow the numbers but for entries that are committed late.
_LONGEST_TRANSACTION = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Broken:
    """An entry that is not what was sealed. ``what`` is ``altered``, ``missing``, ``backdated`` or ``chain``.

    ``backdated``: it was put in afterwards; all that belonged there had been sealed before, or it is older than what
    was sealed before it. ``missing`` of the last entry that a run has seen says that the end was cut off.
    """

    entry_id: int
    what: str


def append(connection: Connection | Together, **values: Any) -> None:
    """Add one entry, as :func:`entry` takes it."""
    execute(connection, "history_append", entry(**values))


def entry(  # noqa: PLR0913 - one name for each column
    *,
    integration: str,
    event: str,
    actor: str,
    module: str | None = None,
    source_id: str | None = None,
    transfer_id: int | None = None,
    run_id: str | None = None,
    detail: Mapping[str, object] | None = None,
    sent: str | None = None,
    answered: str | None = None,
) -> dict[str, Any]:
    """One entry's values. ``sent`` and ``answered`` are bodies; headers, and so tokens, never come here."""
    return {
        "integration": integration,
        "module": module,
        "source_id": source_id,
        "transfer_id": transfer_id,
        "event": event,
        "run_id": run_id,
        "actor": actor,
        "detail": json.dumps(detail or {}, ensure_ascii=False, default=str),
        "sent": sent,
        "answered": answered,
    }


def was_rejected(connection: Connection, record_id: int, reason: Reason) -> bool:
    """Whether the record was rejected before, in any revision, for this very reason, its values included."""
    values = {"record_id": record_id, "reason": json.dumps(reason.to_json(), ensure_ascii=False)}
    return fetch_one(connection, "history_rejected", values) is not None


def seal(connection: Connection) -> int:
    """Chain every entry that is not sealed yet; how many there were. One sealer at a time.

    It takes as long as there are new entries, however long the history is.

    Raises:
        RuntimeError: inside a transaction of the caller's; how far the history is whole is told by those that are over.
    """
    if connection.info.transaction_status != TRANSACTION_STATUS_IDLE:
        message = "the history is sealed in transactions of its own"
        raise RuntimeError(message)
    look = fetch_one(connection, "history_look")
    sealed, after = 0, 0
    while True:
        with transaction(connection):
            ids = _seal_batch(connection, after)
        sealed += len(ids)
        if len(ids) < _BATCH:
            execute(connection, "history_reach_on", look)
            return sealed
        after = ids[-1]


def last_seal(connection: Connection) -> dict[str, Any] | None:
    """The newest link of the chain, or nothing before the first.

    ``position``, ``entry_id``, ``chain_hash``, ``sealed_at``. The hash covers every entry that was sealed before it.
    """
    return fetch_one(connection, "history_seal_newest")


def _seal_batch(connection: Connection, after: int) -> list[int]:
    execute(connection, "history_seal_lock")
    last = fetch_one(connection, "history_seal_last")
    position, chain = (last["position"], last["chain_hash"]) if last else (0, _GENESIS)
    rows = fetch_all(connection, "history_unsealed", {"after": after, "limit": _BATCH})
    entry_ids = [int(row["entry_id"]) for row in rows]
    hashes = [_hash(row["row_text"]) for row in rows]
    chains = list(accumulate(hashes, lambda before, entry_hash: _hash(before + entry_hash), initial=chain))[1:]
    if rows:
        values = {
            "positions": list(range(position + 1, position + 1 + len(rows))),
            "entry_ids": entry_ids,
            "entry_hashes": hashes,
            "chain_hashes": chains,
        }
        execute(connection, "history_seal_append", values)
    return entry_ids


def check(connection: Connection) -> list[Broken]:
    """Walk the chain from its start; nothing is returned when all is as it was written. Reads the whole history."""
    broken: list[Broken] = []
    after, chain, newest = 0, _GENESIS, None
    while rows := fetch_all(connection, "history_sealed", {"after": after, "limit": _BATCH}):
        for row in rows:
            chain = _hash(chain + row["entry_hash"])
            if row["row_text"] is None:
                broken.append(Broken(row["entry_id"], "missing"))
            elif _hash(row["row_text"]) != row["entry_hash"]:
                broken.append(Broken(row["entry_id"], "altered"))
            elif newest is not None and row["at"] < newest - _LONGEST_TRANSACTION:
                broken.append(Broken(row["entry_id"], "backdated"))
            if row["chain_hash"] != chain or row["position"] != after + 1:
                broken.append(Broken(row["entry_id"], "chain"))
                chain = row["chain_hash"]
            newest = max(filter(None, (newest, row["at"])), default=None)
            after = row["position"]
    broken += [Broken(row["entry_id"], "backdated") for row in fetch_all(connection, "history_never_sealed")]
    return broken + [Broken(row["entry_id"], "missing") for row in fetch_all(connection, "history_cut_off")]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
