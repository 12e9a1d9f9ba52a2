"""Validating a batch: every record by itself, so that a bad one never holds back the good (X-3)."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ledgerbridge.integration import Integration
from ledgerbridge.limits import Limits
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Invoice, Module, Record
from ledgerbridge.validation.customers import customer_expectations
from ledgerbridge.validation.frames import customer_rows, document_rows, line_rows
from ledgerbridge.validation.invoices import document_expectations, line_expectations
from ledgerbridge.validation.suite import Finding, Severity, broken_rules, great_expectations

__all__ = ["Checked", "Validated", "validate"]

_Kind = TypeVar("_Kind", Customer, Invoice)


@dataclass(frozen=True, slots=True)
class Checked:
    """One record and what was found. ``reasons`` reject it, the first being the main one; ``warnings`` do not."""

    record: Record
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the record may go on."""
        return not self.reasons

    @property
    def main_reason(self) -> Reason | None:
        """The reason to show where there is room for one."""
        return self.reasons[0] if self.reasons else None


@dataclass(frozen=True, slots=True)
class Validated:
    """A batch after validation: one entry per record, in the order in which they came."""

    checked: tuple[Checked, ...]

    @property
    def passed(self) -> tuple[Checked, ...]:
        """Those that go on."""
        return tuple(entry for entry in self.checked if entry.passed)

    @property
    def rejected(self) -> tuple[Checked, ...]:
        """Those that wait for a person or a change."""
        return tuple(entry for entry in self.checked if not entry.passed)


def validate(
    module: Module,
    records: Sequence[Record],
    integration: Integration,
    *,
    linked: Container[str] = (),
    limits: Limits,
) -> Validated:
    """Check ``records`` of one module against the suite for their kind.

    Args:
        module: What the records are.
        records: Canonical records; a withdrawn invoice (``is_approved`` false) passes unread.
        integration: Whose settings decide what a line may be.
        linked: The source ids of customers that have a link (a mapping from them will do); rules
            for numbers of new customers pass over these (CT-5).
        limits: What the target's fields hold.

    Raises:
        TypeError: a record is not of the module's kind.
        RuntimeError: a rule could not be evaluated, for reasons that lie in the suite.
    """
    match module:
        case Module.CUSTOMERS:
            findings = _customer_findings(_of_kind(Customer, records), linked, limits)
        case Module.INVOICES:
            findings = _invoice_findings(_of_kind(Invoice, records), integration, limits)
    told: list[dict[Severity, list[Reason]]] = [{severity: [] for severity in Severity} for _ in records]
    for finding in findings:
        told[finding.record][finding.severity].append(finding.reason)
    return Validated(
        tuple(
            Checked(record, tuple(of[Severity.REJECTION]), tuple(of[Severity.WARNING]))
            for record, of in zip(records, told, strict=True)
        )
    )


def _of_kind(kind: type[_Kind], records: Sequence[object]) -> list[_Kind]:
    good = [record for record in records if isinstance(record, kind)]
    if len(good) != len(records):
        message = f"a batch of {kind.__name__} records holds something else"
        raise TypeError(message)
    return good


def _customer_findings(customers: Sequence[Customer], linked: Container[str], limits: Limits) -> list[Finding]:
    rows = customer_rows(customers, linked)
    return broken_rules(rows, customer_expectations(great_expectations().expectations, limits)) if rows else []


def _invoice_findings(invoices: Sequence[Invoice], integration: Integration, limits: Limits) -> list[Finding]:
    """Findings of the documents, then of their lines: what is wrong with the whole is told first."""
    documents = document_rows(invoices, integration.invoicing)
    if not documents:
        return []
    gxe = great_expectations().expectations
    return [
        *broken_rules(documents, document_expectations(gxe, limits)),
        *broken_rules(
            line_rows(invoices, integration.invoicing), line_expectations(gxe, integration.invoicing, limits)
        ),
    ]
