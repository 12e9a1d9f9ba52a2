"""A whole reconciliation: both kinds, and the reports of both."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta

from ledgerbridge.comparing.customers import OWNERS, source_customers, target_customers
from ledgerbridge.comparing.invoices import facts_of, source_facts, target_fact_of_booked, target_facts
from ledgerbridge.delivery.desk import Desk, Source, Workplace
from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.integration import ChangeCapture, Finish
from ledgerbridge.reconciliation.compare import ReconciliationResult, reconcile_customers, reconcile_invoices
from ledgerbridge.reconciliation.facts import Period, SourceInvoiceFact, TargetInvoiceFact
from ledgerbridge.reconciliation.report_parts import ReportHeader
from ledgerbridge.reconciliation.reports import write_reports
from ledgerbridge.reconciliation.staging import Lookups
from ledgerbridge.source.changes import prune_changes
from ledgerbridge.source.manifest import load_manifest
from ledgerbridge.store import confirmations, reconciliations
from ledgerbridge.target.registry import target_kind

__all__ = ["Reconciled", "period_until", "reconcile"]

log = logging.getLogger(__name__)

# An integration that was off for longer reads everything once (source room, changes).
CHANGES_ARE_KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Both results of one reconciliation."""

    invoices: ReconciliationResult
    customers: ReconciliationResult


def period_until(today: date, months: int) -> Period:
    """From the first day of the month ``months`` ago, without an end: invoices may be dated ahead."""
    month = today.year * 12 + today.month - 1 - months
    return Period(date(month // 12, month % 12 + 1, 1), None)


def reconcile(workplace: Workplace, period: Period) -> Reconciled:
    """Compare both sides and keep the reports. Changes no record on either side.

    At the end, what is too old is removed: pairs that agree and daily reports of former reconciliations, and rows
    of the source's table of changes.

    Raises:
        SourceUnavailable, TryAgain, NeedsGrant, Refusal: a side could not be read; nothing is kept.
    """
    now = workplace.now()
    source = workplace.open_source()
    with closing(source.connection), workplace.desk() as desk:
        integration = workplace.integration
        invoices = reconcile_invoices(
            desk.store,
            integration.name,
            period,
            source_facts(desk, source, period),
            target_facts(desk, period),
            run_id=workplace.run_id,
            now=now,
            booking_expected=integration.invoicing.finish is Finish.BOOK,
            lookups=Lookups(
                targets=lambda missing: _look_up(desk, missing),
                again=lambda source_ids: facts_of(desk, source, source_ids),
            ),
        )
        customers = reconcile_customers(
            desk.store,
            integration.name,
            source_customers(desk, source),
            target_customers(desk),
            owners=OWNERS,
            run_id=workplace.run_id,
            now=now,
        )
        write_reports(desk.store, [invoices.reconciliation_id, customers.reconciliation_id], _header(desk))
        reconciliations.prune(desk.store, integration.name)
        _prune_changes(desk, source)
        return Reconciled(invoices, customers)


def _prune_changes(desk: Desk, source: Source) -> None:
    if desk.integration.source.change_capture is not ChangeCapture.TRIGGERS:
        return
    try:
        removed = prune_changes(source.connection, CHANGES_ARE_KEPT)
    except LedgerbridgeError as error:
        # The comparison is done and kept: a right that is missing for tidying up must not undo it.
        log.warning("old changes stay in the source: %s", error)
    else:
        log.info("%d old changes removed from the source's table", removed)


def _look_up(desk: Desk, missing: Iterable[SourceInvoiceFact]) -> Iterator[TargetInvoiceFact]:
    """Those that we say were booked: are they there under another date?"""
    for fact in missing:
        if fact.delivered is not None and fact.delivered.booked_number is not None:
            found = desk.target.find_booked(fact.locator, None, fact.target_customer_number or "0")
            if found is not None:
                yield target_fact_of_booked(found)


def _header(desk: Desk) -> ReportHeader:
    integration = desk.integration
    known = confirmations.read_preflight(desk.store, integration.name)
    resolved = known.resolved if known is not None else {}
    return ReportHeader(
        integration=integration.name,
        source_name=load_manifest(integration.source.system).system,
        target_name=target_kind(integration.target.system).name,
        base_currency=integration.invoicing.base_currency,
        agreement_number=str(resolved.get("agreement_number", "")),
        agreement_name=str(resolved.get("company_name", "")),
        agreement_cvr=str(resolved.get("company_cvr") or ""),
    )
