"""What the demo does in Airflow before it watches: pool, preflight with its confirmation, linking, DAGs switched on."""

from __future__ import annotations

from collections.abc import Callable

from ledgerbridge.airflow.pools import slots_of
from sandbox.airflow_client import AirflowRefusedError
from sandbox.demo.house import House

__all__ = ["DemoFailedError", "prepare_airflow", "run_form", "switch_on"]

Say = Callable[[str], None]
_SECONDS = 240.0
_FORMS = ("preflight", "link_customers")
_MODULES = ("customers", "invoices", "reconciliation")


class DemoFailedError(RuntimeError):
    """A step of the demo did not go well; the text says which and where to look."""


def prepare_airflow(house: House, say: Say) -> None:
    """Pool, preflight, confirmation, linking: what a person does once."""
    _make_pools(house)
    ids = [house.integration.dag_id(name) for name in (*_FORMS, *_MODULES)]
    house.client.wait_for_dags(ids)
    if errors := house.client.import_errors():
        message = f"DAG files with errors: {errors}"
        raise DemoFailedError(message)
    for name in _FORMS:
        house.client.set_paused(house.integration.dag_id(name), paused=False)
    say("preflight: the agreement is checked and the checklist confirmed")
    run_form(house, "preflight", {"confirm": True})
    say("linking: confirmed; whoever resembles somebody in the accounts goes on waiting")
    run_form(house, "link_customers", {"action": "confirm"})


def run_form(house: House, name: str, conf: dict[str, object], *, task: str | None = None) -> None:
    """Start a form's DAG and wait for a good end. ``task`` is its one task, if not named as the DAG.

    Raises:
        DemoFailedError: it failed.
    """
    dag_id = house.integration.dag_id(name)
    run = house.client.trigger(dag_id, conf)
    if house.client.wait_for_run(dag_id, run.run_id, _SECONDS).state != "success":
        message = f"{dag_id} failed:\n{house.client.log(dag_id, run.run_id, task or name)}"
        raise DemoFailedError(message)


def switch_on(house: House, *modules: str) -> None:
    """Unpause the modules' DAGs and have their watchers listen."""
    for module in modules:
        dag_id = house.integration.dag_id(module)
        house.client.set_paused(dag_id, paused=False)
        house.client.parse_again(dag_id)


def _make_pools(house: House) -> None:
    for integration in filter(None, (house.integration, house.payroll, house.workshop)):
        pool = {"name": integration.pool, "slots": slots_of(integration), "include_deferred": False}
        try:
            house.client.call("POST", "/pools", json=pool)
        except AirflowRefusedError as error:
            if error.status != 409:  # it is there from the last run
                raise
