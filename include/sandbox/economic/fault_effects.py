"""Answers that are not what they should be."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sandbox.economic.call import Reply
from sandbox.economic.faults import Fault
from sandbox.economic.jsontext import NotJsonError, encode, parse

_HTML = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"


def fake_answer(fault: Fault) -> Reply:
    """An answer made up without handling the request, or in place of the real one."""
    if fault.effect == "html":
        title = b"502 Bad Gateway" if fault.status == 502 else b"Planned maintenance"
        return Reply(fault.status, _HTML % (title, title), "text/html; charset=utf-8")
    if fault.effect == "empty":
        return Reply(200)
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    body = {"message": "Injected fault.", "developerHint": "A fault rule of the sandbox struck."}
    return Reply.json(fault.status, body | {"httpStatusCode": fault.status}, headers)


def spoiled(fault: Fault, reply: Reply) -> Reply:
    """What leaves in place of an answer that was really given."""
    if fault.effect == "wrong_types":
        return _with_wrong_types(reply)
    if fault.effect in {"html", "empty", "status"}:
        fake = fake_answer(fault)
        kept = {name: value for name, value in reply.headers.items() if name.startswith("X-")}
        return replace(fake, headers=kept | fake.headers)
    return reply


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
