"""Invoices of both sides as facts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar

from ledgerbridge.delivery.desk import Desk, Source
from ledgerbridge.delivery.locators import locator_of
from ledgerbridge.money import ZERO, parse_decimal, percent_of
from ledgerbridge.reasons import Reason
from ledgerbridge.reconciliation.facts import (
    Amounts,
    Delivered,
    Period,
    SourceInvoiceFact,
    State,
    TargetInvoiceFact,
    VatPart,
    vat_group,
)
from ledgerbridge.records import DocumentType, Invoice, InvoiceLine, LinePart, Module, VatCode, content_hash
from ledgerbridge.source.reader import Unreadable
from ledgerbridge.store import links
from ledgerbridge.store.database import fetch_all
from ledgerbridge.target.contract import BookedInvoice, TargetInvoice

__all__ = ["facts_of", "source_facts", "target_fact_of_booked", "target_facts"]

_PAGE = 500
_TOLD_OF_A_DOCUMENT = {"document_of_another_invoice"}
_LOCATOR_OF_AN_INVOICE = re.compile(r"lb-[a-z0-9-]+-inv-[a-z0-9]{1,40}")

Item = TypeVar("Item")


def source_facts(desk: Desk, source: Source, period: Period) -> Iterator[SourceInvoiceFact]:
    """Every invoice of the period that is approved in the source, or was and has been withdrawn since.

    From before the take-over (``source.invoices_from``) only those that were taken up all the same.
    """
    approved = source.reader.every_id(Module.INVOICES, since=period.first)
    seen: set[str] = set()
    for ids in _pages(approved):
        seen.update(ids)
        yield from _facts(desk, source, ids, period)
    for ids in _pages([source_id for source_id in _known_by_us(desk, period) if source_id not in seen]):
        yield from _facts(desk, source, ids, period)


def facts_of(desk: Desk, source: Source, source_ids: Sequence[str]) -> Iterator[SourceInvoiceFact]:
    """These invoices, whatever their date, as they are now."""
    yield from _facts(desk, source, source_ids, Period())


def _known_by_us(desk: Desk, period: Period) -> list[str]:
    """What the source no longer lists among its approved invoices, and may still have."""
    first_day = desk.integration.source.invoices_from
    begins_within = first_day is not None and date.fromisoformat(first_day) in Period(period.first, None)
    statement = "comparing_taken_up" if begins_within else "comparing_withdrawn"
    return [row["source_id"] for row in fetch_all(desk.store, statement, {"integration": desk.integration.name})]


def _facts(desk: Desk, source: Source, ids: Sequence[str], period: Period) -> Iterator[SourceInvoiceFact]:
    values = {"integration": desk.integration.name, "source_ids": list(ids)}
    known = {row["source_id"]: row for row in fetch_all(desk.store, "comparing_invoices", values)}
    found = list(_as_they_are(source, ids, known))
    wanted = [record.customer_source_id for record in found if isinstance(record, Invoice)]
    numbers = links.links_of(desk.store, desk.integration.name, Module.CUSTOMERS, wanted)
    for record in found:
        ours = known.get(record.source_id, {})
        if isinstance(record, Unreadable):
            fact = _unreadable(desk, record, ours, period)
        else:
            link = numbers.get(record.customer_source_id)
            fact = _fact(desk, record, ours, link.target_id if link else None)
        if fact.invoice_date in period:
            yield fact


def _as_they_are(source: Source, ids: Sequence[str], known: Collection[str]) -> Iterator[Invoice | Unreadable]:
    """What we knew and another integration's department has now (MP-14) is approved for this one no longer."""
    missing = dict.fromkeys(source_id for source_id in ids if source_id in known)
    for record in source.reader.invoices(ids):
        missing.pop(record.source_id, None)
        yield record
    for moved in source.reader.of_other_departments(Module.INVOICES, list(missing)):
        if isinstance(moved, Invoice):
            yield replace(moved, is_approved=False)


def _fact(desk: Desk, invoice: Invoice, ours: Mapping[str, Any], customer: str | None) -> SourceInvoiceFact:
    delivered = _delivered(ours)
    amounts = Amounts(invoice.net_amount, invoice.vat_amount, invoice.gross_amount)
    is_current = ours.get("fingerprint") in {None, content_hash(Module.INVOICES, invoice)}
    return SourceInvoiceFact(
        source_id=invoice.source_id,
        locator=locator_of(desk.integration, Module.INVOICES, invoice.source_id),
        document_type=invoice.document_type,
        invoice_number=invoice.invoice_number,
        invoice_date=invoice.invoice_date,
        due_date=desk.target.due_date(invoice),
        customer_source_id=invoice.customer_source_id,
        customer_number=invoice.customer_number,
        customer_name=invoice.recipient_name,
        target_customer_number=customer,
        currency=invoice.currency,
        exchange_rate=invoice.exchange_rate,
        amounts=amounts,
        vat_parts=_vat_parts(invoice, desk.integration.invoicing.vat_percentage),
        is_approved=invoice.is_approved,
        number_in_source=invoice.target_number,
        state=_state(ours),
        reason=_reason(ours),
        was_sent=_was_sent(ours),
        is_current=is_current,
        delivered=delivered,
        accepted_difference=_accepted(ours, delivered, amounts, desk.integration.invoicing.accepted_vat_rounding),
    )


def _unreadable(desk: Desk, row: Unreadable, ours: Mapping[str, Any], period: Period) -> SourceInvoiceFact:
    """A row that is no record still is an invoice of the source, and must be counted (P17)."""
    text = row.row
    day = date.fromisoformat(text.get("invoice_date") or str(period.last or date.min))
    amounts = Amounts(*(_amount(text.get(name)) for name in ("net_amount", "vat_amount", "gross_amount")))
    kinds = {kind.value: kind for kind in DocumentType}
    return SourceInvoiceFact(
        source_id=row.source_id,
        locator=locator_of(desk.integration, Module.INVOICES, row.source_id),
        document_type=kinds.get(text.get("document_type") or "", DocumentType.INVOICE),
        invoice_number=text.get("invoice_number"),
        invoice_date=day,
        customer_source_id=text.get("customer_source_id") or "",
        customer_number=text.get("customer_number") or "",
        customer_name=text.get("recipient_name") or "",
        target_customer_number=None,
        currency=text.get("currency") or "",
        amounts=amounts,
        is_approved=(text.get("is_approved") or "").lower() in {"true", "t", "1"},
        number_in_source=text.get("target_number"),
        state=_state(ours),
        reason=_reason(ours) or row.rejection.reason,
        was_sent=_was_sent(ours),
    )


def _amount(text: str | None) -> Decimal:
    try:
        return parse_decimal(text or "0")
    except ValueError:
        return ZERO


def _delivered(ours: Mapping[str, Any]) -> Delivered | None:
    match ours.get("target_kind"):
        case "booked_invoice":
            amounts = None
            if ours["net_amount"] is not None:
                amounts = Amounts(ours["net_amount"], ours["vat_amount"], ours["gross_amount"])
            return Delivered(draft_number=ours["target_draft"], booked_number=ours["target_id"], amounts=amounts)
        case "draft_invoice":
            return Delivered(draft_number=ours["target_id"])
        case _:
            return None


def _accepted(ours: Mapping[str, Any], delivered: Delivered | None, amounts: Amounts, by_setting: Decimal) -> Decimal:
    """How far the booked VAT may stand apart (CT-19).

    That it is booked says nothing: a person may have booked a draft that was held. Just these figures were accepted,
    by a person or when the integration booked them, or they stand apart by no more than the setting lets pass.
    """
    if delivered is None or delivered.amounts is None or _state(ours) is not State.DELIVERED:
        return ZERO
    booked = delivered.amounts
    off = booked - amounts
    apart = max(abs(off.vat), abs(off.gross))
    figures = f"{booked.vat:.2f} / {booked.gross:.2f}"  # as the totals guard tells them
    told = {ours["accepted_by_person"], *(ours["accepted_when_booked"] or ())}
    return apart if off.net == 0 and (figures in told or apart <= by_setting) else ZERO


def _was_sent(ours: Mapping[str, Any]) -> bool:
    """Whether a document there may be of our making; what a delivery has looked at there and told of counts too."""
    reason = _reason(ours)
    return bool(ours) and (bool(ours["was_sent"]) or (reason is not None and reason.code in _TOLD_OF_A_DOCUMENT))


def _state(ours: Mapping[str, Any]) -> State | None:
    return State(ours["state"]) if ours else None


def _reason(ours: Mapping[str, Any]) -> Reason | None:
    return Reason.from_json(ours["reason"]) if ours and ours["reason"] else None


def _vat_parts(invoice: Invoice, usual_rate: Decimal) -> tuple[VatPart, ...]:
    """Net by VAT code; the VAT of each by its rate, what rounding leaves over on the largest."""
    net: dict[tuple[VatCode, Decimal], Decimal] = {}
    for part in _parts(invoice.lines):
        rate = ZERO if part.vat_code is VatCode.EXEMPT or invoice.vat_amount == 0 else part.vat_rate or usual_rate
        net[part.vat_code, rate] = net.get((part.vat_code, rate), ZERO) + part.net_amount
    vat = {key: percent_of(amount, key[1]) for key, amount in net.items()}
    if vat and (over := invoice.vat_amount - sum(vat.values())):
        largest = max(vat, key=lambda key: abs(vat[key]))
        vat[largest] += over
    return tuple(
        VatPart(group=vat_group(invoice.vat_treatment, code), rate=rate, net=amount, vat=vat[code, rate])
        for (code, rate), amount in net.items()
    )


def _parts(lines: Iterable[InvoiceLine]) -> Iterator[InvoiceLine | LinePart]:
    for line in lines:
        if line.parts:
            yield from line.parts
        elif not line.is_text:
            yield line


def target_facts(desk: Desk, period: Period) -> Iterator[TargetInvoiceFact]:
    """Every draft and booked invoice of the period that is this integration's or nobody's."""
    first, last = period.first or date(2000, 1, 1), period.last or date(2100, 1, 1)
    for page in _pages(desk.target.invoices(first, last)):
        numbers = [item.number for item in page if not item.is_draft]
        values = {"integration": desk.integration.name, "numbers": numbers}
        shares = {
            row["booked_number"]: row["vat_breakdown"] for row in fetch_all(desk.store, "comparing_shares", values)
        }
        of_others = _of_others(desk, page)
        for item in page:
            if item.locator not in of_others:
                yield _target_fact(item, shares.get(item.number) if not item.is_draft else None)


def _of_others(desk: Desk, page: Iterable[TargetInvoice]) -> set[str]:
    """The marks of what other integrations have made on the same agreement.

    Our own database knows those of this deployment, in whatever form; one that can be read tells it for the others,
    too. What is no mark at all, or was mangled by hand, is nobody's and must be shown.
    """
    locators = {item.locator for item in page if item.locator is not None}
    values = {"integration": desk.integration.name, "locators": sorted(locators)}
    known = {row["locator"] for row in fetch_all(desk.store, "comparing_of_others", values)}
    return known | {locator for locator in locators if _says_another(desk, locator)}


def _says_another(desk: Desk, locator: str) -> bool:
    """Names may begin alike (acme, acme_2), so the whole locator is compared."""
    if not _LOCATOR_OF_AN_INVOICE.fullmatch(locator):
        return False
    source_id = locator.rpartition("-")[2]
    return locator != locator_of(desk.integration, Module.INVOICES, source_id)


def _target_fact(item: TargetInvoice, shares: Sequence[Mapping[str, str]] | None) -> TargetInvoiceFact:
    base = None
    if item.net_in_base is not None and item.gross_in_base is not None:
        base = Amounts.without_vat(item.net_in_base, item.gross_in_base)
    return TargetInvoiceFact(
        number=str(item.number),
        is_draft=item.is_draft,
        locator=item.locator,
        invoice_date=item.date,
        due_date=item.due_date,
        customer_number=item.customer_number,
        currency=item.currency,
        exchange_rate=item.exchange_rate,
        amounts=Amounts(_two(item.net), _two(item.vat), _two(item.gross)),
        base_amounts=base,
        order_number=str(item.order_number) if item.order_number is not None else None,
        vat_parts=_shares(shares),
    )


def target_fact_of_booked(item: BookedInvoice) -> TargetInvoiceFact:
    """A booked invoice that was asked for by itself."""
    return TargetInvoiceFact(
        number=str(item.number),
        is_draft=False,
        locator=item.locator,
        invoice_date=item.date,
        due_date=item.due_date,
        customer_number=item.customer_number,
        currency=item.currency,
        amounts=Amounts(_two(item.net), _two(item.vat), _two(item.gross)),
        order_number=str(item.draft_number) if item.draft_number is not None else None,
        vat_parts=tuple(VatPart(rate=share.rate, net=share.net, vat=share.vat) for share in item.vat_shares),
    )


def _shares(shares: Sequence[Mapping[str, str]] | None) -> tuple[VatPart, ...] | None:
    if not shares:
        return None
    return tuple(VatPart(rate=Decimal(s["rate"]), net=Decimal(s["net"]), vat=Decimal(s["vat"])) for s in shares)


def _two(amount: Decimal) -> Decimal:
    """The same value with two decimals where that loses nothing: drafts print six."""
    short = amount.quantize(Decimal("0.01"))
    return short if short == amount else amount


def _pages(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while page := list(islice(iterator, _PAGE)):
        yield page
