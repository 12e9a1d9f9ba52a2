"""P7: all processes that call one agreement share its connections, and each of them gets its share."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection as Pipe

import pytest
from accounts import assert_accounted, assert_booked_once
from systems import of
from workers import PATIENCE, prepared, start

from ledgerbridge.records import Module
from sandbox.company import Company
from sandbox.grounds import Firm, Grounds, customer, invoice

FRED = customer(507)
LONG = [pytest.mark.long, pytest.mark.timeout(600)]
_context = multiprocessing.get_context("forkserver")


def call_for(company: Company, seconds: float, starting: Pipe, telling: Pipe) -> None:
    """A process that calls the agreement for so long with all the threads it may have; it tells how many calls."""
    threads = company.integration.loading.connections + 2
    with company.workplace("calling") as workplace, workplace.desk() as desk:
        desk.target.probe()
        telling.send("ready")
        starting.recv()
        ends_at = time.monotonic() + seconds

        def call(_: int) -> None:
            while time.monotonic() < ends_at:
                desk.target.probe()

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(call, range(threads)))
        telling.send(workplace.gate.calls)


@pytest.mark.spec("P7", "P8")
@pytest.mark.parametrize("seconds", [4, pytest.param(60, marks=LONG)])
@pytest.mark.parametrize(("connections", "processes"), [(8, 2), (16, 2), (4, 4)])
def test_each_process_gets_its_share_and_the_limit_holds(
    grounds: Grounds, connections: int, processes: int, seconds: float
) -> None:
    firm = grounds.firm(loading={"connections": connections}, knobs={"latency_ms": 50})
    pipes = []
    for _ in range(processes):
        here, there = _context.Pipe()
        answers, telling = _context.Pipe(duplex=False)
        process = _context.Process(target=call_for, args=(firm.company, seconds, there, telling), daemon=True)
        process.start()
        pipes.append((process, here, answers))
    for _, _, answers in pipes:
        assert answers.poll(PATIENCE)
        assert answers.recv() == "ready"
    firm.control.mark(firm.agreement)
    for _, here, _ in pipes:
        here.send("go")
    calls = []
    for process, _, answers in pipes:
        assert answers.poll(seconds + PATIENCE)
        calls.append(answers.recv())
        process.join(PATIENCE)
    at_once = firm.control.counters(firm.agreement)["atOnce"]["most"]
    print(f"{connections} connections, {processes} processes: {calls} calls, at most {at_once} at once")
    assert at_once == connections
    assert min(calls) >= sum(calls) / processes / 2, calls
    # Sharing must not leave connections idle. A machine of two cores cannot keep sixteen of them wholly busy.
    assert sum(calls) > 0.4 * seconds * connections / 0.05


@pytest.mark.spec("P7", "P8", "X-2")
def test_several_load_tasks_share_the_connections(new_firm: Callable[..., Firm], system: str) -> None:
    """Uniconta's pool lets one task run at a time; the connections are shared all the same where it does not."""
    knobs = {"latency_ms": 20, **of(system).many_processes}
    firm = new_firm([FRED], loading={"connections": 4, "chunk_size": 15}, knobs=knobs)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add((), [invoice(4500 + n, FRED) for n in range(60)])
    run_id = prepared(firm)
    chunks = firm.company.chunks(run_id)
    assert len(chunks) == 4
    firm.control.mark(firm.agreement)
    workers = [start(firm, run_id, chunk) for chunk in chunks]
    for worker in workers:
        worker.join(PATIENCE)
        assert worker.exitcode == 0
    assert firm.control.counters(firm.agreement)["atOnce"]["most"] == 4
    firm.company.deliver(Module.INVOICES, validated=False)
    assert_booked_once(firm, [str(4500 + n) for n in range(60)])
    assert_accounted(firm)
