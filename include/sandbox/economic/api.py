"""The API as an ASGI application: one request in, one answer out, or the fault that was asked for."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import Receive, Scope, Send

from sandbox.economic.agreement import Agreement
from sandbox.economic.call import Reply
from sandbox.economic.errors import ApiError
from sandbox.economic.fault_effects import fake_answer, spoiled
from sandbox.economic.faults import AFTER, BEFORE, Fault, Faults
from sandbox.economic.incoming import Incoming, read_incoming
from sandbox.economic.pipeline import Pipeline
from sandbox.economic.serving import TRANSPORT


class Api:
    """Serves the legacy API."""

    def __init__(self, pipeline: Pipeline, faults: Faults) -> None:
        """The pipeline answers; the faults decide what becomes of the answer."""
        self._pipeline = pipeline
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        incoming = await read_incoming(scope, receive)
        if incoming is None:
            return
        try:
            agreement = self._pipeline.admit(incoming)
        except ApiError as error:
            await _send(send, self._pipeline.unknown_caller(incoming, error))
            return
        with self._pipeline.presence.of(agreement.number):
            latency = agreement.knobs.number("latency_ms")
            if latency:
                await asyncio.sleep(latency / 1000)
            fault = self._faults.pick(agreement.number, incoming.method, incoming.path)
            reply = await self._answer(incoming, agreement, fault)
        if reply is None:
            await _drop(scope, receive)
        elif fault is not None and fault.effect == "cut_answer":
            await _send(send, reply, cut=True)
            await _drop(scope, receive, flush=True)
        else:
            await _send(send, reply)

    async def _answer(self, incoming: Incoming, agreement: Agreement, fault: Fault | None) -> Reply | None:
        """The reply that goes out, or nothing when the connection is to be dropped."""
        if fault is None:
            return self._pipeline.answer(incoming, agreement)
        if fault.when == BEFORE and fault.effect != "delay_before":
            fake = None if fault.effect == "drop_before" else fake_answer(fault)
            status = fake.status if fake else 0
            self._pipeline.note_unhandled(incoming, agreement, status, fault.effect)
            return self._pipeline.finished(fake, agreement) if fake else None
        if fault.effect == "delay_before":
            await asyncio.sleep(fault.seconds)
        reply = self._pipeline.answer(incoming, agreement, fault.effect)
        if fault.effect == "delay_after_commit":
            await asyncio.sleep(fault.seconds)
        if fault.effect == "drop_after_commit":
            return None
        return spoiled(fault, reply) if fault.when == AFTER else reply


async def _send(send: Send, reply: Reply, *, cut: bool = False) -> None:
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
