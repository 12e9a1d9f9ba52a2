"""The demo firm's ordinary invoices and credit notes: consistent to the øre, all in Danish kroner."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sandbox.clienttime import words
from sandbox.clienttime.rows import CustomerRow, InvoiceRow, LineRow, amount_line, due, text_line

__all__ = ["DRAFTS", "ORDINARY_INVOICES", "approval", "drafts", "ordinary_invoices"]

ORDINARY_INVOICES = 660
DRAFTS = 24
FIRST_NUMBER = 30_001
MONTHS_BACK = 18
EARLIEST = date(2025, 1, 1)  # older years are closed in the demo's agreement
FIRST_DRAFT_ID = 2_001

_RATES = ("675", "795", "895", "950", "1050", "1150", "1275", "1395", "1487.50")


def ordinary_invoices(chance: random.Random, today: date, customers: Sequence[CustomerRow]) -> tuple[InvoiceRow, ...]:
    """Approved documents over the 18 months before ``today``, in the order of their dates."""
    first_day = max(today - timedelta(days=MONTHS_BACK * 365 // 12), EARLIEST)
    days = max((today - first_day).days - 3, 1)
    dates = sorted(_working_day(first_day + timedelta(days=chance.randrange(days))) for _ in range(ORDINARY_INVOICES))
    made: list[InvoiceRow] = []
    for place, issued in enumerate(dates):
        id_, number = place + 1, str(FIRST_NUMBER + place)
        if place > 40 and chance.random() < 0.025:
            made.append(_credit_note(id_, number, issued, chance.choice(made[place - 40 : place])))
        else:
            made.append(_invoice(chance, id_, number, chance.choice(customers), issued))
    return tuple(replace(invoice, approved_at=approval(chance, invoice.invoice_date)) for invoice in made)


def drafts(chance: random.Random, today: date, customers: Sequence[CustomerRow]) -> tuple[InvoiceRow, ...]:
    """Invoices of today that nobody has approved yet, to linked customers."""
    linked = [customer for customer in customers if customer.foreign_number is not None]
    return tuple(
        _invoice(chance, FIRST_DRAFT_ID + place, None, chance.choice(linked), today) for place in range(DRAFTS)
    )


def approval(chance: random.Random, issued: date) -> datetime:
    """A moment in the working hours of the day of issue or one of the two after it."""
    moment = time(chance.randint(7, 15), chance.randint(0, 59), chance.randint(0, 59), tzinfo=UTC)
    return datetime.combine(issued + timedelta(days=chance.randint(0, 2)), moment)


def _working_day(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - 4, 0)) if day - timedelta(days=2) >= EARLIEST else day


def _invoice(chance: random.Random, id_: int, number: str | None, customer: CustomerRow, issued: date) -> InvoiceRow:
    lines = [_line(chance, words.SERVICES, issued) for _ in range(chance.choice((1, 1, 2, 2, 3, 4, 6)))]
    if chance.random() < 0.12:
        lines.append(_line(chance, words.EXEMPT_SERVICES, issued))
    if chance.random() < 0.1:
        lines.insert(0, text_line(chance.choice(words.TEXT_LINES)))
    has_reference = customer.ean is not None or chance.random() < 0.4
    return InvoiceRow(
        id=id_,
        number=number,
        customer=customer,
        invoice_date=issued,
        due_date=due(customer, issued),
        lines=tuple(lines),
        heading=f"Regnskabsmæssig assistance, {words.MONTHS[issued.month - 1]} {issued.year}",
        your_reference=" ".join(customer.contact) if has_reference else None,
        requisition=f"REK-{chance.randint(10_000, 99_999)}" if customer.ean is not None else None,
        created_on=issued,
    )


def _line(chance: random.Random, services: Sequence[tuple[str, str, str, bool]], issued: date) -> LineRow:
    template, work_type, unit, with_vat = chance.choice(services)
    text = template.format(
        year=issued.year - 1, quarter=(issued.month - 1) // 3 + 1, month=words.MONTHS[issued.month - 1]
    )
    # Quarters of an hour: what people register, and what two decimals express.
    quantity = Decimal(chance.randint(1, 60)) / 4 if unit == "timer" else Decimal(chance.randint(1, 12))
    return amount_line(
        text,
        quantity,
        chance.choice(_RATES),
        discount=chance.choice(("5", "10", "12.5")) if chance.random() < 0.08 else "0",
        with_vat=with_vat,
        unit=unit,
        work_type=work_type,
        rate=None if chance.random() < 0.15 else Decimal(25),
    )


def _credit_note(id_: int, number: str, issued: date, original: InvoiceRow) -> InvoiceRow:
    """The whole of an earlier invoice; of an earlier credit note nothing is credited, it is invoiced again."""
    lines = tuple(replace(line, quantity=-line.quantity, net=-line.net) for line in original.lines)
    return replace(
        original,
        id=id_,
        number=number,
        invoice_date=issued,
        due_date=issued,
        created_on=issued,
        lines=lines,
        is_credit_note=not original.is_credit_note,
        heading=f"Kreditnota til faktura {original.number}" if not original.is_credit_note else original.heading,
        original_id=original.id if not original.is_credit_note else None,
    )
