"""The page's sections as the template shows them: every value already in the reader's words.

A page is for reading, so each list is cut after a number of rows and says how many more there are; the
CSV and XLSX files have every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledgerbridge.reasons import ReasonText
from ledgerbridge.reconciliation.cells import state_name
from ledgerbridge.reconciliation.facts import FieldOwner, SourceInvoiceFact, TargetInvoiceFact
from ledgerbridge.reconciliation.findings import Finding
from ledgerbridge.reconciliation.kinds import AnyClass, CustomerClass
from ledgerbridge.reconciliation.report_parts import CustomerItem, InvoiceItem, explanations
from ledgerbridge.reconciliation.wording import Wording

__all__ = [
    "CustomerEntry",
    "Entry",
    "FieldLine",
    "Group",
    "PageCell",
    "PageEntry",
    "brief_entry",
    "customer_entry",
    "invoice_entry",
]


@dataclass(frozen=True, slots=True)
class PageCell:
    """A value; ``differs`` when the other side says something else; ``is_number`` aligns it to the right."""

    text: str
    differs: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A pair: its title, its sentences, and one row of cells per side."""

    title: str
    note: str
    findings: Sequence[ReasonText]
    sides: Sequence[tuple[str, Sequence[PageCell]]]


@dataclass(frozen=True, slots=True)
class FieldLine:
    """A mapped field that differs."""

    name: str
    ours: str
    theirs: str
    owner: str


@dataclass(frozen=True, slots=True)
class CustomerEntry:
    """A customer with what differs."""

    number: str
    linked: str
    name: str
    fields: Sequence[FieldLine]
    findings: Sequence[ReasonText]


Entry = PageEntry | CustomerEntry


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one class. ``more`` is how many are not shown."""

    anchor: str
    title: str
    count: str
    entries: Sequence[Entry]
    more: str


def invoice_entry(item: InvoiceItem, wording: Wording) -> PageEntry:
    """A pair of invoices with both sides below each other."""
    source = item.source
    document = source.document_type.value if source else "invoice"
    number = wording.text(f"document_{document}").capitalize()
    sides: list[tuple[str, Sequence[PageCell]]] = []
    sides.append((wording.source_name, _source_cells(source, wording)))
    sides += [(wording.target_name, _target_cells(source, target, wording)) for target in item.targets]
    if not item.targets:
        sides.append((wording.target_name, _nothing(wording)))
    return PageEntry(f"{number} {item.number}", item.customer_name, explanations(item.judgement, wording), sides)


def brief_entry(item: InvoiceItem, wording: Wording, of: AnyClass | None = None) -> PageEntry:
    """A pair in one line, for lists; with ``of``, only that class's sentences."""
    fact = item.source or item.targets[0]
    own = item.source.invoice_number if item.source else None
    booked = item.source.number_in_source if item.source else None
    target = item.targets[0] if item.targets else None
    cells = [
        PageCell(own or (item.source.source_id if item.source else "–")),
        PageCell(target.number if target else (booked or "–")),
        PageCell(item.customer_name or fact.customer_number or "–"),
        PageCell(wording.day(fact.invoice_date)),
        PageCell(fact.currency),
        PageCell(wording.amount(fact.amounts.net), is_number=True),
        PageCell(wording.amount(fact.amounts.vat), is_number=True),
        PageCell(wording.amount(fact.amounts.gross), is_number=True),
    ]
    told = [wording.reason(finding.reason) for finding in item.judgement.findings if of is None or finding.of is of]
    return PageEntry(item.number, item.customer_name, told, [("", cells)])


def customer_entry(item: CustomerItem, wording: Wording) -> CustomerEntry:
    """A customer; each field that differs stands with both values and whose value counts (CT-22)."""
    source, target = item.source, item.target
    linked = target.number if target else (source.target_number if source else None)
    fields, told = [], []
    for finding in item.judgement.findings:
        reason = wording.reason(finding.reason)
        if finding.of is not CustomerClass.FIELD_DIFFERS:
            told.append(reason)
            continue
        # The values stand in the table; what to do about them is said once per owner.
        fields.append(_field_line(finding, wording))
        once = ReasonText("", reason.do)
        told += [] if once in told else [once]
    return CustomerEntry(
        number=source.customer_number if source else "–",
        linked=linked or "–",
        name=(source.name if source else "") or (target.name if target else ""),
        fields=fields,
        findings=told,
    )


def _field_line(finding: Finding, wording: Wording) -> FieldLine:
    values = finding.reason.values
    owner = FieldOwner(finding.reason.code.rsplit("_", maxsplit=1)[-1])
    ours, theirs = (values[side] or wording.text("empty_value") for side in ("value_source", "value_target"))
    return FieldLine(wording.field_name(values["field"]), ours, theirs, wording.owner(owner))


def _source_cells(source: SourceInvoiceFact | None, wording: Wording) -> list[PageCell]:
    if source is None:
        return _nothing(wording)
    customer = source.target_customer_number or source.customer_number
    numbers = (source.amounts.net, source.amounts.vat, source.amounts.gross)
    return [
        PageCell(source.number_in_source or "–"),
        PageCell(state_name(source, wording) if source.is_approved else wording.text("status_not_approved")),
        PageCell(customer),
        PageCell(wording.day(source.invoice_date)),
        PageCell(_day(source.due_date, wording)),
        PageCell(source.currency),
        *(PageCell(wording.amount(number), is_number=True) for number in numbers),
    ]


def _target_cells(source: SourceInvoiceFact | None, target: TargetInvoiceFact, wording: Wording) -> list[PageCell]:
    """What differs is marked here, on the target's row, beside the source's figure above it."""
    status = wording.text("status_draft" if target.is_draft else "status_booked")
    theirs = [
        target.number,
        status,
        target.customer_number or "–",
        wording.day(target.invoice_date),
        _day(target.due_date, wording),
        target.currency,
        *map(wording.amount, (target.amounts.net, target.amounts.vat, target.amounts.gross)),
    ]
    if source is None:
        differs = [False] * len(theirs)
    else:
        differs = [
            not target.is_draft and source.number_in_source != target.number,
            target.is_draft,
            target.customer_number != (source.target_customer_number or source.customer_number),
            target.invoice_date != source.invoice_date,
            bool(source.due_date and target.due_date and target.due_date != source.due_date),
            target.currency != source.currency,
            target.amounts.net != source.amounts.net,
            target.amounts.vat != source.amounts.vat,
            target.amounts.gross != source.amounts.gross,
        ]
    return [
        PageCell(text, mark, is_number=place >= 6)
        for place, (text, mark) in enumerate(zip(theirs, differs, strict=True))
    ]


def _nothing(wording: Wording) -> list[PageCell]:
    return [
        PageCell("–"),
        PageCell(wording.text("status_absent")),
        *(PageCell("–", is_number=n >= 4) for n in range(7)),
    ]


def _day(day: date | None, wording: Wording) -> str:
    return wording.day(day) if day else "–"
