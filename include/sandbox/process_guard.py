"""What stands between us and each program that we start, so that none is left behind.

Run as a program by a bare interpreter (:mod:`sandbox.processes` does), with the standard library only.
It starts the program in a session of its own and ends it when it is told to or when whoever asked for
it is gone, killed outright included: its standard input is a pipe from there, and a pipe ends with its
writer. On Linux it adopts whatever the program leaves behind (``PR_SET_CHILD_SUBREAPER``), so that
grandchildren, such as Airflow's task processes in process groups of their own, end too. Elsewhere it
ends the program's process group, which misses only a descendant that made a new group.

Arguments: the descriptor to write the program's process id to, and to hold open until it has ended;
the signal that asks the program to end; the seconds it then has; the program and its arguments.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

_LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_LEFTOVERS_SECONDS = 2.0
_POLL_SECONDS = 0.02


def _prctl(option: int, value: int) -> None:
    if _LINUX:
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _parents() -> dict[int, int]:
    """Every process and its parent."""
    if not _LINUX:
        listed = subprocess.run(["ps", "-axo", "pid=,ppid="], capture_output=True, text=True, check=False)  # noqa: S607
        return {int(pid): int(parent) for pid, parent in (line.split() for line in listed.stdout.splitlines())}
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # The name, in brackets, may hold blanks and brackets of its own.
                found[int(entry.name)] = int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    return found


def _signal_descendants(number: signal.Signals) -> None:
    parents = _parents()
    wanted = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in wanted} - wanted:
        wanted |= more
    for pid in wanted - {os.getpid()}:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _reap(program: int) -> tuple[int | None, bool]:
    """Collect whoever has ended: the program's exit code if it was among them; whether any child is left."""
    code = None
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return code, True
            if pid == program:
                code = os.waitstatus_to_exitcode(status)
    return code, False


def _end_everything(group: int) -> None:
    """End what the program left behind: ask, then kill, until nothing is left."""
    end = time.monotonic() + _LEFTOVERS_SECONDS
    number = signal.SIGTERM
    while True:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
        _signal_descendants(number)
        while _reap(0)[1] and time.monotonic() < end:
            time.sleep(_POLL_SECONDS)
        if not _reap(0)[1] or time.monotonic() > end + _LEFTOVERS_SECONDS:
            return
        number = signal.SIGKILL


def _guard(status: int, stop_signal: int, stop_seconds: float, command: list[str]) -> int:
    parent = os.getppid()
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    os.set_inheritable(status, False)
    process = subprocess.Popen(  # noqa: S603 - what our caller wants run
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        # There are no threads here. Should the guard itself be killed, its program is too.
        preexec_fn=lambda: _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL),  # noqa: PLW1509
    )
    os.write(status, str(process.pid).encode())
    code, deadline = None, None
    while code is None:
        readable, _, _ = select.select([wake] if deadline else [0, wake], [], [], 0.5)
        told = wake in readable and set(os.read(wake, 64)) & {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
        if deadline is None and (0 in readable or told or os.getppid() != parent):
            os.kill(process.pid, stop_signal)
            deadline = time.monotonic() + stop_seconds
        if deadline is not None and time.monotonic() > deadline:
            os.kill(process.pid, signal.SIGKILL)  # not process.kill(), which would collect the exit code unseen
        code, _ = _reap(process.pid)
    _end_everything(process.pid)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    os._exit(_guard(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))
