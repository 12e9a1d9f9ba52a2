"""What a run costs is set by what changed, not by how much there is (P11: quick; MP-9)."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from measuring import measured

from ledgerbridge.records import Module
from ledgerbridge.source.changes import current_cursor
from ledgerbridge.source.database import connect
from ledgerbridge.store import runs
from sandbox.clienttime.volume import add_volume
from sandbox.grounds import TODAY, Firm, Grounds

FIRST = 1_000_001

_ALREADY_DELIVERED = """
INSERT INTO record (integration, module, source_id, locator)
SELECT %(name)s, 'customers', (1000000 + n)::text, 'lb-demo-volume-' || n FROM generate_series(1, %(count)s) AS n;
INSERT INTO link (record_id, integration, module, target_kind, target_id, fingerprint, written_back_at, made_by)
SELECT record_id, %(name)s, 'customers', 'customer', (9000000 + source_id::integer)::text, 'old', now(), 'test'
FROM record;
INSERT INTO transfer (record_id, integration, module, source_id, locator, revision, content_hash, operation, content,
                      state, run_id)
SELECT record_id, %(name)s, 'customers', source_id, locator, 1, 'old', 'deliver', '{}', 'delivered', 'old' FROM record;
INSERT INTO history (integration, module, source_id, event, actor, sent)
SELECT %(name)s, 'customers', source_id, 'delivered', 'test', repeat('x', 500) FROM record;
"""


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
    with closing(firm.company.source()) as connection:
        add_volume(connection, TODAY, customers=customers, invoices=customers // 2)
    statement = _ALREADY_DELIVERED.replace("%(name)s", f"'{firm.name}'").replace("%(count)s", str(customers))
    firm.ours(statement)
    with closing(firm.company.store()) as store, closing(connect(firm.company.addresses.source_dsn)) as source:
        for module in Module:
            runs.move_cursor(store, firm.name, module, current_cursor(source))
    firm.source('UPDATE "Customer" SET "City" = \'Vejle\' WHERE "CustomerID" BETWEEN %s AND %s', FIRST, FIRST + 9)
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
