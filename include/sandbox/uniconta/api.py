"""The three surfaces as an ASGI application: one request in, one answer out, or the fault that was asked for."""

from __future__ import annotations

import asyncio
from functools import partial

from starlette.types import Receive, Scope, Send

from sandbox.standin.answering import leave, under_fault
from sandbox.standin.faults import Fault, Faults
from sandbox.standin.incoming import read_incoming
from sandbox.standin.reply import Reply
from sandbox.uniconta.fault_effects import fake_answer
from sandbox.uniconta.pipeline import Admitted, Pipeline


class Api:
    """Serves everything that is not the control address."""

    def __init__(self, pipeline: Pipeline, faults: Faults) -> None:
        """The pipeline answers; the faults decide what becomes of the answer."""
        self._pipeline = pipeline
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        incoming = await read_incoming(scope, receive)
        if incoming is None:
            return
        admitted = self._pipeline.admit(incoming)
        with self._pipeline.presence.of(admitted.company):
            reply, fault = await self._reply(admitted)
        await leave(scope, receive, send, reply, fault)

    async def _reply(self, admitted: Admitted) -> tuple[Reply | None, Fault | None]:
        company = admitted.caller.company
        if company is not None:
            await _wait(company.knobs.number("latency_ms"))
            if self._pipeline.over_limit(admitted):
                if company.knobs.choice("over_limit") == "slow_down":
                    return self._pipeline.slow_down(admitted), None
                await _wait(company.knobs.number("over_limit_delay_ms"))
        who = {"company": admitted.company, "user": admitted.user}
        known = bool(admitted.company or admitted.user)
        fault = self._faults.pick(who, admitted.incoming.method, admitted.incoming.path) if known else None
        answer = partial(self._pipeline.answer, admitted)
        unhandled = partial(self._pipeline.note_unhandled, admitted)
        return await under_fault(fault, answer, unhandled, fake_answer), fault


async def _wait(milliseconds: int) -> None:
    if milliseconds:
        await asyncio.sleep(milliseconds / 1000)
