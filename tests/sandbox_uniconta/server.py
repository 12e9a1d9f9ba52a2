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

from sandbox.standin.jsontext import Doc, encode, parse, parse_object
from sandbox.uniconta.control import Control, Login

INCLUDE = Path(__file__).parents[2] / "include"
JSON_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}


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
    command = [sys.executable, "-m", "sandbox.uniconta", "--data", str(data), "--ready-file", str(ready)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(INCLUDE)})
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"Uniconta sandbox: http://127.0.0.1:")
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

    @property
    def outcome(self) -> tuple[int, Any]:
        """Status and JSON body."""
        return self.status, self.body

    @property
    def error(self) -> tuple[int, str | None]:
        """``Err`` and ``ErrorProperty`` of a posting."""
        assert self.status == 200, self.raw
        return self.body["Err"], self.body["ErrorProperty"]


class Api:
    """A client of one company: a bearer token for the Web API, HTTP Basic for the other two surfaces."""

    def __init__(self, url: str, login: Login) -> None:
        """Keeps one connection open and logs in at the first call that needs it."""
        self.url = url
        self.login = login
        self.token = ""
        self.session = requests.Session()

    @property
    def company(self) -> int:
        """The company's number."""
        return self.login.company

    def sign_in(self, **more: object) -> Answer:
        """POST /login; keeps the token when there is one."""
        body = {"Username": self.login.username, "Password": self.login.password} | more
        answer = self.send("POST", "/login", body, JSON_HEADERS)
        if answer.status == 200 and isinstance(answer.body, dict):
            self.token = str(answer.body["token"])
        return answer

    def send(self, method: str, path: str, body: object, headers: Mapping[str, str], **more: Any) -> Answer:
        """One request as it stands."""
        data = body if isinstance(body, bytes) else None if body is None else encode(body)
        with self.session.request(
            method, self.url + path, data=data, headers=dict(headers), timeout=20, **more
        ) as answer:
            return Answer(answer.status_code, answer.headers, answer.content)

    def web(self, method: str, path: str, body: object = None) -> Answer:
        """One call of the Web API."""
        if not self.token:
            self.sign_in()
        return self.send(method, path, body, JSON_HEADERS | {"Authorization": f"Bearer {self.token}"})

    def basic(self, method: str, path: str, body: object = None, **params: object) -> Answer:
        """One call with HTTP Basic."""
        return self.send(method, path, body, JSON_HEADERS, auth=self.login.basic, params=params)

    def odata(self, entity: str, **options: object) -> Any:
        """Rows of the read feed; ``filter="…"`` is sent as ``$filter``."""
        answer = self.basic("GET", f"/odata/{entity}", **{f"${name}": value for name, value in options.items()})
        assert answer.status == 200, answer.raw
        return answer.body["value"]

    def insert(self, entity: str, /, **values: object) -> Any:
        """POST /Crud/Insert/{Entity}Client of something that must be taken; returns it."""
        answer = self.web("POST", f"/Crud/Insert/{entity}Client", values)
        assert answer.status == 200, answer.raw
        return answer.body

    def rows(self, entity: str, /, **equal: object) -> list[Any]:
        """The rows whose properties have these values."""
        filters = [{"PropertyName": name, "FilterValue": str(value)} for name, value in equal.items()] or [{}]
        answer = self.web("POST", f"/Query/Get/{entity}Client", filters)
        assert answer.status == 200, answer.raw
        return list(answer.body)

    def row(self, entity: str, /, **equal: object) -> Any:
        """The one row whose properties have these values."""
        (found,) = self.rows(entity, **equal)
        return found

    def order(self, *lines: Doc, **header: object) -> int:
        """An order for customer 1001 with lines; its number."""
        number = int(self.insert("DebtorOrder", **{"Account": "1001"} | header)["OrderNumber"])
        for one in lines or (line(),):
            self.insert("DebtorOrderLine", **{"OrderNumber": number} | one)
        return number

    def generate(self, number: int | None = None, **more: object) -> Answer:
        """POST /Invoice/GenerateDebtorInvoice."""
        body: Doc = {"Date": "2026-01-08"} | ({} if number is None else {"OrderNumber": number}) | more
        return self.web("POST", "/Invoice/GenerateDebtorInvoice", body)

    def posted(self, number: int, **more: object) -> Any:
        """The invoice of an order that must be posted."""
        answer = self.generate(number, **more)
        assert answer.error == (0, None), answer.raw
        return self.row("DebtorInvoice", InvoiceNumber=answer.body["InvoiceNumber"])


def debtor(**more: object) -> Doc:
    """A domestic customer with number 1001, and what a test adds."""
    return {"Account": "1001", "Name": "Smørrebrød & Søn ApS", "Payment": "Netto 8"} | more


def line(**more: object) -> Doc:
    """An order line of 100 kroner with VAT."""
    return {"Item": "1000", "Text": "Rådgivning", "Qty": 1, "Price": 100} | more
