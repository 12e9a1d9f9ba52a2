"""An entrant at work: its process, what it says, and what it took."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from sandbox.postgres import EmbeddedPostgres

__all__ = ["DidNotEndError", "Outcome", "Running", "database_cpu"]


class DidNotEndError(RuntimeError):
    """An entrant ended and did not say what came of it. ``exit_code``: negative when a signal ended it."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Outcome:
    """``seconds`` as the entrant measured it, imports left out; CPU seconds since it was ready; peak memory in MiB.

    The peak is what the entrant reads of itself in ``/proc`` (VmHWM) at its end: what the kernel tells a parent of its
    child (``ru_maxrss``) has the parent's own peak in it.
    """

    seconds: float
    delivered: int
    failed: int
    cpu_seconds: float
    peak_mib: float
    exit_code: int


class Running:
    """A process between its start and its end."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path, order: str | None = None) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **environment},
                text=True,
            )
        if order is not None:
            self._say(order)
        self._expect("ready")
        self._cpu_when_ready = sum(psutil.Process(self._process.pid).cpu_times()[:2])

    def go(self) -> None:
        """Now."""
        self._say("go")

    def kill(self) -> bool:
        """SIGKILL; whether it struck, and the process had not ended by itself before."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        self._close()
        return self._process.returncode == -signal.SIGKILL

    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    def outcome(self) -> Outcome:
        """Wait for the end.

        Raises:
            DidNotEndError: it did not say what came of it.
        """
        assert self._process.stdout is not None
        said = self._process.stdout.read().strip().splitlines()
        _, status, usage = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        self._close()
        told = _last_json(said)
        if told is None:
            message = f"it ended with {self._process.returncode} and said nothing; see {self._log}"
            raise DidNotEndError(message, self._process.returncode)
        return Outcome(
            seconds=float(told["seconds"]),
            delivered=int(told["delivered"]),
            failed=int(told["failed"]),
            cpu_seconds=usage.ru_utime + usage.ru_stime - self._cpu_when_ready,
            peak_mib=float(told["peak_mib"]),
            exit_code=self._process.returncode,
        )

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _expect(self, word: str) -> None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().strip()
        if line != word:
            self._process.kill()
            self._process.wait()
            self._close()
            message = f"{word!r} was expected and {line!r} came; see {self._log}"
            raise DidNotEndError(message, self._process.returncode)

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def _last_json(lines: list[str]) -> dict[str, Any] | None:
    for line in reversed(lines):
        if line.startswith("{"):
            told: dict[str, Any] = json.loads(line)
            return told
    return None


def database_cpu(postgres: EmbeddedPostgres) -> float:
    """CPU seconds that the database server and all of its processes have used, the ended ones too."""
    pid = int((postgres.data_dir / "cluster" / "postmaster.pid").read_text(encoding="ascii").split()[0])
    server = psutil.Process(pid)
    spent = sum(server.cpu_times()[:4])
    for child in server.children(recursive=True):
        try:
            spent += sum(child.cpu_times()[:2])
        except psutil.NoSuchProcess:
            continue
    return float(spent)
