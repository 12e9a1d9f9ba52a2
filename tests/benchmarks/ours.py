"""Ledgerbridge's delivery as an entrant: a process that says ``ready``, starts at a line, and tells what came of it.

The first line of its input says what to deliver (it holds passwords, so it is no argument); see :func:`order_of`.
"""

from __future__ import annotations

import base64
import json
import pickle
import sys
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from ledgerbridge.comparing.run import reconcile
from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.reasons import catalogue
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from ledgerbridge.validation.suite import great_expectations
from sandbox.company import Company

__all__ = ["Task", "order_of"]


class Task(StrEnum):
    """What a process may be told to do."""

    LOAD = "load"
    INVOICES = "invoices"
    CUSTOMERS = "customers"
    RECONCILE = "reconcile"


def order_of(company: Company, run_id: str, task: Task, *, is_timed: bool = True) -> str:
    """The line: load a run that is transformed, make a whole run of a module from extract to settle, or compare.

    ``is_timed``: what validates is imported before the start, as the product's executor does it; that takes seconds,
    and a run that has nothing to validate never needs it.
    """
    is_preloaded = is_timed and task in {Task.INVOICES, Task.CUSTOMERS}
    return base64.b64encode(pickle.dumps((company, run_id, str(task), is_preloaded))).decode()


def _load(company: Company, run_id: str, chunks: Sequence[int]) -> Counter[str]:
    """One chunk after the other, as a single worker slot would take the load tasks of a run."""
    counts: Counter[str] = Counter()
    with company.workplace(run_id) as workplace:
        for chunk in chunks:
            counts.update(load_chunk(workplace, chunk).counts)
    return counts


def _reconcile(company: Company, run_id: str) -> Counter[str]:
    """Invoices that agree count as delivered, all others as failed."""
    with company.workplace(run_id) as workplace:
        counts = reconcile(workplace, Period(date(2025, 1, 1), None)).invoices.counts
    return Counter({"delivered" if name == "agrees" else name: number for name, number in counts.items()})


def _done(company: Company, run_id: str, task: Task, chunks: Sequence[int]) -> Counter[str]:
    match task:
        case Task.LOAD:
            return _load(company, run_id, chunks)
        case Task.RECONCILE:
            return _reconcile(company, run_id)
        case _:
            return Counter(company.deliver(Module(task), run_id).counts)


def _told(counts: Counter[str], seconds: float) -> dict[str, Any]:
    delivered = counts["delivered"]
    return {
        "seconds": seconds, "delivered": delivered, "failed": counts.total() - delivered, "peak_mib": _peak_mib(),
    }  # fmt: skip


def _peak_mib() -> float:
    """The most memory that this process has had, in MiB, as the kernel counts it (VmHWM, in KiB)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """One order."""
    company, run_id, task, is_preloaded = pickle.loads(base64.b64decode(sys.stdin.readline()))
    if is_preloaded:
        great_expectations()
    catalogue()  # as the executor has it read before it forks
    chunks = company.chunks(run_id)  # a load task is told its chunk
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    counts = _done(company, run_id, Task(task), chunks)
    print(json.dumps(_told(counts, time.monotonic() - began)), flush=True)


if __name__ == "__main__":
    main()
