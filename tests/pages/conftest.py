"""Firms for the pages' tests: one that has something of everything."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from porch import Porch, opened
from scenery import there

from ledgerbridge.records import Module
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import Firm, Grounds, customer, invoice


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """One invoice booked, one held for its VAT, one that waits for its customer; one customer that waits."""
    asta, bo = customer(701, name="Asta Smed ApS"), customer(702, name="Bo & Søn")
    off = [amount_line(f"Kopi {n}", "1", "33.34", unit="stk") for n in range(2)]
    invoices = [invoice(1, asta), invoice(2, asta, *off, vat_amount=Decimal("16.68"))]
    firm = grounds.firm([asta], invoices, there=[there(702, "Somebody Else A/S")])
    firm.ours("UPDATE preflight SET resolved = resolved || '{\"customers_at_start\": 0}'")
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add([bo], [invoice(3, bo)])
    for module in Module:
        firm.company.deliver(module, validated=False)
    assert firm.states() == {"1": "delivered", "2": "rejected", "3": "waiting"}
    return firm


@pytest.fixture
def porch(firm: Firm) -> Iterator[Porch]:
    """Its pages."""
    with opened(firm) as served:
        yield served
