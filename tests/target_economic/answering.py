"""A client on a sandbox agreement, and a server that answers whatever a test wants."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ledgerbridge.integration import Integration
from ledgerbridge.target.contract import Usage
from ledgerbridge.target.economic.client import Economic
from ledgerbridge.target.economic.connection import EconomicConnection
from sandbox.integration_file import settings

SETTINGS = Integration.model_validate(settings("answers"))
SECRET, GRANT = "canary-app-secret-4711", "canary-grant-0815"


class FreeGate:
    """Lets every call pass."""

    def turn(self, *, is_for_a_call: bool = True) -> AbstractContextManager[float]:  # noqa: ARG002
        """Nothing is in the way."""
        return nullcontext(0.0)

    def after(self, usage: Usage, *, is_granted: bool | None) -> None:
        """Nothing is kept."""


@contextmanager
def client(connection: EconomicConnection, timeout: int = 2, **invoicing: Any) -> Iterator[Economic]:
    changed = SETTINGS.invoicing.model_copy(update=invoicing)
    with closing(connection.open(FreeGate(), timeout)) as http:
        yield Economic(http, invoicing=changed)


@contextmanager
def answering(
    status: int, body: bytes, headers: Mapping[str, str] | None = None
) -> Iterator[tuple[Economic, list[Any]]]:
    """A client of a server that gives this one answer to everything, and the requests that it saw."""
    seen: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            seen.append((self.command, self.path, dict(self.headers), self.rfile.read(length)))
            self.send_response(status)
            given = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
            for name, value in given.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        with client(EconomicConnection(SECRET, GRANT, url=url)) as opened:
            yield opened, seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
