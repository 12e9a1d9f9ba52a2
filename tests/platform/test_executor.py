"""What is imported before tasks are forked, and that it may be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ledgerbridge.airflow.executor import PreloadingLocalExecutor

INCLUDE = Path(__file__).parents[2] / "include"


def test_importing_starts_no_thread_that_a_fork_would_lose() -> None:
    code = """
import asyncio, os
from ledgerbridge.airflow.executor import PRELOADED, edge_information
told = asyncio.run(edge_information())  # as an Edge worker asks; the LocalExecutor does the same
assert told == {"preloaded_modules": len(PRELOADED)}, told
print("threads", len(os.listdir("/proc/self/task")) if os.path.isdir("/proc/self/task") else 1)
"""
    surroundings = {**os.environ, "PYTHONPATH": str(INCLUDE)}
    asked = subprocess.run(
        [sys.executable, "-c", code], env=surroundings, capture_output=True, text=True, check=False, timeout=240
    )
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.splitlines()[-1] == "threads 1"


def test_a_scheduler_that_is_stopped_while_it_imports_ends_cleanly() -> None:
    PreloadingLocalExecutor.end(PreloadingLocalExecutor.__new__(PreloadingLocalExecutor))
