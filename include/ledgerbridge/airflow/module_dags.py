"""What every module's DAG has in common: schedule, pool, owner, tags, limits and its page of words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, DeltaTriggerTimetable, Param

from ledgerbridge.airflow.retrying import ByKindOfError
from ledgerbridge.airflow.source_changes import module_asset
from ledgerbridge.integration import Integration
from ledgerbridge.records import Module

__all__ = ["every", "form_dag", "module_dag", "nudge", "task_defaults"]

START = datetime(2025, 1, 1, tzinfo=UTC)
RETRIES = 3


def module_dag(integration: Integration, module: Module, doc: str, params: dict[str, Param] | None = None) -> DAG:
    """The DAG of a module: it follows the source's changes, and its interval finds what they missed."""
    return DAG(
        integration.dag_id(module),
        description=f"{integration.source.system} → {integration.target.system}: {module}",
        doc_md=doc,
        schedule=_schedule(integration, module),
        start_date=START,
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=12),
        default_args=task_defaults(integration),
        params=params,
        tags=_tags(integration, module),
    )


def form_dag(
    integration: Integration,
    name: str,
    doc: str,
    params: dict[str, Param],
    schedule: Any = None,
    *,
    is_on_at_first: bool | None = None,
) -> DAG:
    """A DAG that a person starts, with a form, or that begins by ``schedule``.

    ``is_on_at_first``: whatever the deployment has for new DAGs.
    """
    return DAG(
        integration.dag_id(name),
        description=f"{integration.source.system} → {integration.target.system}: {name}",
        doc_md=doc,
        schedule=schedule,
        start_date=START,
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=timedelta(hours=2),
        default_args=task_defaults(integration),
        params=params,
        is_paused_upon_creation=None if is_on_at_first is None else not is_on_at_first,
        tags=_tags(integration, name),
    )


def every(minutes: int) -> DeltaTriggerTimetable:
    """An interval."""
    return DeltaTriggerTimetable(timedelta(minutes=minutes))


def nudge(integration: Integration) -> list[Asset]:
    """What a link changes: the customers' and the invoices' DAGs go on with what waited for it."""
    return [module_asset(integration.name, integration.source.connection, module) for module in Module]


def task_defaults(integration: Integration) -> dict[str, Any]:
    """Defaults of every task: who owns it, how it is retried, how long it may take, which pool it shares."""
    return {
        "owner": integration.owner,
        "retries": RETRIES,
        "retry_delay": timedelta(seconds=30),
        "retry_policy": ByKindOfError(integration.loading.settle_seconds),
        "execution_timeout": timedelta(hours=4),
        "pool": integration.pool,
    }


def _schedule(integration: Integration, module: Module) -> Any:
    minutes = {
        Module.CUSTOMERS: integration.schedule.customers_every_minutes,
        Module.INVOICES: integration.schedule.invoices_every_minutes,
    }[module]
    timetable = every(minutes)
    if module is Module.CUSTOMERS and not integration.schedule.customers_follow_events:
        return timetable
    asset = module_asset(integration.name, integration.source.connection, module)
    return AssetOrTimeSchedule(timetable=timetable, assets=[asset])


def _tags(integration: Integration, name: str) -> list[str]:
    return ["ledgerbridge", integration.name, integration.source.system, integration.target.system, str(name)]
