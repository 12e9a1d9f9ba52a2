"""The first sync, watched: customers, then invoices, then the comparison of both sides."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial

from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.reports import ReportFormat, read_report
from ledgerbridge.records import Module
from ledgerbridge.store.database import connect
from sandbox.airflow_client import DagRun
from sandbox.demo.house import House
from sandbox.demo.states import states_of
from sandbox.demo.steps import run_form, switch_on

__all__ = ["export_reports", "reconcile_now", "report_name", "watch_first_sync"]

_SECONDS = 240.0
_BETWEEN_LINES = 3.0


def watch_first_sync(house: House, say: Callable[[str], None]) -> None:
    """Switch the modules on and wait until each has had a run that ended; then one more of the invoices.

    A run may well end red: the example data holds records that need a person, and their chunk says so. The second
    one takes the credit notes of what the first has booked, as the interval would.

    Raises:
        TimeoutError: a module's run did not end.
    """
    for module in (Module.CUSTOMERS, Module.INVOICES):
        dag_id = house.integration.dag_id(module)
        before = house.client.dag_runs(dag_id)
        switch_on(house, module)
        _watch(house, dag_id, _Progress(house, module, say), is_first=not before)
    if not before:
        say("invoices: once more, for the credit notes of what was just booked")
        house.client.trigger(dag_id)
        _watch(house, dag_id, _Progress(house, Module.INVOICES, say), is_first=False)


def _watch(house: House, dag_id: str, progress: _Progress, *, is_first: bool) -> None:
    def look() -> list[DagRun]:
        progress.tell()
        return house.client.dag_runs(dag_id)

    def is_over(runs: list[DagRun]) -> bool:
        return (bool(runs) or not is_first) and all(run.finished for run in runs)

    house.client.wait_for(look, is_over, _SECONDS, dag_id)
    progress.tell(is_last=True)


class _Progress:
    """One line whenever the counts have moved."""

    def __init__(self, house: House, module: Module, say: Callable[[str], None]) -> None:
        self._house, self._module, self._say = house, module, say
        self._told: Mapping[str, int] = {}
        self._told_at = 0.0

    def tell(self, *, is_last: bool = False) -> None:
        states = states_of(self._house, self._module)
        moved = bool(states) and states != self._told and time.monotonic() - self._told_at > _BETWEEN_LINES
        if is_last or moved:
            self._told, self._told_at = states, time.monotonic()
            counts = ", ".join(f"{number} {state}" for state, number in states.items())
            self._say(f"{self._module}: {counts or 'nothing to do'}")


def reconcile_now(house: House) -> None:
    """Compare both sides now, after everything that runs.

    Raises:
        DemoFailedError: the comparison failed.
        TimeoutError: something did not come to rest.
    """
    for module in Module:
        dag_id = house.integration.dag_id(module)
        house.client.wait_for(
            partial(house.client.dag_runs, dag_id), lambda runs: all(run.finished for run in runs), _SECONDS, dag_id
        )
    switch_on(house, "reconciliation")
    run_form(house, "reconciliation", {}, task="reconcile")


def export_reports(house: House) -> None:
    """The newest reports as files beside the summary."""
    with closing(connect(house.store_dsn)) as store:
        for language in Language:
            for kind in ReportFormat:
                content = read_report(store, house.integration.name, language, kind)
                (house.folder / f"{report_name(house)}.{language}.{kind}").write_bytes(content)


def report_name(house: House) -> str:
    """What the reports' files begin with: the first integration's are called after nobody."""
    is_first = house.payroll is None or house.integration != house.payroll
    return "reconciliation" if is_first else f"reconciliation.{house.integration.name}"
