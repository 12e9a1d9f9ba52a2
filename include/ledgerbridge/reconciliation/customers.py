"""Customers: the judgement on one pair, and both sides joined by the link between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ledgerbridge.reconciliation.explain import about_customer, about_field
from ledgerbridge.reconciliation.facts import (
    FieldOwner,
    SourceCustomerFact,
    TargetCustomerFact,
    fact_from_json,
    fact_to_json,
)
from ledgerbridge.reconciliation.findings import Finding, Judgement
from ledgerbridge.reconciliation.kinds import CustomerClass
from ledgerbridge.reconciliation.staging import batches, insert_rows, storable
from ledgerbridge.store.database import Connection, execute
from ledgerbridge.store.reconciliations import stream

__all__ = ["CustomerPair", "classify_customer", "customer_pairs", "stage_customers"]


@dataclass(frozen=True, slots=True)
class CustomerPair:
    """A customer's two sides. ``links`` is how many living source customers share the target's number."""

    source: SourceCustomerFact | None
    target: TargetCustomerFact | None
    source_json: str | None
    target_json: str | None
    links: int


def classify_customer(
    source: SourceCustomerFact | None,
    target: TargetCustomerFact | None,
    owners: Mapping[str, FieldOwner],
    *,
    links: int = 1,
) -> Judgement:
    """Judge one customer. ``owners`` names every mapped field, in the order of the report.

    Raises:
        ValueError: neither side is given.
    """
    if source is None:
        if target is None:
            message = "a pair has at least one side"
            raise ValueError(message)
        reason = about_customer("reconciliation_customer_missing_in_source", None, target)
        return Judgement.of([Finding(CustomerClass.MISSING_IN_SOURCE, reason)], CustomerClass.AGREES)
    if source.deleted_in_source:
        return Judgement.of(list(_deleted(source, target)), CustomerClass.AGREES)
    if source.target_number is None:
        return Judgement.of([_unlinked(source)], CustomerClass.AGREES)
    if target is None or source.link_is_broken:
        # What the number's new owner is called and where it lives is no difference of this customer.
        code = "reconciliation_link_broken" if target is None else "reconciliation_link_taken_over"
        return Judgement.of(
            [Finding(CustomerClass.LINK_BROKEN, about_customer(code, source, target))], CustomerClass.AGREES
        )
    findings = []
    if links > 1:
        reason = about_customer("reconciliation_linked_twice", source, target)
        findings.append(Finding(CustomerClass.LINKED_TWICE, reason))
    if target.barred:
        findings.append(Finding(CustomerClass.BARRED, about_customer("reconciliation_barred", source, target)))
    findings += _fields(source, target, owners)
    return Judgement.of(findings, CustomerClass.AGREES)


def _deleted(source: SourceCustomerFact, target: TargetCustomerFact | None) -> Iterator[Finding]:
    """X-12: told, never deleted. Gone on both sides, they agree."""
    if target is not None:
        reason = about_customer("reconciliation_deleted_in_source", source, target)
        yield Finding(CustomerClass.DELETED_IN_SOURCE, reason)


def _unlinked(source: SourceCustomerFact) -> Finding:
    """LK-8: what waits for a person says why; what has no reason should have been created."""
    if source.reason is not None:
        return Finding(CustomerClass.UNLINKED, source.reason)
    reason = about_customer("reconciliation_customer_missing_in_target", source, None)
    return Finding(CustomerClass.MISSING_IN_TARGET, reason)


def _fields(
    source: SourceCustomerFact, target: TargetCustomerFact, owners: Mapping[str, FieldOwner]
) -> Iterator[Finding]:
    for name, owner in owners.items():
        ours, theirs = source.fields.get(name), target.fields.get(name)
        if owner is FieldOwner.SOURCE and not (ours or "").strip():
            continue  # an empty field of the source does not overwrite, so it cannot differ
        # An empty text and no text are the same thing to whoever reads them.
        if (ours or "").strip() != (theirs or "").strip():
            yield Finding(CustomerClass.FIELD_DIFFERS, about_field(name, owner, ours, theirs))


def stage_customers(
    connection: Connection, sources: Iterable[SourceCustomerFact], targets: Iterable[TargetCustomerFact]
) -> None:
    """Lay both sides down, page by page."""
    for ours in batches(sources):
        rows = {fact.source_id: _source_row(fact) for fact in ours}
        insert_rows(connection, "reconciliation_customer_stage_source_add", list(rows.values()))
    for theirs in batches(targets):
        pages = {fact.number: (fact.number, storable(fact_to_json(fact))) for fact in theirs}
        insert_rows(connection, "reconciliation_customer_stage_target_add", list(pages.values()))
    execute(connection, "reconciliation_customer_stage_match")


def customer_pairs(connection: Connection) -> Iterator[CustomerPair]:
    """Every pair, ordered by customer number."""
    for row in stream(connection, "reconciliation_customer_stage_pairs"):
        yield CustomerPair(
            source=fact_from_json(SourceCustomerFact, row["source"]) if row["source"] else None,
            target=fact_from_json(TargetCustomerFact, row["target"]) if row["target"] else None,
            source_json=row["source"],
            target_json=row["target"],
            links=row["links"],
        )


def _source_row(fact: SourceCustomerFact) -> tuple[str | None, ...]:
    return fact.source_id, fact.target_number, fact.customer_number.rjust(20, "0"), storable(fact_to_json(fact))
