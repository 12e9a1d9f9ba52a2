"""What the source no longer has for an integration: deleted (X-12), or another department's by now (MP-14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ledgerbridge.delivery.desk import Workplace
from ledgerbridge.delivery.staging import stage
from ledgerbridge.records import Invoice, Module
from ledgerbridge.source.reader import SourceReader
from ledgerbridge.store import links, transfers
from ledgerbridge.store.database import Connection
from ledgerbridge.store.links import TargetKind
from ledgerbridge.store.transfers import Operation, State, Transfer

__all__ = ["Absent", "follow_absent"]

_NO_TIMES: Mapping[str, datetime] = {}


@dataclass(frozen=True, slots=True)
class Absent:
    """What became of them; an invoice that was taken back before, and is, stands in none.

    ``taken_back``: withdrawals of invoices, to be carried out now. ``moved``: customers, and invoices that cannot be
    read where they are now. ``deleted``: the source has no such record.
    """

    taken_back: tuple[Transfer, ...]
    moved: tuple[str, ...]
    deleted: tuple[str, ...]


def follow_absent(
    workplace: Workplace,
    store: Connection,
    reader: SourceReader,
    module: Module,
    source_ids: Iterable[str],
    changed_at: Mapping[str, datetime] = _NO_TIMES,
) -> Absent:
    """Find out what became of records that the reader did not give, and stage what follows for invoices that moved.

    Raises:
        SourceUnavailable: it cannot be read.
    """
    missing = dict.fromkeys(sorted(source_ids))
    if workplace.integration.source.departments is None:
        return Absent((), (), tuple(missing))
    known = transfers.known_ids(store, workplace.integration.name, module, missing)
    taken_back, moved = [], []
    for record in reader.of_other_departments(module, known):
        del missing[record.source_id]
        transfer = None
        if isinstance(record, Invoice):
            transfer = _take_back(workplace, store, record, changed_at.get(record.source_id))
        if transfer is not None:
            taken_back.append(transfer)
        elif not isinstance(record, Invoice):
            moved.append(record.source_id)
    return Absent(tuple(taken_back), tuple(moved), tuple(missing))


def _take_back(
    workplace: Workplace, store: Connection, invoice: Invoice, changed_at: datetime | None
) -> Transfer | None:
    newest = transfers.newest_of(store, workplace.integration.name, Module.INVOICES, invoice.source_id)
    if newest is None:
        return None
    if newest.operation is Operation.WITHDRAW:
        # Taken back before; unless it was given up while nobody could read it, and its draft is still there.
        link = links.link_of(store, newest.record_id)
        has_draft = link is not None and link.target_kind is TargetKind.DRAFT_INVOICE
        if not (newest.state is State.WITHDRAWN and has_draft):
            return None
    withdrawn = replace(invoice, is_approved=False)
    return stage(workplace, store, Module.INVOICES, withdrawn, changed_at=changed_at, is_forced=True)
