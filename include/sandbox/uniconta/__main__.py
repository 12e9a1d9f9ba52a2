"""``python -m sandbox.uniconta --data DIR``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop
from starlette.applications import Starlette
from starlette.routing import Mount

from sandbox.standin.faults import Faults
from sandbox.standin.serving import listen, serve
from sandbox.uniconta.api import Api
from sandbox.uniconta.control_server import control_app
from sandbox.uniconta.fault_effects import FAULTS
from sandbox.uniconta.pipeline import Pipeline
from sandbox.uniconta.store import Store

_LOOPBACK = "127.0.0.1"


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.uniconta", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that keeps everything")
    parser.add_argument("--host", default=_LOOPBACK, help="address of the API (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port of the API; 0 takes a free one")
    parser.add_argument("--control-port", type=int, default=0, help="port of the control address, loopback only")
    parser.add_argument("--ready-file", type=Path, help="written as JSON when both ports listen")
    return parser.parse_args(argv)


def main(argv: Sequence[str]) -> None:
    """Start both listeners and serve until told to stop."""
    options = _arguments(argv)
    store = Store(options.data)
    pipeline = Pipeline(store)
    faults = Faults(store.settings, FAULTS)
    api = Starlette(routes=[Mount("/", app=Api(pipeline, faults))])
    control = control_app(store, pipeline, faults)
    sockets = (listen(options.host, options.port), listen(_LOOPBACK, options.control_port))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(api, control, sockets, options.ready_file, name="Uniconta sandbox"))
    finally:
        store.database.close()


if __name__ == "__main__":
    main(sys.argv[1:])
