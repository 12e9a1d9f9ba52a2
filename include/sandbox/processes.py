"""Child processes that are started together, watched, and never left behind.

Every program gets a guard (:mod:`sandbox.process_guard`), which ends it, and all that it started,
when it is told to or when we are gone, killed outright included.

::

    with Supervisor(logs) as supervisor, stop_on_signals():
        supervisor.start(Program("sandbox", [sys.executable, "-m", "sandbox.economic"]), ready=is_listening)
        supervisor.wait()
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Final, NoReturn, Self

__all__ = ["Child", "NotReadyError", "Program", "Supervisor", "stop_on_signals", "wait_until"]

_GUARD: Final = Path(__file__).with_name("process_guard.py")
_GUARD_SECONDS: Final = 10.0  # what a guard may need beyond its program's own time to stop
_POLL_SECONDS: Final = 0.05


class NotReadyError(RuntimeError):
    """A program ended, or did not become ready in time. The text ends with its last log lines."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``environment`` None means ours; ``stop_seconds`` is its time to end by itself."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    directory: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0


@dataclass(slots=True)
class Child:
    """A program that was started.

    ``pid`` is the program's own, not its guard's. ``ended`` is a file descriptor that becomes readable
    when the program has ended, and -1 after ``stop``.
    """

    program: Program
    log: Path
    pid: int
    ended: int = field(repr=False)
    _guard: subprocess.Popen[bytes] = field(repr=False)

    @property
    def returncode(self) -> int | None:
        """The program's exit code (negative: the signal that ended it), or None while it runs."""
        code = self._guard.poll()
        return None if code is None else _signed(code)

    @property
    def running(self) -> bool:
        """Whether the program still runs."""
        return self._guard.poll() is None

    def wait_until(self, condition: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait for ``condition``; a program that ends meanwhile is told at once."""

        def alive() -> None:
            if not self.running:
                message = f"{self.program.name} ended with {self.returncode} before {what}:\n{self.last_lines()}"
                raise NotReadyError(message)

        try:
            wait_until(condition, seconds, f"{self.program.name}: {what}", check=alive)
        except TimeoutError as error:
            message = f"{error}\n{self.last_lines()}"
            raise NotReadyError(message) from error

    def wait_until_ended(self, seconds: float) -> None:
        """Wait for a program that ends by itself, and well."""
        wait_until(lambda: not self.running, seconds, f"{self.program.name}: the end of {self.program.command}")
        if self.returncode != 0:
            message = f"{self.program.name} ended with {self.returncode}:\n{self.last_lines()}"
            raise NotReadyError(message)

    def last_lines(self, count: int = 20) -> str:
        """The end of the program's log."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
        return "(no log)"

    def ask_to_stop(self) -> None:
        """Begin to end the program, without waiting."""
        if self._guard.stdin is not None:
            with contextlib.suppress(OSError):
                self._guard.stdin.close()

    def stop(self) -> int:
        """End the program and all that it started; its exit code."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._guard.wait(self.program.stop_seconds + _GUARD_SECONDS)
        if self._guard.poll() is None:
            self._guard.kill()  # takes the program along (PDEATHSIG)
            self._guard.wait()
        if self.ended >= 0:
            os.close(self.ended)
            self.ended = -1
        return _signed(self._guard.returncode)


class Supervisor:
    """Starts programs one after the other and stops them in reverse order."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self.children: list[Child] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def start(self, program: Program, *, ready: Callable[[], bool] | None = None, seconds: float = 60.0) -> Child:
        """Start ``program``, its output going to ``<logs>/<name>.log``; wait until ``ready`` if given."""
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{program.name}.log"
        read, write = os.pipe()
        try:
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                guard = subprocess.Popen(  # noqa: S603 - our own interpreter, and what our caller wants run
                    [
                        *(sys.executable, "-I", "-S", str(_GUARD), str(write)),
                        *(str(int(program.stop_signal)), str(program.stop_seconds)),
                        *program.command,
                    ],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    env=None if program.environment is None else dict(program.environment),
                    cwd=program.directory,
                    pass_fds=[write],
                    start_new_session=True,
                )
            finally:
                os.close(output)
        finally:
            os.close(write)
        said = os.read(read, 32)
        child = Child(program, log, int(said or b"0"), read, guard)
        self.children.append(child)
        if ready is not None:
            child.wait_until(ready, seconds, "ready")
        return child

    def wait(self, seconds: float | None = None) -> Child | None:
        """Block until a child ends, and return it; None after ``seconds``."""
        open_pipes = {child.ended: child for child in self.children if child.ended >= 0}
        ended, _, _ = select.select(list(open_pipes), [], [], seconds)
        return open_pipes[ended[0]] if ended else None

    def stop_together(self) -> None:
        """Stop every child, all at once: for programs that do not need one another to end."""
        for child in self.children:
            child.ask_to_stop()
        self.stop()

    def stop(self) -> None:
        """Stop every child, the one started last first."""
        while self.children:
            self.children[-1].stop()
            self.children.pop()


@contextlib.contextmanager
def stop_on_signals() -> Iterator[None]:
    """Inside, SIGINT, SIGTERM and SIGHUP raise ``SystemExit``, so that ``with`` blocks end in order."""

    def unwind(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, unwind) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_until(
    condition: Callable[[], bool],
    seconds: float,
    what: str,
    *,
    check: Callable[[], None] | None = None,
    every: float = _POLL_SECONDS,
) -> None:
    """Look until ``condition`` holds; ``TimeoutError`` after ``seconds``; ``check`` may raise earlier."""
    end = time.monotonic() + seconds
    while not condition():
        if check is not None:
            check()
        if time.monotonic() > end:
            message = f"not within {seconds:g} seconds: {what}"
            raise TimeoutError(message)
        time.sleep(every)


def _signed(code: int) -> int:
    """A guard passes its program's fatal signal on as 128 + number, as shells do."""
    return 128 - code if 128 < code < 192 else code
