"""Extract: what changed since the last read, and what earlier runs still owe, staged and dealt into chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from ledgerbridge.delivery.absent import follow_absent
from ledgerbridge.delivery.desk import Source, Workplace
from ledgerbridge.delivery.other_departments import share_source
from ledgerbridge.delivery.staging import stage, stage_deletion
from ledgerbridge.delivery.writing_back import write_back
from ledgerbridge.integration import ChangeCapture
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Module, Record
from ledgerbridge.source.changes import Polling, read_changes
from ledgerbridge.source.manifest import load_manifest
from ledgerbridge.source.reader import Unreadable
from ledgerbridge.store import chunks, history, links, runs, transfers
from ledgerbridge.store.database import Connection
from ledgerbridge.store.source_parts import note_read
from ledgerbridge.store.transfers import Transfer

__all__ = ["Extracted", "extract", "stage_due"]

_PAGE = 500
_DELETED = {Module.CUSTOMERS: "customer_deleted_in_source", Module.INVOICES: "invoice_deleted_in_source"}
_MOVED = {Module.CUSTOMERS: "customer_moved", Module.INVOICES: "invoice_moved_unreadable"}
_OWED_AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class Extracted:
    """What a run has before it: records read, transfers dealt, chunks, and customers whose links the source names.

    ``deleted``: what is to be told of linked records that are gone in the source (X-12), or have moved to another
    department (MP-14), source id first.
    """

    records_read: int
    transfers: int
    chunks: int
    named_by_source: tuple[Customer, ...]
    deleted: tuple[tuple[str, Reason], ...] = ()


def extract(workplace: Workplace, module: Module, only: Iterable[str] | None = None) -> Extracted:
    """Stage a run's work. The cursor moves only after what lies before it is staged.

    ``only`` reads just these source ids, moves no cursor and takes up nothing owed.

    Raises:
        SourceUnavailable: nothing was staged that will not simply be found again.
    """
    name = workplace.integration.name
    source = workplace.open_source()
    with closing(workplace.open_store()) as store, closing(source.connection):
        runs.start(store, workplace.run_id, name, module)
        staged = _stage(workplace, module, store, source, only)
        runs.note_read(store, workplace.run_id, staged.records_read)
        # Also in a run that finds nothing to send: what the source could not be told when it was away.
        write_back(workplace.desk_on(store))
        return staged


def stage_due(workplace: Workplace, module: Module, store: Connection) -> Extracted:
    """What :func:`extract` would stage now, in the caller's own transaction; nothing is told the source.

    Raises:
        SourceUnavailable: it cannot be read.
    """
    source = workplace.open_source()
    with closing(source.connection):
        return _stage(workplace, module, store, source, None)


def _stage(
    workplace: Workplace, module: Module, store: Connection, source: Source, only: Iterable[str] | None
) -> Extracted:
    run = _Run(workplace, module, store, source)
    is_other_part = share_source(store, workplace.integration, module)
    with transfers.staging(store, workplace.integration.name, module):
        if only is not None:
            run.read(list(only), {})
        else:
            run.follow()
            if is_other_part:
                run.read_everything()
                note_read(store, workplace.integration.name, module, workplace.integration.source.departments)
            run.take_up()
    named = tuple(run.named_by_source.values())
    return Extracted(run.records_read, run.dealt, run.chunks, named, tuple(run.deleted))


class _Run:
    def __init__(self, workplace: Workplace, module: Module, store: Connection, source: Source) -> None:
        self.workplace, self.module, self.store, self.source = workplace, module, store, source
        self.records_read = 0
        self.dealt = 0
        self.named_by_source: dict[str, Customer] = {}
        self.deleted: list[tuple[str, Reason]] = []
        self._chunk_of: dict[int, int] = {}
        self._staged_now: set[str] = set()

    @property
    def chunks(self) -> int:
        size = self.workplace.integration.loading.chunk_size
        dealt = (len(self._chunk_of) + size - 1) // size
        # A link that the source names anew may bring a transfer after all.
        return max(dealt, 1) if self.named_by_source else dealt

    def follow(self) -> None:
        """Every page of changes since the cursor; everything at the first run."""
        name = self.workplace.integration.name
        polling = self._polling()
        while True:
            position = runs.cursor(self.store, name, self.module)
            batch = read_changes(self.source.connection, self.module, position, polling=polling)
            if batch.everything_changed:
                self.read_everything()
            else:
                changed_at = {change.source_id: change.last_changed_at for change in batch.changes}
                self.read(list(batch.source_ids), changed_at)
                self._note_deletions(batch.deleted_ids)
            runs.move_cursor(self.store, name, self.module, batch.cursor)
            if not batch.has_more and not batch.everything_changed:
                return

    def read_everything(self) -> None:
        """At the first run, when the cursor is lost, and when the integration has other departments than before: then
        also what was withdrawn or deleted meanwhile, or is no longer its own."""
        seen: set[str] = set()
        for page in _pages(self.source.reader.every_id(self.module)):
            seen.update(page)
            self.read(page, {})
        held = transfers.held_ids(self.store, self.workplace.integration.name, self.module)
        self.read([source_id for source_id in held if source_id not in seen], {})

    def read(self, source_ids: list[str], changed_at: dict[str, datetime]) -> None:
        """Read these records and stage what is new in them; one that is not there is deleted."""
        for page in _pages(iter(source_ids)):
            gone = set(page)
            for record in self.source.reader.records(self.module, page):
                gone.discard(record.source_id)
                self.records_read += 1
                self._stage(record, changed_at.get(record.source_id))
                if isinstance(record, Customer) and record.target_number is not None:
                    self.named_by_source[record.source_id] = record
            self._keep_only_news()
            self._note_returns([source_id for source_id in page if source_id not in gone])
            self._follow_absent(gone, changed_at)

    def _stage(self, record: Record | Unreadable, changed_at: datetime | None) -> None:
        transfer = stage(self.workplace, self.store, self.module, record, changed_at=changed_at)
        if transfer is not None:
            self._staged_now.add(record.source_id)
            self._deal([transfer])

    def _follow_absent(self, source_ids: Iterable[str], changed_at: dict[str, datetime]) -> None:
        """An invoice that moved is taken back, a customer that moved stays; what was deleted is told."""
        absent = follow_absent(self.workplace, self.store, self.source.reader, self.module, source_ids, changed_at)
        for transfer in absent.taken_back:
            self._note(transfer.source_id, "moved_to_another_department")
            self._staged_now.add(transfer.source_id)
        self._deal(list(absent.taken_back))
        self._note_moves(absent.moved)
        self._note_deletions(absent.deleted)

    def take_up(self) -> None:
        """Answer for what earlier runs left."""
        self.read(self._to_be_seen_again(), {})
        self._deal(self._owed())
        if self.module is Module.INVOICES:
            # What was booked and has not been read there since: whoever loads this chunk reads it.
            self._deal(transfers.booked_unseen(self.store, self.workplace.integration.name))

    def _to_be_seen_again(self) -> list[str]:
        """What goes on now may have a number from the accounts by now: our own write-back tells of no change.

        Polling sees no deletions, so it looks at everything that is still open.
        """
        if self._polling() is None:
            ids = [item.source_id for item in self._owed()]
        else:
            ids = transfers.unsettled_ids(self.store, self.workplace.integration.name, self.module)
        return [source_id for source_id in dict.fromkeys(ids) if source_id not in self._staged_now]

    def _owed(self) -> list[Transfer]:
        settings = self.workplace.integration
        return transfers.owed(self.store, settings.name, self.module, settings.target.connection, _OWED_AT_ONCE)

    def _deal(self, found: list[Transfer]) -> None:
        """Revisions of one record stand in one chunk: whoever holds the record answers for all of them."""
        size = self.workplace.integration.loading.chunk_size
        for transfer in found:
            if transfer.record_id not in self._chunk_of:
                self._chunk_of[transfer.record_id] = len(self._chunk_of) // size
            chunk = self._chunk_of[transfer.record_id]
            chunks.join(self.store, self.workplace.run_id, chunk, [transfer.transfer_id])
            self.dealt += 1

    def _keep_only_news(self) -> None:
        """Forget customers whose link already says what the source says (CT-21)."""
        customers = self.named_by_source
        if not customers:
            return
        known = links.links_of(self.store, self.workplace.integration.name, Module.CUSTOMERS, list(customers))
        self.named_by_source = {
            source_id: customer
            for source_id, customer in customers.items()
            if source_id not in known or known[source_id].target_id != customer.target_number
        }

    def _note_deletions(self, source_ids: Sequence[str]) -> None:
        """What was delivered stays and is told (X-12); what was not is not delivered any more."""
        for source_id, target in self._flagged(source_ids, _DELETED[self.module]):
            self._note(source_id, "deleted_in_source", target=target)
        for source_id in self._given_up(source_ids, Reason("deleted_before_delivery")):
            self._note(source_id, "deleted_before_delivery")

    def _note_moves(self, source_ids: Sequence[str]) -> None:
        for source_id, target in self._flagged(source_ids, _MOVED[self.module]):
            self._note(source_id, "moved_to_another_department", target=target)
        for source_id in self._given_up(source_ids, Reason("moved_before_delivery")):
            self._note(source_id, "moved_before_delivery")

    def _flagged(self, source_ids: Sequence[str], code: str) -> list[tuple[str, str]]:
        flagged = links.flag_deleted(self.store, self.workplace.integration.name, self.module, list(source_ids))
        self.deleted += [(source_id, Reason(code, {"target": target})) for source_id, target in flagged]
        return flagged

    def _given_up(self, source_ids: Sequence[str], reason: Reason) -> list[str]:
        return [item for item in source_ids if stage_deletion(self.workplace, self.store, self.module, item, reason)]

    def _note_returns(self, source_ids: Sequence[str]) -> None:
        for source_id, target in links.back_in_source(
            self.store, self.workplace.integration.name, self.module, source_ids
        ):
            self._note(source_id, "back_in_source", target=target)

    def _note(self, source_id: str, event: str, **detail: object) -> None:
        history.append(
            self.store,
            integration=self.workplace.integration.name,
            module=self.module,
            source_id=source_id,
            event=event,
            run_id=self.workplace.run_id,
            actor=self.workplace.actor,
            detail=detail,
        )

    def _polling(self) -> Polling | None:
        settings = self.workplace.integration.source
        return Polling(load_manifest(settings.system)) if settings.change_capture is ChangeCapture.POLLING else None


def _pages(items: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(items)
    while page := list(islice(iterator, _PAGE)):
        yield page
