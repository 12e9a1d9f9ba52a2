"""How an answer leaves: whole, cut in the middle, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.types import Receive, Scope, Send

from sandbox.standin.faults import AFTER, BEFORE, Fault
from sandbox.standin.reply import Reply
from sandbox.standin.serving import TRANSPORT
from sandbox.standin.spoiling import FakeAnswer, spoiled

Answer = Callable[[str | None], Reply]
"""Handles the request; told the effect of the fault that strikes, for the log."""
Unhandled = Callable[[int, str], None]
"""Notes a call that a fault took away: the status that was answered (0 for none) and the effect."""


async def under_fault(fault: Fault | None, answer: Answer, unhandled: Unhandled, fake: FakeAnswer) -> Reply | None:
    """The reply that goes out, or nothing when the connection is to be dropped."""
    if fault is None:
        return answer(None)
    if fault.when == BEFORE and fault.effect != "delay_before":
        faked = None if fault.effect == "drop_before" else fake(fault)
        unhandled(faked.status if faked else 0, fault.effect)
        return faked
    if fault.effect == "delay_before":
        await asyncio.sleep(fault.seconds)
    reply = answer(fault.effect)
    if fault.effect == "delay_after_commit":
        await asyncio.sleep(fault.seconds)
    if fault.effect == "drop_after_commit":
        return None
    return spoiled(fault, reply, fake) if fault.when == AFTER else reply


async def leave(scope: Scope, receive: Receive, send: Send, reply: Reply | None, fault: Fault | None) -> None:
    """Send a reply, a part of it, or break the connection without one."""
    if reply is None:
        await _drop(scope, receive)
    elif fault is not None and fault.effect == "cut_answer":
        await send_reply(send, reply, cut=True)
        await _drop(scope, receive, flush=True)
    else:
        await send_reply(send, reply)


async def send_reply(send: Send, reply: Reply, *, cut: bool = False) -> None:
    """Put an answer on the wire; ``cut`` promises all of it and sends half."""
    headers = [
        (b"content-length", str(len(reply.body)).encode()),
        *((name.lower().encode(), value.encode("latin-1")) for name, value in reply.headers.items()),
    ]
    if reply.body:
        headers.append((b"content-type", reply.content_type.encode()))
    if reply.status == 204:
        headers = headers[1:]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = reply.body[: len(reply.body) // 2] if cut else reply.body
    await send({"type": "http.response.body", "body": body, "more_body": cut})


async def _drop(scope: Scope, receive: Receive, *, flush: bool = False) -> None:
    """Close the connection under the request, and wait until the server has seen it."""
    transport: Any = scope["extensions"][TRANSPORT]
    if flush:
        transport.close()
    else:
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
