"""The sandbox as a process, and a client of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests
import standin_process
from standin_process import Program, Running

from sandbox.standin.jsontext import Doc, encode
from sandbox.uniconta.control import Control, Login

JSON_HEADERS = {"Content-Type": "application/json", "Accept": "application/json"}
Sandbox = Running[Control]
SANDBOX = Program("sandbox.uniconta", "Uniconta sandbox", Control)


class Answer(standin_process.Answer):
    """An answer, and what Uniconta says in it."""

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
