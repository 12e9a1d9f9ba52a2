"""The control address: what a test or the demo does to the sandbox from outside (see the README)."""

from __future__ import annotations

from decimal import Decimal

from starlette.applications import Starlette
from starlette.requests import Request

from sandbox.economic import agreements
from sandbox.economic.agreement import Agreement
from sandbox.economic.agreements import AgreementError, Opening, open_agreement
from sandbox.economic.control_reports import counters, ledger, occurrences, summary
from sandbox.economic.copies import copy_booked
from sandbox.economic.ledger import post_payment
from sandbox.economic.money import rounded
from sandbox.economic.pipeline import Pipeline
from sandbox.economic.store import Store, new_token
from sandbox.standin.control_server import REFUSED, Row, SharedCommands, persons_request, routes, shown_to_person
from sandbox.standin.faults import Faults
from sandbox.standin.jsontext import Doc

_CREATED = 201


def control_app(store: Store, pipeline: Pipeline, faults: Faults) -> Starlette:
    """The control address as an application."""
    shared = SharedCommands(store.settings, store.clock, faults)
    return Starlette(routes=routes(shared.table() + _Control(store, pipeline, faults).table()))


class _Control:
    def __init__(self, store: Store, pipeline: Pipeline, faults: Faults) -> None:
        self._store = store
        self._pipeline = pipeline
        self._faults = faults

    def table(self) -> list[Row]:
        one = "/agreements/{number:int}"
        return [
            ("GET", "/health", self._health),
            ("POST", "/reset", self._reset),
            ("POST", "/act", self._act),
            ("GET", "/agreements", self._list),
            ("POST", "/agreements", self._open),
            ("GET", one, self._show),
            ("POST", f"{one}/revoke", self._revoke),
            ("POST", f"{one}/restore", self._restore),
            ("POST", f"{one}/grants", self._grant),
            ("PUT", f"{one}/roles", self._roles),
            ("PUT", f"{one}/modules", self._modules),
            ("GET", f"{one}/knobs", self._get_own_knobs),
            ("PUT", f"{one}/knobs", self._put_own_knobs),
            ("PUT", f"{one}/series", self._series),
            ("PUT", f"{one}/rates", self._rates),
            ("PUT", f"{one}/accounting-years/{{year}}", self._year),
            ("POST", f"{one}/payments", self._pay),
            ("POST", f"{one}/copies", self._copy),
            ("GET", f"{one}/counters", self._counters),
            ("POST", f"{one}/mark", self._mark),
            ("GET", f"{one}/log", self._log),
            ("GET", f"{one}/ledger", self._ledger),
            ("GET", f"{one}/locators", self._locators),
        ]

    def _agreement(self, request: Request) -> Agreement:
        number = int(request.path_params["number"])
        if number not in self._store.agreements:
            msg = f"no agreement {number}"
            raise AgreementError(msg)
        return self._store.agreements[number]

    def _health(self, _body: Doc, _request: Request) -> object:
        return {"status": "ok", "agreements": len(self._store.agreements)}

    def _reset(self, _body: Doc, _request: Request) -> object:
        self._store.erase()
        self._faults.clear()
        self._pipeline.forget_meters()
        return {"status": "ok"}

    def _get_own_knobs(self, _body: Doc, request: Request) -> object:
        return self._agreement(request).knobs.everything()

    def _put_own_knobs(self, body: Doc, request: Request) -> object:
        self._agreement(request).set_knobs(body)
        self._store.database.commit()
        return self._get_own_knobs(body, request)

    def _act(self, body: Doc, _request: Request) -> object:
        agreement = self._store.agreements.get(body["agreement"])
        if agreement is None:
            msg = f"no agreement {body['agreement']}"
            raise AgreementError(msg)
        return self._as_person(agreement, body["method"], body["path"], body.get("body"))

    def _as_person(self, agreement: Agreement, method: str, path: str, body: object) -> Doc:
        return shown_to_person(self._pipeline.act(persons_request(method, path, body), agreement))

    def _list(self, _body: Doc, _request: Request) -> object:
        return {"agreements": [summary(agreement) for agreement in self._store.agreements.values()]}

    def _open(self, body: Doc, _request: Request) -> object:
        names = {"preset": "preset", "name": "name", "baseCurrency": "base_currency",
                 "agreementNumber": "number", "appSecretToken": "app_secret",
                 "agreementGrantToken": "grant"}  # fmt: skip
        unknown = body.keys() - names.keys() - {"customers", "knobs"}
        if unknown:
            msg = f"an agreement has no {', '.join(sorted(unknown))}"
            raise AgreementError(msg)
        opening = Opening(**{names[key]: body[key] for key in names if body.get(key) is not None})
        agreement = open_agreement(self._store, opening)
        try:
            agreement.set_knobs(body.get("knobs", {}))
            for customer in body.get("customers", []):
                self._first_customer(agreement, customer)
        except REFUSED:
            self._store.discard(agreement.number)
            raise
        self._store.database.commit()
        tokens = {"appSecretToken": opening.app_secret, "agreementGrantToken": opening.grant}
        return summary(agreement) | tokens

    def _first_customer(self, agreement: Agreement, customer: Doc) -> None:
        answer = self._as_person(agreement, "POST", "/customers", customer)
        if answer["status"] != _CREATED:
            msg = f"customer {customer.get('name')!r} was refused: {answer['body']}"
            raise AgreementError(msg)

    def _show(self, _body: Doc, request: Request) -> object:
        return summary(self._agreement(request))

    def _revoke(self, _body: Doc, request: Request) -> object:
        agreements.set_revoked(self._store, self._agreement(request), revoked=True)
        return summary(self._agreement(request))

    def _restore(self, _body: Doc, request: Request) -> object:
        agreements.set_revoked(self._store, self._agreement(request), revoked=False)
        return summary(self._agreement(request))

    def _grant(self, body: Doc, request: Request) -> object:
        token = str(body.get("agreementGrantToken") or new_token())
        agreements.add_grant(self._store, self._agreement(request), token)
        return {"agreementGrantToken": token}

    def _roles(self, body: Doc, request: Request) -> object:
        agreements.set_roles(self._store, self._agreement(request), body["roles"])
        return summary(self._agreement(request))

    def _modules(self, body: Doc, request: Request) -> object:
        agreements.set_modules(self._store, self._agreement(request), body["modules"])
        return summary(self._agreement(request))

    def _series(self, body: Doc, request: Request) -> object:
        agreements.set_series(self._store, self._agreement(request), body)
        return summary(self._agreement(request))

    def _rates(self, body: Doc, request: Request) -> object:
        rates = {code: rounded(Decimal(str(rate)), 6) for code, rate in body.items()}
        agreements.set_rates(self._store, self._agreement(request), rates)
        return self._agreement(request).profile["rates"]

    def _year(self, body: Doc, request: Request) -> object:
        return agreements.set_year(self._store, self._agreement(request), str(request.path_params["year"]), body)

    def _pay(self, body: Doc, request: Request) -> object:
        agreement = self._agreement(request)
        invoice = agreement["booked"].get(body["bookedInvoiceNumber"])
        if invoice is None:
            msg = f"no booked invoice {body['bookedInvoiceNumber']}"
            raise AgreementError(msg)
        amount = rounded(Decimal(str(body.get("amount", invoice["remainder"]))))
        changed = post_payment(agreement, invoice, amount, self._store.clock.today().isoformat())
        self._store.database.commit()
        return {"remainder": changed["remainder"]}

    def _copy(self, body: Doc, request: Request) -> object:
        booked = copy_booked(self._agreement(request), int(body["times"]), int(body["step"]))
        self._store.database.commit()
        return {"booked": booked}

    def _counters(self, _body: Doc, request: Request) -> object:
        agreement = self._agreement(request)
        meter = self._pipeline.meter(agreement)
        today = meter.day.calls(self._store.clock.seconds())
        at_once = self._pipeline.presence.shown(agreement.number)
        return counters(self._store, agreement) | {"callsLast24Hours": today, "atOnce": at_once}

    def _mark(self, _body: Doc, request: Request) -> object:
        agreement = self._agreement(request)
        self._pipeline.presence.mark(agreement.number)
        agreement.profile["mark"] = self._store.database.last_log_id()
        agreement.save()
        self._store.database.commit()
        return {"mark": agreement.profile["mark"]}

    def _log(self, _body: Doc, request: Request) -> object:
        after = int(request.query_params.get("after", 0))
        limit = int(request.query_params.get("limit", 1000))
        return {"entries": self._store.database.logged(self._agreement(request).number, after, limit)}

    def _ledger(self, _body: Doc, request: Request) -> object:
        return ledger(self._agreement(request))

    def _locators(self, _body: Doc, request: Request) -> object:
        return occurrences(self._agreement(request))
