"""A month of a small consultancy with one of every kind of difference in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from ledgerbridge.reasons import Reason
from ledgerbridge.reconciliation.facts import (
    Amounts,
    Delivered,
    FieldOwner,
    Period,
    SourceCustomerFact,
    SourceInvoiceFact,
    State,
    TargetCustomerFact,
    TargetInvoiceFact,
    VatGroup,
    VatPart,
)
from ledgerbridge.reconciliation.reports import ReportHeader
from ledgerbridge.records import DocumentType

INTEGRATION = "nordlys"
NOW = datetime(2026, 12, 1, 5, 30, tzinfo=UTC)
PERIOD = Period(date(2026, 11, 1), date(2026, 11, 30))
HEADER = ReportHeader(
    integration=INTEGRATION,
    source_name="ClientTime",
    target_name="e-conomic",
    base_currency="DKK",
    agreement_number="1234567",
    agreement_name="Nordlys Rådgivning A/S",
    agreement_cvr="13748136",
)
CUSTOMERS = {
    "1001": "Havnens Fiskeauktion A/S",
    "1002": "Brødrene Ågård & Sønner ApS",
    "1003": "Kunsthal Øst",
    "1004": "Müller Maschinenbau GmbH",
    "1005": '=HYPERLINK("http://example.org";"Klik") <b>ApS</b>',
    "1006": "Vestjysk Varmeværk a.m.b.a.",
}
OWNERS = dict.fromkeys(
    ("name", "address_line_1", "zip", "city", "country", "phone", "email", "cvr_number", "gln", "currency"),
    FieldOwner.SOURCE,
)


def dkk(net: str, rate: str = "0.25") -> Amounts:
    """Net and its VAT; the net figures below have no ties."""
    vat = (Decimal(net) * Decimal(rate)).quantize(Decimal("0.01"))
    return Amounts(Decimal(net), vat, Decimal(net) + vat)


def source(number: int, amounts: Amounts, day: int = 3, customer: str = "1001", **changes: object) -> SourceInvoiceFact:
    """An invoice that was delivered, booked as 30000 + number, and written back."""
    booked = str(30_000 + number)
    fact = SourceInvoiceFact(
        source_id=f"inv-{number}",
        locator=f"prod-nordlys-inv-{number}",
        invoice_number=f"F-{number}",
        invoice_date=date(2026, 11, day),
        due_date=date(2026, 11, day) if amounts.gross < 0 else date(2026, 12, day),
        document_type=DocumentType.CREDIT_NOTE if amounts.gross < 0 else DocumentType.INVOICE,
        customer_source_id=f"c-{customer}",
        customer_number=customer,
        customer_name=CUSTOMERS[customer],
        target_customer_number=customer,
        currency="DKK",
        amounts=amounts,
        base_amounts=amounts,
        vat_parts=(VatPart(group=VatGroup.STANDARD, rate=Decimal(25), net=amounts.net, vat=amounts.vat),),
        number_in_source=booked,
        state=State.DELIVERED,
        delivered=Delivered(draft_number=str(500 + number), booked_number=booked, amounts=amounts),
    )
    return replace(fact, **changes)  # type: ignore[arg-type]


def target(of: SourceInvoiceFact, **changes: object) -> TargetInvoiceFact:
    """What the target shows when everything went well."""
    delivered = of.delivered or Delivered()
    fact = TargetInvoiceFact(
        number=delivered.booked_number or delivered.draft_number or "1",
        is_draft=delivered.booked_number is None,
        locator=of.locator,
        invoice_date=of.invoice_date,
        due_date=of.due_date,
        customer_number=of.target_customer_number,
        customer_name=of.customer_name,
        currency=of.currency,
        exchange_rate=of.exchange_rate or Decimal(100),
        amounts=of.amounts,
        base_amounts=of.base_amounts,
        order_number=delivered.draft_number,
    )
    return replace(fact, **changes)  # type: ignore[arg-type]


def _lost_here() -> tuple[SourceInvoiceFact, TargetInvoiceFact]:
    """Sent by records that a restored database no longer has."""
    fact = source(64, dkk("2870.00"), 23, "1002")
    return replace(fact, state=None, delivered=None, number_in_source=None, was_sent=False), target(fact)


def _set_aside_as_draft() -> tuple[SourceInvoiceFact, TargetInvoiceFact]:
    fact = source(
        65,
        dkk("410.00"),
        24,
        "1003",
        state=State.IGNORED,
        reason=Reason("set_aside_by_person", {"actor": "anna", "why": "sendt to gange"}),
        number_in_source=None,
        delivered=Delivered(draft_number="565"),
    )
    return fact, target(fact, amounts=dkk("410.00", "0.2512"), base_amounts=None)


def _not_delivered(number: int, state: State | None, code: str | None = None, *, day: int = 21) -> SourceInvoiceFact:
    reason = Reason(code, {"name": CUSTOMERS["1006"], "customer_number": "1006"}) if code else None
    amounts = dkk(f"{number * 100}.00")
    return source(number, amounts, day, "1006", state=state, reason=reason, number_in_source=None, delivered=None)


def invoices() -> tuple[list[SourceInvoiceFact], list[TargetInvoiceFact]]:
    """Both sides of November 2026; drafts before booked ones, as the target is read."""
    ours: list[SourceInvoiceFact] = []
    theirs: list[TargetInvoiceFact] = []

    def both(fact: SourceInvoiceFact, **changes: object) -> None:
        ours.append(fact)
        theirs.append(target(fact, **changes))

    customers = list(CUSTOMERS)
    for number in range(1, 29):
        both(source(number, dkk(f"{number * 1375 + 120}.40"), 1 + number, customers[number % 3]))
    mixed = Amounts(Decimal("9450.00"), Decimal("1300.00"), Decimal("10750.00"))
    parts = (
        VatPart(group=VatGroup.STANDARD, rate=Decimal(25), net=Decimal("5200.00"), vat=Decimal("1300.00")),
        VatPart(group=VatGroup.EXEMPT, rate=Decimal(0), net=Decimal("4250.00"), vat=Decimal("0.00")),
    )
    rates = tuple(VatPart(rate=part.rate, net=part.net, vat=part.vat) for part in parts)
    both(source(40, mixed, 9, "1003", vat_parts=parts), vat_parts=rates)
    euro = dkk("1000.00", "0")
    in_euro = source(
        41,
        euro,
        11,
        "1004",
        currency="EUR",
        exchange_rate=Decimal("743.914941"),
        base_amounts=Amounts(Decimal("7439.15"), Decimal("0.00"), Decimal("7439.15")),
        vat_parts=(VatPart(group=VatGroup.EU_REVERSE_CHARGE, rate=Decimal(0), net=euro.net, vat=euro.vat),),
    )
    both(in_euro)
    both(source(42, dkk("-1295.40"), 12, "1002"))  # a credit note

    twice = source(50, dkk("4800.00"), 13)
    both(twice)
    theirs.append(target(twice, number="30950"))
    ours.append(source(51, dkk("2250.00"), 13, "1002"))  # booked, and gone
    ours.append(
        source(
            52, dkk("980.00"), 14, number_in_source=None, delivered=Delivered(draft_number="552", amounts=dkk("980.00"))
        )
    )
    orphan = source(53, dkk("615.20"), 14, "1006")
    theirs.append(target(orphan))
    both(source(54, dkk("7800.00"), 16, "1006", is_current=False), amounts=dkk("7200.00"))
    both(source(55, dkk("3100.00"), 16, "1003", is_approved=False))
    both(source(56, dkk("12450.00"), 17, "1001"), amounts=dkk("13450.00"), base_amounts=dkk("13450.00"))
    both(
        replace(
            source(57, dkk("640.00"), 17, "1004"), currency="EUR", exchange_rate=Decimal("745.10"), base_amounts=None
        ),
        currency="DKK",
    )
    off_by_one_ore = Amounts(Decimal("460.29"), Decimal("115.07"), Decimal("575.36"))
    held = source(
        58,
        Amounts(Decimal("460.29"), Decimal("115.08"), Decimal("575.37")),
        18,
        "1005",
        state=State.REJECTED,
        number_in_source=None,
        delivered=Delivered(draft_number="558"),
    )
    both(held, amounts=off_by_one_ore, base_amounts=None)
    both(source(59, dkk("5120.00"), 18, "1002"), customer_number="1006")
    both(source(60, dkk("1840.00"), 19, "1003"), invoice_date=date(2026, 12, 1))
    both(source(61, dkk("2260.00"), 19, "1001", number_in_source=None))
    draft = Delivered(draft_number="562", amounts=dkk("3333.00"))
    both(source(62, dkk("3333.00"), 20, "1006", number_in_source=None, delivered=draft))
    both(
        source(63, Amounts(Decimal("0.02"), Decimal("0.01"), Decimal("0.03")), 20, accepted_difference=Decimal("0.01")),
        amounts=Amounts(Decimal("0.02"), Decimal("0.00"), Decimal("0.02")),
    )

    special = (_lost_here(), _set_aside_as_draft())
    ours += [fact for fact, _ in special]
    theirs += [fact for _, fact in special]

    ours += [
        _not_delivered(70, State.WAITING, "reconciliation_unlinked"),
        _not_delivered(71, State.WAITING),
        _not_delivered(72, State.REJECTED, day=22),
        _not_delivered(73, State.IN_DOUBT, day=23),
        _not_delivered(74, State.IGNORED, day=24),
        _not_delivered(75, State.WITHDRAWN, day=25),
        _not_delivered(76, None, day=26),
    ]

    hand_made = target(source(80, dkk("150.00"), 27, "1001"), locator=None, number="30801", order_number=None)
    theirs.append(hand_made)
    theirs.append(replace(hand_made, number="612", is_draft=True, amounts=dkk("99.00")))
    return ours, sorted(theirs, key=lambda fact: not fact.is_draft)


def customers() -> tuple[list[SourceCustomerFact], list[TargetCustomerFact]]:
    """Both sides' customers, one of every class."""

    def fields(name: str, **changes: str | None) -> dict[str, str | None]:
        values: dict[str, str | None] = dict.fromkeys(OWNERS)
        return values | {"name": name, "country": "DK", "currency": "DKK", "city": "Aarhus", "zip": "8000"} | changes

    ours = [
        SourceCustomerFact(
            source_id=f"c-{number}", customer_number=number, name=name, fields=fields(name), target_number=number
        )
        for number, name in CUSTOMERS.items()
    ]
    theirs = [TargetCustomerFact(number=number, name=name, fields=fields(name)) for number, name in CUSTOMERS.items()]
    theirs[1] = replace(
        theirs[1], fields=fields(CUSTOMERS["1002"], zip="8200", city="Aarhus N", phone="+45 86 12 34 56")
    )
    theirs[2] = replace(theirs[2], barred=True)
    ours.append(SourceCustomerFact(source_id="c-7", customer_number="1007", name="Lukket ApS", target_number="1007"))
    ours.append(SourceCustomerFact(source_id="c-8", customer_number="1008", name="Ny Kunde ApS", target_number=None))
    ours.append(
        SourceCustomerFact(
            source_id="c-9",
            customer_number="A-19",
            name="Ålborg Tømrer",
            target_number=None,
            reason=Reason("reconciliation_unlinked", {"customer_number": "A-19", "name": "Ålborg Tømrer"}),
        )
    )
    ours.append(
        replace(ours[0], source_id="c-10", customer_number="1010", name="Havnens Fisk", fields=fields("Havnens Fisk"))
    )
    ours.append(
        SourceCustomerFact(
            source_id="c-11", customer_number="1011", name="Ophørt I/S", target_number="1011", deleted_in_source=True
        )
    )
    theirs.append(TargetCustomerFact(number="1011", name="Ophørt I/S", fields=fields("Ophørt I/S")))
    ours.append(
        SourceCustomerFact(
            source_id="c-12", customer_number="1012", name="Gammel Kunde", target_number="1012", link_is_broken=True
        )
    )
    theirs.append(TargetCustomerFact(number="1012", name="En helt anden ApS", fields=fields("En helt anden ApS")))
    theirs.append(TargetCustomerFact(number="2001", name="Kun i regnskabet", fields=fields("Kun i regnskabet")))
    return ours, theirs
