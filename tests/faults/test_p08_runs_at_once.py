"""P8, P10: two to eight processes on the same transfers: one sends; doubled and reordered events change nothing."""

from __future__ import annotations

import random
from contextlib import closing

import pytest
from accounts import assert_accounted, assert_booked_once
from workers import PATIENCE, prepared, start

from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

EMMA = customer(505)


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    firm = grounds.firm([EMMA], loading={"connections": 2, "chunk_size": 5})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm


@pytest.mark.spec("P8", "P16", "X-2")
@pytest.mark.parametrize("processes", [2, 8])
def test_several_processes_on_the_same_transfers(firm: Firm, processes: int) -> None:
    firm.add((), [invoice(4000 + n, EMMA) for n in range(12)])
    run_id = prepared(firm)
    firm.control.mark(firm.agreement)
    chunks = firm.company.chunks(run_id)
    workers = [start(firm, run_id, chunks[n % len(chunks)]) for n in range(processes)]
    for worker in workers:
        worker.join(PATIENCE)
        assert worker.exitcode == 0
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.writes() == {"POST /invoices/drafts": 12, "POST /invoices/booked": 12}
    assert_booked_once(firm, [str(4000 + n) for n in range(12)])
    assert_accounted(firm)


@pytest.mark.spec("P8", "P10", "P16")
def test_two_runs_that_extracted_the_same(firm: Firm) -> None:
    firm.add((), [invoice(4100 + n, EMMA) for n in range(10)])
    runs = [prepared(firm, run_id=f"run-{n}") for n in range(2)]
    firm.control.mark(firm.agreement)
    workers = [start(firm, run_id, chunk) for run_id in runs for chunk in firm.company.chunks(run_id)]
    assert len(workers) == 4
    for worker in workers:
        worker.join(PATIENCE)
        assert worker.exitcode == 0
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.writes() == {"POST /invoices/drafts": 10, "POST /invoices/booked": 10}
    assert_accounted(firm)


@pytest.mark.spec("P10")
def test_changes_doubled_and_reordered_come_to_the_same(firm: Firm) -> None:
    chance = random.Random(3)
    ids = [4200 + n for n in range(5)]
    firm.add((), [invoice(id_, EMMA) for id_ in ids])
    for turn in range(4):
        for id_ in chance.sample(ids, 3):
            firm.source(
                "INSERT INTO ledgerbridge.change (module, source_id, operation) VALUES ('invoices', %s, 'update')",
                str(id_),
            )
        if turn == 2:  # an event that never came: the change table is the queue, the interval's sweep finds it
            firm.source('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = 505', "Vejle")
        for module in chance.sample(list(Module), 2):
            firm.company.deliver(module, validated=False)
    assert_booked_once(firm, [str(id_) for id_ in ids])
    assert [item["city"] for item in firm.ledger()["customers"]] == ["Vejle"]


@pytest.mark.spec("P11")
def test_a_transaction_that_commits_late_is_not_missed(firm: Firm) -> None:
    with closing(firm.company.source()) as slow:
        with slow.cursor() as cursor:
            cursor.execute('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = 505', ("Ribe",))
        firm.add((), [invoice(4300, EMMA)])
        for module in Module:
            firm.company.deliver(module, validated=False)
        assert firm.states() == {"4300": "delivered"}
        slow.commit()
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert [item["city"] for item in firm.ledger()["customers"]] == ["Ribe"]
