"""The sentence behind each finding: a reason code with the values that belong to it.

Values are kept raw (``1234.56``, ``2026-11-30``, ``credit_note``), so that one stored reason can be told
in either language; :mod:`ledgerbridge.reconciliation.wording` writes them in the reader's own way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from ledgerbridge.money import ZERO
from ledgerbridge.reasons import Reason
from ledgerbridge.reconciliation.facts import (
    Delivered,
    FieldOwner,
    SourceCustomerFact,
    SourceInvoiceFact,
    State,
    TargetCustomerFact,
    TargetInvoiceFact,
    VatGroup,
)
from ledgerbridge.records import DocumentType

__all__ = [
    "about_customer",
    "about_field",
    "about_ignored_draft",
    "about_pair",
    "about_parts",
    "about_source",
    "about_state",
    "about_target",
    "about_twice",
    "dates_differ",
]


def about_source(code: str, source: SourceInvoiceFact) -> Reason:
    """A reason whose text names only the source's side."""
    return Reason(code, _of_source(source))


def about_target(code: str, target: TargetInvoiceFact) -> Reason:
    """A reason whose text names only the target's side."""
    return Reason(code, _of_target(target) | {"currency": target.currency})


def about_pair(code: str, source: SourceInvoiceFact, target: TargetInvoiceFact) -> Reason:
    """A reason whose text names both sides and what stands between them."""
    return Reason(code, _of_target(target) | _of_source(source) | _between(source, target))


def about_state(source: SourceInvoiceFact) -> Reason:
    """Why it is not delivered: the transfer's own reason, or the state's sentence where it has none."""
    if source.reason is not None:
        return source.reason
    state = State.WITHDRAWN if source.state is None else source.state
    return about_source(f"reconciliation_{state}", source)


def about_ignored_draft(source: SourceInvoiceFact, target: TargetInvoiceFact) -> Reason:
    """Who set it aside and why, and that its draft still stands there."""
    values = about_pair("reconciliation_ignored_draft_remains", source, target).values
    return Reason("reconciliation_ignored_draft_remains", values, about_state(source))


def about_twice(source: SourceInvoiceFact | None, targets: Sequence[TargetInvoiceFact]) -> Reason:
    """All the numbers under which one record stands in the target."""
    first = targets[0]
    values = _of_target(first) | (_of_source(source) if source else {"document": _kind(first), "number": first.number})
    return Reason("reconciliation_twice_in_target", values | {"numbers": ", ".join(_label(each) for each in targets)})


def about_parts(
    source: SourceInvoiceFact,
    target: TargetInvoiceFact,
    groups: dict[VatGroup, tuple[Decimal, Decimal]],
) -> Reason:
    """The VAT groups whose net amounts differ, each with the source's figure and the target's."""
    parts = "; ".join(f"{group}: {ours} → {theirs}" for group, (ours, theirs) in groups.items())
    reason = about_pair("reconciliation_vat_parts", source, target)
    return Reason(reason.code, {**reason.values, "parts": parts})


def dates_differ(code: str, source: SourceInvoiceFact, ours: date, theirs: date) -> Reason:
    """Two dates that should be one."""
    return Reason(code, _of_source(source) | {"date_source": ours.isoformat(), "date_target": theirs.isoformat()})


def about_customer(code: str, source: SourceCustomerFact | None, target: TargetCustomerFact | None) -> Reason:
    """A reason about a customer as a whole."""
    number = (source.target_number if source else None) or (target.number if target else "")
    return Reason(
        code,
        {
            "customer_number": source.customer_number if source else "",
            "name": (source.name if source else "") or (target.name if target else ""),
            "target_number": number,
            "target_name": target.name if target else "",
        },
    )


def about_field(name: str, owner: FieldOwner, ours: str | None, theirs: str | None) -> Reason:
    """One mapped field that differs, and whose value stands (CT-22)."""
    values = {"field": name, "value_source": ours or "", "value_target": theirs or ""}
    return Reason(f"reconciliation_field_of_{owner}", values)


def _of_source(source: SourceInvoiceFact) -> dict[str, str]:
    delivered = source.delivered or Delivered()
    known = source.number_in_source or delivered.booked_number
    return {
        "document": source.document_type.value,
        "document_inside": source.document_type.value,
        "number": source.invoice_number or known or source.source_id,
        "booked_number": known or "",
        "draft_number": delivered.draft_number or "",
        "source_id": source.source_id,
        "locator": source.locator,
        "currency": source.currency,
        "net_source": str(source.amounts.net),
        "vat_source": str(source.amounts.vat),
        "gross_source": str(source.amounts.gross),
        "customer_number": source.customer_number,
    }


def _of_target(target: TargetInvoiceFact) -> dict[str, str]:
    return {
        "target_document": _kind(target),
        "target_number": target.number,
        "locator": target.locator or "",
        "net_target": str(target.amounts.net),
        "vat_target": str(target.amounts.vat),
        "gross_target": str(target.amounts.gross),
        "currency_target": target.currency,
        "target_customer": target.customer_number or "",
    }


def _between(source: SourceInvoiceFact, target: TargetInvoiceFact) -> dict[str, str]:
    delivered = source.delivered.amounts if source.delivered else None
    difference = target.amounts - source.amounts
    values = {
        "gross_difference": str(difference.gross),
        "vat_difference": str(difference.vat),
        "gross_delivered": str((delivered or source.amounts).gross),
        "expected_customer": source.target_customer_number or source.customer_number,
        "number_in_source": source.number_in_source or "",
    }
    if source.base_amounts and target.base_amounts:
        values["base_net_source"] = str(source.base_amounts.net)
        values["base_net_target"] = str(target.base_amounts.net)
        values["base_gross_source"] = str(source.base_amounts.gross)
        values["base_gross_target"] = str(target.base_amounts.gross)
    if source.exchange_rate is not None and target.exchange_rate is not None:
        values["rate_source"] = str(source.exchange_rate)
        values["rate_target"] = str(target.exchange_rate)
    return values


def _kind(target: TargetInvoiceFact) -> str:
    """A target that has no separate credit note has it as an invoice with negative totals (``economic`` 3.8)."""
    return (DocumentType.CREDIT_NOTE if target.amounts.gross < ZERO else DocumentType.INVOICE).value


def _label(target: TargetInvoiceFact) -> str:
    return f"{target.number} (draft)" if target.is_draft else target.number
