"""What the source deletes before it was delivered is not delivered any more; what was delivered stays (X-12)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

GRETHE, STRANGER = customer(501), customer(502)
EVERY_CAPTURE = pytest.mark.parametrize("capture", ["triggers", "polling"])


def _firm(grounds: Grounds, capture: str = "triggers") -> Firm:
    """Invoice 1 is delivered, 2 waits for its customer, 3 is rejected."""
    wrong_vat = invoice(3, GRETHE, vat_amount=Decimal("1.00"))
    source = {"change_capture": capture}
    firm = grounds.firm([GRETHE], [invoice(1, GRETHE)], source=source)
    _deliver(firm, Module.CUSTOMERS)
    firm.add([STRANGER], [invoice(2, STRANGER), wrong_vat])
    _deliver(firm)
    assert firm.states() == {"1": "delivered", "2": "waiting", "3": "rejected"}
    firm.control.mark(firm.agreement)
    return firm


def _deliver(firm: Firm, module: Module = Module.INVOICES) -> str:
    return firm.company.deliver(module, validated=False).run_id


def _delete(firm: Firm, *ids: int) -> None:
    firm.source('DELETE FROM "InvoiceLine" WHERE "InvoiceID" = ANY(%s)', list(ids))
    firm.source('DELETE FROM "Invoice" WHERE "InvoiceID" = ANY(%s)', list(ids))


def _lose_cursor(firm: Firm) -> None:
    firm.ours("DELETE FROM cursor_position")


@pytest.mark.spec("X-12", "P16")
@EVERY_CAPTURE
def test_what_waited_is_not_sent_when_its_time_comes(grounds: Grounds, capture: str) -> None:
    firm = _firm(grounds, capture)
    _delete(firm, 2)
    _deliver(firm, Module.CUSTOMERS)  # now its customer is linked
    _deliver(firm)
    _deliver(firm)
    assert (firm.states()["2"], firm.reasons()["2"]) == ("withdrawn", "deleted_before_delivery")
    assert "POST /invoices/drafts" not in firm.writes()
    assert firm.ours("SELECT source_id FROM history WHERE event = 'deleted_before_delivery'") == [("2",)]


@pytest.mark.spec("X-12", "X-7")
@EVERY_CAPTURE
def test_nor_is_what_was_rejected_when_its_run_is_cleared(grounds: Grounds, capture: str) -> None:
    firm = _firm(grounds, capture)
    ((run_id,),) = firm.ours("SELECT run_id FROM transfer WHERE module = 'invoices' AND source_id = '3'")
    held = len(firm.ledger()["drafts"])
    _delete(firm, 3)
    firm.company.clear(run_id)
    assert (firm.states()["3"], firm.reasons()["3"]) == ("withdrawn", "deleted_before_delivery")
    assert len(firm.ledger()["drafts"]) <= held
    assert not {"POST /invoices/drafts", "POST /invoices/booked"} & firm.writes().keys()


@pytest.mark.spec("X-12")
@EVERY_CAPTURE
def test_deletions_that_a_lost_cursor_slept_through_are_seen(grounds: Grounds, capture: str) -> None:
    firm = _firm(grounds, capture)
    _delete(firm, 1, 2, 3)
    _lose_cursor(firm)
    _deliver(firm, Module.CUSTOMERS)
    _deliver(firm)
    assert firm.states() == {"1": "delivered", "2": "withdrawn", "3": "withdrawn"}
    assert len(firm.ledger()["booked"]) == 1
    assert "POST /invoices/drafts" not in firm.writes()
    told = firm.ours("SELECT source_id FROM history WHERE event = 'deleted_in_source' ORDER BY 1")
    assert told == [("1",), ("3",)]  # the third has left a draft there


@pytest.mark.spec("X-12", "X-8")
def test_so_are_withdrawals(grounds: Grounds) -> None:
    """The list of everything has approved invoices only; what is held here is read besides."""
    firm = _firm(grounds)
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" IN (2, 3)')
    _lose_cursor(firm)
    _deliver(firm, Module.CUSTOMERS)
    _deliver(firm)
    assert firm.states() == {"1": "delivered", "2": "withdrawn", "3": "withdrawn"}
    assert "POST /invoices/drafts" not in firm.writes()


@pytest.mark.spec("X-12", "P1", "P2")
@pytest.mark.parametrize(("effect", "arrived"), [("drop_after_commit", 1), ("drop_before", 0)])
def test_a_write_in_doubt_is_looked_for_and_not_repeated(grounds: Grounds, effect: str, arrived: int) -> None:
    firm = _firm(grounds)
    rule = {"agreement": firm.agreement, "method": "POST", "path": "/invoices/drafts$", "nth": 1}
    firm.control.add_fault(effect, match=rule)
    firm.add((), [invoice(4, GRETHE)])
    _deliver(firm)
    assert firm.states()["4"] == "in_doubt"
    _delete(firm, 4)
    _deliver(firm)
    assert firm.states()["4"] == "withdrawn"
    there = [item for item in firm.ledger()["drafts"] if item["references"]["other"].endswith("-inv-4")]
    assert len(there) == arrived
    assert firm.ours("SELECT count(*) FROM transfer WHERE source_id = '4' AND state = 'in_doubt'") == [(0,)]


@pytest.mark.spec("X-12", "X-8")
@pytest.mark.parametrize("by", ["next run", "clear"])
def test_a_withdrawal_that_could_not_be_carried_out_is_so_later(grounds: Grounds, by: str) -> None:
    firm = grounds.firm([GRETHE], invoicing={"finish": "draft"})
    _deliver(firm, Module.CUSTOMERS)
    firm.add((), [invoice(1, GRETHE)])
    _deliver(firm)
    firm.control.add_fault(
        "status", match={"agreement": firm.agreement, "method": "DELETE"}, status=429, retryAfter=600
    )
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0')
    run_id = _deliver(firm)
    assert firm.states() == {"1": "waiting"}
    _delete(firm, 1)
    firm.control.clear_faults()
    if by == "clear":
        firm.company.clear(run_id)
    else:
        _deliver(firm)
    assert firm.ledger()["drafts"] == []
    assert firm.states() == {"1": "withdrawn"}


@pytest.mark.spec("X-12", "P16")
@EVERY_CAPTURE
def test_what_was_rejected_is_rejected_no_more(grounds: Grounds, capture: str) -> None:
    firm = _firm(grounds, capture)
    _delete(firm, 3)
    _deliver(firm)
    assert firm.reasons()["3"] == "deleted_before_delivery"


@pytest.mark.spec("X-12")
def test_a_record_that_comes_back_is_delivered(grounds: Grounds) -> None:
    firm = _firm(grounds)
    _delete(firm, 2)
    _deliver(firm)
    firm.add((), [invoice(2, STRANGER)])
    _deliver(firm, Module.CUSTOMERS)
    _deliver(firm)
    _deliver(firm)
    assert firm.states()["2"] == "delivered"
