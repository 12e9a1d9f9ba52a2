"""A credit note is not booked before the invoice that it credits (P14)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ledgerbridge.delivery.invoice_decisions import decide
from ledgerbridge.records import Module
from sandbox.clienttime.rows import InvoiceRow, amount_line
from sandbox.grounds import Firm, Grounds, customer, invoice

IDA = customer(701)


def _original(**more: object) -> InvoiceRow:
    """The target computes its VAT one øre lower."""
    lines = [amount_line(f"Kopi {n}", "1", "33.34", unit="stk") for n in range(2)]
    return invoice(1, IDA, *lines, vat_amount=Decimal("16.68"), **more)


def _credit_note(number: int = 2) -> InvoiceRow:
    line = amount_line("Kopi", "-1", "33.34", unit="stk")
    return invoice(number, IDA, line, is_credit_note=True, original_id=1)


def _firm(grounds: Grounds, *rows: InvoiceRow, finish: str = "book", connections: int = 1) -> Firm:
    firm = grounds.firm([IDA], invoicing={"finish": finish}, loading={"connections": connections})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add((), rows)
    return firm


def _deliver(firm: Firm) -> None:
    firm.company.deliver(Module.INVOICES, validated=False)


def _decide(firm: Firm, accepted: list[str], set_aside: list[str]) -> None:
    with firm.company.workplace("form", actor="Vibeke") as workplace, workplace.desk() as desk:
        decide(desk, accepted, set_aside, "Makuleret")


@pytest.mark.spec("P14", "P16")
@pytest.mark.parametrize("settled_by", ["accepted", "set aside"])
@pytest.mark.parametrize("at_once", [True, False])
def test_it_waits_while_its_original_is_held_back(grounds: Grounds, settled_by: str, *, at_once: bool) -> None:
    firm = _firm(grounds, _original())
    if not at_once:
        _deliver(firm)
    firm.add((), [_credit_note()])
    _deliver(firm)
    assert firm.reasons() == {"1": "invoice_vat_differs", "2": "original_held_back"}
    assert firm.ledger()["booked"] == []
    if settled_by == "accepted":
        _decide(firm, ["1"], [])
    else:
        _decide(firm, [], ["1"])
    for _ in range(2):
        _deliver(firm)
    first = {"accepted": "delivered", "set aside": "ignored"}[settled_by]
    assert firm.states() == {"1": first, "2": "delivered"}
    assert firm.ledger()["booked"][-1]["grossAmount"] == Decimal("-41.68")


@pytest.mark.spec("P14", "P16")
def test_a_withdrawn_original_lets_nothing_through(grounds: Grounds) -> None:
    """Withdrawing and approving anew is how people mend an invoice; in between nothing is booked."""
    firm = _firm(grounds, _original(), _credit_note())
    _deliver(firm)
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 1')
    for _ in range(2):
        _deliver(firm)
    assert firm.states() == {"1": "withdrawn", "2": "waiting"}
    assert firm.ledger()["booked"] == []
    firm.source('UPDATE "Invoice" SET "VatAmount" = 16.67, "GrossAmount" = 83.35, "ApprovalStatus" = 1 '
                'WHERE "InvoiceID" = 1')  # fmt: skip
    for _ in range(2):
        _deliver(firm)
    assert firm.states() == {"1": "delivered", "2": "delivered"}


@pytest.mark.spec("P14", "P16")
def test_one_that_is_not_wanted_any_more_is_set_aside_itself(grounds: Grounds) -> None:
    firm = _firm(grounds, _original(), _credit_note())
    _deliver(firm)
    _decide(firm, [], ["2"])
    _deliver(firm)
    assert firm.states() == {"1": "rejected", "2": "ignored"}


@pytest.mark.spec("P14", "P8")
def test_both_in_one_run_are_booked_in_their_order(grounds: Grounds) -> None:
    """Else the note names a number that its recipient does not know, or is booked though the invoice is refused."""
    firm = _firm(grounds, invoice(1, IDA), _credit_note(), connections=4)
    _deliver(firm)
    assert firm.states() == {"1": "delivered", "2": "waiting"}
    _deliver(firm)
    assert firm.states() == {"1": "delivered", "2": "delivered"}
    booked = firm.ledger()["booked"]
    assert [item["grossAmount"] > 0 for item in booked] == [True, False]
    assert str(booked[0]["bookedInvoiceNumber"]) in str(booked[1]["notes"])


@pytest.mark.spec("P14", "X-8")
def test_a_booked_original_holds_nothing_back_whatever_becomes_of_it(grounds: Grounds) -> None:
    """It was spoilt after it was booked; the credit note is just what puts that right."""
    firm = _firm(grounds, invoice(1, IDA))
    _deliver(firm)
    firm.source('UPDATE "Invoice" SET "VatAmount" = 1 WHERE "InvoiceID" = 1')
    _deliver(firm)
    firm.add((), [_credit_note()])
    _deliver(firm)
    assert firm.states()["2"] == "delivered"


@pytest.mark.spec("P14")
def test_it_names_the_number_that_its_original_was_given(grounds: Grounds) -> None:
    firm = _firm(grounds, _original(), _credit_note())
    _deliver(firm)
    _decide(firm, ["1"], [])
    for _ in range(2):
        _deliver(firm)
    original, credited = sorted(firm.ledger()["booked"], key=lambda item: item["grossAmount"], reverse=True)
    assert str(original["bookedInvoiceNumber"]) in str(credited["notes"])


@pytest.mark.spec("P14", "P2")
def test_it_waits_while_its_original_is_in_doubt(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, IDA))
    rule = {"agreement": firm.agreement, "method": "POST", "path": "/invoices/booked$", "nth": 1}
    firm.control.add_fault("drop_after_commit", match=rule)
    _deliver(firm)
    assert firm.states() == {"1": "in_doubt"}
    with firm.company.workplace("meanwhile") as workplace:
        firm.add((), [_credit_note()])
        firm.company.prepare(workplace, Module.INVOICES, validated=False)
    assert firm.reasons()["2"] == "original_held_back"
    for _ in range(2):
        _deliver(firm)
    assert firm.states() == {"1": "delivered", "2": "delivered"}


@pytest.mark.spec("P14", "CT-20")
def test_drafts_wait_for_nobody(grounds: Grounds) -> None:
    firm = _firm(grounds, _original(), finish="draft")
    _deliver(firm)
    firm.add((), [_credit_note()])
    _deliver(firm)
    assert firm.states() == {"1": "rejected", "2": "delivered"}


@pytest.mark.spec("P14")
def test_an_original_that_was_never_ours_holds_nothing_back(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, IDA, is_approved=False), _credit_note())
    _deliver(firm)
    assert firm.states()["2"] == "delivered"
