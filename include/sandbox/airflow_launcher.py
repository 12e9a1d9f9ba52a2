"""Airflow's programs forked from one process that has imported Airflow: half the time to start.

Each of the four programs imports the same few hundred modules, which on two cores is most of the time
until Airflow is healthy. Here they are imported once; each program is then forked and runs its own
``airflow`` command, as the deployment does with a process each. One that ends is forked again.

Run as a program (:mod:`sandbox.airflow_stack` does, under a guard), with one JSON argument::

    {"first": [["db", "migrate"]], "programs": {"scheduler": ["scheduler"]}, "logs": "…", "state": "…"}

``first`` are commands that must have ended well before the programs start; ``state`` is a file that
tells each program's process id.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Any, Final, NoReturn

from setproctitle import setproctitle

__all__ = ["main"]

SHARED: Final = (
    "airflow.cli.cli_parser",
    "airflow.providers_manager",
    "airflow.models",
    "airflow.serialization.serialized_objects",
    "airflow.api_fastapi.app",
    "airflow.jobs.job",
)
"""What (nearly) all of the programs import."""

ASKED_AGAIN: Final = ("triggerer",)
"""The triggerer often overlooks that its runner has ended (the pipes close a moment before the process
does) and then waits ten seconds. A second signal ends it at once, and in order: it signs off."""

ASK_AGAIN_SECONDS: Final = 2
TOO_SOON_SECONDS: Final = 20.0
TOO_OFTEN: Final = 3


class Launcher:
    """Starts the programs, starts again what ends, and ends with all of them."""

    def __init__(self, programs: dict[str, list[str]], logs: Path, state: Path) -> None:
        self._programs = programs
        self._logs = logs
        self._state = state
        self._pids: dict[int, str] = {}
        self._started: dict[str, list[float]] = {name: [] for name in programs}
        self._stopping = False
        self._gave_up = False

    def run(self, first: list[list[str]]) -> int:
        """Until a signal comes, or a program does not stay up."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._stop)
        for command in first:
            if (code := os.waitstatus_to_exitcode(os.waitpid(self._fork(command, "command"), 0)[1])) != 0:
                return code or 1
        for name in self._programs:
            self._start(name)
        while self._pids:
            pid, status = os.wait()
            name = self._pids.pop(pid)
            if not self._stopping:
                sys.stderr.write(f"{name} ended with {os.waitstatus_to_exitcode(status)}\n")
                if not self._start(name):
                    self._gave_up = True
                    self._stop(signal.SIGTERM, None)
        return 1 if self._gave_up else 0

    def _start(self, name: str) -> bool:
        """Fork a program; False if it has ended too often, too soon."""
        now = time.monotonic()
        recent = [began for began in self._started[name] if now - began < TOO_SOON_SECONDS]
        if len(recent) >= TOO_OFTEN:
            last_words = (self._logs / f"{name}.log").read_text(errors="replace").splitlines()[-5:]
            sys.stderr.write("\n".join([f"{name} does not stay up; the end of its log:", *last_words, ""]))
            return False
        self._started[name] = [*recent, now]
        self._pids[self._fork(self._programs[name], name)] = name
        beside = self._state.with_suffix(".new")
        beside.write_text(json.dumps({name: pid for pid, name in self._pids.items()}), encoding="utf-8")
        beside.replace(self._state)
        return True

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for pid in self._pids:
            os.kill(pid, signal.SIGTERM)
        signal.signal(signal.SIGALRM, self._ask_again)
        signal.alarm(ASK_AGAIN_SECONDS)

    def _ask_again(self, _number: int, _frame: FrameType | None) -> None:
        for pid, name in self._pids.items():
            if name in ASKED_AGAIN:
                os.kill(pid, signal.SIGTERM)

    def _fork(self, command: list[str], log_name: str) -> int:
        pid = os.fork()
        if pid == 0:
            self._become(command, log_name)
        return pid

    def _become(self, command: list[str], log_name: str) -> NoReturn:
        """In the fork: be the ``airflow`` command."""
        code = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.setpgid(0, 0)
            log = os.open(self._logs / f"{log_name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.close(log)
            sys.argv = ["airflow", *command]
            setproctitle(f"airflow {log_name}")
            gc.enable()
            from airflow.__main__ import main as airflow_main  # noqa: PLC0415

            airflow_main()  # type: ignore[no-untyped-call]
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:  # noqa: BLE001  # a fork must never return into the launcher's own code
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


def main(argument: str) -> int:
    """Import, then start."""
    told: dict[str, Any] = json.loads(argument)
    gc.disable()  # nothing that an import makes is garbage
    for module in SHARED:
        importlib.import_module(module)
    gc.freeze()  # so that no collection touches, and thereby copies, the pages that the programs share
    gc.set_threshold(20_000, 20, 20)
    return Launcher(told["programs"], Path(told["logs"]), Path(told["state"])).run(told["first"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
