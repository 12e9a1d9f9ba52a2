"""What follows a booking: the target's PDF for the archive, and the number's way back into the source (CT-2)."""

from __future__ import annotations

import pytest

from ledgerbridge.delivery import settling, writing_back
from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice
from sandbox.processes import wait_until

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
    monkeypatch.setattr(writing_back, "_AT_ONCE", 2)
    firm = _firm(grounds, 5, pdf_delay_seconds=3600)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert _with_pdf(firm) == 0
    for _ in range(2):
        firm.company.deliver(Module.INVOICES, validated=False)
    told = firm.source('SELECT count(*) FROM "Invoice" WHERE "ForeignInvoiceNumber" IS NOT NULL')
    assert told == [(5,)], "what waits for its PDF kept others from being told to the source"
    firm.control.set_clock_offset(7200)

    def all_there() -> bool:
        firm.company.deliver(Module.INVOICES, validated=False)
        return _with_pdf(firm) == 5

    wait_until(all_there, 30, "all PDFs are there")


@pytest.mark.spec("CT-2")
def test_a_pdf_that_cannot_be_had_holds_no_other_back_and_is_told_after_a_day(grounds: Grounds) -> None:
    firm = _firm(grounds, 6)
    firm.control.set_knobs(firm.agreement, pdf_delay_seconds=3600)
    firm.company.deliver(Module.INVOICES, validated=False)
    numbers = sorted(item["bookedInvoiceNumber"] for item in firm.ledger()["booked"])
    firm.control.set_knobs(firm.agreement, pdf_delay_seconds=0)
    path = f"/invoices/booked/{numbers[0]}/pdf$"
    firm.control.add_fault("status", match={"path": path, "agreement": firm.agreement}, status=500)

    def all_others_there() -> bool:
        firm.company.deliver(Module.INVOICES, validated=False)
        return _with_pdf(firm) == 5

    wait_until(all_others_there, 30, "all other PDFs are there")
    assert _settled(firm).overdue is None
    firm.ours("UPDATE archive SET archived_at = archived_at - interval '25 hours'")
    overdue = _settled(firm).overdue
    assert overdue is not None
    assert (overdue.code, overdue.values["count"], overdue.values["first"]) == ("pdfs_missing", "1", str(numbers[0]))


@pytest.mark.spec("CT-2", "P7")
@pytest.mark.parametrize(("status", "calls"), [(429, 1), (500, 5)])
def test_what_concerns_every_pdf_ends_the_fetching(grounds: Grounds, status: int, calls: int) -> None:
    firm = _firm(grounds, 6, pdf_delay_seconds=3600)
    firm.company.deliver(Module.INVOICES, validated=False)
    match = {"path": r"/invoices/booked/\d+/pdf$", "agreement": firm.agreement}
    firm.control.add_fault("status", match=match, status=status, retryAfter=1)
    firm.ours("UPDATE archive SET pdf_asked_at = NULL")
    firm.control.mark(firm.agreement)
    assert _settled(firm).pdfs == 0
    assert firm.control.counters(firm.agreement)["sinceMark"]["calls"] == calls


def _settled(firm: Firm) -> settling.Settled:
    with firm.company.workplace("settled") as workplace:
        return settling.settle(workplace)
