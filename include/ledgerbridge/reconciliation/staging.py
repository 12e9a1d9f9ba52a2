"""Both sides laid beside each other in the database, so that neither has to fit into memory.

The facts go into two temporary tables as they are read, page by page, and come back as pairs, one by
one. Reading may take minutes (the target is asked over HTTP), so no transaction is open meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import psycopg2.extras
from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from ledgerbridge.reconciliation.facts import (
    Amounts,
    Delivered,
    Period,
    SourceInvoiceFact,
    TargetInvoiceFact,
    fact_from_json,
    fact_to_json,
)
from ledgerbridge.reconciliation.totals import Sum, account_key
from ledgerbridge.store.database import Connection, execute, fetch_all, statement
from ledgerbridge.store.reconciliations import stream

__all__ = [
    "InvoicePair",
    "Lookups",
    "batches",
    "in_source",
    "insert_rows",
    "pairs",
    "stage",
    "staging_tables",
    "storable",
]

FACTS_PER_BATCH = 1000
LOOKED_UP_AT_ONCE = 100
LOOKED_UP_AT_MOST = 2000  # where more are missing, the period's edge is not the cause

Each = TypeVar("Each")


@dataclass(frozen=True, slots=True)
class Lookups:
    """How to ask a side for single records, before absence is told.

    A document dated 30 November here and 1 December there is outside the period on one side only. Each
    function is given up to 100 records and answers with what it finds.
    """

    targets: Callable[[list[SourceInvoiceFact]], Iterable[TargetInvoiceFact]] | None = None
    sources: Callable[[list[str]], Iterable[SourceInvoiceFact]] | None = None  # by locator
    # By source id: those of which nothing was sent when they were read, and that stand in the target now.
    again: Callable[[list[str]], Iterable[SourceInvoiceFact]] | None = None


@dataclass(frozen=True, slots=True)
class InvoicePair:
    """What belongs together. ``in_period`` is false for a source record that was only looked up."""

    source: SourceInvoiceFact | None
    targets: tuple[TargetInvoiceFact, ...]
    source_json: str | None
    target_jsons: tuple[str, ...]
    in_period: bool


@contextmanager
def staging_tables(connection: Connection, name: str) -> Iterator[None]:
    """The two tables of ``reconciliation_<name>_open``, gone afterwards whatever happens."""
    execute(connection, f"reconciliation_{name}_close")  # left by a run that was cut off on this connection
    execute(connection, f"reconciliation_{name}_open")
    try:
        yield
    except BaseException:
        # Inside the caller's transaction, its rollback takes the tables away.
        if not connection.closed and connection.info.transaction_status == TRANSACTION_STATUS_IDLE:
            execute(connection, f"reconciliation_{name}_close")
        raise
    execute(connection, f"reconciliation_{name}_close")


def batches(things: Iterable[Each], size: int = FACTS_PER_BATCH) -> Iterator[list[Each]]:
    """The things in lists of at most ``size``, never more than one list ahead."""
    iterator = iter(things)
    while batch := list(islice(iterator, size)):
        yield batch


def stage(
    connection: Connection,
    period: Period,
    sources: Iterable[SourceInvoiceFact],
    targets: Iterable[TargetInvoiceFact],
    lookups: Lookups,
) -> None:
    """Lay both sides down and match them. The target is read after the source.

    Batches of INSERT rather than one COPY: the iterators may read from this very connection.
    """
    _add_sources(connection, sources, period=None)
    _add_targets(connection, targets)
    _look_up(connection, period, lookups)
    execute(connection, "reconciliation_stage_match")


def in_source(connection: Connection) -> dict[tuple[str, str], Sum]:
    """What the source has per month and currency, counted by the database."""
    return {
        (row["month"], row["currency"]): Sum(row["documents"], Amounts(row["net"], row["vat"], row["gross"]))
        for row in fetch_all(connection, "reconciliation_stage_in_source")
    }


def insert_rows(connection: Connection, name: str, rows: list[tuple[Any, ...]]) -> None:
    """Run a named ``INSERT … VALUES %s`` over the rows."""
    with connection.cursor() as cursor:
        psycopg2.extras.execute_values(cursor, statement(name), rows, page_size=FACTS_PER_BATCH)


def storable(text: str) -> str:
    """JSON may hold a NUL that a target let somebody type; PostgreSQL's jsonb may not."""
    return text.replace("\\u0000", "\\ufffd")


def pairs(connection: Connection) -> Iterator[InvoicePair]:
    """Every pair, ordered by date and number."""
    for row in stream(connection, "reconciliation_stage_pairs"):
        texts = tuple(row["targets"] or ())
        yield InvoicePair(
            source=fact_from_json(SourceInvoiceFact, row["source"]) if row["source"] else None,
            targets=tuple(fact_from_json(TargetInvoiceFact, text) for text in texts),
            source_json=row["source"],
            target_jsons=texts,
            in_period=row["in_period"] is not False,
        )


def _add_sources(connection: Connection, sources: Iterable[SourceInvoiceFact], period: Period | None) -> None:
    for batch in batches(sources):
        # One statement cannot touch a row twice; the last one of a doubled record counts.
        unique = {fact.source_id: fact for fact in batch}
        insert_rows(
            connection, "reconciliation_stage_source_add", [_source_row(fact, period) for fact in unique.values()]
        )


def _add_targets(connection: Connection, targets: Iterable[TargetInvoiceFact]) -> None:
    for batch in batches(targets):
        unique = {(fact.is_draft, fact.number): fact for fact in batch}
        insert_rows(connection, "reconciliation_stage_target_add", [_target_row(fact) for fact in unique.values()])


def _look_up(connection: Connection, period: Period, lookups: Lookups) -> None:
    if lookups.targets:
        rows = fetch_all(connection, "reconciliation_stage_targetless", {"at_most": LOOKED_UP_AT_MOST})
        for batch in batches(rows, LOOKED_UP_AT_ONCE):
            facts = [fact_from_json(SourceInvoiceFact, row["fact"]) for row in batch]
            _add_targets(connection, lookups.targets(facts))
    if lookups.sources:
        rows = fetch_all(connection, "reconciliation_stage_sourceless", {"at_most": LOOKED_UP_AT_MOST})
        for batch in batches(rows, LOOKED_UP_AT_ONCE):
            _add_sources(connection, lookups.sources([row["locator"] for row in batch]), period)
    if lookups.again:
        rows = fetch_all(connection, "reconciliation_stage_unknown", {"at_most": LOOKED_UP_AT_MOST})
        for batch in batches(rows, LOOKED_UP_AT_ONCE):
            _add_sources(connection, lookups.again([row["source_id"] for row in batch]), period)


def _source_row(fact: SourceInvoiceFact, period: Period | None) -> tuple[Any, ...]:
    delivered = fact.delivered or Delivered()
    month, currency = account_key(fact)
    return (
        fact.source_id,
        fact.locator,
        delivered.draft_number,
        delivered.booked_number,
        fact.target_customer_number or fact.customer_number,
        currency,
        f"{fact.invoice_date.isoformat()} {fact.invoice_number or ''}",
        month,
        fact.amounts.net,
        fact.amounts.vat,
        fact.amounts.gross,
        period is None or fact.invoice_date in period,
        fact.is_delivered or delivered.booked_number is not None,
        fact.was_sent,
        storable(fact_to_json(fact)),
    )


def _target_row(fact: TargetInvoiceFact) -> tuple[Any, ...]:
    return (
        fact.is_draft,
        fact.number,
        fact.locator,
        fact.order_number,
        fact.customer_number or "",
        fact.currency,
        f"{fact.invoice_date.isoformat()} {fact.number}",
        storable(fact_to_json(fact)),
    )
