"""A whole demo database's content, made from a day and a seed: the same pair gives the same rows, always."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sandbox.clienttime.awkward import AWKWARD, awkward_customers, awkward_invoices
from sandbox.clienttime.companies import ordinary_customers
from sandbox.clienttime.documents import drafts, ordinary_invoices
from sandbox.clienttime.rows import CustomerRow, InvoiceRow

__all__ = ["Demo", "generate"]


@dataclass(frozen=True, slots=True)
class Demo:
    """What goes into the tables. ``awkward`` maps a case's name to its source id (also in ``AWKWARD``)."""

    today: date
    seed: int
    ordinary_customers: tuple[CustomerRow, ...]
    ordinary_invoices: tuple[InvoiceRow, ...]
    drafts: tuple[InvoiceRow, ...]
    awkward_customers: Mapping[str, CustomerRow]
    awkward_invoices: Mapping[str, InvoiceRow]
    awkward: Mapping[str, str]

    @property
    def customers(self) -> tuple[CustomerRow, ...]:
        """All customers."""
        return (*self.ordinary_customers, *self.awkward_customers.values())

    @property
    def invoices(self) -> tuple[InvoiceRow, ...]:
        """All documents; a credit note stands after what it credits."""
        return (*self.ordinary_invoices, *self.drafts, *self.awkward_invoices.values())


def generate(today: date, seed: int = 1) -> Demo:
    """The demo firm's data as it stands on ``today``."""
    chance = random.Random(f"clienttime {seed}")
    customers = ordinary_customers(chance, today)
    usual = next(customer for customer in customers if customer.foreign_number is not None and customer.ean is None)
    odd_customers = awkward_customers(today)
    return Demo(
        today=today,
        seed=seed,
        ordinary_customers=customers,
        ordinary_invoices=ordinary_invoices(chance, today, customers),
        drafts=drafts(chance, today, customers),
        awkward_customers=odd_customers,
        awkward_invoices=awkward_invoices(today, odd_customers, usual),
        awkward=AWKWARD,
    )
