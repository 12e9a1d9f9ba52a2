"""A DAG with the shape of a module's, whose tasks do nothing: what Airflow itself needs is measured on it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import AssetOrTimeSchedule, DeltaTriggerTimetable, dag, task, teardown

from ledgerbridge.airflow.source_changes import module_asset


@dag(
    dag_id="probe.customers",
    schedule=AssetOrTimeSchedule(
        timetable=DeltaTriggerTimetable(timedelta(days=1)),
        assets=[module_asset("probe", "probe_source", "customers")],
    ),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
)
def probe() -> None:
    """Extract, validate, transform, load in three chunks, settle; chunk 1 fails when the run's conf says so."""

    @task
    def extract(triggering_asset_events: Any = None) -> list[Any]:
        return [event.extra["payload"] for events in (triggering_asset_events or {}).values() for event in events]

    @task
    def validate(_events: list[Any]) -> dict[str, bool]:
        return {name: name in sys.modules for name in ("pandas", "great_expectations", "psycopg2")}

    @task
    def transform(_seen: dict[str, bool]) -> list[int]:
        return [0, 1, 2]

    @task
    def load(chunk: int, dag_run: Any = None, ti: Any = None) -> int:
        if dag_run.conf.get("reject") and chunk == 1 and ti.try_number == 1:
            message = "rejected"
            raise ValueError(message)
        return chunk

    @teardown
    def settle() -> str:
        return "settled"

    load.expand(chunk=transform(validate(extract()))) >> settle() >> EmptyOperator(task_id="closed")


probe()
