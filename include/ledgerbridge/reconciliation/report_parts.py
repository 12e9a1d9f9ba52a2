"""What every format of the report starts from: the header, the items as facts, and the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ledgerbridge.money import ZERO
from ledgerbridge.reasons import Reason, ReasonText
from ledgerbridge.reconciliation.compare import ReconciliationResult
from ledgerbridge.reconciliation.facts import (
    Amounts,
    FactType,
    Kind,
    SourceCustomerFact,
    SourceInvoiceFact,
    TargetCustomerFact,
    TargetInvoiceFact,
    fact_from_json,
)
from ledgerbridge.reconciliation.findings import Finding, Judgement
from ledgerbridge.reconciliation.kinds import InvoiceClass, Standing, class_from_text
from ledgerbridge.reconciliation.wording import Wording
from ledgerbridge.store import reconciliations as store
from ledgerbridge.store.database import Connection

__all__ = [
    "CustomerItem",
    "InvoiceItem",
    "ReportHeader",
    "customer_item",
    "customer_items",
    "explanations",
    "invoice_item",
    "invoice_items",
    "verdict_sentences",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportHeader:
    """Whose report it is. The agreement's own number, name and CVR as the target states them (X-11)."""

    integration: str
    source_name: str
    target_name: str
    base_currency: str
    agreement_number: str
    agreement_name: str
    agreement_cvr: str


@dataclass(frozen=True, slots=True)
class InvoiceItem:
    """One judged pair of invoices."""

    position: int
    judgement: Judgement
    source: SourceInvoiceFact | None
    targets: tuple[TargetInvoiceFact, ...]

    @property
    def number(self) -> str:
        """What people call it: the source's own number, else the target's, else the id."""
        source = self.source
        if source is None:
            return self.targets[0].number
        booked = source.delivered.booked_number if source.delivered else None
        return source.invoice_number or source.number_in_source or booked or source.source_id

    @property
    def customer_name(self) -> str:
        """The customer's name on whichever side has it."""
        ours = self.source.customer_name if self.source else ""
        return ours or (self.targets[0].customer_name if self.targets else "")

    def difference(self, target: TargetInvoiceFact | None, source: SourceInvoiceFact | None) -> Amounts | None:
        """What the row adds to its control total's difference; nothing where it does not enter it."""
        if self.judgement.main is InvoiceClass.MADE_IN_TARGET:
            return None
        if target is None and self.judgement.standing is Standing.NOT_DELIVERED:
            return None
        if target is not None and source is not None and target.currency != source.currency:
            return None  # amounts of two currencies have no difference
        nothing = Amounts(ZERO, ZERO, ZERO)
        return (target.amounts if target else nothing) - (source.amounts if source else nothing)


@dataclass(frozen=True, slots=True)
class CustomerItem:
    """One judged pair of customers."""

    position: int
    judgement: Judgement
    source: SourceCustomerFact | None
    target: TargetCustomerFact | None


def invoice_item(stored: store.StoredItem) -> InvoiceItem:
    """The invoice pair that a stored row holds."""
    source = fact_from_json(SourceInvoiceFact, stored.source) if stored.source else None
    targets = tuple(_facts(TargetInvoiceFact, stored.targets))
    return InvoiceItem(stored.position, _judgement(stored, Kind.INVOICES), source, targets)


def customer_item(stored: store.StoredItem) -> CustomerItem:
    """The customer pair that a stored row holds."""
    source = fact_from_json(SourceCustomerFact, stored.source) if stored.source else None
    target = next(_facts(TargetCustomerFact, stored.targets), None)
    return CustomerItem(stored.position, _judgement(stored, Kind.CUSTOMERS), source, target)


def invoice_items(connection: Connection, reconciliation_id: int) -> Iterator[InvoiceItem]:
    """Every pair of invoices, page by page."""
    return map(invoice_item, store.items(connection, reconciliation_id))


def customer_items(connection: Connection, reconciliation_id: int) -> Iterator[CustomerItem]:
    """Every pair of customers, page by page."""
    return map(customer_item, store.items(connection, reconciliation_id))


def explanations(judgement: Judgement, wording: Wording) -> list[ReasonText]:
    """The sentences of a pair, the main one first."""
    return [wording.reason(finding.reason) for finding in judgement.findings]


def verdict_sentences(result: ReconciliationResult, wording: Wording) -> list[str]:
    """The verdict on one reconciliation; the first sentence is the heading."""
    return _of_customers(result, wording) if result.kind is Kind.CUSTOMERS else _of_invoices(result, wording)


def _of_invoices(result: ReconciliationResult, wording: Wording) -> list[str]:
    differences, owed = result.how_many(Standing.DIFFERENCE), result.how_many(Standing.NOT_DELIVERED)
    notices = result.how_many(Standing.NOTICE)
    documents = sum(row.source.count for row in result.totals.account)
    if not result.compared:
        return [wording.text("verdict_nothing")]
    if differences:
        sentences = [_difference_sentence(result, wording, differences)]
    elif owed:
        sentences = [wording.text("verdict_noticed" if notices else "verdict_all_delivered")]
    else:
        sentences = [wording.text("verdict_noticed" if notices else "verdict_all")]
    if owed:
        sentences.append(wording.count_text("verdict_not_delivered", owed))
    if notices:
        sentences.append(wording.count_text("verdict_notices", notices))
    if result.totals.is_complete:
        sentences.append(wording.count_text("verdict_complete", documents))
    else:
        sentences.append(wording.text("verdict_incomplete"))
    return sentences


def _difference_sentence(result: ReconciliationResult, wording: Wording, differences: int) -> str:
    amounts = [
        f"{wording.amount(each.amounts.gross)} {currency}"
        for currency, each in result.totals.differences.items()
        if each.amounts.gross != Decimal(0)
    ]
    if not amounts:
        return wording.count_text("verdict_without_amount", differences)
    return wording.count_text("verdict", differences, amounts=wording.listed(amounts))


def _of_customers(result: ReconciliationResult, wording: Wording) -> list[str]:
    differences, unlinked = result.how_many(Standing.DIFFERENCE), result.how_many(Standing.NOT_DELIVERED)
    total = wording.whole(result.compared)
    if differences:
        sentences = [wording.count_text("verdict_customers", differences, total=total)]
    elif unlinked:
        sentences = []
    else:
        sentences = [wording.count_text("verdict_customers_all", result.compared)]
    if unlinked:
        sentences.append(wording.text("verdict_customers_unlinked", n=wording.whole(unlinked)))
    return sentences


def _judgement(stored: store.StoredItem, kind: Kind) -> Judgement:
    reasons: Sequence[dict[str, object]] = json.loads(stored.reasons)
    findings = tuple(
        Finding(class_from_text(kind, str(reason["class"])), Reason.from_json(reason)) for reason in reasons
    )
    return Judgement(class_from_text(kind, stored.main_class), findings)


def _facts(of: type[FactType], array: str) -> Iterator[FactType]:
    # Amounts are strings inside, so that taking the array apart and together again loses nothing.
    return (fact_from_json(of, json.dumps(each)) for each in json.loads(array))
