"""Programs are started, watched and stopped, and nothing of them is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sandbox.processes import NotReadyError, Program, Supervisor, stop_on_signals, wait_until

# A program with a grandchild in a session of its own, which a signal to the process group does not reach.
WITH_GRANDCHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True)
print(child.pid, flush=True)
time.sleep(300)
"""
DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(300)"


def python(name: str, code: str, **more: object) -> Program:
    return Program(name, [sys.executable, "-c", code], **more)  # type: ignore[arg-type]


def exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def said(log: Path) -> str:
    return log.read_text().strip() if log.exists() else ""


def test_what_a_program_says_goes_to_its_log_and_its_exit_code_is_known(tmp_path: Path) -> None:
    with Supervisor(tmp_path / "logs") as supervisor:
        child = supervisor.start(python("talker", "print('hello'); raise SystemExit(7)"))
        assert supervisor.wait(20) is child
        assert child.stop() == 7
        assert said(child.log) == "hello"
        assert child.log.stat().st_mode & 0o077 == 0


def test_the_pid_is_the_programs_own(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        child = supervisor.start(python("me", "import os, time; print(os.getpid(), flush=True); time.sleep(300)"))
        child.wait_until(lambda: said(child.log) != "", 20, "its pid is told")
        assert int(said(child.log)) == child.pid


def test_grandchildren_in_sessions_of_their_own_are_ended_too(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        child = supervisor.start(python("parent", WITH_GRANDCHILD))
        child.wait_until(lambda: said(child.log).isdigit(), 20, "the grandchild runs")
        grandchild = int(said(child.log))
        assert exists(grandchild)
        child.stop()
        assert not exists(child.pid)
        assert not exists(grandchild)


def test_what_a_program_that_was_killed_left_behind_is_ended(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        child = supervisor.start(python("parent", WITH_GRANDCHILD))
        child.wait_until(lambda: said(child.log).isdigit(), 20, "the grandchild runs")
        os.kill(child.pid, signal.SIGKILL)
        assert supervisor.wait(20) is child
        wait_until(lambda: not exists(int(said(child.log))), 20, "the grandchild is gone")
        assert child.stop() == -signal.SIGKILL


def test_nothing_is_left_when_the_owner_is_killed_outright(tmp_path: Path) -> None:
    owner_code = f"""
from pathlib import Path
from sandbox.processes import Program, Supervisor
import sys
supervisor = Supervisor(Path({str(tmp_path)!r}))
child = supervisor.start(Program("parent", [sys.executable, "-c", {WITH_GRANDCHILD!r}]))
child.wait_until(lambda: child.log.read_text().strip().isdigit(), 20, "the grandchild runs")
print(child.pid, child.log.read_text().strip(), flush=True)
supervisor.wait()
"""
    surroundings = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "include")}
    command = [sys.executable, "-c", owner_code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=surroundings) as owner:
        assert owner.stdout is not None
        child, grandchild = map(int, owner.stdout.readline().split())
        assert exists(child)
        assert exists(grandchild)
        owner.kill()
    wait_until(lambda: not exists(child) and not exists(grandchild), 20, "both are gone")


def test_a_program_that_does_not_listen_is_killed_after_its_time(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor:
        child = supervisor.start(python("deaf", DEAF, stop_seconds=0.3))
        child.wait_until(lambda: said(child.log) == "deaf", 20, "it does not listen")
        began = time.monotonic()
        assert child.stop() == -signal.SIGKILL
        assert time.monotonic() - began < 10


def test_programs_stop_in_reverse_order(tmp_path: Path) -> None:
    order = tmp_path / "order"
    code = """
import signal, sys, time
def end(*_):
    with open(sys.argv[1], "a") as file: file.write(sys.argv[2] + " ")
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
time.sleep(300)
"""
    with Supervisor(tmp_path / "logs") as supervisor:
        for name in ("first", "second", "third"):
            log = tmp_path / "logs" / f"{name}.log"
            program = Program(name, [sys.executable, "-c", code, str(order), name])
            supervisor.start(program, ready=lambda log=log: said(log) == "ready", seconds=20)  # type: ignore[misc]
    assert order.read_text().split() == ["third", "second", "first"]


def test_a_program_that_ends_before_it_is_ready_is_told_with_its_last_words(tmp_path: Path) -> None:
    with (
        Supervisor(tmp_path) as supervisor,
        pytest.raises(NotReadyError, match=r"(?s)broken ended with 3.*no database"),
    ):
        supervisor.start(python("broken", "print('no database'); raise SystemExit(3)"), ready=lambda: False, seconds=20)


def test_a_program_that_is_not_ready_in_time_is_told(tmp_path: Path) -> None:
    with Supervisor(tmp_path) as supervisor, pytest.raises(NotReadyError, match=r"not within 0\.2 seconds: slow"):
        supervisor.start(python("slow", "import time; time.sleep(300)"), ready=lambda: False, seconds=0.2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_unwinds_in_order(number: signal.Signals) -> None:
    unwound = []

    def work() -> None:
        with stop_on_signals():
            try:
                os.kill(os.getpid(), number)
                wait_until(lambda: False, 20, "the signal")
            finally:
                unwound.append(number)

    with pytest.raises(SystemExit) as end:
        work()
    assert end.value.code == 128 + number
    assert unwound == [number]
