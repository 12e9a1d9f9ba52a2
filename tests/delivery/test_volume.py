"""What a run costs is set by what changed, not by how much there is (P11: quick; MP-9)."""

from __future__ import annotations

from typing import Any

import pytest
from measuring import measured

from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds
from sandbox.years_of_use import FIRST_ID, remember_customers


def _firm(grounds: Grounds, customers: int) -> Firm:
    there: list[dict[str, Any]] = [
        {
            "customerNumber": 10_000_000 + n,
            "name": f"Mængdekunde {n} ApS",
            "currency": "DKK",
            "customerGroup": {"customerGroupNumber": 1},
            "paymentTerms": {"paymentTermsNumber": 1},
            "vatZone": {"vatZoneNumber": 1},
        }
        for n in range(1, 11)
    ]
    firm = grounds.firm(there=there)
    remember_customers(firm, customers, customers // 2)
    firm.source('UPDATE "Customer" SET "City" = \'Vejle\' WHERE "CustomerID" BETWEEN %s AND %s', FIRST_ID, FIRST_ID + 9)
    firm.control.mark(firm.agreement)
    return firm


@pytest.mark.spec("MP-9", "P9")
def test_ten_changes_among_many_cost_as_much_as_among_few(grounds: Grounds) -> None:
    memory = {}
    for customers in (
        10,
        200,
        20_000,
    ):  # the first one's process also compiles what it imports, so it counts for nothing
        firm = _firm(grounds, customers)
        delivered, memory[customers] = measured(firm.company, Module.CUSTOMERS)
        assert delivered.counts == {"delivered": 10}
        assert firm.control.counters(firm.agreement)["sinceMark"]["calls"] <= 25
        assert firm.ours("SELECT records_read FROM run") == [(10,)]
    assert memory[20_000] <= 1.1 * memory[200]
    print(f"\npeak memory, KiB: {memory}")
