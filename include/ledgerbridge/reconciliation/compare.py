"""One reconciliation, from two streams of facts to a stored result.

Both sides may be 100,000 long: they are staged in the database (:mod:`staging`), come back as a stream of
pairs, and each judged pair is stored at once. What stays in memory are one page and the totals.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ledgerbridge.reconciliation.classify import classify_invoice
from ledgerbridge.reconciliation.customers import classify_customer, customer_pairs, stage_customers
from ledgerbridge.reconciliation.facts import (
    FieldOwner,
    Kind,
    Period,
    SourceCustomerFact,
    SourceInvoiceFact,
    TargetCustomerFact,
    TargetInvoiceFact,
)
from ledgerbridge.reconciliation.findings import Judgement
from ledgerbridge.reconciliation.kinds import Standing, class_from_text, standing
from ledgerbridge.reconciliation.staging import Lookups, in_source, pairs, stage, staging_tables, storable
from ledgerbridge.reconciliation.totals import Tally, Totals, totals_from_json, totals_to_json
from ledgerbridge.store import reconciliations as store
from ledgerbridge.store.database import Connection

__all__ = ["ReconciliationResult", "load_result", "reconcile_customers", "reconcile_invoices"]

ITEMS_PER_BATCH = 500


@dataclass(frozen=True, slots=True)
class ReconciliationResult:
    """What a reconciliation came to. ``counts`` has every main class that occurs."""

    reconciliation_id: int
    integration: str
    kind: Kind
    period: Period
    run_id: str
    started_at: datetime
    finished_at: datetime
    counts: Mapping[str, int]
    totals: Totals = field(default_factory=Totals)

    def how_many(self, wanted: Standing) -> int:
        """How many pairs have this standing."""
        return sum(
            number for name, number in self.counts.items() if standing(class_from_text(self.kind, name)) is wanted
        )

    @property
    def compared(self) -> int:
        """Every pair that concerns the integration."""
        return sum(self.counts.values()) - self.how_many(Standing.OUTSIDE)

    @property
    def agrees(self) -> bool:
        """No difference, and every record of the source accounted for (P17)."""
        return self.how_many(Standing.DIFFERENCE) == 0 and self.totals.is_complete


def reconcile_invoices(
    connection: Connection,
    integration_name: str,
    period: Period,
    source_facts: Iterable[SourceInvoiceFact],
    target_facts: Iterable[TargetInvoiceFact],
    *,
    run_id: str,
    now: datetime,
    booking_expected: bool = True,
    lookups: Lookups | None = None,
) -> ReconciliationResult:
    """Compare the invoices of a period, store the result and return it.

    ``source_facts`` is read to its end before ``target_facts`` is begun; both may read from
    ``connection``. ``now`` (UTC-aware) is when it began and is noted as its end too, so that the same
    facts give the same report. What was written is committed, unless the caller has a transaction open.

    Args:
        connection: to our own database, from :func:`ledgerbridge.store.database.connect`.
        integration_name: whose invoices these are.
        period: the invoice dates that both streams were selected by.
        source_facts: what the source has, with the state of each record's newest transfer.
        target_facts: drafts first and booked ones after, without those of other integrations.
        run_id: the run that asked for it.
        now: the time of the comparison.
        booking_expected: see :func:`ledgerbridge.reconciliation.classify.classify_invoice`.
        lookups: how to ask for single records that stand outside the period on one side.
    """
    tally = Tally()
    with staging_tables(connection, "stage"):
        stage(connection, period, source_facts, target_facts, lookups or Lookups())
        with store.one_step(connection):
            writer = _Writer(connection, integration_name, Kind.INVOICES, period, run_id, now)
            for pair in pairs(connection):
                judgement = classify_invoice(pair.source, pair.targets, booking_expected=booking_expected)
                tally.add(pair.source, pair.targets, judgement, in_period=pair.in_period)
                writer.add(judgement, pair.source_json, pair.target_jsons)
            return writer.finish(tally.totals(in_source(connection)))


def reconcile_customers(
    connection: Connection,
    integration_name: str,
    source_facts: Iterable[SourceCustomerFact],
    target_facts: Iterable[TargetCustomerFact],
    *,
    owners: Mapping[str, FieldOwner],
    run_id: str,
    now: datetime,
) -> ReconciliationResult:
    """Compare the customers, store the result and return it. As :func:`reconcile_invoices`.

    ``owners`` names every mapped field and whose value stands (CT-22), in the order of the report.
    """
    with staging_tables(connection, "customer_stage"):
        stage_customers(connection, source_facts, target_facts)
        with store.one_step(connection):
            writer = _Writer(connection, integration_name, Kind.CUSTOMERS, Period(), run_id, now)
            for pair in customer_pairs(connection):
                judgement = classify_customer(pair.source, pair.target, owners, links=pair.links)
                writer.add(judgement, pair.source_json, (pair.target_json,) if pair.target_json else ())
            return writer.finish(Totals(fields=tuple(owners.items())))


def load_result(connection: Connection, reconciliation_id: int) -> ReconciliationResult | None:
    """A result that was stored before; nothing if there is none or it never came to its end."""
    stored = store.read(connection, reconciliation_id)
    return result_of(stored) if stored and stored.finished_at else None


def result_of(stored: store.StoredReconciliation) -> ReconciliationResult:
    """The result that a finished stored row holds."""
    return ReconciliationResult(
        reconciliation_id=stored.reconciliation_id,
        integration=stored.integration,
        kind=Kind(stored.kind),
        period=Period(stored.period_from, stored.period_to),
        run_id=stored.run_id,
        started_at=stored.started_at,
        finished_at=stored.finished_at or stored.started_at,
        counts=stored.counts,
        totals=totals_from_json(stored.totals),
    )


class _Writer:
    """Stores judged pairs in batches, numbered as they come."""

    def __init__(
        self, connection: Connection, integration: str, kind: Kind, period: Period, run_id: str, now: datetime
    ) -> None:
        self._connection = connection
        self._now = now
        self._counts: Counter[str] = Counter()
        self._batch: list[store.StoredItem] = []
        self._position = 0
        self._id = store.start(
            connection,
            integration=integration,
            kind=kind,
            period=(period.first, period.last),
            run_id=run_id,
            started_at=now,
        )

    def add(self, judgement: Judgement, source: str | None, targets: Sequence[str]) -> None:
        """Keep one pair; the sides are the facts' JSON."""
        self._counts[judgement.main.value] += 1
        self._position += 1
        reasons = [{"class": finding.of.value} | finding.reason.to_json() for finding in judgement.findings]
        self._batch.append(
            store.StoredItem(
                position=self._position,
                main_class=judgement.main.value,
                classes=[each.value for each in judgement.classes],
                standing=judgement.standing.value,
                source=source,
                targets=f"[{','.join(targets)}]",
                reasons=storable(json.dumps(reasons, ensure_ascii=False)),
            )
        )
        if len(self._batch) >= ITEMS_PER_BATCH:
            self._flush()

    def finish(self, totals: Totals) -> ReconciliationResult:
        """Store what is left and the figures."""
        self._flush()
        store.finish(
            self._connection, self._id, finished_at=self._now, counts=self._counts, totals=totals_to_json(totals)
        )
        result = load_result(self._connection, self._id)
        if result is None:
            message = f"reconciliation {self._id} was not stored"
            raise RuntimeError(message)
        return result

    def _flush(self) -> None:
        store.add_items(self._connection, self._id, self._batch)
        self._batch = []
