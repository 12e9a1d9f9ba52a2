"""A run in a process of its own, and what it took."""

from __future__ import annotations

import multiprocessing
import resource
from typing import Any

from ledgerbridge.records import Module
from sandbox.company import Company, Delivered

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


def _run(company: Company, module: Module, told: Any) -> None:
    delivered = company.deliver(module, f"measured-{module}", validated=False)
    told.send((delivered, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def measured(company: Company, module: Module) -> tuple[Delivered, int]:
    """The run's outcome and the most memory it held, in KiB."""
    mine, its = _context.Pipe()
    process = _context.Process(target=_run, args=(company, module, its), daemon=True)
    process.start()
    assert mine.poll(120)
    delivered, memory = mine.recv()
    process.join(30)
    return delivered, memory
