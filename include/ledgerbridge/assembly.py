"""Putting the rooms together: an integration and the addresses of its three databases and systems make a workplace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from ledgerbridge.delivery.budget import Caller, Gate
from ledgerbridge.delivery.desk import Source, Workplace
from ledgerbridge.integration import Integration, Invoicing
from ledgerbridge.source import database as source_database
from ledgerbridge.source.manifest import load_manifest
from ledgerbridge.source.reader import SourceReader, TakeOver
from ledgerbridge.source.writer import SourceWriter
from ledgerbridge.store import confirmations
from ledgerbridge.store.database import Connection, connect, fetch_all
from ledgerbridge.target.contract import Target, TargetConnection

__all__ = ["Addresses", "open_workplace"]


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are. They hold passwords and tokens, and are shown nowhere."""

    store_dsn: str = field(repr=False)
    source_dsn: str = field(repr=False)
    target: TargetConnection = field(repr=False)


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def open_workplace(
    integration: Integration,
    addresses: Addresses,
    *,
    run_id: str,
    actor: str,
    now: Callable[[], datetime] = _now,
    is_asked_for: bool = False,
) -> Iterator[Workplace]:
    """A workplace for one task's time; its calls are counted when it closes.

    ``is_asked_for``: a person has cleared the task, so a held agreement is asked at once whether it answers again.
    """
    manifest = load_manifest(integration.source.system)

    def open_store() -> Connection:
        return connect(addresses.store_dsn)

    def open_source() -> Source:
        connection = source_database.connect(addresses.source_dsn)
        reader = SourceReader(connection, manifest, _take_over(open_store, integration), integration.source.departments)
        return Source(connection, reader, SourceWriter(connection, manifest))

    caller = Caller(integration.name, run_id, actor)
    gate = Gate(open_store, integration.target, integration.loading.connections, caller, is_asked_for=is_asked_for)
    reach = addresses.target.reach(gate, integration.loading.timeout_seconds)

    def open_target(store: Connection, invoicing: Invoicing) -> Target:
        known = confirmations.read_preflight(store, integration.name)
        if known is None:
            return reach.target(invoicing, None)
        return reach.target(invoicing, known.resolved, is_foretelling=not known.was_misled)

    workplace = Workplace(
        integration=integration,
        run_id=run_id,
        actor=actor,
        open_store=open_store,
        open_source=open_source,
        open_target=open_target,
        gate=gate,
        now=now,
    )
    try:
        yield workplace
    finally:
        reach.close()
        gate.close()


def _take_over(open_store: Callable[[], Connection], integration: Integration) -> TakeOver | None:
    first_day = integration.source.invoices_from
    if first_day is None:
        return None

    def taken_up(source_ids: Sequence[str]) -> set[str]:
        values = {"integration": integration.name, "source_ids": list(source_ids)}
        with closing(open_store()) as store:
            return {row["source_id"] for row in fetch_all(store, "invoices_taken_up", values)}

    return TakeOver(date.fromisoformat(first_day), taken_up)
