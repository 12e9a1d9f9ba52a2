"""Both sides as they are read: whose business an invoice is, what was accepted, and what our own records know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledgerbridge.comparing.run import Reconciled, reconcile
from ledgerbridge.delivery.invoice_decisions import decide
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import Firm, Grounds, customer, invoice

NORDLYS = customer(501, name="Nordlys Revision ApS")
SYDVIND = customer(502, name="Tømrerfirmaet Sydvind A/S")
PERIOD = Period(date(2025, 1, 1), None)
TAKE_OVER = "2026-01-01"
BEFORE, AFTER = date(2025, 11, 3), date(2026, 2, 2)


def compared(firm: Firm) -> Reconciled:
    with firm.company.workplace("reconciliation") as workplace:
        return reconcile(workplace, PERIOD)


def deliver(firm: Firm) -> None:
    for module in Module:
        firm.company.deliver(module, validated=False)


def named(firm: Firm, name: str, on: Firm | None = None) -> Firm:
    """The firm under another name; ``on`` the agreement, and in the database of ours, of another firm."""
    host = (on or firm).company
    company = replace(
        firm.company,
        integration=firm.company.integration.model_copy(update={"name": name, "target": host.integration.target}),
        addresses=replace(host.addresses, source_dsn=firm.company.source_owner_dsn),
        accounts=host.accounts,
    )
    company.switch_on()
    return replace(firm, company=company)


@pytest.mark.spec("X-1", "X-8")
@pytest.mark.parametrize("finish", ["book", "draft"])
def test_names_that_begin_alike_see_none_of_each_others_invoices(new_firm: Callable[..., Firm], finish: str) -> None:
    settings = {"invoicing": {"finish": finish}}
    acme = named(new_firm([NORDLYS], [invoice(n, NORDLYS) for n in (1, 2)], **settings), "acme")
    other = new_firm([SYDVIND], [invoice(n, SYDVIND) for n in (2, 3, 4)], **settings)
    acme_2 = named(other, "acme_2", on=acme)
    deliver(acme)
    deliver(acme_2)
    assert len(acme.locators()) == 5
    agrees = "agrees" if finish == "book" else "awaits_booking"
    assert compared(acme).invoices.counts == {agrees: 2}
    assert compared(acme_2).invoices.counts == {agrees: 3}


@pytest.mark.spec("X-1")
def test_an_invoice_of_ours_that_the_source_has_lost_is_told(grounds: Grounds) -> None:
    """Its locator is our own; that no source record has it makes it a finding, not another integration's."""
    firm = grounds.firm([NORDLYS], [invoice(1, NORDLYS), invoice(2, NORDLYS)])
    deliver(firm)
    firm.source('DELETE FROM "InvoiceLine" WHERE "InvoiceID" = 2')
    firm.source('DELETE FROM "Invoice" WHERE "InvoiceID" = 2')
    assert compared(firm).invoices.counts == {"agrees": 1, "missing_in_source": 1}


@pytest.mark.parametrize("capture", ["triggers", "polling"])
def test_an_invoice_from_before_the_take_over_is_nobodys_business(grounds: Grounds, capture: str) -> None:
    firm = grounds.firm(
        [NORDLYS],
        [invoice(1, NORDLYS, invoice_date=BEFORE), invoice(2, NORDLYS, invoice_date=AFTER)],
        source={"invoices_from": TAKE_OVER, "change_capture": capture},
    )
    deliver(firm)
    assert firm.states() == {"2": "delivered"}
    firm.source('UPDATE "Invoice" SET "Heading" = %s, "UpdatedAt" = now()', "Rettet")
    firm.add((), [invoice(3, NORDLYS, invoice_date=BEFORE), invoice(4, NORDLYS, invoice_date=date(2026, 1, 1))])
    deliver(firm)
    assert set(firm.states()) == {"2", "4"}
    assert len(firm.locators()) == 2
    found = compared(firm).invoices
    assert sum(found.counts.values()) == 2
    assert "missing_in_target" not in found.counts
    assert found.totals.is_complete


@pytest.mark.spec("X-8")
def test_what_was_taken_up_before_is_followed_to_its_end(grounds: Grounds) -> None:
    firm = grounds.firm([NORDLYS], [invoice(1, NORDLYS, invoice_date=BEFORE)], invoicing={"finish": "draft"})
    deliver(firm)
    firm = firm.with_settings(source={"invoices_from": TAKE_OVER})
    firm.source('UPDATE "Invoice" SET "Heading" = %s', "Rettet")
    firm.add((), [invoice(2, NORDLYS, invoice_date=BEFORE)])
    deliver(firm)
    assert [draft["notes"]["heading"] for draft in firm.ledger()["drafts"]] == ["Rettet"]
    assert compared(firm).invoices.counts == {"awaits_booking": 1}
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 1')
    deliver(firm)
    assert firm.ledger()["drafts"] == []
    assert firm.states() == {"1": "withdrawn"}


FORGET = """
DELETE FROM archive; DELETE FROM chunk_member WHERE transfer_id IN (SELECT transfer_id FROM transfer WHERE {which});
DELETE FROM link WHERE {which}; DELETE FROM transfer WHERE {which}; DELETE FROM record WHERE {which}; SELECT 1
"""


def off(number: int, vat: str = "16.68") -> Any:
    """An invoice whose VAT the target computes otherwise: 16.67 of two times 33.34."""
    lines = [amount_line(f"Kopi {n}", "1", "33.34", unit="stk") for n in range(2)]
    return invoice(number, NORDLYS, *lines, vat_amount=Decimal(vat))


def decided(firm: Firm, accepted: list[str], set_aside: list[str]) -> None:
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        decide(desk, accepted, set_aside, "dobbelt")


def book_by_hand(firm: Firm) -> None:
    draft = firm.ledger()["drafts"][0]["draftInvoiceNumber"]
    body = {"draftInvoice": {"draftInvoiceNumber": draft}}
    status, _ = firm.control.act(firm.agreement, "POST", "/invoices/booked", body)
    assert status < 300


def told(firm: Firm) -> list[str]:
    """The codes of what the newest comparison of invoices found."""
    rows = firm.ours(
        "SELECT r ->> 'code' FROM reconciliation_item, jsonb_array_elements(reasons) r WHERE reconciliation_id = "
        "(SELECT max(reconciliation_id) FROM reconciliation WHERE kind = 'invoices') ORDER BY position"
    )
    return [code for (code,) in rows]


@pytest.mark.spec("X-1", "X-8")
@pytest.mark.parametrize("finish", ["book", "draft"])
def test_what_was_delivered_after_the_backup_is_named_before_it_is_sent_again(grounds: Grounds, finish: str) -> None:
    firm = grounds.firm([NORDLYS], [invoice(1, NORDLYS), invoice(2, NORDLYS)], invoicing={"finish": finish})
    deliver(firm)
    agrees = "agrees" if finish == "book" else "awaits_booking"
    assert compared(firm).invoices.counts == {agrees: 2}
    firm.ours(
        FORGET.format(which="module = 'invoices' AND record_id IN (SELECT record_id FROM record WHERE source_id = '1')")
    )
    found = compared(firm).invoices
    assert found.counts == {agrees: 1, "unknown_here": 1}
    assert "reconciliation_unknown_here" in told(firm)


def test_one_that_waited_at_the_time_of_the_backup_is_named_too(grounds: Grounds) -> None:
    firm = grounds.firm([NORDLYS], [invoice(1, NORDLYS)])
    deliver(firm)
    firm.ours("DELETE FROM archive; DELETE FROM link WHERE module = 'invoices'; SELECT 1")
    forgotten = "first_sent_at = NULL, generation = 1, target_draft = NULL, step = NULL, idempotency_key = NULL"
    firm.ours(
        f"UPDATE transfer SET state = 'waiting', waits_for = 'run', {forgotten} WHERE module = 'invoices'; SELECT 1"
    )
    assert compared(firm).invoices.counts == {"unknown_here": 1}


@pytest.mark.parametrize("fault", ["drop_before", "drop_after_commit"])
def test_what_is_in_doubt_was_sent_by_us(grounds: Grounds, fault: str) -> None:
    firm = grounds.firm([NORDLYS])
    deliver(firm)
    firm.add((), [invoice(1, NORDLYS)])
    rule = {"agreement": firm.agreement, "method": "POST", "path": "/invoices/drafts$", "nth": 1}
    firm.control.add_fault(fault, match=rule)
    deliver(firm)
    assert firm.states() == {"1": "in_doubt"}
    expected = {"drop_before": "in_doubt", "drop_after_commit": "still_draft"}[fault]
    assert compared(firm).invoices.counts == {expected: 1}


@pytest.mark.spec("CT-19")
def test_a_difference_in_vat_that_nobody_accepted_stays_a_difference(grounds: Grounds) -> None:
    firm = grounds.firm([NORDLYS], [off(1, vat="10.00")])
    for module in Module:
        run = firm.company.deliver(module, validated=False)
    assert firm.reasons() == {"1": "invoice_vat_differs"}
    book_by_hand(firm)
    assert "amount" in _classes(firm)
    firm.company.clear(run.run_id)
    assert firm.reasons() == {"1": "invoice_booked_with_difference"}
    assert "amount" in _classes(firm)
    assert "accepted_difference" not in _classes(firm)


def _classes(firm: Firm) -> set[str]:
    compared(firm)
    rows = firm.ours(
        "SELECT unnest(classes) FROM reconciliation_item WHERE reconciliation_id = "
        "(SELECT max(reconciliation_id) FROM reconciliation WHERE kind = 'invoices')"
    )
    return {name for (name,) in rows}


@pytest.mark.spec("CT-19")
def test_what_a_person_accepted_is_listed_as_accepted(grounds: Grounds) -> None:
    firm = grounds.firm([NORDLYS], [off(1)])
    deliver(firm)
    decided(firm, ["1"], [])
    deliver(firm)
    assert compared(firm).invoices.counts == {"accepted_difference": 1}
    firm.ours(
        "UPDATE transfer SET accepted_target = '16.66 / 83.34', warnings = '[]' WHERE module = 'invoices'; SELECT 1"
    )
    assert compared(firm).invoices.counts == {"amount": 1}  # other figures than the ones that were booked


@pytest.mark.spec("CT-19")
def test_what_the_setting_let_pass_stays_accepted_when_it_is_lowered(grounds: Grounds) -> None:
    firm = grounds.firm([NORDLYS], [off(1)], invoicing={"accepted_vat_rounding": "0.01"})
    deliver(firm)
    assert compared(firm).invoices.counts == {"accepted_difference": 1}
    assert compared(firm.with_settings(invoicing={"accepted_vat_rounding": "0.00"})).invoices.counts == {
        "accepted_difference": 1
    }


@pytest.mark.spec("P16")
def test_a_draft_of_an_invoice_that_was_set_aside_is_no_difference(grounds: Grounds) -> None:
    firm = grounds.firm([NORDLYS], [off(1)])
    deliver(firm)
    decided(firm, [], ["1"])
    deliver(firm)
    found = compared(firm).invoices
    assert len(firm.ledger()["drafts"]) == 1
    assert found.counts == {"ignored": 1}
    assert found.agrees
    assert all(row.agrees for row in found.totals.control)
    assert told(firm) == ["reconciliation_ignored_draft_remains"]


def test_a_number_is_promised_only_where_the_integration_books(grounds: Grounds) -> None:
    firm = grounds.firm([NORDLYS], [invoice(1, NORDLYS)], invoicing={"finish": "draft"})
    deliver(firm)
    book_by_hand(firm)
    deliver(firm)
    compared(firm)
    assert told(firm) == ["reconciliation_number_booked_by_hand"]
