"""The API as an ASGI application: one request in, one answer out, or the fault that was asked for."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.types import Receive, Scope, Send

from sandbox.economic.agreement import Agreement
from sandbox.economic.errors import ApiError
from sandbox.economic.fault_effects import fake_answer
from sandbox.economic.pipeline import Pipeline
from sandbox.standin.answering import leave, send_reply, under_fault
from sandbox.standin.faults import Fault, Faults
from sandbox.standin.incoming import Incoming, read_incoming
from sandbox.standin.reply import Reply


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
            await send_reply(send, self._pipeline.unknown_caller(incoming, error))
            return
        with self._pipeline.presence.of(agreement.number):
            latency = agreement.knobs.number("latency_ms")
            if latency:
                await asyncio.sleep(latency / 1000)
            fault = self._faults.pick({"agreement": agreement.number}, incoming.method, incoming.path)
            reply = await self._answer(incoming, agreement, fault)
        await leave(scope, receive, send, reply, fault)

    async def _answer(self, incoming: Incoming, agreement: Agreement, fault: Fault | None) -> Reply | None:
        answer = partial(self._pipeline.answer, incoming, agreement)
        unhandled = partial(self._pipeline.note_unhandled, incoming, agreement)
        reply = await under_fault(fault, answer, unhandled, fake_answer)
        return reply and self._pipeline.finished(reply, agreement)
