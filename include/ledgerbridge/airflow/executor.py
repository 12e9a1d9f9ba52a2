"""The task's heavy libraries, imported once before the processes that run tasks are forked.

On Linux a task's process is forked: with the LocalExecutor from a worker that was forked from the
scheduler, with the Edge executor from ``airflow edge worker``. What the parent has imported by then, no
task has to import again, and the memory is shared. Without this every task pays for ``pandas`` and
``great_expectations`` anew: seconds from commit to target.

- LocalExecutor: ``AIRFLOW__CORE__EXECUTOR=ledgerbridge.airflow.executor.PreloadingLocalExecutor``
- Edge worker: ``AIRFLOW__EDGE__EXTENDED_SYSTEM_INFO_FUNCTION=ledgerbridge.airflow.executor.edge_information``
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import os
import signal
import stat
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airflow.executors.local_executor import LocalExecutor

from ledgerbridge.reasons import catalogue

__all__ = ["PRELOADED", "PreloadingLocalExecutor", "edge_information", "preload"]

log = logging.getLogger(__name__)

# floats here are seconds

PRELOADED: Final = (
    "airflow.sdk.execution_time.task_runner",
    "airflow.providers.standard.operators.python",
    "pandas",
    "great_expectations",
    "requests",
    "psycopg2",
    "ledgerbridge.assembly",
    "ledgerbridge.validation",
)
"""Imported before the workers are forked; what cannot be imported is told and left out."""

# A library that starts threads when it is imported would leave the forked tasks with locks that
# nobody holds. OpenBLAS (numpy, scipy) is the one that would; one thread is none of its own.
_ONE_THREAD: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

_PR_SET_PDEATHSIG: Final = 1  # <linux/prctl.h>
_STANDARD_FILES: Final = 2
_WORKER, _TASK = 1, 2  # how many forks from the scheduler


class PreloadingLocalExecutor(LocalExecutor):
    """LocalExecutor whose forked workers find the task's libraries already imported."""

    def start(self) -> None:
        """Import, then fork."""
        if self.is_mp_using_fork:
            preload()
            _end_forks_with_their_parent()
        else:
            log.warning("Processes are not forked here: each task imports its libraries anew (see mp_start_method)")
        super().start()

    def end(self) -> None:
        """End the workers, if it came to that: a scheduler may be stopped while it still imports."""
        if hasattr(self, "workers"):
            super().end()


async def edge_information() -> dict[str, str | int | float]:
    """What an Edge worker reports of itself; it is asked before its first job, and imports then."""
    return {"preloaded_modules": preload()}


def preload() -> int:
    """Import whatever of ``PRELOADED`` is installed; how many of them are there."""
    for name in _ONE_THREAD:
        os.environ.setdefault(name, "1")
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # it tells hundreds of lines at import
    began, threads = time.monotonic(), threading.active_count()
    there = 0
    for module in PRELOADED:
        try:
            importlib.import_module(module)
            there += 1
        except ImportError:
            log.warning("Not preloaded, because it cannot be imported: %s", module, exc_info=True)
    catalogue()  # every task tells reasons; read here it is there in all of them
    if (seconds := time.monotonic() - began) > 0.1:  # asked again, there is nothing to tell
        log.info("Preloaded %d modules in %.1f s", there, seconds)
    if threading.active_count() > threads:
        log.warning("Preloading started threads: %s", [thread.name for thread in threading.enumerate()])
    return there


def _end_forks_with_their_parent() -> None:
    """Have a scheduler that is killed leave neither workers nor their tasks behind (docs/decisions/0016).

    A worker would live on: idle for ever, and holding the killed scheduler's database sessions by the sockets that it
    inherited, so that PostgreSQL keeps their locks and no other scheduler can go on with those runs.
    """
    if sys.platform != "linux":
        return
    libc, forks = ctypes.CDLL(None), _Forks()

    def in_fork() -> None:
        forks.generation += 1
        if forks.generation > _TASK:
            return  # what a task starts is its own business
        # Not SIGTERM: Airflow's programs catch it, and a fork inherits that.
        libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != forks.parent:
            os._exit(1)  # the parent was gone before that was said
        if forks.generation == _WORKER:
            _let_go_of_sockets()

    os.register_at_fork(before=forks.note_parent, after_in_child=in_fork)


@dataclass(slots=True)
class _Forks:
    """How many forks a process is away from the scheduler, and which process forked it."""

    generation: int = 0
    parent: int = 0

    def note_parent(self) -> None:
        self.parent = os.getpid()


def _let_go_of_sockets() -> None:
    """Point every inherited socket at nothing; its number stays taken, so that whoever closes it later hurts nobody."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for name in list(Path("/proc/self/fd").iterdir()):
        number = int(name.name)
        try:
            is_socket = number > _STANDARD_FILES and stat.S_ISSOCK(os.fstat(number).st_mode)
        except OSError:
            continue  # the listing's own
        if is_socket:
            os.dup2(nothing, number)
    os.close(nothing)
