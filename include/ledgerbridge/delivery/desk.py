"""What a delivery works with: its integration, its connections, its clock, and in whose name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ledgerbridge.delivery.budget import Gate
from ledgerbridge.integration import Integration
from ledgerbridge.source.reader import SourceReader
from ledgerbridge.source.writer import SourceWriter
from ledgerbridge.store import history
from ledgerbridge.store.database import Connection
from ledgerbridge.store.transfers import Transfer
from ledgerbridge.target.contract import Target

__all__ = ["Desk", "OpenTarget", "Source", "Workplace"]


class OpenTarget(Target, Protocol):
    """A target that must be closed after use."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Source:
    """One open connection to the source, to read and to write back."""

    connection: Connection
    reader: SourceReader
    writer: SourceWriter


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """How to open what a run needs; each thread opens its own."""

    integration: Integration
    run_id: str
    actor: str
    open_store: Callable[[], Connection]
    open_source: Callable[[], Source]
    open_target: Callable[[Connection], OpenTarget]  # given our own database, where preflight's results are
    gate: Gate
    now: Callable[[], datetime]

    @contextmanager
    def desk(self, *, is_asked_for: bool = False) -> Iterator[Desk]:
        """A desk for one thread, closed afterwards."""
        with closing(self.open_store()) as store, closing(self.open_target(store)) as target:
            yield Desk(self, store, target, is_asked_for)


@dataclass(frozen=True, slots=True)
class Desk:
    """One thread's open connections.

    ``is_asked_for``: a person has cleared the task, so what a person had to decide is taken as decided.
    """

    workplace: Workplace
    store: Connection
    target: OpenTarget
    is_asked_for: bool = False

    @property
    def integration(self) -> Integration:
        """The settings."""
        return self.workplace.integration

    def note(self, transfer: Transfer, event: str, **values: object) -> None:
        """Append to the transfer's history. ``sent``, ``answered`` are bodies; the rest is detail."""
        sent, answered = values.pop("sent", None), values.pop("answered", None)
        history.append(
            self.store,
            integration=transfer.integration,
            module=transfer.module,
            source_id=transfer.source_id,
            transfer_id=transfer.transfer_id,
            event=event,
            run_id=self.workplace.run_id,
            actor=self.workplace.actor,
            detail={"revision": transfer.revision, **values},
            sent=None if sent is None else str(sent),
            answered=None if answered is None else str(answered),
        )
