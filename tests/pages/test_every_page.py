"""Every page in a real browser: accessible, within its own policy, and of use without script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Page
from porch import Porch, carry_out, opened
from scenery import there

from ledgerbridge.comparing.run import reconcile
from ledgerbridge.pages.works import Right
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

Visit = Callable[..., Page]


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


@pytest.fixture(scope="module")
def full(servers: Grounds) -> Iterator[tuple[Firm, Porch]]:
    """A firm with something on every page. It is made once: whoever looks at it leaves it as it is."""
    ours = [customer(1, name="Nordlys Revision A/S", cvr="13585628"), customer(2, name="Skagen Net"), customer(3)]
    theirs = [there(101, "NORDLYS REVISION", cvr="13585628"), there(102, "Skagen Net A/S"), there(103, "Ene Bjerg I/S")]
    firm = servers.firm(ours, [invoice(1, ours[0]), invoice(2, ours[2])], there=theirs)
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
    servers.clear_away()


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
    context = visit(porch, "Vibeke:set_up").context
    told: list[str] = []
    context.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: told.append(str(error.error)))
    tabs = [context.new_page() for _ in _all_pages(firm)]
    for tab, path in zip(tabs, _all_pages(firm), strict=True):
        tab.goto(porch.url + path, wait_until="commit")
    for tab in tabs:
        tab.wait_for_load_state("networkidle")
    assert [line for line in told if "404" not in line] == []


def test_the_report_is_seen_in_its_frame(full: tuple[Firm, Porch], visit: Visit) -> None:
    firm, porch = full
    page = visit(porch)
    page.goto(f"{porch.url}/{firm.name}/reconciliation")
    assert page.frame_locator("iframe.report").locator("h1").inner_text()


@pytest.mark.spec("LK-3")
def test_everything_works_without_script(full: tuple[Firm, Porch], visit: Visit) -> None:
    firm, porch = full  # it links one customer: last, though nothing above minds
    page = visit(porch, java_script_enabled=False)
    page.goto(f"{porch.url}/{firm.name}/customers?tab=one")
    page.locator('input[name=row][value="101"]').check()
    page.get_by_role("button", name="Sammenkæd de afkrydsede").click()
    carry_out(firm)
    page.goto(f"{porch.url}/{firm.name}/customers?tab=one")
    assert "er knyttet til 101" in page.locator(".answers").inner_text()
