"""The awkward cases, each under a name of its own: what real data holds, and what money arithmetic trips over.

Ids are fixed, whatever the seed: :data:`AWKWARD` maps a name to the record's id in the source. Where a case is
about an invoice alone, its customer is ordinary and linked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from ledgerbridge.money import percent_of, total
from sandbox.clienttime.numbers import gln
from sandbox.clienttime.rows import (
    STANDARD_RATE,
    CustomerRow,
    InvoiceRow,
    LineRow,
    amount_line,
    combined_line,
    due,
    text_line,
)

__all__ = ["AWKWARD", "CLOSED_YEAR", "awkward_customers", "awkward_invoices"]

CLOSED_YEAR = 2024
FIRST_CUSTOMER_ID = 5_001
FIRST_INVOICE_ID = 9_001
FIRST_NUMBER = 90_001

_SHARED_CVR = "99000244"
_LONG_SENTENCE = "Gennemgang af bilag, afstemning af konti og drøftelse af periodens resultat med ledelsen. "

_CUSTOMERS: dict[str, dict[str, Any]] = {
    "customer_letters_in_number": {"code": "K-1042B", "name": "Havbæk Sejlmageri ApS"},
    "customer_number_leading_zero": {"code": "00417", "name": "Nulpunkt Opmåling I/S"},
    "customer_number_too_long": {"code": "1234567890", "name": "Langtal Arkivservice A/S"},
    "customer_cvr_35254119": {"name": "Vestermark Frugtplantage ApS", "cvr": "35254119", "linked": True},
    "customer_cvr_12345678": {"name": "Tælleværket Legetøj ApS", "cvr": "12345678", "linked": True},
    "customer_public": {
        "name": "Fjordholm Kommune, Teknik og Miljø",
        "ean": gln("579900000001"),
        "linked": True,
        "address_2": "Teknisk Forvaltning",
    },
    "customer_public_school": {
        "name": "Fjordholm Kommune, Kildemoseskolen",
        "ean": gln("579900000002"),
        "linked": True,
    },
    "customer_gln_invalid": {"name": "Egelykke Amatørscene", "ean": "1234567890123", "linked": True},
    "customer_eu": {
        "name": "Nordlicht Bootsbau GmbH",
        "cvr": "DE999999995",
        "country": "Tyskland",
        "zip": "24937",
        "city": "Flensburg",
        "currency": "EUR",
        "phone": "+49 461 555 0100",
        "linked": True,
    },
    "customer_export": {
        "name": "Fjellheim Fiskeutstyr AS",
        "cvr": None,
        "country": "Norge",
        "zip": "N-0032",
        "city": "Oslo",
        "linked": True,
        "phone": "+47 22 55 01 00",
    },
    "customer_usa": {
        "name": "Blue Harbor Windmills Inc.",
        "cvr": None,
        "country": "USA",
        "zip": "WA 98052-6399",
        "city": "Redmond",
        "currency": "USD",
        "phone": "+1 425 555 0100",
        "linked": True,
    },
    "customer_faroe_islands": {
        "name": "Tindur Línuspil Sp/f",
        "cvr": None,
        "country": "Færøerne",
        "zip": "FO-100",
        "city": "Tórshavn",
        "linked": True,
        "phone": "+298 555010",
    },
    "customer_without_link": {"name": "Ravnkilde Bogbinderi ApS"},
    "customer_same_cvr_first": {"name": "Toftebjerg Ejendomme ApS", "cvr": _SHARED_CVR, "linked": True},
    "customer_same_cvr_second": {"name": "Toftebjerg Drift ApS", "cvr": _SHARED_CVR},
    "customer_empty_name": {"name": "  "},
    "customer_unknown_country": {"name": "Elbonisk Mudderhandel", "cvr": None, "country": "Elbonien"},
    "customer_long_name": {
        "name": "Foreningen til Bevarelse af "
        + "Gamle Landsbysmedjer, Vandmøller og Kornmagasiner i " * 5
        + "Nørreskov og Omegn",
        "linked": True,
    },
    "customer_long_address": {
        "name": "Ørnsholt Gods A/S",
        "linked": True,
        "address_1": "Hovedbygningen, østre fløj, opgang C, "
        + "bag den tredje port fra højre set fra gårdspladsen, " * 6,
        "address_2": "Ørnsholt Allé 1, " + "adgang kun gennem parken, hvor skiltet viser mod kontoret, " * 4,
        "address_3": "Postboks 17",
    },
    "customer_emoji": {"name": "Café Æblegrød 🍎 & Søn – ÆØÅ ApS", "city": "Ærøskøbing", "zip": "5970", "linked": True},
    "customer_blanks": {
        "name": "  Piledam   Kurveflet ApS ",
        "cvr": " DK 99 00 02 36 ",
        "phone": "  ",
        "address_2": "   ",
        "linked": True,
    },
}


def awkward_customers(today: date) -> dict[str, CustomerRow]:
    """The awkward customers by name."""
    made = {}
    for place, (name, fields) in enumerate(_CUSTOMERS.items()):
        given = dict(fields)
        id_ = FIRST_CUSTOMER_ID + place
        code = given.pop("code", str(700_000 + id_))
        is_linked = given.pop("linked", False)
        usual: dict[str, Any] = {
            "id": id_,
            "code": code,
            "address_1": f"Prøvevej {place + 1}",
            "zip": "5000",
            "city": "Odense C",
            "phone": f"65 00 {place:02d} 00",
            "email": f"{name.replace('_', '-')}@eksempel.example",
            "cvr": _CVR_NUMBERS[place],
            "team": 1 + place % 4,
            "department": (1, 1, 2, 3)[place % 4],
            "contact": ("Ulla", "Prøve"),
            "foreign_number": code if is_linked else None,
            "created_on": today - timedelta(days=700),
        }
        made[name] = CustomerRow(**{**usual, **given})
    return made


# One right number for each; beginning with 99, which the generated ones never do.
_CVR_NUMBERS = (
    "99000007",
    "99000015",
    "99000023",
    "99000031",
    "99000058",
    "99000066",
    "99000074",
    "99000082",
    "99000090",
    "99000104",
    "99000112",
    "99000120",
    "99000139",
    "99000147",
    "99000155",
    "99000163",
    "99000171",
    "99000198",
    "99000201",
    "99000228",
    "99000236",
)


def awkward_invoices(today: date, customers: Mapping[str, CustomerRow], usual: CustomerRow) -> dict[str, InvoiceRow]:
    """The awkward documents by name; ``usual`` is the ordinary linked customer of those that need no other."""
    return _Invoices(today, customers, usual).made


class _Invoices:
    def __init__(self, today: date, customers: Mapping[str, CustomerRow], usual: CustomerRow) -> None:
        self._today = today
        self._customers = customers
        self._usual = usual
        self.made: dict[str, InvoiceRow] = {}
        for make in (self._currencies, self._vat, self._arithmetic, self._credit_notes, self._lengths, self._lines):
            make()
        for make in (self._approvals, self._dates, self._customers_at_fault):
            make()

    def _add(self, name: str, *lines: LineRow, to: str | None = None, **more: Any) -> InvoiceRow:
        place = len(self.made)
        customer = self._customers[to] if to is not None else self._usual
        issued = more.pop("invoice_date", max(self._today - timedelta(days=10 + place % 20), date(2025, 1, 1)))
        usual: dict[str, Any] = {
            "number": str(FIRST_NUMBER + place),
            "due_date": due(customer, issued),
            "created_on": issued,
            "approved_at": datetime.combine(issued, time(12, place % 60, tzinfo=UTC)),
            "currency": customer.currency,
            "heading": name.replace("_", " ").capitalize(),
        }
        invoice = InvoiceRow(
            id=FIRST_INVOICE_ID + place, customer=customer, invoice_date=issued, lines=lines, **{**usual, **more}
        )
        self.made[name] = invoice
        return invoice

    def _currencies(self) -> None:
        hours = amount_line("Rådgivning om grænsehandel", "7.5", "145.00")
        self._add("invoice_eur", hours, currency="EUR", exchange_rate=Decimal("746.0300"))
        self._add("invoice_eur_without_rate", hours, currency="EUR")
        self._add(
            "invoice_usd",
            amount_line("Due diligence", "12.25", "198.50", rate=Decimal(0)),
            to="customer_usa",
            exchange_rate=Decimal("629.9600"),
            treatment="EXPORT",
        )

    def _vat(self) -> None:
        course = amount_line("Momsfrit kursus i bogføring", "2", "1875", with_vat=False, unit="stk", work_type="KUR")
        fee = amount_line("Udlæg: gebyr til Erhvervsstyrelsen", "1", "670", with_vat=False, unit="stk", work_type="UDL")
        self._add("invoice_vat_free", course, fee)
        self._add("invoice_mixed", amount_line("Selskabsstiftelse", "4.5", "1275"), fee)
        abroad = amount_line("Rådgivning om fast driftssted", "9", "155.00", rate=Decimal(0))
        self._add(
            "invoice_eu_reverse_charge",
            abroad,
            to="customer_eu",
            exchange_rate=Decimal("746.0300"),
            treatment="EU",
            text="Omvendt betalingspligt / reverse charge",
        )
        export = amount_line("Gennemgang af konsignationslager", "6", "1150", rate=Decimal(0))
        self._add("invoice_export", export, to="customer_export", treatment="EXPORT")
        self._add("invoice_faroe_islands", export, to="customer_faroe_islands", treatment="EXPORT")
        # Each 33.34 bears 8.335 of VAT: rounded line by line, it grows by half an øre a line.
        for cents, count in ((1, 2), (2, 4)):
            lines = [
                amount_line(f"Kopi af årsrapport, eksemplar {n + 1}", "1", "33.34", unit="stk") for n in range(count)
            ]
            per_line = total(percent_of(line.net, STANDARD_RATE) for line in lines)
            self._add(f"invoice_vat_per_line_off_by_{cents}", *lines, vat_amount=per_line)

    def _arithmetic(self) -> None:
        self._add(
            "invoice_discounts",
            amount_line("Fast aftale, rabat efter rammekontrakt", "3", "153.44", discount="10"),
            amount_line("Assistance", "7.25", "895", discount="12.5"),
            amount_line("Kursus", "1", "2500", discount="33.33"),
        )
        self._add("invoice_three_times_99_99", amount_line("Registrering", "3", "99.99", unit="stk"))
        self._add(
            "invoice_quarter_hours",
            amount_line("Telefonisk rådgivning", "1.25", "1150"),
            amount_line("E-mail om ferieregler", "0.75", "675"),
        )
        # Four decimals: the target's two cannot express them.
        self._add(
            "invoice_thirds_of_an_hour",
            amount_line("Opkald, 20 minutter", "0.3333", "1200"),
            amount_line("Opkald, 40 minutter", "0.6667", "1200"),
            amount_line("Kørsel", "17.4", "3.7925", unit="km"),
        )
        self._add("invoice_zero", amount_line("Første møde er gratis", "1", "1150", discount="100"))
        self._add("invoice_one_cent", amount_line("Øredifference", "1", "0.01", unit="stk"))
        self._add(
            "invoice_negative_line",
            amount_line("Revision", "20", "1150"),
            amount_line("Aconto", "-1", "5000", unit="stk"),
        )
        self._add("invoice_large", amount_line("Koncernrevision", "99999.75", "9999.99"))

    def _credit_notes(self) -> None:
        original = self._add(
            "credited_invoice", amount_line("Revision af årsregnskab", "10", "1150"), text_line("Jf. aftale.")
        )
        credited = tuple(replace(line, quantity=-line.quantity, net=-line.net) for line in original.lines)
        later = original.invoice_date + timedelta(days=3)
        reference: dict[str, Any] = {"is_credit_note": True, "invoice_date": later, "due_date": later}
        self._add("credit_note", *credited, original_id=original.id, **reference)
        part = amount_line("Kreditering af to timer", "-2", "1150")
        self._add("credit_note_partial", part, original_id=original.id, **reference)
        self._add("credit_note_without_original", amount_line("Godtgørelse", "-1", "750", unit="stk"), **reference)

    def _lengths(self) -> None:
        line = amount_line("Assistance", "2", "1050")
        self._add("invoice_long_name", line, to="customer_long_name")
        self._add("invoice_long_address", line, to="customer_long_address")
        self._add("invoice_long_line_text", replace(line, text=_LONG_SENTENCE * 32))
        self._add("invoice_long_heading", line, heading="Vedrørende " + _LONG_SENTENCE * 4)
        self._add("invoice_long_text", line, text=_LONG_SENTENCE * 14)
        self._add(
            "invoice_long_reference",
            line,
            your_reference="Afdelingsleder Gudrun Marie Elisabeth Brændegård-Hvidkilde " * 5,
            requisition="PROJEKT-2026-" + "0123456789" * 6,
        )
        self._add(
            "invoice_emoji",
            replace(line, text="Budget 📈 til »Æblegrød« – 100 % færdigt ✔\nlinje to\tmed tabulator"),
            to="customer_emoji",
            heading="Sæsonbudget 🍏 ÆØÅ æøå é ü ß",
        )
        # What a spreadsheet would run, and what a page must escape.
        self._add(
            "invoice_formula",
            replace(line, text='=HYPERLINK("https://ond.example";"klik")'),
            heading="<b>Fed</b> & co.",
        )

    def _lines(self) -> None:
        self._add(
            "invoice_text_lines",
            text_line("Periode: januar til marts"),
            amount_line("Bogføring", "14.5", "675"),
            text_line(""),
            text_line("Specifikation:\n- bank\n- kreditorer"),
            amount_line("Afstemning", "3.25", "795"),
        )
        parts = (
            amount_line("Selskabsstiftelse, honorar", "3.5", "1275"),
            amount_line("Gebyr", "1", "670", with_vat=False, unit="stk"),
        )
        self._add("invoice_combined", combined_line("Stiftelse af selskab, samlet", parts))
        self._add("invoice_combined_unbalanced", combined_line("Samlet ydelse", parts, net=Decimal("5200.00")))
        self._add("invoice_rate_not_stated", amount_line("Assistance", "5", "950", rate=None))
        self._add("invoice_many_lines", *(amount_line(f"Opgave {n + 1}", "0.25", "795") for n in range(120)))

    def _approvals(self) -> None:
        line = amount_line("Årsopgørelse", "3", "895")
        is_draft: dict[str, Any] = {"approved_at": None, "number": None}
        self._add("invoice_unapproved", line, **is_draft)
        withdrawn = datetime.combine(self._today - timedelta(days=1), time(9, 30, tzinfo=UTC))
        self._add("invoice_approval_withdrawn", line, approved_at=None, withdrawn_at=withdrawn)
        self._add("invoice_to_withdraw", line)
        self._add("invoice_draft_to_change", line, **is_draft)
        self._add("invoice_to_change_after_approval", line)

    def _dates(self) -> None:
        line = amount_line("Skattesag", "6", "1395")
        self._add("invoice_closed_year", line, invoice_date=date(CLOSED_YEAR, 12, 17))
        self._add("invoice_due_before_date", line, due_date=self._today - timedelta(days=60))
        self._add("invoice_no_due_date", line, due_date=None)

    def _customers_at_fault(self) -> None:
        line = amount_line("Regnskabsmæssig assistance", "4", "795")
        self._add(
            "invoice_public", line, to="customer_public", your_reference="Holger Tangmose", requisition="4500017788"
        )
        self._add("invoice_gln_invalid", line, to="customer_gln_invalid")
        for case in (
            "without_link",
            "letters_in_number",
            "same_cvr_second",
            "cvr_35254119",
            "unknown_country",
            "empty_name",
        ):
            self._add(f"invoice_customer_{case}", line, to=f"customer_{case}")
        self._add("invoice_without_lines")


def _named_ids() -> dict[str, str]:
    """Ids do not depend on the day or the seed, so that a test can say the name alone."""
    customers = awkward_customers(date(2026, 1, 31))
    invoices = awkward_invoices(date(2026, 1, 31), customers, customers["customer_public"])
    ids = {name: str(customer.id) for name, customer in customers.items()}
    return ids | {name: str(invoice.id) for name, invoice in invoices.items()}


AWKWARD: Mapping[str, str] = _named_ids()
