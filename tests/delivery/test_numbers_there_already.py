"""Invoices that have a number from the accounts before Ledgerbridge has sent them (P1): booked once, not again."""

from __future__ import annotations

import pytest

from ledgerbridge.delivery.invoice_decisions import decide
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

MADS = customer(801)


def _firm(grounds: Grounds, **changes: object) -> Firm:
    firm = grounds.firm([MADS], **changes)
    _deliver(firm, Module.CUSTOMERS)
    firm.control.mark(firm.agreement)
    return firm


def _deliver(firm: Firm, module: Module = Module.INVOICES) -> dict[str, str]:
    return firm.company.deliver(module, validated=False).trouble


def _forget_invoices(firm: Firm) -> None:
    """Our own database is restored from a copy that knows of no invoice."""
    firm.ours(
        "ALTER TABLE history DISABLE TRIGGER ALL; ALTER TABLE archive DISABLE TRIGGER ALL; "
        "DELETE FROM chunk_member; DELETE FROM archive; DELETE FROM link WHERE module = 'invoices'; "
        "DELETE FROM transfer WHERE module = 'invoices'; DELETE FROM record WHERE module = 'invoices'; "
        "DELETE FROM cursor_position"
    )


@pytest.mark.spec("P1", "X-6")
def test_what_somebody_else_has_booked_is_not_sent(grounds: Grounds) -> None:
    firm = _firm(grounds)
    firm.add((), [invoice(1, MADS, is_approved=False)])
    firm.source('UPDATE "Invoice" SET "ForeignInvoiceNumber" = \'4242\', "ApprovalStatus" = 1')
    assert _deliver(firm) == {"1": "invoice_has_number_already"}
    assert firm.writes() == {}
    with firm.company.workplace("form", actor="Vibeke") as workplace, workplace.desk() as desk:
        decide(desk, [], ["1"], "Bogført før")
    assert _deliver(firm) == {}
    assert firm.states() == {"1": "ignored"}
    firm.source('UPDATE "Invoice" SET "ForeignInvoiceNumber" = NULL, "ApprovalStatus" = 0')
    _deliver(firm)
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 1')
    _deliver(firm)
    assert firm.states() == {"1": "delivered"}


@pytest.mark.spec("P1", "P10")
def test_what_records_that_were_lost_have_booked_is_found_again(grounds: Grounds) -> None:
    firm = _firm(grounds)
    firm.add((), [invoice(1, MADS)])
    _deliver(firm)
    before = firm.ledger()["booked"]
    assert firm.source('SELECT "ForeignInvoiceNumber" FROM "Invoice"') == [(str(before[0]["bookedInvoiceNumber"]),)]
    firm.control.mark(firm.agreement)
    _forget_invoices(firm)
    assert _deliver(firm) == {}
    assert (firm.states(), firm.writes()) == ({"1": "delivered"}, {})
    assert firm.ours("SELECT booked_number FROM archive") == [(before[0]["bookedInvoiceNumber"],)]
    assert len(firm.ledger()["booked"]) == 1


@pytest.mark.spec("P1")
def test_so_is_what_older_records_know_as_waiting(grounds: Grounds) -> None:
    """The copy was made while the invoice waited; what we wrote back later is no change that the source reports."""
    firm = _firm(grounds)
    stranger = customer(802)
    firm.add([stranger], [invoice(1, stranger)])
    _deliver(firm)
    assert firm.reasons() == {"1": "customer_not_linked"}
    kept = firm.ours("SELECT content, locator FROM transfer WHERE module = 'invoices'")
    _deliver(firm, Module.CUSTOMERS)
    _deliver(firm)
    assert len(firm.ledger()["booked"]) == 1
    firm.ours(
        "ALTER TABLE archive DISABLE TRIGGER ALL; DELETE FROM archive; "
        "DELETE FROM link WHERE target_kind <> 'customer'; "
        "UPDATE transfer SET state = 'waiting', content = %s, step = NULL, target_draft = NULL, "
        'waits_for = \'customer:802\', reason = \'{"code": "customer_not_linked", "values": {}}\' '
        "WHERE module = 'invoices' AND locator = %s",
        *kept[0],
    )
    _deliver(firm)
    assert firm.states() == {"1": "delivered"}
    assert len(firm.ledger()["booked"]) == 1
    assert firm.ledger()["drafts"] == []


@pytest.mark.spec("P1", "X-7")
def test_taking_the_number_away_and_clearing_sends_it(grounds: Grounds) -> None:
    firm = _firm(grounds)
    firm.add((), [invoice(1, MADS, is_approved=False)])
    firm.source('UPDATE "Invoice" SET "ForeignInvoiceNumber" = \'4242\', "ApprovalStatus" = 1')
    red = firm.company.deliver(Module.INVOICES, validated=False)
    firm.source('UPDATE "Invoice" SET "ForeignInvoiceNumber" = NULL')
    assert firm.company.clear(red.run_id).trouble == {}
    assert firm.states() == {"1": "delivered"}


@pytest.mark.spec("P1", "X-8")
def test_so_is_a_draft(grounds: Grounds) -> None:
    firm = _firm(grounds, invoicing={"finish": "draft"})
    firm.add((), [invoice(1, MADS)])
    _deliver(firm)
    _forget_invoices(firm)
    firm.source('UPDATE "Invoice" SET "ForeignInvoiceNumber" = \'12\', "Heading" = \'Nyt\'')
    firm.control.mark(firm.agreement)
    assert _deliver(firm) == {}
    assert [item["notes"]["heading"] for item in firm.ledger()["drafts"]] == ["Nyt"]
    assert "POST /invoices/drafts" not in firm.writes()
