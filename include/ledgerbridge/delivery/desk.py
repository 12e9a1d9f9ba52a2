"""What a delivery works with: its integration, its connections, its clock, and in whose name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ledgerbridge.delivery.budget import Gate
from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.integration import Integration, Invoicing
from ledgerbridge.source.database import Connection as SourceConnection
from ledgerbridge.source.reader import SourceReader
from ledgerbridge.source.writer import SourceWriter
from ledgerbridge.store import history, products
from ledgerbridge.store.database import Connection, Together, together
from ledgerbridge.store.transfers import Entry, Transfer
from ledgerbridge.target.contract import DraftInvoice, Target

__all__ = ["Brake", "Desk", "FirstBooking", "Source", "Workplace"]


class Brake:
    """What stops the other threads of a process, too; this one stops nobody."""

    stopped_by: LedgerbridgeError | None = None

    def met(self, error: LedgerbridgeError) -> None:
        """A write was answered so. Told before anybody else can send."""


class FirstBooking:
    """Who books first in a task; here nobody waits for anybody."""

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Whether it has to be seen what this booking came to before anybody else books."""
        yield False

    def went_well(self) -> None:
        """It came to what was foretold."""


@dataclass(frozen=True, slots=True)
class Source:
    """One open connection to the source, to read and to write back."""

    connection: SourceConnection
    reader: SourceReader
    writer: SourceWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """How to open what a run needs. Threads may share a store, a statement at a time; a source is one thread's.

    ``integration`` is as its file says; at a desk the defaults count that were chosen on the pages.
    """

    integration: Integration
    run_id: str
    actor: str
    open_store: Callable[[], Connection]
    open_source: Callable[[], Source]
    open_target: Callable[[Connection, Invoicing], Target]  # given our own database, where preflight's results are
    gate: Gate
    now: Callable[[], datetime]

    @contextmanager
    def desk(self, *, is_asked_for: bool = False) -> Iterator[Desk]:
        """A desk with a store of its own, closed afterwards."""
        with closing(self.open_store()) as store:
            yield self.desk_on(store, is_asked_for=is_asked_for)

    def desk_on(self, store: Connection, *, is_asked_for: bool = False) -> Desk:
        """A desk on a store that is open, and that others may share."""
        integration = products.in_force(store, self.integration)
        return Desk(self, store, self.open_target(store, integration.invoicing), integration, is_asked_for)


@dataclass(frozen=True, slots=True)
class Desk:
    """What one thread works with.

    ``integration``: the settings in force. ``is_asked_for``: a person has cleared the task, so what a person had to
    decide is taken as decided. ``unwritten``: lines of history that wait for the next thing that is written
    (:meth:`note_soon`). ``brake``: what one thread has met that concerns the others. ``first_booking``: whom they wait
    for. ``drafts``: those that were made
    in this very task, by record id, each for the one who goes on with it.
    """

    workplace: Workplace
    store: Connection
    target: Target
    integration: Integration
    is_asked_for: bool = False
    unwritten: list[dict[str, Any]] = field(default_factory=list)
    brake: Brake = field(default_factory=Brake)
    first_booking: FirstBooking = field(default_factory=FirstBooking)
    drafts: dict[int, DraftInvoice] = field(default_factory=dict)

    @contextmanager
    def together(self) -> Iterator[Together]:
        """All that is added inside, and before it what is unwritten, or nothing of it: one message."""
        with together(self.store) as at_once:
            for line in self.unwritten:
                at_once.add("history_append", line)
            yield at_once
        self.unwritten.clear()

    def write_down(self) -> None:
        """What is unwritten must not wait for anything longer."""
        if self.unwritten:
            with self.together():
                pass

    def entry(self, transfer: Transfer, event: str, **detail: object) -> Entry:
        """A line for the transfer's history, to be written with what it is about."""
        return Entry(event, self.workplace.run_id, self.workplace.actor, {"revision": transfer.revision, **detail})

    def note(self, transfer: Transfer, event: str, among: Together | None = None, **values: object) -> None:
        """Append to the transfer's history. ``sent``, ``answered`` are bodies; the rest is detail.

        ``among``: with these other statements.
        """
        history.append(among or self.store, **self._line(transfer, event, values))

    def note_of_integration(self, event: str, **detail: object) -> None:
        """Append what is of no record to the integration's history."""
        workplace = self.workplace
        history.append(
            self.store,
            integration=self.integration.name,
            event=event,
            actor=workplace.actor,
            run_id=workplace.run_id,
            detail=detail,
        )

    def note_soon(self, transfer: Transfer, event: str, **values: object) -> None:
        """As :meth:`note`, with the next thing that this desk writes: what was answered, with what it means."""
        self.unwritten.append(history.entry(**self._line(transfer, event, values)))

    def _line(self, transfer: Transfer, event: str, values: dict[str, object]) -> dict[str, Any]:
        sent, answered = values.pop("sent", None), values.pop("answered", None)
        return {
            "integration": transfer.integration,
            "module": transfer.module,
            "source_id": transfer.source_id,
            "transfer_id": transfer.transfer_id,
            "event": event,
            "run_id": self.workplace.run_id,
            "actor": self.workplace.actor,
            "detail": {"revision": transfer.revision, **values},
            "sent": None if sent is None else str(sent),
            "answered": None if answered is None else str(answered),
        }
