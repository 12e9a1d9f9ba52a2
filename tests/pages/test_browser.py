"""The pages in a real browser: accessible, by keyboard alone, without script, from each start to an invoice (LK-4)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.resources import files
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from porch import LOGIN, Porch, carry_out, opened
from scenery import there

from ledgerbridge.comparing.run import reconcile
from ledgerbridge.delivery import activation
from ledgerbridge.pages.works import Right
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from sandbox.clienttime.rows import CustomerRow
from sandbox.grounds import TODAY, Firm, Grounds, customer, invoice
from sandbox.screenshots import ARGUMENTS, BROWSERS

MILLISECONDS = 15_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("there is no Chromium on this machine: install the distribution's package «chromium»")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield started
        started.close()


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """A page of somebody who has logged in; ``options`` are the browser context's."""
    contexts: list[BrowserContext] = []

    def made(porch: Porch, user: str = "Vibeke:act", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **{"locale": "da-DK", **options})
        contexts.append(context)
        context.add_cookies([{"name": LOGIN, "value": user, "url": porch.url}])
        page = context.new_page()
        page.set_default_timeout(MILLISECONDS)
        page.goto(f"{porch.url}/")
        return page

    yield made
    for context in contexts:
        context.close()


def _all_pages(firm: Firm) -> list[str]:
    records = [row[0] for row in firm.ours("SELECT record_id FROM record ORDER BY record_id")]
    name = firm.name
    return [
        "/",
        f"/{name}",
        *(f"/{name}/transfers/{module}?tab={tab}" for module in Module for tab in ("open", "transferred", "aside")),
        f"/{name}/transfers/invoices?first_day=nonsense",
        *(f"/{name}/records/{record}" for record in records),
        *(f"/{name}/customers?tab={tab}" for tab in ("one", "several", "none", "unlinked")),
        *(f"/{name}/products?tab={tab}" for tab in ("in_use", "every")),
        *(f"/{name}/reconciliation?kind={module}&of=everything" for module in Module),
        f"/{name}/plan",
        f"/{name}/activation",
        f"/{name}/nowhere/at/all",
    ]


@pytest.fixture
def full(grounds: Grounds) -> Iterator[tuple[Firm, Porch]]:
    """A firm with something on every page."""
    ours = [customer(1, name="Nordlys Revision A/S", cvr="13585628"), customer(2, name="Skagen Net"), customer(3)]
    theirs = [there(101, "NORDLYS REVISION", cvr="13585628"), there(102, "Skagen Net A/S"), there(103, "Ene Bjerg I/S")]
    firm = grounds.firm(ours, [invoice(1, ours[0]), invoice(2, ours[2])], there=theirs)
    firm.ours("UPDATE preflight SET resolved = resolved || '{\"customers_at_start\": 0}'")
    for _ in range(2):
        for module in Module:
            firm.company.deliver(module, validated=False)
    for number in (1, 2):
        with firm.company.workplace(f"reconciliation/{number}") as workplace:
            reconcile(workplace, Period(None, None))
    with opened(firm) as porch, porch.client() as http:
        http.post(f"/{firm.name}/customers", data={"action": "look"})
        with porch.client(Right.SET_UP) as setting_up:
            for form in ({"action": "look"}, {"action": "use", "row": ["1010", "2010"]}):
                setting_up.post(f"/{firm.name}/products", data=form)
                carry_out(firm)
        yield firm, porch


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_page_is_accessible(full: tuple[Firm, Porch], visit: Visit, language: str, theme: str) -> None:
    firm, porch = full
    rules = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    page = visit(porch, "Vibeke:set_up", locale=language, color_scheme=theme, bypass_csp=True)
    found = []
    for path in _all_pages(firm):
        page.goto(porch.url + path)
        page.evaluate(rules)
        result = page.evaluate("axe.run(document, {resultTypes: ['violations'], iframes: false})")
        assert result["testEngine"]["name"] == "axe-core"
        for violation in result["violations"]:
            if violation["impact"] in {"serious", "critical"}:
                nodes = [node["html"][:160] for node in violation["nodes"]]
                found.append((path, violation["id"], nodes[:2]))
    assert found == []


def test_no_page_breaks_its_own_policy(full: tuple[Firm, Porch], visit: Visit) -> None:
    firm, porch = full
    page = visit(porch, "Vibeke:set_up")
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    for path in _all_pages(firm):
        page.goto(porch.url + path)
        page.wait_for_load_state("networkidle")
    assert [line for line in told if "404" not in line] == []


def test_the_report_is_seen_in_its_frame(full: tuple[Firm, Porch], visit: Visit) -> None:
    firm, porch = full
    page = visit(porch)
    page.goto(f"{porch.url}/{firm.name}/reconciliation")
    assert page.frame_locator("iframe.report").locator("h1").inner_text()


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


@pytest.mark.spec("LK-3")
def test_everything_works_without_script(full: tuple[Firm, Porch], visit: Visit) -> None:
    firm, porch = full
    page = visit(porch, java_script_enabled=False)
    page.goto(f"{porch.url}/{firm.name}/customers?tab=one")
    page.locator('input[name=row][value="101"]').check()
    page.get_by_role("button", name="Sammenkæd de afkrydsede").click()
    carry_out(firm)
    page.goto(f"{porch.url}/{firm.name}/customers?tab=one")
    assert "er knyttet til 101" in page.locator(".answers").inner_text()


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
