"""Starts a sandbox as a process of its own, and talks to it as a client would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from sandbox.economic.control import Control, Tokens
from sandbox.standin.jsontext import Doc, encode, parse, parse_object

INCLUDE = Path(__file__).parents[2] / "include"
JSON_HEADERS = {"Content-Type": "application/json"}


@dataclass
class Sandbox:
    """A running sandbox."""

    url: str
    control: Control
    process: subprocess.Popen[bytes]

    def stop(self, *, kill: bool = False) -> None:
        """End it, politely or with SIGKILL, and wait until it is gone."""
        self.control.close()
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(timeout=10)
        if self.process.stdout:
            self.process.stdout.close()


def start(data: Path) -> Sandbox:
    """Start a sandbox on a folder and wait for the line it prints when it listens."""
    ready = data.parent / f"{data.name}.ready.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "sandbox.economic", "--data", str(data), "--ready-file", str(ready)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(INCLUDE)})
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"e-conomic sandbox: http://127.0.0.1:")
    addresses = parse_object(ready.read_bytes())
    assert addresses["pid"] == process.pid
    return Sandbox(addresses["url"], Control(addresses["control_url"]), process)


@contextmanager
def running(data: Path) -> Iterator[Sandbox]:
    """A sandbox for the length of a block."""
    sandbox = start(data)
    try:
        yield sandbox
    finally:
        if sandbox.process.poll() is None:
            sandbox.stop()


@dataclass
class Answer:
    """An answer with its JSON read into Decimals."""

    status: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON body."""
        return parse(self.raw)


class Api:
    """A client of one agreement."""

    def __init__(self, url: str, tokens: Tokens) -> None:
        """Keeps one connection open."""
        self.url = url
        self.tokens = tokens
        self.session = requests.Session()
        self.session.headers.update(tokens.headers)

    @property
    def agreement(self) -> int:
        """The agreement's number."""
        return self.tokens.agreement

    def call(
        self, method: str, path: str, body: object = None, *, key: str | None = None, **headers: str | None
    ) -> Answer:
        """One call; ``headers`` replace the usual ones, with _ for -."""
        sent: dict[str, str | None] = dict(JSON_HEADERS)
        if key is not None:
            sent["Idempotency-Key"] = key
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        data = body if isinstance(body, bytes) else None if body is None else encode(body)
        with self.session.request(method, self.url + path, data=data, headers=sent, timeout=20) as answer:
            return Answer(answer.status_code, answer.headers, answer.content)

    def get(self, path: str, **headers: str | None) -> Answer:
        """GET."""
        return self.call("GET", path, **headers)

    def post(self, path: str, body: object, **more: Any) -> Answer:
        """POST."""
        return self.call("POST", path, body, **more)

    def put(self, path: str, body: object, **more: Any) -> Answer:
        """PUT."""
        return self.call("PUT", path, body, **more)

    def delete(self, path: str, **more: Any) -> Answer:
        """DELETE."""
        return self.call("DELETE", path, **more)

    def made(self, path: str, body: object) -> Any:
        """POST something that must be created; returns it."""
        answer = self.post(path, body)
        assert answer.status == 201, answer.raw
        return answer.body


def customer(**more: object) -> Doc:
    """The smallest customer of the contract (3.1), and what a test adds."""
    return {
        "name": "Smørrebrød & Søn ApS",
        "currency": "DKK",
        "customerGroup": {"customerGroupNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
        "vatZone": {"vatZoneNumber": 1},
    } | more


def line(**more: object) -> Doc:
    """A product line with VAT."""
    return {
        "product": {"productNumber": "1000"},
        "description": "Rådgivning",
        "quantity": 1,
        "unitNetPrice": 100,
    } | more


def draft(*lines: Doc, **more: object) -> Doc:
    """A draft for customer 1 with one line, and what a test adds."""
    return {
        "date": "2026-01-08",
        "currency": "DKK",
        "paymentTerms": {"paymentTermsNumber": 1},
        "customer": {"customerNumber": 1},
        "recipient": {"name": "Torstens Torskebutik", "vatZone": {"vatZoneNumber": 1}},
        "layout": {"layoutNumber": 19},
        "lines": list(lines) or [line()],
    } | more


def errors_in(node: object) -> list[Doc]:
    """Every object with an errorCode below ``errors``: what the contract tells clients to collect (2.10)."""
    if isinstance(node, dict):
        own = [node] if "errorCode" in node else []
        return own + [found for member in node.values() for found in errors_in(member)]
    if isinstance(node, list):
        return [found for member in node for found in errors_in(member)]
    return []


def codes(answer: Answer) -> list[str]:
    """The error codes of a refused request, in order."""
    return [str(error["errorCode"]) for error in errors_in(answer.body["errors"])]
