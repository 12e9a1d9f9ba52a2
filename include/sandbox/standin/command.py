"""The command line of a stand-in: ``python -m sandbox.<name> --data DIR``."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uvloop
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from sandbox.standin.database import Database
from sandbox.standin.serving import listen, serve

_LOOPBACK: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class StandIn:
    """A stand-in on a data folder, ready to be served."""

    api: ASGIApp
    control: Starlette
    database: Database


def run(argv: Sequence[str], *, program: str, name: str, opened: Callable[[Path], StandIn]) -> None:
    """Open a stand-in, start both listeners, and serve until told to stop."""
    options = _arguments(argv, program)
    stand_in = opened(options.data)
    sockets = (listen(options.host, options.port), listen(_LOOPBACK, options.control_port))
    api = Starlette(routes=[Mount("/", app=stand_in.api)])
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(api, stand_in.control, sockets, options.ready_file, name=name))
    finally:
        stand_in.database.close()


def _arguments(argv: Sequence[str], program: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m {program}")
    parser.add_argument("--data", type=Path, required=True, help="folder that keeps everything")
    parser.add_argument("--host", default=_LOOPBACK, help="address of the API (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port of the API; 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="port of the control address, loopback only")
    parser.add_argument("--ready-file", type=Path, help="written as JSON when both ports listen")
    return parser.parse_args(argv)
