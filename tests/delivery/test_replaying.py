"""What is delivered already is never written again (P9), and what has not changed costs nothing."""

from __future__ import annotations

import pytest

from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    customers = [customer(number) for number in (101, 102)]
    firm = grounds.firm(customers, [invoice(9000 + n, customers[n % 2]) for n in range(4)])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.company.deliver(Module.INVOICES, validated=False)
    return firm


@pytest.mark.spec("P9", "X-2", "CT-1", "CT-2")
def test_a_backfill_of_everything_makes_no_write(firm: Firm) -> None:
    assert set(firm.states().values()) == {"delivered"}
    assert set(firm.locators().values()) == {1}
    firm.control.mark(firm.agreement)
    firm.ours("DELETE FROM cursor_position")
    for module in Module:
        delivered = firm.company.deliver(module, validated=False)
        assert delivered.counts == {}
    assert firm.writes() == {}
