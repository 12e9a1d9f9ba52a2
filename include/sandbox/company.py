"""A whole company to try things on: its source's database, its accounts, an integration between them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ledgerbridge.assembly import Addresses, open_workplace
from ledgerbridge.delivery import activation
from ledgerbridge.delivery.desk import Workplace
from ledgerbridge.delivery.extracting import Extracted, extract
from ledgerbridge.delivery.loading import ChunkOutcome, load_chunk
from ledgerbridge.delivery.named_links import follow_named_links
from ledgerbridge.delivery.preparing import transform, validate_staged
from ledgerbridge.delivery.settling import settle
from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.integration import Integration
from ledgerbridge.records import Module
from ledgerbridge.store import chunks
from ledgerbridge.store.database import Connection, connect
from sandbox.accounts.opening import Opened

__all__ = ["Company", "Delivered", "connect_plain"]

_run_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one run."""

    run_id: str
    outcomes: tuple[ChunkOutcome, ...]
    counts: dict[str, int]
    pdfs: int
    calls: int

    @property
    def trouble(self) -> dict[str, str]:
        """Source id → reason code of what the run's tasks are red for."""
        return {item.source_id: item.reason.code for outcome in self.outcomes for item in outcome.trouble}

    @property
    def stopped_by(self) -> LedgerbridgeError | None:
        """What stopped a chunk, if anything did."""
        return next((outcome.stopped_by for outcome in self.outcomes if outcome.stopped_by is not None), None)


@dataclass(frozen=True, slots=True)
class Company:
    """Addresses of everything, and the integration. Each company has databases and an agreement of its own."""

    integration: Integration
    addresses: Addresses = field(repr=False)
    source_owner_dsn: str = field(repr=False)
    accounts: Opened = field(repr=False)

    @property
    def tokens(self) -> Any:
        """What lets one into the accounts; each stand-in has its own."""
        return self.accounts.tokens

    @contextmanager
    def workplace(
        self, run_id: str = "test", actor: str = "test", now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> Iterator[Workplace]:
        """A workplace on this company."""
        with open_workplace(self.integration, self.addresses, run_id=run_id, actor=actor, now=now) as workplace:
            yield workplace

    def deliver(
        self,
        module: Module,
        run_id: str | None = None,
        *,
        validated: bool = True,
        is_asked_for: bool = False,
    ) -> Delivered:
        """One run of a module from extract to settle, as its DAG goes, without Airflow."""
        run_id = run_id or f"{module}-{next(_run_numbers)}"
        with self.workplace(run_id) as workplace:
            self.prepare(workplace, module, validated=validated)
            outcomes = tuple(load_chunk(workplace, chunk, is_asked_for=is_asked_for) for chunk in self.chunks(run_id))
            settled = settle(workplace)
            return Delivered(run_id, outcomes, settled.counts, settled.pdfs, workplace.gate.calls)

    def prepare(self, workplace: Workplace, module: Module, *, validated: bool = True) -> Extracted:
        """Extract, validate, transform."""
        extracted = extract(workplace, module)
        with workplace.desk() as desk:
            follow_named_links(desk, extracted.named_by_source)
            numbers = self.chunks(workplace.run_id)
            for chunk in numbers if validated else ():
                validate_staged(desk, chunks.members(desk.store, workplace.run_id, chunk))
            for chunk in numbers:
                transform(desk, chunks.members(desk.store, workplace.run_id, chunk))
        return extracted

    def clear(self, run_id: str) -> Delivered:
        """What a person's Clear of every load task of a run does, and the settle after it."""
        with self.workplace(run_id) as workplace:
            outcomes = tuple(load_chunk(workplace, chunk, is_asked_for=True) for chunk in self.chunks(run_id))
            settled = settle(workplace)
            return Delivered(run_id, outcomes, settled.counts, settled.pdfs, workplace.gate.calls)

    def chunks(self, run_id: str) -> list[int]:
        """The chunks of a run."""
        with closing(self.store()) as store:
            return list(chunks.of_run(store, run_id))

    def switch_on(self) -> None:
        """Preflight, and a person's word on its list."""
        with self.workplace("preflight", actor="set up") as workplace, workplace.desk() as desk:
            activation.check_now(desk)
            activation.confirm(desk)

    def store(self) -> Connection:
        """A connection to our own database."""
        return connect(self.addresses.store_dsn)

    def source(self) -> Any:
        """A connection to the source as its owner, who may do everything."""
        return connect_plain(self.source_owner_dsn)


def connect_plain(dsn: str) -> Any:
    """A psycopg2 connection as the database's owner has it."""
    import psycopg2  # noqa: PLC0415

    return psycopg2.connect(dsn)
