"""The sandbox as a process, and a client of it."""

from __future__ import annotations

from typing import Any

import requests
from standin_process import Answer, Program, Running

from sandbox.economic.control import Control, Tokens
from sandbox.standin.jsontext import Doc, encode

JSON_HEADERS = {"Content-Type": "application/json"}
Sandbox = Running[Control]
SANDBOX = Program("sandbox.economic", "e-conomic sandbox", Control)


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
