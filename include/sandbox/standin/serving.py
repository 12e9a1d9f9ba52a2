"""Two listeners in one process: the API and the control address, started and stopped together."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "sandbox.transport"
_KEEP_ALIVE = 75
_BACKLOG = 512


class OpenProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol that lets the application reach its connection, to break it on purpose."""

    def on_message_begin(self) -> None:
        """Hand the transport to the application with every request."""
        super().on_message_begin()
        self.scope["extensions"] = {TRANSPORT: self.transport}  # type: ignore[dict-item]  # ours alone


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        """A server that tells when it listens."""
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to ``serve``, which stops both servers."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((host, port))
    sock.listen(_BACKLOG)
    return sock


def url_of(sock: socket.socket) -> str:
    """The address of a listening socket."""
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _server(app: Starlette) -> _Server:
    config = uvicorn.Config(
        app,
        http=OpenProtocol,
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=_KEEP_ALIVE,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=1,
    )
    return _Server(config)


def write_ready_file(path: Path, addresses: dict[str, object]) -> None:
    """Tell whoever waits, in one step: the file is either not there or complete."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(addresses), encoding="utf-8")
    part.replace(path)


async def serve(
    api: Starlette,
    control: Starlette,
    sockets: tuple[socket.socket, socket.socket],
    ready_file: Path | None,
    *,
    name: str,
) -> None:
    """Serve until SIGINT or SIGTERM; ``name`` begins the one line that is printed when both listen."""
    servers = (_server(api), _server(control))

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    tasks = [asyncio.ensure_future(server.serve(sockets=[sock])) for server, sock in zip(servers, sockets, strict=True)]
    for server in servers:
        await server.listening.wait()
    addresses: dict[str, object] = {
        "url": url_of(sockets[0]),
        "control_url": url_of(sockets[1]),
        "pid": os.getpid(),
    }
    if ready_file is not None:
        write_ready_file(ready_file, addresses)
    print(f"{name}: {addresses['url']} control: {addresses['control_url']}", flush=True)
    await asyncio.gather(*tasks)
