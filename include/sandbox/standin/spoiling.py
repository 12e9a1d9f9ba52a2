"""Answers that are not what they should be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from sandbox.standin.faults import Fault
from sandbox.standin.jsontext import NotJsonError, encode, parse
from sandbox.standin.reply import Reply

FakeAnswer = Callable[[Fault], Reply]
"""An answer made up without handling the request, or in place of the real one."""

_HTML = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"


def page_or_nothing(fault: Fault) -> Reply | None:
    """The answer of the effects ``html`` and ``empty``, which look alike everywhere."""
    if fault.effect == "html":
        title = b"502 Bad Gateway" if fault.status == 502 else b"Planned maintenance"
        return Reply(fault.status, _HTML % (title, title), "text/html; charset=utf-8")
    return Reply(200) if fault.effect == "empty" else None


def retry_after(fault: Fault) -> dict[str, str]:
    """The header that tells when to come again, if the rule has one."""
    return {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}


def spoiled(fault: Fault, reply: Reply, fake: FakeAnswer) -> Reply:
    """What leaves in place of an answer that was really given."""
    if fault.effect == "wrong_types":
        return _with_wrong_types(reply)
    if fault.effect == "cut_answer" or fault.effect.startswith("delay"):
        return reply
    faked = fake(fault)
    kept = {name: value for name, value in reply.headers.items() if name.startswith("X-")}
    return replace(faked, headers=kept | faked.headers)


def _with_wrong_types(reply: Reply) -> Reply:
    try:
        body = parse(reply.body)
    except NotJsonError:
        return reply
    return replace(reply, body=encode(_wrong(body)))


def _wrong(value: object) -> object:
    """Objects keep their names; numbers become words, texts numbers, lists texts."""
    if isinstance(value, dict):
        return {name: _wrong(member) for name, member in value.items()}
    if isinstance(value, bool) or value is None:
        return "maybe"
    if isinstance(value, int | Decimal):
        return "many"
    return 7 if isinstance(value, str) else "a list"
