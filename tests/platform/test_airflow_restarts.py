"""Airflow stopped, killed and started again. Each start takes seconds, so all of it is `long`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from sandbox.airflow_stack import COMPONENTS, AirflowStack
from sandbox.postgres import EmbeddedPostgres
from sandbox.processes import wait_until

ROOT = Path(__file__).parents[2]
PROBE = "probe.customers"

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def make_stack(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], AirflowStack]:
    """The same Airflow each time it is called: same home, same database."""
    home, dsn = tmp_path_factory.mktemp("again"), postgres.create_database("airflow_again")

    def make() -> AirflowStack:
        return AirflowStack(
            home=home / "airflow",
            database_dsn=dsn,
            dags_folder=Path(__file__).with_name("dags"),
            plugins_folder=home / "plugins",
            include_folder=ROOT / "include",
            connections={},
            port=0,
        )

    return make


def programs(stack: AirflowStack) -> list[psutil.Process]:
    """Every process of Airflow's programs."""
    found = [psutil.Process(stack.pid(component)) for component in COMPONENTS]
    return found + [child for program in found for child in program.children(recursive=True)]


def test_a_second_start_finds_everything_and_a_stop_leaves_nothing_running(
    make_stack: Callable[[], AirflowStack], capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = []
    kept = []
    for start in (1, 2):
        stack, began = make_stack(), datetime.now(UTC)
        with stack, stack.client() as admin:
            seconds.append((datetime.now(UTC) - began).total_seconds())
            admin.wait_for_dags([PROBE])
            if start == 1:
                admin.set_paused(PROBE, paused=False)
                kept.append(admin.wait_for_run(PROBE, admin.trigger(PROBE).run_id).run_id)
                kept.append(stack.passwords["admin"])
            assert kept[0] in {run.run_id for run in admin.dag_runs(PROBE)}
            assert kept[1] == stack.passwords["admin"]
            running = programs(stack)
        assert [process for process in running if process.is_running()] == []
    with capsys.disabled():
        print(f"\n  healthy after {seconds[0]:.1f} s, and the second time after {seconds[1]:.1f} s")


def test_a_component_that_was_killed_is_started_again(make_stack: Callable[[], AirflowStack]) -> None:
    with make_stack() as stack, stack.client() as admin:
        killed = stack.pid("scheduler")
        wait_until(psutil.Process(killed).children, 60, "its workers are forked")
        workers = psutil.Process(killed).children(recursive=True)
        began = datetime.now(UTC)
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: not any(process.is_running() for process in workers), 10, "its workers have ended with it")
        wait_until(lambda: stack.pid("scheduler") != killed and stack.healthy(began), 90, "a new scheduler is healthy")
        admin.set_paused(PROBE, paused=False)
        assert admin.wait_for_run(PROBE, admin.trigger(PROBE).run_id).state == "success"


def test_nothing_is_left_when_the_owner_is_killed_outright(
    make_stack: Callable[[], AirflowStack], tmp_path: Path
) -> None:
    stack = make_stack()
    told = tmp_path / "told"
    folders = {
        "home": stack.home,
        "dags_folder": tmp_path,
        "plugins_folder": tmp_path,
        "include_folder": ROOT / "include",
    }
    code = f"""
from pathlib import Path, PosixPath  # what a path's repr needs
from sandbox.airflow_stack import AirflowStack
stack = AirflowStack(**{folders!r}, database_dsn={stack._dsn!r}, connections={{}}, port=0)
stack.start()
Path({str(told)!r}).write_text("healthy")
stack.wait()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": str(ROOT / "include")}
    ) as owner:
        wait_until(told.exists, 120, "healthy")
        running = programs(stack)
        owner.kill()
    wait_until(lambda: not any(process.is_running() for process in running), 60, "every process has ended")
