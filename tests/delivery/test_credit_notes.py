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


def _firm(grounds: Grounds, *rows: InvoiceRow, finish: str = "book") -> Firm:
    firm = grounds.firm([IDA], invoicing={"finish": finish})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add((), rows)
    return firm


def _deliver(firm: Firm) -> None:
    firm.company.deliver(Module.INVOICES, validated=False)


def _decide(firm: Firm, accepted: list[str], set_aside: list[str]) -> None:
    with firm.company.workplace("form", actor="Vibeke") as workplace, workplace.desk() as desk:
        decide(desk, accepted, set_aside, "Makuleret")


@pytest.mark.spec("P14", "P16")
@pytest.mark.parametrize("settled_by", ["accepted", "set aside", "deleted"])
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
    elif settled_by == "set aside":
        _decide(firm, [], ["1"])
    else:
        firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 1')
    for _ in range(2):
        _deliver(firm)
    first = {"accepted": "delivered", "set aside": "ignored", "deleted": "withdrawn"}[settled_by]
    assert firm.states() == {"1": first, "2": "delivered"}
    assert firm.ledger()["booked"][-1]["grossAmount"] == Decimal("-41.68")


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
