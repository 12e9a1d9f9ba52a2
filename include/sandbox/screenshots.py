"""``make screenshots``: the docs' pictures, taken from the running demo with the distribution's Chromium."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from ledgerbridge.records import Module
from sandbox.demo.first_sync import export_reports, reconcile_now, watch_first_sync
from sandbox.demo.house import ROOT, House, open_house
from sandbox.demo.options import read_options
from sandbox.demo.steps import prepare_airflow
from sandbox.page_pictures import take_page_pictures, take_walk_pictures
from sandbox.processes import stop_on_signals

__all__ = ["main"]

PICTURES = ROOT / "docs" / "pictures"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# A machine without a way to the outside must not wait for the browser's own errands.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
MILLISECONDS = 60_000


def main() -> int:
    """Run the demo's first sync in a folder of its own, made anew, and take the pictures."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print("No Chromium was found; install the distribution's package «chromium».", file=sys.stderr)
        return 2
    options = replace(read_options(), folder=ROOT / "var" / "pictures")
    shutil.rmtree(options.folder, ignore_errors=True)
    with stop_on_signals(), open_house(options) as house:
        prepare_airflow(house, print)
        watch_first_sync(house, print)
        reconcile_now(house)
        export_reports(house)
        take_pictures(house, browser)
    return 0


def take_pictures(house: House, browser: str) -> None:
    """All pictures into ``docs/pictures``."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with _opened(browser) as opened:
        page = opened.new_page(viewport={"width": 1360, "height": 900}, locale="en-GB")
        page.set_default_timeout(MILLISECONDS)
        report = house.folder / "reconciliation.en.html"
        _take_report(page, report, PICTURES / "reconciliation.png")
        _take_report(page, house.folder / "reconciliation.da.html", PICTURES / "reconciliation.da.png")
        _log_in(page, house)
        _take_dags(page, house, PICTURES / "dags.png")
        _take_red_task(page, house, PICTURES / "red-task.png")
        take_page_pictures(house, opened, PICTURES / "pages")
        take_walk_pictures(house, opened, PICTURES / "walk")


@contextmanager
def _opened(browser: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=list(ARGUMENTS))
        yield opened
        opened.close()


def _take_report(page: Page, report: Path, picture: Path) -> None:
    page.goto(report.as_uri())
    page.screenshot(path=picture)


def _log_in(page: Page, house: House) -> None:
    page.goto(house.stack.url)
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", house.stack.passwords["admin"])
    page.click("button[type=submit]")
    page.wait_for_url(f"{house.stack.url}/")


def _take_dags(page: Page, house: House, picture: Path) -> None:
    page.goto(f"{house.stack.url}/dags?tags={house.integration.name}")
    page.get_by_text(house.integration.dag_id(Module.INVOICES)).first.wait_for()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=picture)


def _take_red_task(page: Page, house: House, picture: Path) -> None:
    dag_id = house.integration.dag_id(Module.INVOICES)
    for run in house.client.dag_runs(dag_id):
        for item in house.client.task_instances(dag_id, run.run_id):
            if item.task_id == "load" and item.state == "failed":
                path = f"/dags/{dag_id}/runs/{run.run_id}/tasks/load/mapped/{item.map_index}?log_level=error"
                page.goto(house.stack.url + path)
                page.get_by_text("[chunk_has_rejections]").first.click()  # folds the traceback away
                page.keyboard.press("w")  # wraps long lines
                page.wait_for_load_state("networkidle")
                page.screenshot(path=picture)
                return


if __name__ == "__main__":
    sys.exit(main())
