"""The first page: every integration's lamps, its modules, and what needs a person first (CT-11, TL-1)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Annotated

import psycopg2
from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from ledgerbridge.integration import Integration
from ledgerbridge.pages.lamps import Lamp, connection_lamp, integration_lamp
from ledgerbridge.pages.rendering import answers_on, render
from ledgerbridge.pages.visiting import Scene, StoreAway, Visit, needs, visit
from ledgerbridge.pages.works import Right, Schedule
from ledgerbridge.reconciliation.wording import Wording
from ledgerbridge.records import Module
from ledgerbridge.store import agreements, listing, products, transfers
from ledgerbridge.store.database import Connection
from ledgerbridge.store.listing import Attention, RunView
from ledgerbridge.store.transfers import State
from ledgerbridge.target.registry import daily_calls

__all__ = ["router"]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class _ModuleLine:
    module: Module
    schedule: Schedule
    run: RunView | None
    run_address: str | None
    counts: dict[str, int]

    def how_many(self, *names: str) -> int:
        return sum(self.counts.get(name, 0) for name in names)


@dataclass(frozen=True, slots=True)
class _Overview:
    integration: Integration
    wording: Wording
    connection: Lamp
    switch: Lamp
    modules: Sequence[_ModuleLine]
    attention: Sequence[Attention]
    calls_left: int


@router.get("/")
def every_integration(here: Annotated[Visit, Depends(visit)]) -> HTMLResponse:
    """All integrations that the visitor may read."""
    mine = [item for item in here.works.integrations() if here.visitor.may(Right.READ, item.name)]
    broken = [file for file in here.works.broken_files() if here.visitor.may(Right.READ, file.name)]
    try:
        with closing(here.works.open_store()) as store:
            shown = [_overview(here, item, store) for item in mine]
    except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
        raise StoreAway(here) from error
    return render(here, "overview.html.j2", integrations=shown, broken=broken)


@router.get("/{integration}")
def one_integration(scene: Annotated[Scene, needs(Right.READ)]) -> HTMLResponse:
    """One integration."""
    shown = [_overview(scene, scene.of_file, scene.store)]
    return render(scene, "overview.html.j2", integrations=shown, broken=[], **answers_on(scene, "overview"))


def _overview(here: Visit, of_file: Integration, store: Connection) -> _Overview:
    integration = products.in_force(store, of_file)
    schedules = here.works.schedules(integration)
    runs = listing.latest_runs(store, integration.name)
    return _Overview(
        integration,
        here.wording_of(integration),
        connection_lamp(store, integration),
        integration_lamp(store, integration, schedules),
        [_line(here, integration, module, schedules.get(module.value), runs.get(module), store) for module in Module],
        listing.attention(store, integration.name),
        max(0, daily_calls(integration.target) - agreements.used(store, integration.target.connection)),
    )


def _line(
    here: Visit,
    integration: Integration,
    module: Module,
    schedule: Schedule | None,
    run: RunView | None,
    store: Connection,
) -> _ModuleLine:
    counts = transfers.states(store, integration.name, module)
    known = {State(name).value: number for name, number in counts.items()}
    address = here.works.run_address(run.run_id) if run is not None else None
    return _ModuleLine(module, schedule or Schedule(is_on=False), run, address, known)
