"""The invoices that everybody delivers: drawn once from a seed, one to twenty lines each, to one customer.

Ledgerbridge reads them from a time system's database. The contestants get the very bodies that Ledgerbridge would
send, with the same references, as a file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from ledgerbridge.integration import Loading
from ledgerbridge.records import Module
from sandbox.clienttime.rows import InvoiceRow, LineRow, amount_line
from sandbox.economic.control import Control, Tokens
from sandbox.grounds import Firm, Grounds, customer, invoice

__all__ = ["CUSTOMER", "Workload", "bar", "lines_of", "poisoned"]

CUSTOMER = customer(501)
FIRST_ID = 10_001
_WORK = ("Assistance", "Rådgivning", "Møde", "Kørsel", "Gennemgang af regnskab", "Lønbehandling")


def poisoned(row: InvoiceRow) -> InvoiceRow:
    """The same invoice with a line without VAT, and so for a product that :func:`bar` bars."""
    return invoice(row.id, CUSTOMER, *row.lines, amount_line("Gebyr", "1", "670", with_vat=False, unit="stk"))


def bar(control: Control, agreement: int) -> None:
    """Bar the product without VAT, as a person does in the accounting system."""
    _, product = control.act(agreement, "GET", "/products/2000")
    status, answer = control.act(agreement, "PUT", "/products/2000", {**product, "barred": True})
    if status != 200:
        message = f"the product was not barred: {answer}"
        raise RuntimeError(message)


@dataclass(frozen=True, slots=True)
class Workload:
    """``rows`` for the time system; a company that is given them delivers them."""

    grounds: Grounds
    rows: tuple[InvoiceRow, ...]

    @classmethod
    def drawn(cls, grounds: Grounds, count: int, seed: int) -> Workload:
        """So many invoices."""
        chance = Random(seed)
        rows = (invoice(FIRST_ID + place, CUSTOMER, *lines_of(chance)) for place in range(count))
        return cls(grounds, tuple(rows))

    def company(self, rows: Sequence[InvoiceRow] | None = None, *, system: str = "economic", **changes: Any) -> Firm:
        """A company on an agreement of its own, with its customer delivered and these invoices approved.

        It loads with the product's defaults (chunks of 500, a settle time of 60 seconds); ``changes`` are of these.
        """
        loading = {**Loading().model_dump(), **changes.pop("loading", {})}
        given = {"invoicing": {"finish": "draft"}, **changes, "loading": loading}
        firm = self.grounds.firm([CUSTOMER], system=system, **given)
        firm.company.deliver(Module.CUSTOMERS, validated=False)
        firm.add((), self.rows if rows is None else rows)
        return firm

    def agreement(self) -> Tokens:
        """An agreement of its own with the customer in it, for a contestant."""
        there = [
            {
                "customerNumber": CUSTOMER.id,
                "name": CUSTOMER.name,
                "currency": "DKK",
                "customerGroup": {"customerGroupNumber": 1},
                "paymentTerms": {"paymentTermsNumber": 1},
                "vatZone": {"vatZoneNumber": 1},
            }
        ]
        knobs = {"rate_limit_tokens": 10**9, "pdf_delay_seconds": 0}
        return self.grounds.control.create_agreement("standard", customers=there, knobs=knobs)

    def payload_file(self, path: Path, rows: Sequence[InvoiceRow] | None = None) -> Path:
        """The bodies, as Ledgerbridge makes them."""
        firm = self.company(rows)
        with firm.company.workplace("payloads") as workplace:
            firm.company.prepare(workplace, Module.INVOICES)
        found = firm.ours(
            "SELECT source_id, locator, payload FROM transfer WHERE module = 'invoices' ORDER BY transfer_id"
        )
        with path.open("w", encoding="utf-8") as file:
            for source_id, locator, payload in found:
                line = json.dumps({"id": source_id, "locator": locator, "body": payload}, ensure_ascii=False)
                file.write(line + "\n")
        return path


def lines_of(chance: Random) -> tuple[LineRow, ...]:
    """One to twenty lines of an ordinary invoice."""
    return tuple(
        amount_line(chance.choice(_WORK), f"{chance.randint(1, 30) / 4:.2f}", str(chance.randint(500, 1800)))
        for _ in range(chance.randint(1, 20))
    )
