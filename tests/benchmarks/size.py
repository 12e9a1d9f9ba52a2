"""What a run costs where there is much: ten changes among many customers, and a comparison of many invoices."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from entrants import OURS, command_of
from ours import Task, order_of
from plan import Plan
from running import Outcome, Running

from ledgerbridge.integration import Loading
from sandbox.grounds import Firm, Grounds
from sandbox.years_of_use import FIRST_ID, deliver_and_copy_invoices, remember_customers

__all__ = ["SizeTrial", "size_trials"]

_CHANGES = 10
_DEFAULTS = Loading().model_dump()  # the product's, not those of the tests
_MOST_DELIVERED = 1_000


@dataclass(frozen=True, slots=True)
class SizeTrial:
    """One run, in seconds and MiB. ``records``: how many there are in all; ``repeat`` counts from 1."""

    what: str
    records: int
    repeat: int
    seconds: float
    calls: int
    peak_mib: float


def size_trials(grounds: Grounds, plan: Plan, folder: Path, say: Callable[[str], None]) -> Iterator[SizeTrial]:
    """Each size with its repetitions. The first run at each is left out: its servers have read nothing yet."""
    for customers in plan.customers:
        firm = grounds.firm(there=[_there(n) for n in range(1, _CHANGES + 1)], loading=_DEFAULTS)
        remember_customers(firm, customers)
        for repeat in range(plan.size_repeats + 1):
            city = f"By {repeat}"
            firm.source(
                'UPDATE "Customer" SET "City" = %s WHERE "CustomerID" BETWEEN %s AND %s',
                city, FIRST_ID, FIRST_ID + _CHANGES - 1,
            )  # fmt: skip
            done = _trial(firm, Task.CUSTOMERS, "ten changes", customers, repeat, folder)
            say(f"ten changes among {customers:,} customers: {done.seconds:.2f} s, {done.peak_mib:.0f} MiB")
            if repeat:
                yield done
        grounds.clear_away()
    for invoices in plan.reconciled:
        firm = grounds.firm(loading={**_DEFAULTS, "connections": 8})
        delivered = min(invoices, _MOST_DELIVERED)
        deliver_and_copy_invoices(firm, delivered, invoices // delivered - 1)
        for repeat in range(plan.compared_repeats + 1):
            done = _trial(firm, Task.RECONCILE, "reconciliation", invoices, repeat, folder)
            say(f"reconciliation of {invoices:,} invoices: {done.seconds:.2f} s, {done.peak_mib:.0f} MiB")
            if repeat:
                yield done
        grounds.clear_away()


def _trial(firm: Firm, task: Task, what: str, records: int, repeat: int, folder: Path) -> SizeTrial:
    firm.control.mark(firm.agreement)
    order = order_of(firm.company, f"{task}-{repeat}", task)
    running = Running(command_of(OURS), {}, folder / "ours.log", order)
    running.go()
    outcome: Outcome = running.outcome()
    if outcome.failed:
        message = f"{what}, {records}: {outcome.failed} did not come out as they should; see {folder / 'ours.log'}"
        raise RuntimeError(message)
    calls = int(firm.control.counters(firm.agreement)["sinceMark"]["calls"])
    return SizeTrial(what, records, repeat, outcome.seconds, calls, outcome.peak_mib)


def _there(number: int) -> dict[str, Any]:
    """One of the customers that change, as the agreement has it."""
    return {
        "customerNumber": 10_000_000 + number,
        "name": f"Mængdekunde {number} ApS",
        "currency": "DKK",
        "customerGroup": {"customerGroupNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
        "vatZone": {"vatZoneNumber": 1},
    }
