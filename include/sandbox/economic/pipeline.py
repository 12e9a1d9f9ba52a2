"""What every call passes: tokens, budget, key, route, rights, handler, log, commit.

All of it runs without waiting for anything, so two requests never meet half-way: numbers are distinct and a
key is executed once, however many connections there are.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, replace

from sandbox.economic import idempotency, openapi_family
from sandbox.economic.agreement import Agreement
from sandbox.economic.call import Call, accepts
from sandbox.economic.database import LogEntry
from sandbox.economic.errors import (
    ApiError,
    demo_is_read_only,
    not_acceptable,
    not_found,
    not_json,
    server_error,
    tokens_not_a_pair,
    unauthorized,
    unsupported_media_type,
)
from sandbox.economic.links import Links
from sandbox.economic.query import Query
from sandbox.economic.rate_limit import Meter
from sandbox.economic.rights import require_rights
from sandbox.economic.routes import legacy_router
from sandbox.economic.routing import Match
from sandbox.economic.store import Store, TokenState
from sandbox.standin.day_count import DAY, DayCount
from sandbox.standin.incoming import Incoming
from sandbox.standin.jsontext import NotJsonError, parse
from sandbox.standin.presence import Presence
from sandbox.standin.reply import Reply

_logger = logging.getLogger(__name__)
_FIRST_REFUSAL = 400


@dataclass(frozen=True, slots=True)
class Outcome:
    """A reply and what the log says about how it came about."""

    reply: Reply
    template: str = ""
    executed: bool = False
    replayed: bool = False


class Pipeline:
    """Answers requests of the API against the store."""

    def __init__(self, store: Store) -> None:
        """One pipeline serves all agreements."""
        self.store = store
        self._router = legacy_router()
        self._meters: dict[int, Meter] = {}
        self.presence = Presence()

    def meter(self, agreement: Agreement) -> Meter:
        """The call meter of an agreement; its day is read back from the log after a restart."""
        known = self._meters.get(agreement.number)
        if known is None:
            since = int(self.store.clock.seconds()) - DAY
            known = Meter(day=DayCount(self.store.database.calls_by_minute(agreement.number, since)))
            self._meters[agreement.number] = known
        return known

    def forget_meters(self) -> None:
        """After a reset there is nothing to remember."""
        self._meters.clear()

    def admit(self, incoming: Incoming) -> Agreement:
        """The agreement behind the tokens, or 401 (contract 1.1, 1.2, 1.5)."""
        app = incoming.headers.get("x-appsecrettoken", "")
        grant = incoming.headers.get("x-agreementgranttoken", "")
        asks_demo = app.lower() == grant.lower() == "demo" or Query.read(incoming.query).get("demo") == "true"
        if asks_demo and self.store.settings.knobs.flag("demo_access") and self.store.agreements:
            if incoming.method != "GET":
                raise demo_is_read_only()
            return self.store.agreements[min(self.store.agreements)]
        state, agreement = self.store.resolve(app, grant)
        if state is TokenState.NOT_A_PAIR:
            raise tokens_not_a_pair()
        if agreement is None:
            raise unauthorized()
        return agreement

    def answer(self, incoming: Incoming, agreement: Agreement, fault: str | None = None) -> Reply:
        """Handle a call of an agreement; whatever it changed is on disk when this returns."""
        try:
            self.meter(agreement).charge(agreement.knobs, self.store.clock.seconds())
            outcome = self._replayed_or_handled(incoming, agreement)
        except ApiError as error:
            outcome = Outcome(self.refusal(error), self._template(incoming))
        self._keep(incoming, agreement, outcome, fault)
        return self.finished(outcome.reply, agreement)

    def note_unhandled(self, incoming: Incoming, agreement: Agreement, status: int, fault: str) -> None:
        """Log a call that a fault took away before it was handled."""
        outcome = Outcome(Reply(status), self._template(incoming))
        self._log_call(incoming, agreement, outcome, fault)
        self.store.database.commit()

    def _template(self, incoming: Incoming) -> str:
        try:
            return self._router.find(incoming.method, incoming.path).route.template
        except ApiError:
            return ""

    def _replayed_or_handled(self, incoming: Incoming, agreement: Agreement) -> Outcome:
        key = idempotency.key_of(incoming)
        url = idempotency.url_of(incoming)
        now = int(self.store.clock.seconds())
        if key:
            known = idempotency.recall(self.store.database, agreement, key, url, incoming.raw, now)
            if known is not None:
                return Outcome(known, self._template(incoming), replayed=True)
        outcome = self._handled(incoming, agreement)
        if key:
            idempotency.remember(self.store.database, agreement, key, url, incoming.raw, now, outcome.reply)
        return outcome

    def _handled(self, incoming: Incoming, agreement: Agreement) -> Outcome:
        if openapi_family.is_openapi(incoming.path):
            return Outcome(openapi_family.not_found(_new_log_id(), self.store.clock))
        template = ""
        try:
            match = self._router.find(incoming.method, incoming.path)
            template = match.route.template
            require_rights(agreement, template)
            _negotiate(incoming, template)
            reply = match.route.handler(self._call(incoming, agreement, match))
        except ApiError as error:
            return Outcome(self.refusal(error), template)
        except Exception:
            _logger.exception("the sandbox failed on %s %s", incoming.method, incoming.path)
            self.store.database.rollback()
            self.store.reload(agreement.number)
            return Outcome(self.refusal(server_error()), template)
        written = incoming.method != "GET" and reply.status < _FIRST_REFUSAL
        return Outcome(reply, template, executed=written)

    def act(self, incoming: Incoming, agreement: Agreement) -> Reply:
        """A person in the vendor's own pages: no tokens, no budget, no key, no log."""
        outcome = self._handled(incoming, agreement)
        self.store.database.commit()
        return outcome.reply

    def _call(self, incoming: Incoming, agreement: Agreement, match: Match) -> Call:
        query = Query.read(incoming.query)
        body: object = None
        if incoming.method != "GET" and incoming.raw:
            try:
                body = parse(incoming.raw)
            except NotJsonError as error:
                raise not_json(str(error)) from error
        return Call(
            agreement=agreement,
            clock=self.store.clock,
            method=incoming.method,
            query=query,
            links=Links(incoming.base_url, query.suffix()),
            accept=incoming.headers.get("accept", ""),
            body=body,
            parameters=match.parameters,
        )

    def refusal(self, error: ApiError) -> Reply:
        """An error as a reply; its logId is the request id, too."""
        log_id = _new_log_id()
        reply = Reply.json(error.status, error.body(log_id, self.store.clock.log_time()), dict(error.headers))
        reply.headers["X-RequestId"] = log_id
        return reply

    def finished(self, reply: Reply, agreement: Agreement | None) -> Reply:
        """Add the headers that every answer carries (2.9)."""
        knobs = agreement.knobs if agreement else self.store.settings.knobs
        meter = self.meter(agreement) if agreement else Meter()
        headers = {
            "X-RateLimiting": meter.header(knobs),
            "X-CallCost": str(knobs.number("call_cost")),
            "X-RequestId": _new_log_id(),
        }
        return replace(reply, headers=headers | reply.headers)

    def unknown_caller(self, incoming: Incoming, error: ApiError) -> Reply:
        """The answer to a call that opens no agreement; the schemas are public (2.1)."""
        if incoming.path.lower().startswith("/schema/"):
            error = not_found()
        return self.finished(self.refusal(error), None)

    def _keep(self, incoming: Incoming, agreement: Agreement, outcome: Outcome, fault: str | None) -> None:
        self._log_call(incoming, agreement, outcome, fault)
        self.store.database.commit()

    def _log_call(self, incoming: Incoming, agreement: Agreement, outcome: Outcome, fault: str | None) -> None:
        self.store.database.log(
            LogEntry(
                at=int(self.store.clock.seconds()),
                agreement=agreement.number,
                method=incoming.method,
                path=incoming.path,
                query=incoming.query,
                template=outcome.template,
                status=outcome.reply.status,
                idempotency_key=idempotency.key_of(incoming),
                replayed=outcome.replayed,
                executed=outcome.executed,
                fault=fault,
            )
        )


def _negotiate(incoming: Incoming, template: str) -> None:
    """406 and 415 (2.3); PDFs have a rule of their own."""
    json_type = "application/json"
    if not template.endswith("/pdf") and not accepts(incoming.headers.get("accept", ""), json_type):
        raise not_acceptable(json_type)
    sent = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    if incoming.raw and incoming.method != "GET" and sent != json_type:
        raise unsupported_media_type()


def _new_log_id() -> str:
    return f"{secrets.token_hex(8)}-CPH"
