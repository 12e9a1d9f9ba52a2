"""What follows a booking: the target's PDF for the archive, and the number's way back into the source (CT-2)."""

from __future__ import annotations

import pytest

from ledgerbridge.delivery import settling, writing_back
from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

GERDA = customer(701)


def _firm(grounds: Grounds, invoices: int, connections: int = 1, **knobs: object) -> Firm:
    rows = [invoice(number, GERDA) for number in range(1, invoices + 1)]
    firm = grounds.firm([GERDA], rows, loading={"connections": connections}, knobs=knobs)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm


def _with_pdf(firm: Firm) -> int:
    ((kept,),) = firm.ours("SELECT count(*) FROM archive WHERE pdf IS NOT NULL AND pdf_sha256 IS NOT NULL")
    return int(kept)


@pytest.mark.spec("CT-2")
def test_pdfs_are_fetched_over_as_many_connections_as_the_invoices_went(grounds: Grounds) -> None:
    firm = _firm(grounds, 24, connections=4)
    with firm.company.workplace("apart") as workplace:
        firm.company.prepare(workplace, Module.INVOICES, validated=False)
        assert load_chunk(workplace, 0).counts == {"delivered": 24}
    firm.control.set_knobs(firm.agreement, latency_ms=60)
    firm.control.mark(firm.agreement)
    with firm.company.workplace("apart") as workplace:
        assert settling.settle(workplace).pdfs == 24
    assert firm.control.counters(firm.agreement)["atOnce"]["most"] == 4
    assert firm.control.counters(firm.agreement)["sinceMark"]["calls"] == 24
    assert _with_pdf(firm) == 24


@pytest.mark.spec("CT-2")
def test_a_pdf_that_is_late_is_fetched_by_the_next_run_and_holds_nobody_back(
    grounds: Grounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settling, "_PDFS_AT_ONCE", 2)
    monkeypatch.setattr(writing_back, "_AT_ONCE", 2)
    firm = _firm(grounds, 5, pdf_delay_seconds=3600)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert _with_pdf(firm) == 0
    for _ in range(2):
        firm.company.deliver(Module.INVOICES, validated=False)
    told = firm.source('SELECT count(*) FROM "Invoice" WHERE "ForeignInvoiceNumber" IS NOT NULL')
    assert told == [(5,)], "what waits for its PDF kept others from being told to the source"
    firm.control.set_clock_offset(7200)
    for _ in range(3):
        firm.company.deliver(Module.INVOICES, validated=False)
    assert _with_pdf(firm) == 5
