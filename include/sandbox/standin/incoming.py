"""A request as it came in, before anything is known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.types import Receive, Scope


@dataclass(frozen=True, slots=True)
class Incoming:
    """Verb, address, headers and raw body."""

    method: str
    path: str
    """The path with its percent-encoding."""
    query: str
    headers: Mapping[str, str]
    raw: bytes
    base_url: str


async def read_incoming(scope: Scope, receive: Receive) -> Incoming | None:
    """Read a whole request from the server; nothing when the caller is gone before its end."""
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    parts = []
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    host = headers.get("host") or "{}:{}".format(*scope["server"])
    return Incoming(
        scope["method"],
        scope["raw_path"].decode("latin-1").partition("?")[0],
        scope["query_string"].decode("latin-1"),
        headers,
        b"".join(parts),
        f"{scope['scheme']}://{host}",
    )
