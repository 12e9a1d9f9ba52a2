"""What is imported and read before tasks are forked, and that it may be."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from ledgerbridge.airflow.executor import PreloadingLocalExecutor
from sandbox.processes import wait_until

INCLUDE = Path(__file__).parents[2] / "include"


def test_what_is_read_before_the_fork_is_there_and_starts_no_thread_that_it_would_lose() -> None:
    code = """
import asyncio, os
from ledgerbridge.airflow.executor import PRELOADED, edge_information
from ledgerbridge.reasons import catalogue
assert catalogue.cache_info().currsize == 0  # else what follows says nothing
told = asyncio.run(edge_information())  # as an Edge worker asks; the LocalExecutor does the same
assert told == {"preloaded_modules": len(PRELOADED)}, told
assert catalogue.cache_info().currsize == 1, "each task would read the catalogue of reasons anew"
print("threads", len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1)
"""
    surroundings = {**os.environ, "PYTHONPATH": str(INCLUDE)}
    asked = subprocess.run(
        [sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=False, timeout=240
    )
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.splitlines()[-1] == "threads 1"


FAMILY = """
import os, signal, socket, stat, sys, time
from ledgerbridge.airflow.executor import _end_forks_with_their_parent
signal.signal(signal.SIGTERM, lambda *_: None)  # as Airflow's scheduler does before it forks
database, _other = socket.socketpair()
_end_forks_with_their_parent()

def told(role):
    is_socket = stat.S_ISSOCK(os.fstat(database.fileno()).st_mode)
    os.write(1, f"{role} {os.getpid()} {is_socket}\\n".encode())

def live(role, children):
    if children and os.fork() == 0:
        live(children[0], children[1:])
    told(role)
    time.sleep(600)

live("scheduler", ["worker", "task", "started by the task"])
"""


@pytest.mark.spec("P18")
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's signal at a parent's death is Linux's")
def test_workers_and_tasks_end_with_a_scheduler_that_is_killed_outright() -> None:
    environment = {**os.environ, "PYTHONPATH": str(INCLUDE)}
    with subprocess.Popen(
        [sys.executable, "-c", FAMILY], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().rsplit(" ", 2) for _ in range(4)]
        family = {role: psutil.Process(int(pid)) for role, pid, _ in told}
        holds_a_socket = {role: text.strip() == "True" for role, _, text in told}
        process.kill()
        try:
            ended = [family["worker"], family["task"]]
            wait_until(lambda: not any(_lives(each) for each in ended), 10, "worker and task have ended")
            assert _lives(family["started by the task"]), "what a task starts is its own business"
        finally:
            for each in family.values():
                with suppress(psutil.NoSuchProcess):
                    each.kill()
    assert holds_a_socket["scheduler"]
    assert not holds_a_socket["worker"], "the scheduler's session lives on in its worker"


def _lives(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_a_scheduler_that_is_stopped_while_it_imports_ends_cleanly() -> None:
    PreloadingLocalExecutor.end(PreloadingLocalExecutor.__new__(PreloadingLocalExecutor))
