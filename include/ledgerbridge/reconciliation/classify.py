"""The judgement on one pair of sides: pure, exact to the øre, and total (every pair has one main class).

How absence is read (``product`` X-8, TL-10; ``economic`` 3.8: a booked invoice cannot be deleted):

=====================  ==========================  ====================================================
the transfer says      the target shows nothing    because
=====================  ==========================  ====================================================
delivered, booked      missing in target           booked invoices do not go away
delivered as a draft   deleted in target           finance may delete a draft
waiting, rejected, …   the state itself            nothing was to be there
nothing yet            missing in target           nobody has said why it is not there
=====================  ==========================  ====================================================

And the reverse: what stands in the target with our mark although nothing was ever sent, so far as our own
records know, was sent by records that are lost (a database that was restored from an older copy).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from ledgerbridge.reconciliation.explain import (
    about_ignored_draft,
    about_pair,
    about_parts,
    about_source,
    about_state,
    about_target,
    about_twice,
    dates_differ,
)
from ledgerbridge.reconciliation.facts import Amounts, SourceInvoiceFact, State, TargetInvoiceFact, VatGroup
from ledgerbridge.reconciliation.findings import Finding, Judgement
from ledgerbridge.reconciliation.kinds import NOT_DELIVERED, InvoiceClass
from ledgerbridge.reconciliation.vat_parts import split_pair

__all__ = ["EXCHANGE_RATE_STEP", "classify_invoice"]

# The target keeps six decimals of a rate (``economic`` 5.1); a finer one cannot be told apart from it.
EXCHANGE_RATE_STEP = Decimal("0.000001")

Pair = Callable[[SourceInvoiceFact, TargetInvoiceFact], Iterator[Finding]]


def classify_invoice(
    source: SourceInvoiceFact | None, targets: Sequence[TargetInvoiceFact], *, booking_expected: bool = True
) -> Judgement:
    """Judge one invoice.

    Args:
        source: the source's side, ``None`` where only the target has it.
        targets: everything in the target that carries the record's locator or number; booked ones first.
        booking_expected: whether the integration books by itself. If it does not (``finish: draft``), a
            draft is where it should be, and is listed as awaiting its booking.

    Raises:
        ValueError: neither side is given.
    """
    if source is None:
        return _only_in_target(targets)
    if not targets:
        return Judgement.of(list(_absent(source)), InvoiceClass.AGREES)
    if not source.was_sent and source.delivered is None:
        return _unknown_here(source, targets)
    target = targets[0]
    if source.state is State.IGNORED and target.is_draft and len(targets) == 1:
        # A person has said that it is left out; that it is neither right nor booked is what they want.
        return Judgement.of([Finding(InvoiceClass.IGNORED, about_ignored_draft(source, target))], InvoiceClass.AGREES)
    findings = [finding for compare in _COMPARISONS for finding in compare(source, target)]
    findings += _number(source, target, booking_expected=booking_expected)
    findings += _status(source, target, booking_expected=booking_expected)
    if len(targets) > 1:
        findings.append(Finding(InvoiceClass.TWICE_IN_TARGET, about_twice(source, targets)))
    if source.state in NOT_DELIVERED:
        findings.append(Finding(NOT_DELIVERED[source.state], about_state(source)))
    return Judgement.of(findings, InvoiceClass.AGREES)


def _only_in_target(targets: Sequence[TargetInvoiceFact]) -> Judgement:
    if not targets:
        message = "a pair has at least one side"
        raise ValueError(message)
    target = targets[0]
    if target.locator is None:
        reason = about_target("reconciliation_made_in_target", target)
        return Judgement(InvoiceClass.MADE_IN_TARGET, (Finding(InvoiceClass.MADE_IN_TARGET, reason),))
    findings = [Finding(InvoiceClass.MISSING_IN_SOURCE, about_target("reconciliation_missing_in_source", target))]
    if len(targets) > 1:
        findings.append(Finding(InvoiceClass.TWICE_IN_TARGET, about_twice(None, targets)))
    return Judgement.of(findings, InvoiceClass.AGREES)


def _unknown_here(source: SourceInvoiceFact, targets: Sequence[TargetInvoiceFact]) -> Judgement:
    """Nothing else is told of it: whatever differs, its next step would be a wrong one now."""
    findings = [Finding(InvoiceClass.UNKNOWN_HERE, about_pair("reconciliation_unknown_here", source, targets[0]))]
    if len(targets) > 1:
        findings.append(Finding(InvoiceClass.TWICE_IN_TARGET, about_twice(source, targets)))
    return Judgement.of(findings, InvoiceClass.AGREES)


def _absent(source: SourceInvoiceFact) -> Iterator[Finding]:
    delivered = source.delivered
    if delivered is not None and delivered.booked_number:
        yield Finding(InvoiceClass.MISSING_IN_TARGET, about_source("reconciliation_missing_in_target", source))
    if source.state in NOT_DELIVERED:
        yield Finding(NOT_DELIVERED[source.state], about_state(source))
    elif not source.is_approved:
        # What was never approved, or no longer is, and is not there: both sides say the same.
        yield Finding(InvoiceClass.WITHDRAWN, about_source("reconciliation_withdrawn", source))
    elif not source.is_delivered:
        yield Finding(InvoiceClass.MISSING_IN_TARGET, about_source("reconciliation_not_taken", source))
    elif delivered is None or not (delivered.draft_number or delivered.booked_number):
        yield Finding(InvoiceClass.MISSING_IN_TARGET, about_source("reconciliation_delivered_but_unknown", source))
    elif not delivered.booked_number:
        yield Finding(InvoiceClass.DELETED_IN_TARGET, about_source("reconciliation_deleted_in_target", source))


def _changed(source: SourceInvoiceFact, target: TargetInvoiceFact) -> Iterator[Finding]:
    if target.is_draft:
        return
    if not source.is_approved:
        code = "reconciliation_withdrawn_after_booking"
    elif not source.is_current:
        code = "reconciliation_changed_after_booking"
    else:
        return
    yield Finding(InvoiceClass.CHANGED_IN_SOURCE_AFTER_BOOKING, about_pair(code, source, target))


def _amounts(source: SourceInvoiceFact, target: TargetInvoiceFact) -> Iterator[Finding]:
    if source.currency != target.currency:
        yield Finding(InvoiceClass.CURRENCY, about_pair("reconciliation_currency", source, target))
    elif source.amounts == target.amounts:
        yield from _inside_the_amounts(source, target)
    elif _is_accepted(source.amounts, target.amounts, source.accepted_difference):
        reason = about_pair("reconciliation_accepted_difference", source, target)
        yield Finding(InvoiceClass.ACCEPTED_DIFFERENCE, reason)
    elif _was_edited(source, target):
        reason = about_pair("reconciliation_edited_in_target", source, target)
        yield Finding(InvoiceClass.EDITED_IN_TARGET, reason)
    else:
        difference = target.amounts - source.amounts
        is_vat_only = difference.net == 0 and difference.vat == difference.gross
        code = "reconciliation_vat_only" if is_vat_only else "reconciliation_amount"
        yield Finding(InvoiceClass.AMOUNT, about_pair(code, source, target))


def _inside_the_amounts(source: SourceInvoiceFact, target: TargetInvoiceFact) -> Iterator[Finding]:
    """What can differ although net, VAT and gross agree: the VAT codes, the rate, the base currency."""
    ours, theirs = split_pair(source, target)
    differing = {
        group: (ours.get(group, Amounts()).net, theirs.get(group, Amounts()).net)
        for group in VatGroup
        if ours.get(group, Amounts()).net != theirs.get(group, Amounts()).net
    }
    if differing:
        yield Finding(InvoiceClass.AMOUNT, about_parts(source, target, differing))
    if source.exchange_rate is not None and target.exchange_rate is not None:
        ours_rate = source.exchange_rate.quantize(EXCHANGE_RATE_STEP)
        if ours_rate != target.exchange_rate.quantize(EXCHANGE_RATE_STEP):
            yield Finding(InvoiceClass.AMOUNT, about_pair("reconciliation_exchange_rate", source, target))
    if source.base_amounts and target.base_amounts and source.base_amounts != target.base_amounts:
        yield Finding(InvoiceClass.AMOUNT, about_pair("reconciliation_base_amounts", source, target))


def _was_edited(source: SourceInvoiceFact, target: TargetInvoiceFact) -> bool:
    """TL-16: what we delivered was the source's amount, and it is no longer what stands there."""
    delivered = source.delivered.amounts if source.delivered else None
    return (
        delivered is not None
        and source.is_current
        and target.amounts != delivered
        and _is_accepted(source.amounts, delivered, source.accepted_difference)
    )


def _is_accepted(ours: Amounts, theirs: Amounts, accepted: Decimal) -> bool:
    """CT-19: net is exact always; VAT and gross may stand apart by what was accepted."""
    difference = theirs - ours
    return difference.net == 0 and abs(difference.vat) <= accepted and abs(difference.gross) <= accepted


def _customer(source: SourceInvoiceFact, target: TargetInvoiceFact) -> Iterator[Finding]:
    expected = source.target_customer_number
    if expected is None and target.customer_number != source.customer_number:
        reason = about_pair("reconciliation_customer_unlinked", source, target)
        yield Finding(InvoiceClass.CUSTOMER, reason)
    elif expected is not None and target.customer_number != expected:
        yield Finding(InvoiceClass.CUSTOMER, about_pair("reconciliation_customer", source, target))


def _number(source: SourceInvoiceFact, target: TargetInvoiceFact, *, booking_expected: bool) -> Iterator[Finding]:
    """X-1: the number is the one given at booking, written back to the source by the integration that booked."""
    if target.is_draft or source.number_in_source == target.number:
        return
    if source.number_in_source:
        code = "reconciliation_number"
    elif booking_expected or (source.delivered and source.delivered.booked_number):
        code = "reconciliation_number_not_written_back"
    else:
        code = "reconciliation_number_booked_by_hand"
    yield Finding(InvoiceClass.NUMBER, about_pair(code, source, target))


def _dates(source: SourceInvoiceFact, target: TargetInvoiceFact) -> Iterator[Finding]:
    if source.invoice_date != target.invoice_date:
        reason = dates_differ("reconciliation_invoice_date", source, source.invoice_date, target.invoice_date)
        yield Finding(InvoiceClass.DATE, reason)
    if source.due_date and target.due_date and source.due_date != target.due_date:
        reason = dates_differ("reconciliation_due_date", source, source.due_date, target.due_date)
        yield Finding(InvoiceClass.DATE, reason)


def _status(source: SourceInvoiceFact, target: TargetInvoiceFact, *, booking_expected: bool) -> Iterator[Finding]:
    if not target.is_draft:
        return
    if not source.is_approved or source.state is State.WITHDRAWN:
        reason = about_pair("reconciliation_withdrawn_draft_remains", source, target)
        yield Finding(InvoiceClass.STILL_DRAFT, reason)
    elif booking_expected:
        yield Finding(InvoiceClass.STILL_DRAFT, about_pair("reconciliation_still_draft", source, target))
    else:
        yield Finding(InvoiceClass.AWAITS_BOOKING, about_pair("reconciliation_awaits_booking", source, target))


_COMPARISONS: tuple[Pair, ...] = (_changed, _amounts, _customer, _dates)
