"""The pages in a real browser: by keyboard alone, and from each start to an invoice (LK-4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Page
from porch import Porch, carry_out, opened
from scenery import there

from ledgerbridge.delivery import activation
from ledgerbridge.records import Module
from sandbox.clienttime.rows import CustomerRow
from sandbox.grounds import TODAY, Firm, Grounds, customer, invoice

Visit = Callable[..., Page]


@pytest.mark.spec("CT-19")
def test_by_keyboard_alone(porch: Porch, firm: Firm, visit: Visit) -> None:
    """From the first page to the invoice that is held, and its difference accepted, without a mouse."""
    page = visit(porch)
    _tab_to(page, "1 faktura")
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/*")
    _tab_to(page, "Acceptér momsforskellen")
    page.keyboard.press("Enter")
    page.get_by_text("Vibeke har bedt om").wait_for()
    carry_out(firm)
    page.get_by_text("er accepteret").first.wait_for()  # the page looks again by itself
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states()["2"] == "delivered"


def _tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says ``words``; whoever cannot see where they are cannot go on."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const it = document.activeElement, style = getComputedStyle(it);"
            " return [it.textContent.trim(), style.outlineStyle]; }"
        )
        if words in focused[0]:
            assert focused[1] != "none", f"nobody sees that «{words}» has the focus"
            return
    pytest.fail(f"«{words}» cannot be reached by keyboard")


# LK-4: from nothing to the first invoice in the accounts, as a bookkeeper walks it.

NORDLYS = customer(11, name="Nordlys Revision A/S", cvr="13585628")
BJERG = customer(12, name="Ene Bjerg I/S")


def _work(firm: Firm) -> None:
    """What the DAGs do once somebody has pressed a button: the wishes first, then the modules that they woke."""
    carry_out(firm)
    with firm.company.workplace("look") as workplace, workplace.desk() as desk:
        if activation.missing(desk):
            return
    for module in Module:
        firm.company.deliver(module, validated=False)


def _press(page: Page, firm: Firm, label: str) -> None:
    """Press a button and wait until the page tells what came of it."""
    page.get_by_role("button", name=label, exact=False).click()
    page.locator(".awaited").first.wait_for()
    _work(firm)
    page.locator(".awaited").first.wait_for(state="detached")


def _switch_on(page: Page, porch: Porch, firm: Firm) -> None:
    page.goto(f"{porch.url}/{firm.name}/activation")
    _press(page, firm, "Kontrollér nu")
    for box in page.get_by_label("Jeg har set efter").all():
        box.check()
    _press(page, firm, "Sæt integrationen i gang")
    assert "Sat i gang af Vibeke" in page.locator("main").inner_text()


def _guide(page: Page, porch: Porch, firm: Firm, tab: str) -> None:
    page.goto(f"{porch.url}/{firm.name}/customers?tab={tab}")


@pytest.fixture
def served() -> Iterator[Callable[[Firm], tuple[Firm, Porch]]]:
    """Serves a firm that nobody has switched on."""
    with ExitStack() as porches:

        def serve(firm: Firm) -> tuple[Firm, Porch]:
            firm.ours("DELETE FROM confirmation; DELETE FROM preflight")
            return firm, porches.enter_context(opened(firm))

        yield serve


@pytest.fixture
def start(
    grounds: Grounds, served: Callable[[Firm], tuple[Firm, Porch]]
) -> Callable[[list[CustomerRow], list[dict[str, Any]]], tuple[Firm, Porch]]:
    """A firm with these customers on either side."""
    return lambda ours, theirs: served(grounds.firm(ours, there=theirs))


def _first_invoice(page: Page, porch: Porch, firm: Firm, of: CustomerRow) -> None:
    """The first invoice is approved, booked, and seen on the page."""
    firm.add([], [invoice(1, of)])
    _work(firm)
    page.goto(f"{porch.url}/{firm.name}/transfers/invoices?tab=transferred")
    assert "Bogført nr." in page.locator("table").inner_text()
    (booked,) = firm.ledger()["booked"]
    assert str(booked["customer"]["customerNumber"]) == _links(firm)[str(of.id)]


def _links(firm: Firm) -> dict[str, str]:
    query = "SELECT source_id, target_id FROM link JOIN record USING (record_id) WHERE link.module = 'customers'"
    return dict(firm.ours(query))


@pytest.mark.spec("LK-4", "CT-10", "TL-12")
def test_both_empty(start: Callable[..., tuple[Firm, Porch]], visit: Visit) -> None:
    firm, porch = start([], [])
    page = visit(porch, "Vibeke:set_up")
    _switch_on(page, porch, firm)
    firm.add([NORDLYS])
    _first_invoice(page, porch, firm, NORDLYS)
    assert firm.ours("SELECT target_id FROM link WHERE module = 'customers'") == [("11",)]


@pytest.mark.spec("LK-4", "CT-10", "TL-12")
def test_only_the_source_has_data(start: Callable[..., tuple[Firm, Porch]], visit: Visit) -> None:
    firm, porch = start([NORDLYS, BJERG], [])
    page = visit(porch, "Vibeke:set_up")
    assert firm.ledger()["customers"] == []
    _switch_on(page, porch, firm)
    _work(firm)
    assert sorted(item["customerNumber"] for item in firm.ledger()["customers"]) == [11, 12], "all are copied"
    _first_invoice(page, porch, firm, NORDLYS)


@pytest.mark.spec("LK-4", "CT-10", "LK-3", "TL-12")
def test_only_the_target_has_data(start: Callable[..., tuple[Firm, Porch]], visit: Visit) -> None:
    """New customers are always made in ClientView: the guide lists those that are to be made, and then pairs them."""
    firm, porch = start([], [there(501, "Nordlys Revision", cvr="13585628"), there(502, "Ene Bjerg I/S")])
    page = visit(porch, "Vibeke:set_up")
    _switch_on(page, porch, firm)
    _guide(page, porch, firm, "none")
    _press(page, firm, "Læs dem nu")
    listed = page.locator("table").inner_text()
    assert "501" in listed
    assert "502" in listed
    assert "Nye kunder oprettes altid i ClientTime" in page.locator("main").inner_text()
    firm.add([NORDLYS])  # somebody has made the customer there
    _work(firm)
    assert firm.ours("SELECT count(*) FROM link WHERE module = 'customers'") == [(0,)]
    _guide(page, porch, firm, "one")
    _press(page, firm, "Læs dem nu")
    page.locator('input[name=row][value="501"]').check()
    _press(page, firm, "Sammenkæd de afkrydsede")
    _first_invoice(page, porch, firm, NORDLYS)


@pytest.mark.spec("LK-4", "CT-10", "CT-12", "TL-12")
def test_both_have_data(start: Callable[..., tuple[Firm, Porch]], visit: Visit) -> None:
    firm, porch = start([NORDLYS, BJERG], [there(501, "Nordlys Revision", cvr="13585628"), there(502, "Tredje Mand")])
    page = visit(porch, "Vibeke:set_up")
    _switch_on(page, porch, firm)
    _work(firm)
    assert len(firm.ledger()["customers"]) == 2, "nothing is created before the linking is done"
    _guide(page, porch, firm, "one")
    _press(page, firm, "Læs dem nu")
    page.get_by_role("button", name="Sæt kryds ved alle med gensidigt forslag").click()
    _press(page, firm, "Sammenkæd de afkrydsede")
    _guide(page, porch, firm, "unlinked")
    page.locator('input[name=row][value="12"]').check()
    _press(page, firm, "Opret de afkrydsede")
    _press(page, firm, "Sammenkædningen er færdig")
    assert _links(firm) == {"11": "501", "12": "12"}
    firm.add([], [invoice(1, NORDLYS)])
    _work(firm)
    page.goto(f"{porch.url}/{firm.name}/transfers/invoices?tab=transferred")
    assert "Bogført nr." in page.locator("table").inner_text()
    (booked,) = firm.ledger()["booked"]
    assert booked["customer"]["customerNumber"] == 501


# The same starts with a source that takes customers (LK-3): what ClientTime leaves to a person, the guide does there.

DRILL = "INSERT INTO kunde (nummer, navn, telefon, cvr) VALUES (%s, %s, %s, %s)"


@pytest.fixture
def workshop(
    grounds: Grounds, served: Callable[[Firm], tuple[Firm, Porch]]
) -> Callable[[list[dict[str, Any]]], tuple[Firm, Porch]]:
    """A workshop with these customers in the accounts."""
    return lambda theirs: served(grounds.workshop(there=theirs))


def _first_job(page: Page, porch: Porch, firm: Firm, kunde_id: str) -> None:
    """As :func:`_first_invoice`, of the workshop."""
    firm.source(
        "INSERT INTO faktura (nummer, kunde_id, dato, forfald, netto, moms) VALUES ('F1', %s, %s, %s, 100, 25)",
        kunde_id,
        TODAY,
        TODAY,
    )
    firm.source(
        "INSERT INTO fakturalinje (faktura_id, nr, tekst, antal, pris, netto) VALUES (1, 1, 'Drejning', 1, 100, 100)"
    )
    firm.source("UPDATE faktura SET godkendt = now()")
    _work(firm)
    page.goto(f"{porch.url}/{firm.name}/transfers/invoices?tab=transferred")
    assert "Bogført nr." in page.locator("table").inner_text()
    (booked,) = firm.ledger()["booked"]
    assert str(booked["customer"]["customerNumber"]) == _links(firm)[kunde_id]
    assert firm.source("SELECT regnskab_nr FROM faktura") == [(str(booked["bookedInvoiceNumber"]),)]


@pytest.mark.spec("LK-4", "CT-10", "LK-3", "TL-12")
def test_only_the_target_has_data_and_the_source_takes_it(
    workshop: Callable[..., tuple[Firm, Porch]], visit: Visit
) -> None:
    firm, porch = workshop([there(501, "Nordlys Revision", cvr="13585628"), there(502, "Ene Bjerg I/S")])
    page = visit(porch, "Vibeke:set_up")
    _switch_on(page, porch, firm)
    _guide(page, porch, firm, "none")
    _press(page, firm, "Læs dem nu")
    for number in ("501", "502"):
        page.locator(f'input[name=row][value="{number}"]').check()
    _press(page, firm, "Opret de afkrydsede i Sagsbog")
    assert "findes nu i tidssystemet" in page.locator(".answers").inner_text()
    assert firm.source("SELECT nummer, navn, regnskab_nr FROM kunde ORDER BY nummer") == [
        ("501", "Nordlys Revision", "501"),
        ("502", "Ene Bjerg I/S", "502"),
    ]
    assert len(firm.ledger()["customers"]) == 2
    _press(page, firm, "Sammenkædningen er færdig")
    _first_job(page, porch, firm, firm.source("SELECT kunde_id::text FROM kunde WHERE nummer = '501'")[0][0])


@pytest.mark.spec("LK-4", "CT-10", "LK-3", "TL-12")
def test_both_have_data_and_the_targets_stand(workshop: Callable[..., tuple[Firm, Porch]], visit: Visit) -> None:
    theirs = [there(501, "NORDLYS REVISION A/S", cvr="13585628", phone="86 12 34 56"), there(502, "Tredje Mand")]
    firm, porch = workshop(theirs)
    firm.source(DRILL, "11", "Nordlys Revision", "11 11 11 11", "13585628")
    page = visit(porch, "Vibeke:set_up")
    _switch_on(page, porch, firm)
    _work(firm)
    _guide(page, porch, firm, "one")
    _press(page, firm, "Læs dem nu")
    page.get_by_role("button", name="Sæt kryds ved alle med gensidigt forslag").click()
    _press(page, firm, "Sammenkæd de afkrydsede (data i e-conomic gælder)")
    assert firm.source("SELECT navn, telefon, regnskab_nr FROM kunde") == [
        ("NORDLYS REVISION A/S", "86 12 34 56", "501")
    ]
    _press(page, firm, "Sammenkædningen er færdig")
    assert _links(firm) == {"1": "501"}
    _first_job(page, porch, firm, "1")
