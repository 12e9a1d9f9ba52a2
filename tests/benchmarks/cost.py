"""How many calls an invoice costs: at the first sync, in the steady state, and when nothing is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from entrants import ENTRANTS, OURS, Entrant
from plan import Plan
from scene import Scene
from workload import Workload, lines_of

from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

__all__ = ["CostTrial", "cost_trials"]


@dataclass(frozen=True, slots=True)
class CostTrial:
    """Calls for each invoice; ``replay_writes`` is how many writes a run without anything new made in all.

    ``steady_state`` is none of a contestant's: to it, new invoices are another file, so it was not counted.
    """

    entrant: str
    what: str
    first_sync: float
    steady_state: float | None
    replay: float
    replay_writes: int


_OURS: dict[str, dict[str, Any]] = {
    "draft": {"invoicing": {"finish": "draft"}},
    "booked": {"invoicing": {"finish": "book"}},
    "booked, with its PDF": {"invoicing": {"finish": "book"}},
    "Uniconta: draft": {"system": "uniconta", "invoicing": {"finish": "draft"}},
    "Uniconta: booked": {"system": "uniconta", "invoicing": {"finish": "book"}},
    "Uniconta: booked, with its PDF": {"system": "uniconta", "invoicing": {"finish": "book"}},
}
MONTH_END = "Uniconta: a month's end, booked, with PDFs"
CUSTOMERS = "Uniconta: customers, new and then changed"


def cost_trials(grounds: Grounds, plan: Plan, folder: Path, say: Callable[[str], None]) -> Iterator[CostTrial]:
    """Ours for each way to finish; the contestants' drafts beside them."""
    work = Workload.drawn(grounds, plan.counted_invoices, plan.seed)
    for what, settings in _OURS.items():
        done = _ours(work, what, settings)
        say(f"ours, {what}: {done.first_sync:.2f} calls for each invoice at the first sync")
        yield done
    yield _month_end(grounds, plan, say)
    yield _customers(grounds, plan)
    payloads = work.payload_file(folder / "cost.jsonl")
    for entrant in ENTRANTS:
        if not entrant.is_ours:
            yield _another(work, entrant, payloads)


def _ours(work: Workload, what: str, settings: dict[str, Any]) -> CostTrial:
    half = len(work.rows) // 2
    firm = work.company(work.rows[:half], **settings)
    costs = []
    for name, rows in (("first", ()), ("steady", work.rows[half:]), ("replay", ())):
        firm.add((), rows)
        firm.control.mark(firm.agreement)
        _run(firm, name, with_pdf="PDF" in what)
        costs.append(firm.control.counters(firm.agreement)["sinceMark"])
    first, steady, replay = (int(cost["calls"]) for cost in costs)
    more = len(work.rows) - half
    return CostTrial(OURS.key, what, first / half, steady / more, replay / len(work.rows), int(costs[2]["writesTotal"]))


def _month_end(grounds: Grounds, plan: Plan, say: Callable[[str], None]) -> CostTrial:
    """All at once, for many customers, within what a Uniconta user has of calls in a day; and none is left over."""
    chance = Random(plan.seed)
    customers = [customer(1_000 + n) for n in range(plan.month_end_customers)]
    rows = [invoice(20_000 + n, chance.choice(customers), *lines_of(chance)) for n in range(plan.month_end_invoices)]
    firm = grounds.firm(customers, rows, system="uniconta", loading={"connections": 4, "timeout_seconds": 30})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    counted = []
    for name in ("month-end", "month-end-again"):
        firm.control.mark(firm.agreement)
        firm.company.deliver(Module.INVOICES, name)
        counted.append(firm.control.counters(firm.agreement)["sinceMark"])
    calls, replay = (int(count["calls"]) for count in counted)
    booked = len(firm.books.booked())
    if booked != len(rows) or set(firm.locators().values()) != {1}:
        message = f"{booked} of {len(rows)} were booked: {Counter(firm.reasons().values())}"
        raise RuntimeError(message)
    say(f"ours, {MONTH_END}: {len(rows)} invoices, {calls} calls")
    each, again = calls / len(rows), replay / len(rows)
    return CostTrial(OURS.key, f"{MONTH_END}: {len(rows)}", each, None, again, int(counted[1]["writesTotal"]))


def _customers(grounds: Grounds, plan: Plan) -> CostTrial:
    """As many as there are invoices elsewhere; then all of them move."""
    rows = [customer(3_000 + n) for n in range(plan.counted_invoices)]
    firm = grounds.firm(rows, system="uniconta", loading={"connections": 4})
    counted = []
    for statement in (None, 'UPDATE "Customer" SET "City" = \'Vejle\'', None):
        if statement is not None:
            firm.source(statement)
        firm.control.mark(firm.agreement)
        firm.company.deliver(Module.CUSTOMERS)
        counted.append(firm.control.counters(firm.agreement)["sinceMark"])
    first, steady, replay = (int(count["calls"]) / len(rows) for count in counted)
    return CostTrial(OURS.key, CUSTOMERS, first, steady, replay, int(counted[2]["writesTotal"]))


def _run(firm: Firm, run_id: str, *, with_pdf: bool) -> None:
    """A whole run; or one up to its settle, which is what fetches the PDFs.

    What precedes the mark is not counted: preflight and the customers.
    """
    if with_pdf:
        firm.company.deliver(Module.INVOICES, run_id)
        return
    with firm.company.workplace(run_id) as workplace:
        firm.company.prepare(workplace, Module.INVOICES)
        for chunk in firm.company.chunks(run_id):
            load_chunk(workplace, chunk)


def _another(work: Workload, entrant: Entrant, payloads: Path) -> CostTrial:
    scene = Scene(work, entrant, work.rows, payloads, connections=1)
    counted = []
    for _ in range(2):
        scene.control.mark(scene.agreement)
        scene.run()
        counted.append(scene.counted())
    first, replay = (calls / len(work.rows) for calls, _ in counted)
    return CostTrial(entrant.key, "draft", first, None, replay, counted[1][1])
