"""The servers of the end-to-end tests, and what a person on call does with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from branch import NORD, Branch, Rows, loading, rows_of

from ledgerbridge.airflow.connections import STORE
from ledgerbridge.airflow.integrations import FOLDER_VARIABLE
from ledgerbridge.assembly import Addresses
from ledgerbridge.records import Module
from sandbox.airflow_client import AirflowClient, DagRun, TaskInstance
from sandbox.airflow_stack import AirflowStack, postgres_connection
from sandbox.company import Company
from sandbox.economic.control import Control
from sandbox.grounds import Grounds
from sandbox.integration_file import settings

ROOT = Path(__file__).parents[2]
SECONDS = 120.0
FORMS = ("preflight", "link_customers")
MODULES = ("customers", "invoices")


@dataclass
class Office:
    """Airflow and its integrations. ``branches`` by the integration's name."""

    folder: Path
    stack: AirflowStack
    client: AirflowClient
    control: Control
    branches: dict[str, Branch]
    canaries: list[str] = field(repr=False, default_factory=list)

    def __getitem__(self, name: str) -> Branch:
        return self.branches[name]

    # --- What a person does ---------------------------------------------------------------------

    def run(self, dag_id: str, conf: Mapping[str, Any] | None = None, user: str = "admin") -> DagRun:
        """Start a run and wait for its end."""
        if user == "admin":
            started = self.client.trigger(dag_id, conf)
        else:
            with self.stack.client(user) as client:
                started = client.trigger(dag_id, conf)
        return self.ended(started)

    def ended(self, run: DagRun, seconds: float = SECONDS) -> DagRun:
        """The run, once it has ended."""
        return self.client.wait_for_run(run.dag_id, run.run_id, seconds)

    def clear(self, run: DagRun, *tasks: str | tuple[str, int], downstream: bool = False) -> DagRun:
        """Clear tasks of a run, and wait until the run has ended again."""
        assert self.client.clear(run.dag_id, run.run_id, tasks, downstream=downstream)
        return self.ended(run)

    def switch_on(self, name: str, *modules: str) -> None:
        """Unpause a module's DAG and have its watcher listen."""
        for module in modules:
            dag_id = f"{name}.{module}"
            self.client.set_paused(dag_id, paused=False)
            self.client.parse_again(dag_id)

    def activate(self) -> None:
        """Preflight with its confirmation, wherever that has not been done."""
        done = {row[0] for row in self[NORD].ours("SELECT integration FROM confirmation WHERE item = 'activated'")}
        runs = [self.client.trigger(f"{name}.preflight", {"confirm": True}) for name in self.branches.keys() - done]
        assert {self.ended(run).state for run in runs} <= {"success"}

    def first_sync(self, name: str) -> None:
        """Switch the modules on, one after the other, and wait until the first runs have ended well."""
        for module in MODULES:
            dag_id = f"{name}.{module}"
            if self[name].states(Module(module)):
                continue
            before = {run.run_id for run in self.runs(dag_id)}
            self.switch_on(name, module)

            def new(dag_id: str = dag_id, before: set[str] = before) -> list[DagRun]:
                return [run for run in self.runs(dag_id) if run.run_id not in before]

            runs = self.until(new, lambda found: bool(found) and all(run.finished for run in found), dag_id)
            assert {run.state for run in runs} == {"success"}, [(run.run_id, run.state) for run in runs]

    def next_run(self, dag_id: str, act: Callable[[], object], state: str | None = None) -> DagRun:
        """The run that ``act`` leads to by its event, once it has ended (as ``state``, if one is given).

        A run that finds nothing to do is none: an event may well come twice.
        """
        before = {run.run_id for run in self.runs(dag_id)}
        act()

        def found() -> list[DagRun]:
            new = [run for run in self.runs(dag_id) if run.run_id not in before and run.finished]
            fitting = [run for run in new if state in {None, run.state}]
            return [run for run in fitting if self.states(run)["extract"] != {"skipped"}]

        runs: list[DagRun] = self.until(found, bool, f"a run of {dag_id}")
        return runs[-1]

    # --- What a person sees ---------------------------------------------------------------------

    def tasks(self, run: DagRun, task_id: str) -> list[TaskInstance]:
        """A task's instances, by map index."""
        found = self.client.task_instances(run.dag_id, run.run_id)
        return sorted((item for item in found if item.task_id == task_id), key=lambda item: item.map_index)

    def states(self, run: DagRun) -> dict[str, set[str | None]]:
        """Task id → the states of its instances."""
        found: dict[str, set[str | None]] = {}
        for item in self.client.task_instances(run.dag_id, run.run_id):
            found.setdefault(item.task_id, set()).add(item.state)
        return found

    def log(self, run: DagRun, task_id: str, try_number: int = 1, map_index: int = -1) -> str:
        """A try's log."""
        return self.client.log(run.dag_id, run.run_id, task_id, try_number, map_index)

    def runs(self, dag_id: str) -> list[DagRun]:
        """The DAG's runs, the newest first."""
        return self.client.dag_runs(dag_id)

    def quiet(self, name: str) -> None:
        """Wait until no run of the integration is on its way."""

        def busy() -> list[str]:
            runs = [run for module in (*MODULES, "reconciliation") for run in self.runs(f"{name}.{module}")]
            return [run.run_id for run in runs if not run.finished]

        self.client.wait_for(busy, lambda found: not found, SECONDS, f"{name} at rest")

    def until(self, look: Callable[[], Any], good: Callable[[Any], bool], what: str, seconds: float = SECONDS) -> Any:
        """What is seen, once it is good."""
        return self.client.wait_for(look, good, seconds, what)


@contextmanager
def opened_office(folder: Path) -> Iterator[Office]:
    """Start all servers, set up the integrations, switch them on."""
    with ExitStack() as stack:
        grounds = stack.enter_context(Grounds.opened(folder))
        store_dsn = grounds.postgres.create_database("ledgerbridge", template="store_template")
        branches = {rows.name: _branch(grounds, store_dsn, rows) for rows in rows_of()}
        files = _integration_files(folder / "integrations", branches)
        connections: dict[str, Mapping[str, object]] = {STORE: postgres_connection(store_dsn)}
        for branch in branches.values():
            connections |= branch.connections()
        airflow = AirflowStack(
            home=folder / "airflow",
            database_dsn=grounds.postgres.create_database("airflow"),
            dags_folder=ROOT / "dags",
            plugins_folder=ROOT / "plugins",
            include_folder=ROOT / "include",
            connections=connections,
            port=0,
            extra_environment={FOLDER_VARIABLE: str(files)},
        )
        stack.enter_context(airflow)
        client = stack.enter_context(airflow.client())
        office = Office(folder, airflow, client, grounds.control, branches)
        office.canaries += [secret for branch in branches.values() for secret in branch.secrets()]
        office.canaries.append(grounds.postgres.password)
        assert f"{len(branches)} needed, {len(branches)} made" in make_pools(airflow)
        _wait_for_dags(office)
        yield office


def _branch(grounds: Grounds, store_dsn: str, rows: Rows) -> Branch:
    accounts = grounds.accounts[rows.system]
    opened = accounts.open(rows.name, there=rows.there, owner="finance-it", loading=loading(rows.name))
    source_dsn = grounds.postgres.create_database(f"{rows.name}_source", template="source_template")
    addresses = Addresses(store_dsn, source_dsn, opened.connection)
    company = Company(opened.integration, addresses, source_dsn, opened)
    branch = Branch(company, accounts.control, opened.books, rows)
    branch.add(rows.customers, rows.invoices)
    return branch


def _integration_files(folder: Path, branches: Mapping[str, Branch]) -> Path:
    folder.mkdir()
    for name, branch in branches.items():
        content = json.loads(branch.company.integration.model_dump_json(exclude_unset=True))
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    content = settings("oestkyst", invoicing={"days_of_credit": "fjorten"})
    (folder / "oestkyst.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return folder


def make_pools(airflow: AirflowStack) -> str:
    """As the deployment's init job does; what it says."""
    command = [sys.executable, "-m", "ledgerbridge.airflow.pools"]
    told = subprocess.run(
        command, env={**os.environ, **airflow.environment}, capture_output=True, check=True, text=True
    )
    return told.stdout


def _wait_for_dags(office: Office) -> None:
    ids = [f"{name}.{kind}" for name in office.branches for kind in (*FORMS, *MODULES, "reconciliation", "requests")]
    office.client.wait_for_dags([*ids, "oestkyst.settings_invalid"], 120)
    for name in office.branches:
        for form in FORMS:
            office.client.set_paused(f"{name}.{form}", paused=False)
