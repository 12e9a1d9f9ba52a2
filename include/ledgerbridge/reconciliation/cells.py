"""The columns of the tables that CSV and XLSX share: a heading, and what stands below it.

A cell is a ``Decimal`` or an ``int`` (numbers that may be added up), a ``date``, or text. Each format
writes them in its own way; only text can carry a formula into somebody's spreadsheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from ledgerbridge.reasons import ReasonText
from ledgerbridge.reconciliation.facts import (
    Amounts,
    FieldOwner,
    SourceInvoiceFact,
    TargetInvoiceFact,
)
from ledgerbridge.reconciliation.report_parts import CustomerItem, InvoiceItem, explanations
from ledgerbridge.reconciliation.wording import Wording

__all__ = ["Cell", "customer_headings", "customer_row", "invoice_headings", "invoice_rows", "is_formula", "state_name"]

Cell = Decimal | int | date | str | None

# What a spreadsheet takes for a formula's beginning (OWASP, "CSV injection"), full-width forms included.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet might compute ``text`` instead of showing it."""
    return text.startswith(_FORMULA_STARTS)


@dataclass(frozen=True, slots=True)
class _InvoiceRow:
    """One document of the target beside its source; the further ones of a pair have no source beside them."""

    item: InvoiceItem
    source: SourceInvoiceFact | None
    target: TargetInvoiceFact | None
    told: Sequence[ReasonText]
    wording: Wording

    @property
    def difference(self) -> Amounts | None:
        return self.item.difference(self.target, self.source)


_Column = tuple[Callable[[Wording], str], Callable[[_InvoiceRow], Cell]]


def state_name(source: SourceInvoiceFact, wording: Wording) -> str:
    """Where the record's newest transfer stands."""
    return wording.text(f"state_{source.state or 'none'}")


def invoice_headings(wording: Wording) -> list[str]:
    """The headings of :func:`invoice_rows`."""
    return [heading(wording) for heading, _ in _INVOICE_COLUMNS]


def invoice_rows(item: InvoiceItem, wording: Wording) -> Iterator[list[Cell]]:
    """One row per document of the target, so that each column adds up to its control total."""
    told: Sequence[ReasonText] = explanations(item.judgement, wording)
    for source, target in zip_longest((item.source,), item.targets or (None,)):
        row = _InvoiceRow(item, source, target, told, wording)
        yield [cell(row) for _, cell in _INVOICE_COLUMNS]
        told = ()  # said once per pair


def customer_headings(wording: Wording, fields: Sequence[tuple[str, FieldOwner]]) -> list[str]:
    """The headings of :func:`customer_row`."""
    names = ["column_class", "column_all_classes", "column_customer_number", "column_customer_target_number"]
    headings = [wording.text(name) for name in [*names, "field_name", "column_barred", "column_deleted"]]
    for field, _ in fields:
        what = wording.field_name(field)
        headings += [wording.text("column_at_source", what=what), wording.text("column_at_target", what=what)]
    return [*headings, wording.text("column_explanation"), wording.text("column_do")]


def customer_row(item: CustomerItem, wording: Wording, fields: Sequence[tuple[str, FieldOwner]]) -> list[Cell]:
    """A customer's two sides, each mapped field beside its counterpart."""
    source, target = item.source, item.target
    cells: list[Cell] = [
        wording.class_name(item.judgement.main),
        "; ".join(wording.class_name(each) for each in item.judgement.classes),
        source.customer_number if source else None,
        target.number if target else (source.target_number if source else None),
        (source.name if source else "") or (target.name if target else ""),
        wording.text("is_so") if target and target.barred else None,
        wording.text("is_so") if source and source.deleted_in_source else None,
    ]
    for field, _ in fields:
        cells += [source.fields.get(field) if source else None, target.fields.get(field) if target else None]
    told = explanations(item.judgement, wording)
    return [*cells, " ".join(each.text for each in told), " ".join(dict.fromkeys(each.do for each in told))]


def _named(name: str) -> Callable[[Wording], str]:
    return lambda wording: wording.text(name)


def _at_source(name: str) -> Callable[[Wording], str]:
    return lambda wording: wording.text("column_at_source", what=wording.text(name))


def _at_target(name: str) -> Callable[[Wording], str]:
    return lambda wording: wording.text("column_at_target", what=wording.text(name))


def _of_source(get: Callable[[SourceInvoiceFact], Cell]) -> Callable[[_InvoiceRow], Cell]:
    return lambda row: get(row.source) if row.source else None


def _of_target(get: Callable[[TargetInvoiceFact], Cell]) -> Callable[[_InvoiceRow], Cell]:
    return lambda row: get(row.target) if row.target else None


def _three(name: str, get: Callable[[Amounts], Decimal]) -> list[_Column]:
    return [
        (_at_source(name), _of_source(lambda source: get(source.amounts))),
        (_at_target(name), _of_target(lambda target: get(target.amounts))),
        (
            lambda wording: wording.text("column_difference", what=wording.text(name)),
            lambda row: get(row.difference) if row.difference else None,
        ),
    ]


def _two(
    name: str,
    ours: Callable[[SourceInvoiceFact], Cell],
    theirs: Callable[[TargetInvoiceFact], Cell],
) -> list[_Column]:
    return [(_at_source(name), _of_source(ours)), (_at_target(name), _of_target(theirs))]


def _explanation(row: _InvoiceRow) -> Cell:
    return " ".join(each.text for each in row.told)


def _what_to_do(row: _InvoiceRow) -> Cell:
    return " ".join(dict.fromkeys(each.do for each in row.told))


def _document(row: _InvoiceRow) -> Cell:
    return row.wording.text(f"document_{row.source.document_type}") if row.source else None


def _target_status(row: _InvoiceRow) -> Cell:
    if row.target is None:
        return None
    return row.wording.text("status_draft" if row.target.is_draft else "status_booked")


_INVOICE_COLUMNS: list[_Column] = [
    (_named("column_class"), lambda row: row.wording.class_name(row.item.judgement.main)),
    (
        _named("column_all_classes"),
        lambda row: "; ".join(row.wording.class_name(each) for each in row.item.judgement.classes),
    ),
    (_named("column_document"), _document),
    (_named("column_source_id"), _of_source(lambda source: source.source_id)),
    (_named("column_own_number"), _of_source(lambda source: source.invoice_number)),
    (_named("column_number_in_source"), _of_source(lambda source: source.number_in_source)),
    (_named("column_target_number"), _of_target(lambda target: target.number)),
    (_named("column_state"), lambda row: state_name(row.source, row.wording) if row.source else None),
    (_named("column_target_status"), _target_status),
    (_named("column_customer_name"), lambda row: row.item.customer_name),
    (
        _named("column_source_customer"),
        _of_source(lambda source: source.target_customer_number or source.customer_number),
    ),
    (_named("column_target_customer"), _of_target(lambda target: target.customer_number)),
    *_two("invoice_date", lambda source: source.invoice_date, lambda target: target.invoice_date),
    *_two("due_date", lambda source: source.due_date, lambda target: target.due_date),
    *_two("currency", lambda source: source.currency, lambda target: target.currency),
    *_two("column_rate", lambda source: source.exchange_rate, lambda target: target.exchange_rate),
    *_three("net", lambda amounts: amounts.net),
    *_three("vat", lambda amounts: amounts.vat),
    *_three("gross", lambda amounts: amounts.gross),
    *_two(
        "column_base_net",
        lambda source: source.base_amounts.net if source.base_amounts else None,
        lambda target: target.base_amounts.net if target.base_amounts else None,
    ),
    *_two(
        "column_base_gross",
        lambda source: source.base_amounts.gross if source.base_amounts else None,
        lambda target: target.base_amounts.gross if target.base_amounts else None,
    ),
    (
        _named("column_reference"),
        lambda row: row.source.locator if row.source else (row.target.locator if row.target else None),
    ),
    (_named("column_explanation"), _explanation),
    (_named("column_do"), _what_to_do),
]
