"""The control address: what a test or the demo does to the sandbox from outside (see the README)."""

from __future__ import annotations

import secrets
from decimal import Decimal

from starlette.applications import Starlette
from starlette.requests import Request

from sandbox.standin.control_server import REFUSED, Row, SharedCommands, persons_request, routes, shown_to_person
from sandbox.standin.faults import Faults
from sandbox.standin.jsontext import Doc
from sandbox.uniconta import companies
from sandbox.uniconta.companies import CompanyError, Opening, open_company
from sandbox.uniconta.company import Company
from sandbox.uniconta.control_reports import counters, ledger, occurrences, summary
from sandbox.uniconta.entities import ENTITIES, served_as
from sandbox.uniconta.errors import Refused
from sandbox.uniconta.own_fields import add_own_field
from sandbox.uniconta.pipeline import Pipeline
from sandbox.uniconta.records import insert
from sandbox.uniconta.store import Store
from sandbox.uniconta.user_commands import UserCommands, new_user


def control_app(store: Store, pipeline: Pipeline, faults: Faults) -> Starlette:
    """The control address as an application."""
    shared = SharedCommands(store.settings, store.clock, faults)
    table = shared.table() + _Control(store, pipeline, faults).table() + UserCommands(store, pipeline).table()
    return Starlette(routes=routes(table))


class _Control:
    """Commands to companies."""

    def __init__(self, store: Store, pipeline: Pipeline, faults: Faults) -> None:
        self._store = store
        self._pipeline = pipeline
        self._faults = faults

    def table(self) -> list[Row]:
        one = "/companies/{number:int}"
        return [
            ("GET", "/health", self._health),
            ("POST", "/reset", self._reset),
            ("POST", "/act", self._act),
            ("GET", "/companies", self._list),
            ("POST", "/companies", self._open),
            ("GET", one, self._show),
            ("PUT", one, self._facts),
            ("GET", f"{one}/knobs", self._get_knobs),
            ("PUT", f"{one}/knobs", self._put_knobs),
            ("PUT", f"{one}/series", self._series),
            ("PUT", f"{one}/rates", self._rates),
            ("PUT", f"{one}/accounting-years/{{year}}", self._year),
            ("POST", f"{one}/user-fields", self._own_field),
            ("POST", f"{one}/payments", self._pay),
            ("GET", f"{one}/counters", self._counters),
            ("POST", f"{one}/mark", self._mark),
            ("GET", f"{one}/log", self._log),
            ("GET", f"{one}/ledger", self._ledger),
            ("GET", f"{one}/locators", self._locators),
        ]

    def _company(self, request: Request) -> Company:
        return self._store.require(int(request.path_params["number"]))

    def _saved(self, company: Company) -> object:
        self._store.database.commit()
        return summary(company)

    def _health(self, _body: Doc, _request: Request) -> object:
        return {"status": "ok", "companies": len(self._store.companies)}

    def _reset(self, _body: Doc, _request: Request) -> object:
        self._store.erase()
        self._faults.clear()
        self._pipeline.forget_days()
        return {"status": "ok"}

    def _act(self, body: Doc, _request: Request) -> object:
        company = self._store.require(body["company"])
        return shown_to_person(
            self._pipeline.act(persons_request(body["method"], body["path"], body.get("body")), company)
        )

    def _list(self, _body: Doc, _request: Request) -> object:
        return {"companies": [summary(company) for company in self._store.companies.values()]}

    def _open(self, body: Doc, _request: Request) -> object:
        names = {"preset": "preset", "name": "name", "baseCurrency": "base_currency", "companyId": "number",
                 "cvr": "cvr"}  # fmt: skip
        unknown = body.keys() - names.keys() - {"user", "password", "kind", "debtors", "knobs", "facts"}
        if unknown:
            msg = f"a company has no {', '.join(sorted(unknown))}"
            raise CompanyError(msg)
        opening = Opening(**{names[key]: body[key] for key in names if body.get(key) is not None})
        company = open_company(self._store, opening)
        try:
            told = self._fill(company, body)
        except (*REFUSED, Refused) as error:
            self._store.discard(company.number)
            raise CompanyError(str(error)) from error
        self._store.database.commit()
        return summary(company) | told

    def _fill(self, company: Company, body: Doc) -> Doc:
        company.set_knobs(body.get("knobs") or {})
        companies.set_facts(company, body.get("facts") or {})
        for debtor in body.get("debtors") or []:
            insert(company, ENTITIES["Debtor"], debtor, self._store.clock)
        password = str(body.get("password") or secrets.token_urlsafe(12))
        name = str(body.get("user") or f"api{company.number}")
        user = new_user(self._store, name, password, {"kind": body.get("kind"), "companies": [company.number]})
        self._store.users.add(user)
        return {"user": name, "password": password}

    def _show(self, _body: Doc, request: Request) -> object:
        return summary(self._company(request))

    def _facts(self, body: Doc, request: Request) -> object:
        companies.set_facts(self._company(request), body)
        return self._saved(self._company(request))

    def _get_knobs(self, _body: Doc, request: Request) -> object:
        return self._company(request).knobs.everything()

    def _put_knobs(self, body: Doc, request: Request) -> object:
        self._company(request).set_knobs(body)
        self._store.database.commit()
        return self._get_knobs(body, request)

    def _series(self, body: Doc, request: Request) -> object:
        companies.set_series(self._company(request), body)
        return self._saved(self._company(request))

    def _rates(self, body: Doc, request: Request) -> object:
        companies.set_rates(self._company(request), body)
        return self._saved(self._company(request))

    def _year(self, body: Doc, request: Request) -> object:
        companies.set_year(self._company(request), str(request.path_params["year"]), body)
        return self._saved(self._company(request))

    def _own_field(self, body: Doc, request: Request) -> object:
        found = served_as(str(body["entity"]))
        if found is None:
            msg = f"no entity {body['entity']!r}"
            raise CompanyError(msg)
        company = self._company(request)
        add_own_field(company, found[0], str(body["name"]), str(body.get("type", "String")), body.get("length"))
        return self._saved(company)

    def _pay(self, body: Doc, request: Request) -> object:
        amount = None if body.get("amount") is None else Decimal(str(body["amount"]))
        today = self._store.clock.today().isoformat()
        left = companies.pay(self._company(request), int(body["InvoiceNumber"]), amount, today)
        self._store.database.commit()
        return {"open": left}

    def _counters(self, _body: Doc, request: Request) -> object:
        company = self._company(request)
        return counters(self._store, company) | {"atOnce": self._pipeline.presence.shown(company.number)}

    def _mark(self, _body: Doc, request: Request) -> object:
        company = self._company(request)
        self._pipeline.presence.mark(company.number)
        company.profile["mark"] = self._store.database.last_log_id()
        company.save()
        self._store.database.commit()
        return {"mark": company.profile["mark"]}

    def _log(self, _body: Doc, request: Request) -> object:
        after = int(request.query_params.get("after", 0))
        limit = int(request.query_params.get("limit", 1000))
        return {"entries": self._store.database.logged(self._company(request).number, after, limit)}

    def _ledger(self, _body: Doc, request: Request) -> object:
        return ledger(self._company(request))

    def _locators(self, _body: Doc, request: Request) -> object:
        return occurrences(self._company(request))
