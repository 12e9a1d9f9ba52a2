"""Staging: one transfer per revision, however often it is extracted (X-2, P9)."""

from __future__ import annotations

from datetime import datetime

from ledgerbridge.delivery.desk import Workplace
from ledgerbridge.delivery.listing import shown_of
from ledgerbridge.delivery.locators import locator_of
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Invoice, Module, Record, content_hash, record_to_json
from ledgerbridge.source.reader import Unreadable
from ledgerbridge.store import transfers
from ledgerbridge.store.database import Connection, transaction
from ledgerbridge.store.transfers import Operation, Shown, State, Transfer

__all__ = ["stage", "stage_deletion"]

_DELETED = Reason("deleted_before_delivery")
_UNDELIVERED = {State.STAGED, State.SENDING, State.WAITING, State.REJECTED, State.IN_DOUBT}


def stage(
    workplace: Workplace,
    store: Connection,
    module: Module,
    record: Record | Unreadable,
    *,
    changed_at: datetime | None = None,
    is_forced: bool = False,
) -> Transfer | None:
    """The transfer of this revision of the record; nothing when there is nothing to deliver.

    ``is_forced`` makes a new revision of unchanged content: a link that was just made asks for it.
    """
    operation = _operation(record)
    digest, content = _content(module, record)
    locator = locator_of(workplace.integration, module, record.source_id)
    with transaction(store):
        record_id = transfers.ensure_record(store, workplace.integration.name, module, record.source_id, locator)
        newest = transfers.latest(store, record_id)
        if newest is None and operation is Operation.WITHDRAW:
            return None  # never approved, so far as we know: nothing to take back
        if newest is not None and not is_forced and (newest.content_hash, newest.operation) == (digest, operation):
            if newest.state in _UNDELIVERED and newest.content != content:
                # The hash leaves out the number from the accounts, and that one decides whether it is new there (P1).
                transfers.set_content(store, newest.transfer_id, content)
            return None
        revision = newest.revision + 1 if newest else 1
        values = {
            "record_id": record_id,
            "integration": workplace.integration.name,
            "module": module,
            "source_id": record.source_id,
            "locator": locator,
            "revision": revision,
            "content_hash": digest,
            "operation": operation,
            "content": content,
            "run_id": workplace.run_id,
            "changed_at": changed_at,
            "target_draft": newest.target_draft if newest else None,
        }
        staged = transfers.stage(store, values, shown_of(record))
        if staged is None:
            return None
        transfers.supersede(store, record_id, revision)
        if newest is not None and _stays_aside(newest, operation):
            transfers.set_state(store, staged.transfer_id, State.IGNORED, newest.reason)
        elif isinstance(record, Unreadable):
            transfers.set_state(store, staged.transfer_id, State.REJECTED, record.rejection.reason)
        return staged


def stage_deletion(
    workplace: Workplace, store: Connection, module: Module, source_id: str, reason: Reason = _DELETED
) -> bool:
    """The record is gone in the source: what was not delivered yet must not be any more; whether there was such.

    What the target holds already stays there (X-12). A write in doubt is still looked for, and not repeated. A
    withdrawal that is still to be carried out is carried out: its draft must go all the same.
    """
    with transaction(store):
        newest = transfers.newest_of(store, workplace.integration.name, module, source_id)
        if newest is None or newest.state not in _UNDELIVERED or newest.operation is Operation.WITHDRAW:
            return False
        values = {
            "record_id": newest.record_id,
            "integration": newest.integration,
            "module": module,
            "source_id": source_id,
            "locator": newest.locator,
            "revision": newest.revision + 1,
            "content_hash": "deleted",
            "operation": Operation.WITHDRAW,
            "content": newest.content,
            "run_id": workplace.run_id,
            "changed_at": None,
            "target_draft": newest.target_draft,
        }
        staged = transfers.stage(store, values, _still_shown(newest))
        if staged is None:
            return False
        transfers.supersede(store, newest.record_id, staged.revision)
        transfers.set_state(store, staged.transfer_id, State.WITHDRAWN, reason)
        return True


def _still_shown(newest: Transfer) -> Shown:
    """What the record said when it was there; nothing of one that could not be read."""
    try:
        return shown_of(newest.record)
    except ValueError:
        return Shown()


def _stays_aside(newest: Transfer, operation: Operation) -> bool:
    """What a person has set aside stays so through changes, until its approval is withdrawn and given again."""
    if newest.state is not State.IGNORED or newest.reason is None:
        return False
    return {operation, newest.operation} == {Operation.DELIVER} and newest.reason.code == "set_aside_by_person"


def _operation(record: Record | Unreadable) -> Operation:
    withdrawn = isinstance(record, Invoice) and not record.is_approved
    return Operation.WITHDRAW if withdrawn else Operation.DELIVER


def _content(module: Module, record: Record | Unreadable) -> tuple[str, str]:
    if isinstance(record, Unreadable):
        # No record could be made of it, so there is none to keep: the row's own words tell one try from the next.
        reason: Reason = record.rejection.reason
        return f"unreadable:{reason.code}:{sorted(reason.values.items())}:{sorted(record.row.items())!s}"[:4000], ""
    return content_hash(module, record), record_to_json(module, record)
