"""What every contestant of the benchmark is told, and what it answers: arguments, environment, two lines of output.

A contestant is a program of its own. It gets its records as a file, where to send them in the environment (tokens are
never in arguments), and a folder that it may keep between runs. It says ``ready`` when its imports are done, starts at
a line on its input, and ends with one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

OFF = ("DLT_TELEMETRY", "DRT_TELEMETRY", "RUNTIME__DLTHUB_TELEMETRY", "MELTANO_SEND_ANONYMOUS_USAGE_STATS")


@dataclass(frozen=True, slots=True)
class Payload:
    """A draft invoice: the source's id, our reference, and the exact text to post."""

    id: str
    locator: str
    body: str


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be delivered, to where, and with how many connections at once."""

    input: Path
    connections: int
    state: Path
    url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)

    def payloads(self) -> Iterator[Payload]:
        """The records, one line after the other."""
        with self.input.open(encoding="utf-8") as lines:
            for line in lines:
                yield Payload(**json.loads(line))


@dataclass(slots=True)
class Tally:
    """How many records this run delivered, and how many it gave up; counted from any thread."""

    delivered: int = 0
    failed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, *, delivered: bool) -> None:
        """One more."""
        with self._lock:
            if delivered:
                self.delivered += 1
            else:
                self.failed += 1


def read_job() -> Job:
    """What the command line and the environment say. Called before a tool is imported: it keeps the tool at home."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", type=Path, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True)
    given = parser.parse_args()
    state = given.state.resolve()
    state.mkdir(parents=True, exist_ok=True)
    _stay_at_home(state)
    headers = {
        "X-AppSecretToken": os.environ["BENCH_APP_SECRET"],
        "X-AgreementGrantToken": os.environ["BENCH_GRANT"],
        "Content-Type": "application/json",
    }
    url = os.environ["BENCH_URL"].rstrip("/") + "/invoices/drafts"
    return Job(given.input.resolve(), given.connections, state, url, headers)


@contextmanager
def delivering() -> Iterator[Tally]:
    """Say ``ready``, wait for the start, and at the end say what was done and how long it took."""
    with _answers() as answers:
        print("ready", file=answers, flush=True)
        if not sys.stdin.readline():
            message = "the input ended before the line that starts the delivery"
            raise SystemExit(message)
        started, tally = time.perf_counter(), Tally()
        try:
            yield tally
        finally:
            seconds = time.perf_counter() - started
            result = {
                "seconds": seconds, "delivered": tally.delivered, "failed": tally.failed, "peak_mib": _peak_mib(),
            }  # fmt: skip
            print(json.dumps(result), file=answers, flush=True)


def note(text: str) -> None:
    """Tell whoever reads along; never a token, and not the answers' line."""
    print(text, file=sys.stderr, flush=True)


def _stay_at_home(state: Path) -> None:
    """Tools that report their use or write below the user's home folder do neither here."""
    os.environ.update(dict.fromkeys(OFF, "false"), DO_NOT_TRACK="1", HOME=str(state), TMPDIR=str(state))


def _peak_mib() -> float:
    """The most memory that this process has had, in MiB, as the kernel counts it (VmHWM, in KiB)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


@contextmanager
def _answers() -> Iterator[TextIO]:
    """The standard output for the two lines alone: whatever else is printed there goes to the error output."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        yield answers
