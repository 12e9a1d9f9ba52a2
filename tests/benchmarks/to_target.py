"""From the commit in the time system to the accounts, through Airflow: single changes, one after the other.

The demo's house is used: PostgreSQL, the stand-in and Airflow's own processes, all on this machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from plan import Plan

from ledgerbridge.records import Module
from sandbox.airflow_client import TaskInstance
from sandbox.clienttime.live import LiveChange, approve_invoice, change_address
from sandbox.demo.first_sync import watch_first_sync
from sandbox.demo.house import House, open_house
from sandbox.demo.live import Live, watch
from sandbox.demo.options import Options
from sandbox.demo.steps import prepare_airflow, switch_on
from sandbox.economic.control import Control

__all__ = ["LiveTrial", "live_trials"]

_SECONDS = 120.0
_LATENCY_MS = 50
_TASKS = ("extract", "validate", "transform", "load")


@dataclass(frozen=True, slots=True)
class LiveTrial:
    """One change. ``spans``: where its seconds went, from the commit to the answer, in their order."""

    module: str
    seconds: float
    spans: dict[str, float] = field(default_factory=dict)


def live_trials(plan: Plan, folder: Path, say: Callable[[str], None]) -> Iterator[LiveTrial]:
    """Invoices that are approved and customers that move, in turn."""
    options = Options(
        once=True, folder=folder, economic_url=None, apis_url="", app_secret_token="", agreement_grant_token=""
    )
    with open_house(options) as house:
        prepare_airflow(house, say)
        watch_first_sync(house, say)
        switch_on(house, "reconciliation")
        addresses = json.loads((folder / "economic.ready").read_text(encoding="utf-8"))
        with Control(addresses["control_url"]) as control:
            control.set_knobs(latency_ms=_LATENCY_MS)
        for number in range(plan.live_changes):
            module = (Module.INVOICES, Module.CUSTOMERS)[number % 2]
            done = _trial(house, module)
            say(f"{module}: {done.seconds:.2f} s from commit to target")
            yield done


def _trial(house: House, module: Module) -> LiveTrial:
    _wait_until_quiet(house)
    with closing(house.source()) as connection:
        change = _change(connection, module, house.integration.source.departments)
    live = watch(house, module, change)
    _wait_until_quiet(house)
    return LiveTrial(module.value, float(live.seconds), _spans(house, live))


def _change(connection: Any, module: Module, of: Sequence[str] | None) -> LiveChange:
    if module is Module.CUSTOMERS:
        return change_address(connection, of)
    return approve_invoice(connection, today=datetime.now(UTC).date(), departments=of)


def _wait_until_quiet(house: House) -> None:
    """No run of a module is on its way; a comparison may be, as in every day's work."""
    for module in Module:
        dag_id = house.integration.dag_id(module)
        look = partial(house.client.dag_runs, dag_id)
        house.client.wait_for(look, lambda runs: all(run.finished for run in runs), _SECONDS, dag_id)


def _spans(house: House, live: Live) -> dict[str, float]:
    """Seconds between the moments that are known: notification, run, each task's waiting and working, the answer."""
    dag_id, run_id = live.run_id.split("/", 1)
    moments: list[tuple[str, datetime | None]] = [
        ("until the watcher was notified", _moment(live.stamps["notified"])),
        ("until the run was queued", _moment(live.stamps["queued"])),
    ]
    first = {item.task_id: item for item in _in_order(house.client.task_instances(dag_id, run_id))}
    for task in _TASKS:
        if task in first:
            moments.append((f"until {task} started", first[task].started))
            if task != "load":
                moments.append((f"{task}", first[task].ended))
    moments += [("load, until it sent", _moment(live.stamps["sent"])), ("load, sending", _moment(live.stamps["done"]))]
    spans, before = {}, _moment(live.stamps["commit"])
    for name, moment in moments:
        if moment is not None and before is not None:
            spans[name] = (moment - before).total_seconds()
            before = moment
    return spans


def _in_order(instances: list[TaskInstance]) -> list[TaskInstance]:
    return sorted((item for item in instances if item.started), key=lambda item: (item.task_id, -item.map_index))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
