"""Starts a stand-in as a process of its own, and reads its answers as a client would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from sandbox.standin.jsontext import parse, parse_object

INCLUDE = Path(__file__).parents[1] / "include"


class _Closing(Protocol):
    def close(self) -> None: ...


C = TypeVar("C", bound=_Closing)


@dataclass
class Running(Generic[C]):
    """A stand-in that listens, and its control address."""

    url: str
    control: C
    process: subprocess.Popen[bytes]

    def stop(self, *, kill: bool = False) -> None:
        """End it, politely or with SIGKILL, and wait until it is gone."""
        self.control.close()
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()


@dataclass(frozen=True)
class Program(Generic[C]):
    """A stand-in's module, what it prints when it listens, and the client of its control address."""

    module: str
    greeting: str
    control: Callable[[str], C]

    def start(self, data: Path) -> Running[C]:
        """Start it on a folder and wait for its greeting."""
        ready = data.parent / f"{data.name}.ready.json"
        ready.unlink(missing_ok=True)
        command = [sys.executable, "-m", self.module, "--data", str(data), "--ready-file", str(ready)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(INCLUDE)})
        assert process.stdout is not None
        assert process.stdout.readline().startswith(f"{self.greeting}: http://127.0.0.1:".encode())
        addresses = parse_object(ready.read_bytes())
        assert addresses["pid"] == process.pid
        return Running(addresses["url"], self.control(addresses["control_url"]), process)

    @contextmanager
    def running(self, data: Path) -> Iterator[Running[C]]:
        """It, for the length of a block."""
        started = self.start(data)
        try:
            yield started
        finally:
            if started.process.poll() is None:
                started.stop()


@dataclass
class Answer:
    """An answer with its JSON read into Decimals."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON body."""
        return parse(self.raw)
