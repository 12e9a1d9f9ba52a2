"""Whose business an invoice is: another integration's on one agreement, and those from before the take-over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from ledgerbridge.comparing.run import Reconciled, reconcile
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

NORDLYS = customer(501, name="Nordlys Revision ApS")
SYDVIND = customer(502, name="Tømrerfirmaet Sydvind A/S")
PERIOD = Period(date(2025, 1, 1), None)
TAKE_OVER = "2026-01-01"
BEFORE, AFTER = date(2025, 11, 3), date(2026, 2, 2)


@pytest.fixture(scope="module")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    with Grounds.opened(tmp_path_factory.mktemp("grounds")) as opened:
        yield opened


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
        integration=firm.company.integration.model_copy(update={"name": name}),
        addresses=replace(host.addresses, source_dsn=firm.company.source_owner_dsn),
        tokens=host.tokens,
    )
    company.switch_on()
    return replace(firm, company=company)


@pytest.mark.spec("X-1", "X-8")
@pytest.mark.parametrize("finish", ["book", "draft"])
def test_names_that_begin_alike_see_none_of_each_others_invoices(grounds: Grounds, finish: str) -> None:
    settings = {"invoicing": {"finish": finish}}
    acme = named(grounds.firm([NORDLYS], [invoice(n, NORDLYS) for n in (1, 2)], **settings), "acme")
    other = grounds.firm([SYDVIND], [invoice(n, SYDVIND) for n in (2, 3, 4)], **settings)
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
