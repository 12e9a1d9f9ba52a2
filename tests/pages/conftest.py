"""What the pages' tests share: a firm that has something of everything, its pages, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from porch import LOGIN, Porch, opened
from scenery import there

from ledgerbridge.records import Module
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import Firm, Grounds, customer, invoice
from sandbox.screenshots import ARGUMENTS, BROWSERS


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """One invoice booked, one held for its VAT, one that waits for its customer; one customer that waits."""
    asta, bo = customer(701, name="Asta Smed ApS"), customer(702, name="Bo & Søn")
    off = [amount_line(f"Kopi {n}", "1", "33.34", unit="stk") for n in range(2)]
    invoices = [invoice(1, asta), invoice(2, asta, *off, vat_amount=Decimal("16.68"))]
    firm = grounds.firm([asta], invoices, there=[there(702, "Somebody Else A/S")])
    firm.ours("UPDATE preflight SET resolved = resolved || '{\"customers_at_start\": 0}'")
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add([bo], [invoice(3, bo)])
    for module in Module:
        firm.company.deliver(module, validated=False)
    assert firm.states() == {"1": "delivered", "2": "rejected", "3": "waiting"}
    return firm


@pytest.fixture
def porch(firm: Firm) -> Iterator[Porch]:
    """Its pages."""
    with opened(firm) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium; what needs it is skipped without."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("there is no Chromium on this machine: install the distribution's package «chromium»")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A page of somebody who has logged in; ``options`` are the browser context's."""
    contexts: list[BrowserContext] = []

    def made(porch: Porch, user: str = "Vibeke:act", **options: Any) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, **{"locale": "da-DK", **options})
        contexts.append(context)
        context.add_cookies([{"name": LOGIN, "value": user, "url": porch.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{porch.url}/")
        return page

    yield made
    for context in contexts:
        context.close()
