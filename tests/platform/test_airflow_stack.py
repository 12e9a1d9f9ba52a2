"""Airflow as it runs here: who may do what, what listens where, and how long it takes from commit to task."""

from __future__ import annotations

import json
import stat
import statistics
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import httpx
import psutil
import psycopg2
import pytest

from sandbox.airflow_client import AirflowClient, AirflowRefusedError, DagRun, TaskInstance
from sandbox.airflow_stack import COMPONENTS, USERS, AirflowStack
from sandbox.postgres import EmbeddedPostgres
from sandbox.processes import wait_until

PROBE = "probe.customers"


@pytest.fixture(scope="module")
def admin(airflow: AirflowStack) -> Iterator[AirflowClient]:
    """The administrator's session, with the probe's DAG running and its watcher listening."""
    with airflow.client() as client:
        client.wait_for_dags([PROBE])
        assert client.import_errors() == {}
        client.set_paused(PROBE, paused=False)
        client.parse_again(PROBE)
        client.wait_for(
            lambda: client.dag_runs(PROBE),
            lambda runs: any(run.run_type == "asset_triggered" for run in runs) and all(run.finished for run in runs),
            90,
            "the run that the watcher's connection starts",
        )
        yield client


def test_four_users_have_four_roles(airflow: AirflowStack) -> None:
    assert set(airflow.passwords) == set(USERS)
    assert len(set(airflow.passwords.values())) == len(USERS)
    with airflow.client("viewer") as viewer:
        assert PROBE in viewer.dag_ids() or viewer.wait_for_dags([PROBE]) is None
        with pytest.raises(AirflowRefusedError) as refused:
            viewer.set_paused(PROBE, paused=True)
        assert refused.value.status == 403
    with pytest.raises(AirflowRefusedError) as unknown:
        AirflowClient(airflow.url, "admin", "not the password")
    assert unknown.value.status == 401
    assert httpx.get(f"{airflow.url}/api/v2/dags", trust_env=False).status_code == 401


def test_what_is_kept_is_for_the_owners_eyes_and_holds_no_connection(airflow: AirflowStack) -> None:
    for name in ("passwords.json", "keys.json"):
        assert stat.S_IMODE((airflow.home / name).stat().st_mode) == 0o600
    password = json.loads(airflow.environment["AIRFLOW_CONN_PROBE_SOURCE"])["password"]
    for path in airflow.home.rglob("*"):
        if path.is_file():
            assert password.encode() not in path.read_bytes(), path


def test_only_the_loopback_address_is_listened_on(airflow: AirflowStack) -> None:
    for component in COMPONENTS:
        program = psutil.Process(airflow.pid(component))
        for process in [program, *program.children(recursive=True)]:
            for connection in process.net_connections(kind="tcp"):
                if connection.status == psutil.CONN_LISTEN:
                    assert connection.laddr.ip == "127.0.0.1", component


def test_from_commit_to_task_in_seconds(
    admin: AirflowClient, postgres: EmbeddedPostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    to_first_task, to_end = [], []
    with closing(psycopg2.connect(postgres.dsn("source"))) as source, source.cursor() as cursor:
        for _ in range(3):
            known = {run.run_id for run in admin.dag_runs(PROBE)}
            cursor.execute("SELECT pg_notify('ledgerbridge', %s)", (json.dumps({"module": "customers"}),))
            committed = datetime.now(UTC)
            source.commit()
            run = _finished_run_besides(admin, known)
            assert run.state == "success"
            assert run.run_type == "asset_triggered"
            instances = admin.task_instances(PROBE, run.run_id)
            to_first_task.append(min((_started(instance) - committed).total_seconds() for instance in instances))
            to_end.append((_ended(run) - committed).total_seconds())
            [told] = admin.xcom(PROBE, run.run_id, "extract")
            assert (told["module"], told["reason"]) == ("customers", "notified")
    with capsys.disabled():
        print(
            f"\n  commit to first task: {_spread(to_first_task)}; to the end of a chain of five: {_spread(to_end)}",
        )
    assert statistics.median(to_end) < 10


def test_tasks_find_the_heavy_libraries_imported(admin: AirflowClient) -> None:
    run = admin.wait_for_run(PROBE, admin.trigger(PROBE).run_id)
    assert admin.xcom(PROBE, run.run_id, "validate") == {"pandas": True, "great_expectations": True, "psycopg2": True}


def test_a_red_load_keeps_the_run_red_and_settle_runs_and_one_chunk_can_be_cleared(admin: AirflowClient) -> None:
    run = admin.wait_for_run(PROBE, admin.trigger(PROBE, {"reject": True}).run_id)
    assert run.state == "failed"
    states = _states(admin, run)
    assert states["load", 0] == states["load", 2] == states["settle", -1] == ("success", 1)
    assert states["load", 1] == ("failed", 1)
    assert "rejected" in admin.log(PROBE, run.run_id, "load", 1, map_index=1)

    cleared = admin.clear(PROBE, run.run_id, [("load", 1)], downstream=True)

    assert {(instance.task_id, instance.map_index) for instance in cleared} == {
        ("load", 1),
        ("settle", -1),
        ("closed", -1),
    }
    assert admin.wait_for_run(PROBE, run.run_id).state == "success"
    states = _states(admin, run)
    assert states["load", 0] == ("success", 1)
    assert states["load", 1] == states["settle", -1] == ("success", 2)


def test_a_burst_while_a_run_is_busy_makes_one_more_run(admin: AirflowClient, postgres: EmbeddedPostgres) -> None:
    known = {run.run_id for run in admin.dag_runs(PROBE)}
    with closing(psycopg2.connect(postgres.dsn("source"))) as source, source.cursor() as cursor:
        source.autocommit = True
        for number in range(500):
            payload = json.dumps({"module": "customers", "n": number})
            cursor.execute("SELECT pg_notify('ledgerbridge', %s)", (payload,))
    _finished_run_besides(admin, known)
    wait_until(lambda: all(run.finished for run in admin.dag_runs(PROBE)), 60, "every run has ended")
    assert len([run for run in admin.dag_runs(PROBE) if run.run_id not in known]) <= 3


def _finished_run_besides(client: AirflowClient, known: set[str]) -> DagRun:
    return client.wait_for(
        lambda: [run for run in client.dag_runs(PROBE) if run.run_id not in known],
        lambda runs: bool(runs) and runs[0].finished,
        60,
        "a new run that has ended",
    )[0]


def _states(client: AirflowClient, run: DagRun) -> dict[tuple[str, int], tuple[str | None, int]]:
    instances: list[TaskInstance] = client.task_instances(PROBE, run.run_id)
    return {(one.task_id, one.map_index): (one.state, one.try_number) for one in instances}


def _started(instance: TaskInstance) -> datetime:
    return instance.started or datetime.max.replace(tzinfo=UTC)


def _ended(run: DagRun) -> datetime:
    assert run.ended is not None
    return run.ended


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} s (of {len(values)}: {min(values):.2f} to {max(values):.2f})"
