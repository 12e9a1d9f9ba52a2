"""Pictures of finance's pages for the docs: each page in both languages and themes, and a walk from a red lamp to a
booked invoice, by a user with the right to act and no more."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from ledgerbridge.airflow.pages_app import PREFIX
from ledgerbridge.records import Module
from ledgerbridge.store.database import connect
from sandbox.clienttime.live import approve_invoice
from sandbox.demo.house import House
from sandbox.demo.steps import switch_on
from sandbox.economic.control import Control

__all__ = ["LANGUAGES", "PAGES", "STEPS", "THEMES", "take_page_pictures", "take_walk_pictures"]

LANGUAGES: Final = ("da", "en")
THEMES: Final = ("light", "dark")
_PLAN: Final = "plan"
PAGES: Final = (
    "overview",
    "invoices",
    "record",
    "linking",
    "unlinked",
    "workshop",
    "products",
    "reconciliation",
    _PLAN,
    "activation",
)
STEPS: Final = ("1-red-lamp", "2-why-it-waits", "3-tried-again", "4-green-lamp", "5-booked")

_ACTS: Final = "user"
_SETS_UP: Final = "admin"
_SIZE: Final[ViewportSize] = {"width": 1280, "height": 860}
_MILLISECONDS: Final = 60_000
_SECONDS: Final = 120.0


def take_page_pictures(house: House, browser: Browser, folder: Path) -> None:
    """``<page>.<language>.<theme>.png`` of every page, and ``pages.png``: the first one in Airflow's own frame."""
    folder.mkdir(parents=True, exist_ok=True)
    _have_something_to_show(house, browser)
    addresses = dict(zip(PAGES, _addresses(house), strict=True))
    plan = addresses.pop(_PLAN)
    _take_each(house, browser, folder, addresses)
    with _logged_in(house, browser, language="en", theme="light") as page:
        page.goto(f"{house.stack.url}/plugin/ledgerbridge")
        page.frame_locator("iframe").get_by_role("heading", level=1).wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder.parent / "pages.png")
    _approve_unseen(house)
    with _logged_in(house, browser, language="da", theme="light") as page:
        _press(page, house.stack.url + plan, "Lav en prøvekørsel")
    _take_each(house, browser, folder, {_PLAN: plan})


def _take_each(house: House, browser: Browser, folder: Path, addresses: Mapping[str, str]) -> None:
    for language in LANGUAGES:
        for theme in THEMES:
            with _logged_in(house, browser, language=language, theme=theme) as page:
                for name, address in addresses.items():
                    page.goto(house.stack.url + address)
                    page.wait_for_load_state("networkidle")
                    for folded in page.locator("td > details > summary").all()[:1]:
                        folded.click()
                    page.screenshot(path=folder / f"{name}.{language}.{theme}.png")


def _have_something_to_show(house: House, browser: Browser) -> None:
    """Both guides read, and products in use."""
    home, workshop = (f"{house.stack.url}{PREFIX}/{name}" for name in (house.integration.name, _workshop(house)))
    with _logged_in(house, browser, language="da", theme="light", user=_SETS_UP) as page:
        _press(page, f"{home}/products?tab=every", "Læs dem nu")
        for number in ("1010", "2010"):
            page.locator(f'input[name=row][value="{number}"]').check()
        _press(page, None, "Tag de afkrydsede i brug")
        _press(page, f"{workshop}/activation", "Kontrollér nu")
    with _logged_in(house, browser, language="da", theme="light") as page:
        _press(page, f"{home}/customers", "Læs dem nu")
        _press(page, f"{workshop}/customers", "Læs dem nu")


def _approve_unseen(house: House) -> None:
    """An invoice is approved while the module is off; the walk switches it on again."""
    house.client.set_paused(house.integration.dag_id(Module.INVOICES), paused=True)
    with closing(house.source()) as source:
        approve_invoice(source, today=datetime.now(UTC).date(), departments=["10", "20"])


def _press(page: Page, address: str | None, label: str) -> None:
    """Press a button, on the page that is open or another, and wait for what comes of it."""
    if address is not None:
        page.goto(address)
    page.get_by_role("button", name=label).click()
    page.locator(".awaited").first.wait_for()
    page.locator(".awaited").first.wait_for(state="detached")


def _workshop(house: House) -> str:
    if house.workshop is None:
        message = "the pictures show the stand-in's second agreement: take them without ECONOMIC_URL"
        raise RuntimeError(message)
    return house.workshop.name


def _addresses(house: House) -> Sequence[str]:
    home, workshop = (f"{PREFIX}/{name}" for name in (house.integration.name, _workshop(house)))
    held = _one(
        house,
        "SELECT record_id FROM ledgerbridge.transfer WHERE is_newest AND module = 'invoices' AND state = 'rejected'"
        " ORDER BY (reason ->> 'code') = 'invoice_vat_differs' DESC, record_id LIMIT 1",
    )
    return (
        home,
        f"{home}/transfers/invoices",
        f"{home}/records/{held}",
        f"{home}/customers",
        f"{home}/customers?tab=unlinked",
        f"{workshop}/customers",
        f"{home}/products",
        f"{home}/reconciliation",
        f"{home}/plan",
        f"{home}/activation",
    )


def take_walk_pictures(house: House, browser: Browser, folder: Path) -> None:
    """``<step>.png`` in English and ``<step>.da.png`` in Danish.

    The grant is withdrawn and given again at the stand-in, as an accountant does in e-conomic; all else is done on the
    pages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    home = f"{house.stack.url}{PREFIX}/{house.integration.name}"
    switch_on(house, Module.INVOICES)
    with _agreement(house) as (control, agreement), _logged_in(house, browser, language="da", theme="light") as page:
        control.revoke(agreement)
        with closing(house.source()) as source:
            approved = approve_invoice(source, today=datetime.now(UTC).date(), departments=["10", "20"])
        _until(house, page, home, "Forbindelse: stoppet")
        _take(page, folder, STEPS[0])
        record = _record_of(house, approved.source_id)
        page.goto(f"{home}/records/{record}")
        _take(page, folder, STEPS[1])
        control.restore(agreement)
        page.get_by_role("button", name="Prøv igen", exact=True).click()
        page.locator(".answers .good").first.wait_for()
        _take(page, folder, STEPS[2])
        _until(house, page, home, "Forbindelse: i orden")
        _take(page, folder, STEPS[3])
        _until(house, page, f"{home}/records/{record}", "Bogført nr.")
        house.client.trigger(house.integration.dag_id(Module.INVOICES))  # whose end fetches a PDF that came late
        _until(house, page, f"{home}/records/{record}", "Den bogførte faktura (PDF)")
        _take(page, folder, STEPS[4])


@contextmanager
def _agreement(house: House) -> Iterator[tuple[Control, int]]:
    addresses = json.loads((house.folder / "economic.ready").read_text(encoding="utf-8"))
    with Control(addresses["control_url"]) as control:
        found: Any = control.agreements()[0]
        yield control, int(found["agreementNumber"])


def _until(house: House, page: Page, address: str, words: str) -> None:
    """Look at a page until it says so."""

    def look() -> str:
        page.goto(address)
        return page.locator("main").inner_text()

    house.client.wait_for(look, lambda text: words in text, _SECONDS, words)


def _take(page: Page, folder: Path, step: str) -> None:
    """The page as it is, in Danish and then in English; left in Danish."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"{step}.da.png")
    page.get_by_role("button", name="English").click()
    page.locator("html[lang=en]").wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"{step}.png")
    page.get_by_role("button", name="Dansk").click()
    page.locator("html[lang=da]").wait_for()


@contextmanager
def _logged_in(house: House, browser: Browser, *, language: str, theme: Any, user: str = _ACTS) -> Iterator[Page]:
    """A page of a user in a browser of that language and theme; unless told, of the one who may act and no more."""
    context: BrowserContext = browser.new_context(viewport=_SIZE, locale=language, color_scheme=theme)
    with house.stack.client(user) as client:
        host = urlsplit(house.stack.url).hostname
        context.add_cookies([{"name": "_token", "value": client.token, "domain": host or "", "path": "/"}])
    page = context.new_page()
    page.set_default_timeout(_MILLISECONDS)
    yield page
    context.close()


def _record_of(house: House, source_id: str) -> int:
    find = partial(
        _one,
        house,
        "SELECT record_id FROM ledgerbridge.record WHERE module = %s AND source_id = %s",
        Module.INVOICES.value,
        source_id,
    )
    return int(house.client.wait_for(find, lambda found: found is not None, _SECONDS, source_id))


def _one(house: House, statement: str, *values: object) -> Any:
    with closing(connect(house.store_dsn)) as store, store.cursor() as cursor:
        cursor.execute(statement, values)
        row: Any = cursor.fetchone()
        return next(iter(row.values())) if row else None
