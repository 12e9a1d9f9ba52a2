"""How quickly everybody delivers the same invoices, at equal latency and connections."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from entrants import BARE, ENTRANTS, OURS, Entrant, command_of
from ours import Task, order_of
from plan import Plan
from running import DidNotEndError, Outcome, Running, database_cpu
from workload import Workload

from ledgerbridge.records import Module
from sandbox.economic.control import Tokens
from sandbox.grounds import Grounds

__all__ = ["SpeedTrial", "speed_trials", "tokens_as_environment"]


@dataclass(frozen=True, slots=True)
class SpeedTrial:
    """One delivery of all invoices, or the attempt at one. Times in seconds, memory in MiB.

    ``calls`` and ``delivered``: as the target counted them, ``failed``: as the entrant did. ``has_ended`` is false when
    it died without a word: then ``seconds`` are those until it was gone, and what only it could tell is 0. The
    database's CPU is ours alone.
    """

    entrant: str
    latency_ms: int
    connections: int
    invoices: int
    repeat: int
    seconds: float
    calls: int
    at_once: int
    delivered: int
    failed: int
    exit_code: int
    has_ended: bool
    cpu_seconds: float
    database_cpu_seconds: float
    peak_mib: float


def speed_trials(grounds: Grounds, plan: Plan, folder: Path, say: Callable[[str], None]) -> Iterator[SpeedTrial]:
    """Every entrant at every setting, the repetitions in turn, so that no one has the quiet hour to itself."""
    for invoices in plan.invoices:
        work = Workload.drawn(grounds, invoices, plan.seed)
        payloads = work.payload_file(folder / f"payloads-{invoices}.jsonl")
        for latency in plan.latencies_ms:
            for repeat in range(plan.repeats):
                for connections in plan.connections:
                    for entrant in _taking_part(connections, repeat, plan):
                        trial = _Trial(work, payloads, folder, entrant, latency, connections, repeat)
                        done = trial.carried_out()
                        say(
                            f"{entrant.key}, {latency} ms, {connections} connections: {done.delivered} of "
                            f"{done.invoices} in {done.seconds:.2f} s, exit code {done.exit_code}"
                        )
                        yield done


def _taking_part(connections: int, repeat: int, plan: Plan) -> Iterator[Entrant]:
    """Who sends one at a time whatever it is told takes part with the single connection alone.

    There the yardstick and what is held against it go as often as everywhere, the others less often.
    """
    is_single = connections == min(plan.connections)
    for entrant in ENTRANTS:
        is_compared = entrant.key in {BARE.key, OURS.key}
        if is_compared or (repeat < plan.repeats_single if is_single else entrant.is_parallel):
            yield entrant


def tokens_as_environment(grounds: Grounds, tokens: Tokens) -> dict[str, str]:
    """As the contestants read them."""
    return {"BENCH_URL": grounds.economic_url, "BENCH_APP_SECRET": tokens.app_secret, "BENCH_GRANT": tokens.grant}


@dataclass(frozen=True, slots=True)
class _Trial:
    work: Workload
    payloads: Path
    folder: Path
    entrant: Entrant
    latency_ms: int
    connections: int
    repeat: int

    def carried_out(self) -> SpeedTrial:
        return self._ours() if self.entrant.is_ours else self._another()

    def _ours(self) -> SpeedTrial:
        firm = self.work.company(loading={"connections": self.connections})
        task = Task.LOAD if self.entrant is OURS else Task.INVOICES
        if task is Task.LOAD:
            with firm.company.workplace("bench") as workplace:
                firm.company.prepare(workplace, Module.INVOICES)
        order = order_of(firm.company, "bench", task)
        running = Running(command_of(self.entrant), {}, self.folder / f"{self.entrant.key}.log", order)
        return self._watched(running, firm.agreement)

    def _another(self) -> SpeedTrial:
        tokens = self.work.agreement()
        state = self.folder / "state" / f"{self.entrant.key}-{tokens.agreement}"
        arguments = ["--input", str(self.payloads), "--connections", str(self.connections), "--state", str(state)]
        environment = tokens_as_environment(self.work.grounds, tokens)
        log = self.folder / f"{self.entrant.key}.log"
        return self._watched(Running([*command_of(self.entrant), *arguments], environment, log), tokens.agreement)

    def _watched(self, running: Running, agreement: int) -> SpeedTrial:
        control, postgres = self.work.grounds.control, self.work.grounds.postgres
        control.set_knobs(agreement, latency_ms=self.latency_ms)
        control.mark(agreement)
        database = database_cpu(postgres)
        began = time.monotonic()
        running.go()
        try:
            outcome, has_ended = running.outcome(), True
        except DidNotEndError as error:
            # One that dies has lost this trial, and must not take the others' with it.
            outcome, has_ended = Outcome(time.monotonic() - began, 0, 0, 0.0, 0.0, error.exit_code), False
        database = database_cpu(postgres) - database
        return self._trial(outcome, control.counters(agreement), database, has_ended=has_ended)

    def _trial(self, outcome: Outcome, counters: dict[str, object], database: float, *, has_ended: bool) -> SpeedTrial:
        since, at_once = counters["sinceMark"], counters["atOnce"]
        assert isinstance(since, dict)
        assert isinstance(at_once, dict)
        return SpeedTrial(
            entrant=self.entrant.key,
            latency_ms=self.latency_ms,
            connections=self.connections,
            invoices=len(self.work.rows),
            repeat=self.repeat,
            seconds=outcome.seconds,
            calls=int(since["calls"]),
            at_once=int(at_once["most"]),
            delivered=int(since["writesTotal"]),
            failed=outcome.failed,
            exit_code=outcome.exit_code,
            has_ended=has_ended,
            cpu_seconds=outcome.cpu_seconds,
            database_cpu_seconds=database if self.entrant.is_ours else 0.0,
            peak_mib=outcome.peak_mib,
        )
