"""What people do all day, drawn by chance: at the source, at the links, on rejections, in the target."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from ledgerbridge.delivery import invoice_decisions, link_requests
from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.money import line_net
from sandbox.clienttime.rows import CustomerRow, amount_line
from sandbox.grounds import Firm, customer, invoice

__all__ = ["Office"]

_HOURS = Decimal("2.5")
# e-conomic refuses what is dated in a year that is closed or not there.
_NO_SUCH_YEAR = date(2024, 12, 17)
_FIRST_DAY = date(2026, 1, 5)
_CURRENCIES = (("DKK", None), ("DKK", None), ("EUR", Decimal("745.98")))


class Office:
    """A firm's people. :meth:`do_something` lets one of them do one thing, and says what."""

    def __init__(self, firm: Firm, chance: random.Random, customers: list[CustomerRow]) -> None:
        self.firm, self.chance = firm, chance
        self._customers = customers
        self._invoices: list[int] = []
        self._notes: set[int] = set()
        self._next = 1000
        self._unlinked: set[str] = set()

    def do_something(self) -> str:
        """One thing; in words, for whoever must understand a failed round."""
        deed = self.chance.choice(self._deeds())
        told = deed()
        return f"{deed.__name__.strip('_')} {told}".strip()

    def approve_some(self) -> str:
        """As many as make a run worth disturbing."""
        return ", ".join(self._approve() for _ in range(self.chance.randint(2, 5)))

    def _deeds(self) -> list[Callable[[], str]]:
        always = [self._approve] * 4 + [self._approve_for_somebody_new, self._approve_a_bad_date]
        with_invoices = [
            self._change_the_heading,
            self._change_an_amount,
            self._spoil_the_vat,
            self._mend_the_vat,
            self._withdraw,
            self._approve_again,
            self._delete,
            self._credit,
            self._credit,
            self._set_aside,
            self._accept_the_vat,
            self._mend_the_date,
            self._book_a_draft_by_hand,
        ]
        return always + [self._unlink, self._link_again, self._rename] + (with_invoices if self._invoices else [])

    def _any(self) -> int:
        return self.chance.choice(self._invoices)

    def _new(self, to: CustomerRow, issued: date) -> str:
        self._next += 1
        currency, rate = self.chance.choice(_CURRENCIES)
        price = Decimal(self.chance.randint(100, 200_000)).scaleb(-2)
        line = amount_line("Assistance", _HOURS, price)
        row = invoice(self._next, to, line, invoice_date=issued, currency=currency, exchange_rate=rate)
        self.firm.add((), [row])
        self._invoices.append(self._next)
        return str(self._next)

    # In the source.

    def _approve(self) -> str:
        return self._new(self.chance.choice(self._customers), _FIRST_DAY + timedelta(days=self.chance.randint(0, 55)))

    def _approve_for_somebody_new(self) -> str:
        number = 600 + len(self._customers)
        # Names that nobody resembles: else it would wait for a person, which is another promise.
        new = customer(number, name=f"{''.join(self.chance.choices('bdfgklmnprst', k=12))} ApS")
        self.firm.add([new])
        self._customers.append(new)
        return self._new(new, _FIRST_DAY)

    def _approve_a_bad_date(self) -> str:
        return self._new(self.chance.choice(self._customers), _NO_SUCH_YEAR)

    def _mend_the_date(self) -> str:
        self.firm.source(
            'UPDATE "Invoice" SET "InvoiceDate" = %s, "DueDate" = %s WHERE "InvoiceDate" = %s',
            _FIRST_DAY,
            _FIRST_DAY + timedelta(days=14),
            _NO_SUCH_YEAR,
        )
        return ""

    def _change_the_heading(self) -> str:
        return self._set("Heading", f"Ændret {self.chance.randint(1, 10**6)}")

    def _change_an_amount(self) -> str:
        id_ = self._any()
        if id_ in self._notes:
            return ""
        price = Decimal(self.chance.randint(100, 200_000)).scaleb(-2)
        net = line_net(_HOURS, price)
        self.firm.source(
            'WITH line AS (UPDATE "InvoiceLine" SET "UnitPrice" = %s, "NetAmount" = %s WHERE "InvoiceID" = %s) '
            'UPDATE "Invoice" SET "NetAmount" = %s, "VatAmount" = round(%s * 0.25, 2), '
            '"GrossAmount" = %s + round(%s * 0.25, 2) WHERE "InvoiceID" = %s',
            *(price, net, id_, net, net, net, net, id_),
        )
        return str(id_)

    def _spoil_the_vat(self) -> str:
        id_ = self._any()
        self.firm.source(
            'UPDATE "Invoice" SET "VatAmount" = "VatAmount" + 0.01, "GrossAmount" = "GrossAmount" + 0.01 '
            'WHERE "InvoiceID" = %s',
            id_,
        )
        return str(id_)

    def _mend_the_vat(self) -> str:
        self.firm.source(
            'UPDATE "Invoice" SET "VatAmount" = round("NetAmount" * 0.25, 2), '
            '"GrossAmount" = "NetAmount" + round("NetAmount" * 0.25, 2) '
            'WHERE "VatAmount" <> round("NetAmount" * 0.25, 2)'
        )
        return ""

    def _withdraw(self) -> str:
        return self._set("ApprovalStatus", 0)

    def _approve_again(self) -> str:
        return self._set("ApprovalStatus", 1)

    def _delete(self) -> str:
        id_ = self._any()
        credited = self.firm.source('SELECT 1 FROM "Invoice" WHERE "CreditedInvoiceID" = %s', id_)
        if credited:
            return ""
        self.firm.source('DELETE FROM "Invoice" WHERE "InvoiceID" = %s', id_)
        self._invoices.remove(id_)
        return str(id_)

    def _credit(self) -> str:
        original = self._any()
        rows = self.firm.source('SELECT "CustomerID", "CurrencyCode" FROM "Invoice" WHERE "InvoiceID" = %s', original)
        if original in self._notes or not rows or rows[0][1] != "DKK":
            return ""
        self._next += 1
        to = next(item for item in self._customers if item.id == rows[0][0])
        line = amount_line("Retur", "-1", "12.34", unit="stk")
        self.firm.add((), [invoice(self._next, to, line, is_credit_note=True, original_id=original)])
        self._invoices.append(self._next)
        self._notes.add(self._next)
        return f"{original} by {self._next}"

    def _rename(self) -> str:
        city = f"By {self.chance.randint(1, 10**6)}"
        self.firm.source('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = %s', city, self._customers[0].id)
        return city

    def _set(self, column: str, value: object) -> str:
        id_ = self._any()
        self.firm.source(f'UPDATE "Invoice" SET "{column}" = %s WHERE "InvoiceID" = %s', value, id_)
        return str(id_)

    # On links and on what stands aside. What cannot be done just now is told to them, and they leave it.

    def _unlink(self) -> str:
        return self._on_links(link_requests.unlink, self._customers[-1].code)

    def _link_again(self) -> str:
        return self._on_links(lambda desk, code: link_requests.link(desk, code, code), self._customers[-1].code)

    def _on_links(self, ask: Callable[..., object], code: str) -> str:
        try:
            with self.firm.company.workplace("links", actor="Vibeke") as workplace, workplace.desk() as desk:
                ask(desk, code)
        except LedgerbridgeError as error:
            return f"{code}: {error.reason.code}"
        return code

    def _set_aside(self) -> str:
        return self._decide((), (str(self._any()),))

    def _accept_the_vat(self) -> str:
        return self._decide((str(self._any()),), ())

    def _decide(self, accepted: tuple[str, ...], set_aside: tuple[str, ...]) -> str:
        told = " ".join((*accepted, *set_aside))
        try:
            with self.firm.company.workplace("form", actor="Vibeke") as workplace, workplace.desk() as desk:
                invoice_decisions.decide(desk, accepted, set_aside, "Makuleret")
        except LedgerbridgeError as error:
            return f"{told}: {error.reason.code}"
        return told

    # In the target.

    def _book_a_draft_by_hand(self) -> str:
        drafts = self.firm.books.drafts()
        if not drafts:
            return ""
        number = self.chance.choice(drafts).number
        try:
            return f"{number}: {self.firm.books.book_draft(number)}"
        except RuntimeError as error:
            return str(error)
