"""Several integrations on one source, each with its own departments and its own accounts (MP-14)."""

from __future__ import annotations

import pytest

from ledgerbridge.records import Module
from sandbox.grounds import SYSTEMS, Firm, Grounds, customer, invoice

NORTH = customer(201)
SOUTH = customer(202, department=2, team=3)


def _beside(grounds: Grounds, firm: Firm, system: str, departments: list[str]) -> Firm:
    """Another firm's accounts, on the same source."""
    other = grounds.firm(system=system, source={"departments": departments})
    return other.on_source_of(firm)


@pytest.mark.spec("MP-14", "CT-1", "CT-3")
def test_each_integration_has_its_own_departments(grounds: Grounds) -> None:
    north = grounds.firm(
        [NORTH, SOUTH],
        [invoice(1, NORTH), invoice(2, SOUTH), invoice(3, SOUTH)],
        system=SYSTEMS[0],
        source={"departments": ["10"]},
    )
    south = _beside(grounds, north, SYSTEMS[1], ["20", "30"])
    for firm in (north, south):
        for module in Module:
            firm.company.deliver(module, validated=False)
    assert ([item.number for item in north.books.customers()], len(north.books.booked())) == (["201"], 1)
    assert ([item.number for item in south.books.customers()], len(south.books.booked())) == (["202"], 2)
    rows = north.source('SELECT "InvoiceID", "ForeignInvoiceNumber" FROM "Invoice" ORDER BY 1')
    numbers = {item.number for item in (*north.books.booked(), *south.books.booked())}
    assert {int(number) for _, number in rows} == numbers
    assert (north.states(), south.states()) == ({"1": "delivered"}, {"2": "delivered", "3": "delivered"})
    for firm in (north, south):
        assert firm.company.deliver(Module.INVOICES, validated=False).counts == {}


@pytest.mark.spec("MP-14", "X-12")
def test_a_customer_that_moves_to_another_department_stays_in_the_accounts(grounds: Grounds) -> None:
    firm = grounds.firm([NORTH], source={"departments": ["10"]})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.source('UPDATE "Customer" SET "DepartmentID" = 2 WHERE "CustomerID" = 201')
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert [item.number for item in firm.books.customers()] == ["201"]
    assert firm.ours("SELECT deleted_in_source_at IS NOT NULL FROM link") == [(True,)]
