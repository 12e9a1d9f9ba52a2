"""What every call passes: route, door, handler, log, commit.

All of it runs without waiting for anything, so two requests never meet half-way: numbers are distinct, however
many connections there are.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl

from sandbox.standin.day_count import DAY, DayCount
from sandbox.standin.incoming import Incoming
from sandbox.standin.jsontext import NotJsonError, parse
from sandbox.standin.presence import Presence
from sandbox.standin.reply import Reply
from sandbox.uniconta.access import Access, Caller
from sandbox.uniconta.call import Call, Done, Surface
from sandbox.uniconta.company import Company
from sandbox.uniconta.database import LogEntry
from sandbox.uniconta.error_codes import text_of
from sandbox.uniconta.errors import Refused, Turned, bad_request, plain
from sandbox.uniconta.odata import refuse_xml
from sandbox.uniconta.routes import Match, Router
from sandbox.uniconta.store import Store
from sandbox.uniconta.users import User

_logger = logging.getLogger(__name__)
_NOBODY: Final = User("", "")


@dataclass(frozen=True, slots=True)
class Admitted:
    """A request that was routed, with who makes it."""

    incoming: Incoming
    caller: Caller
    match: Match | None
    turned: Reply | None = None
    """The answer to a request that has no route."""

    @property
    def company(self) -> int:
        """The number of the company it is about; 0 for none."""
        return self.caller.company.number if self.caller.company else 0

    @property
    def user(self) -> str:
        """The name of who makes it."""
        return self.caller.user.name if self.caller.user else ""


class Pipeline:
    """Answers requests of all surfaces against the store."""

    def __init__(self, store: Store) -> None:
        """One pipeline serves all companies."""
        self.store = store
        self.presence = Presence()
        self._access = Access(store)
        self._router = Router()
        self._days: dict[str, DayCount] = {}

    def day(self, user: str) -> DayCount:
        """A user's calls of the last 24 hours; read back from the log after a restart."""
        known = self._days.get(user)
        if known is None:
            since = int(self.store.clock.seconds()) - DAY
            known = self._days[user] = DayCount(self.store.database.calls_by_minute(user, since))
        return known

    def forget_days(self) -> None:
        """After a reset there is nothing to remember."""
        self._days.clear()

    def admit(self, incoming: Incoming) -> Admitted:
        """Route a request and find out who makes it."""
        header = incoming.headers.get("authorization", "")
        try:
            match = self._router.find(incoming.method, incoming.path)
        except Turned as turned:
            return Admitted(incoming, self._access.by_token(header), None, turned.reply)
        if match.route.handler is None:
            return Admitted(incoming, self._access.who_tries(match.route.template, _body_or_nothing(incoming)), match)
        if match.route.surface is Surface.WEB:
            return Admitted(incoming, self._access.by_token(header), match)
        return Admitted(incoming, self._access.by_basic(header, match.company), match)

    def answer(self, admitted: Admitted, fault: str | None = None) -> Reply:
        """Handle a request; whatever it changed is on disk when this returns."""
        admitted = self.admit(admitted.incoming)  # it may have waited: a login ends, books are read again
        done = self._handled(admitted)
        self._count_and_log(admitted, done, fault)
        return done.reply

    def note_unhandled(self, admitted: Admitted, status: int, fault: str) -> None:
        """Log a call that a fault took away before it was handled."""
        self._count_and_log(admitted, Done(Reply(status)), fault)

    def over_limit(self, admitted: Admitted) -> bool:
        """Whether the user's calls of the day are used up (contract 10)."""
        if not admitted.user or not admitted.caller.company:
            return False
        limit = admitted.caller.company.knobs.number("daily_limit")
        return self.day(admitted.user).calls(self.store.clock.seconds()) >= limit

    def slow_down(self, admitted: Admitted) -> Reply:
        """What a call beyond the limit is told where it is refused."""
        company = admitted.caller.company
        as_text = company is not None and company.knobs.choice("slow_down_answer") == "text"
        reply = plain(200, "SlowDown") if as_text else Reply.json(400, "SlowDown")
        self._count_and_log(admitted, Done(reply, refused="SlowDown"), None)
        return reply

    def act(self, incoming: Incoming, company: Company) -> Reply:
        """A person in the vendor's own pages: no tokens, no limit, no log."""
        asking = replace(incoming, headers={**incoming.headers, "accept": "application/json"})
        try:
            match = self._router.find(asking.method, asking.path)
        except Turned as turned:
            return turned.reply
        if match.route.handler is None:
            return Reply(404)
        person = Caller(User("person", "", companies=[company.number]), company)
        done = self._handled(Admitted(asking, person, match))
        self.store.database.commit()
        return done.reply

    def _handled(self, admitted: Admitted) -> Done:
        if admitted.turned is not None or admitted.match is None:
            return Done(admitted.turned or Reply(404))
        if admitted.match.route.handler is None:
            return self._at_the_door(admitted.match.route.template, admitted.incoming)
        if admitted.caller.turned is not None:
            return Done(admitted.caller.turned)
        if not _is_json(admitted.incoming):
            return Done(Reply(415))
        return self._in_company(admitted, admitted.match)

    def _at_the_door(self, template: str, incoming: Incoming) -> Done:
        if not _is_json(incoming):
            return Done(Reply(415))
        body = _body_or_nothing(incoming)
        return self._access.login(body) if template == "/login" else self._access.refresh(body)

    def _in_company(self, admitted: Admitted, match: Match) -> Done:
        company = admitted.caller.company
        handler = match.route.handler
        if company is None or handler is None:
            return Done(Reply(404))
        try:
            if match.route.surface is Surface.FEED:
                refuse_xml(admitted.incoming.headers.get("accept", ""))
            done = handler(self._call(admitted, match, company))
        except Turned as turned:
            done = Done(turned.reply)
        except Refused as refusal:
            kept = refusal.keep_what_was_written and self.store.database.has_changes
            done = Done(_refusal(refusal, match.route.surface), executed=kept, refused=refusal.name)
        except Exception:
            _logger.exception("the sandbox failed on %s %s", admitted.incoming.method, admitted.incoming.path)
            done = Done(Reply(500))
        if not done.executed and self.store.database.has_changes:
            self.store.database.rollback()
            self.store.reload(company.number)
        return done

    def _call(self, admitted: Admitted, match: Match, company: Company) -> Call:
        incoming = admitted.incoming
        body: object = None
        if incoming.raw:
            try:
                body = parse(incoming.raw)
            except NotJsonError as error:
                reason = f"The body is not valid JSON: {error}"
                raise bad_request(reason) from error
        user = admitted.caller.user or _NOBODY
        return Call(
            company=company,
            user=user,
            companies={n: self.store.companies[n] for n in user.companies if n in self.store.companies},
            clock=self.store.clock,
            word=match.word,
            body=body,
            query=dict(parse_qsl(incoming.query, keep_blank_values=True)),
            base_url=incoming.base_url,
            path=incoming.path,
        )

    def _count_and_log(self, admitted: Admitted, done: Done, fault: str | None) -> None:
        incoming = admitted.incoming
        now = self.store.clock.seconds()
        if admitted.user:
            self.day(admitted.user).note(now)
        if admitted.user or admitted.company:
            self.store.database.log(
                LogEntry(
                    at=int(now),
                    company=admitted.company,
                    user=admitted.user,
                    method=incoming.method,
                    path=incoming.path,
                    query=incoming.query,
                    template=admitted.match.template if admitted.match else "",
                    status=done.reply.status,
                    executed=done.executed,
                    refused=done.refused,
                    fault=fault,
                )
            )
        self.store.database.commit()


def _is_json(incoming: Incoming) -> bool:
    """Whether the body, where there is one, says that it is JSON."""
    sent = incoming.headers.get("content-type", "").partition(";")[0].strip().lower()
    return not incoming.raw or incoming.method == "GET" or sent == "application/json"


def _body_or_nothing(incoming: Incoming) -> object:
    try:
        return parse(incoming.raw)
    except NotJsonError:
        return None


def _refusal(refusal: Refused, surface: Surface) -> Reply:
    """400 with the text: a JSON string on the Web API, plain text on the other two (contract 4, 5.4)."""
    text = text_of(refusal.name)
    return Reply.json(400, text) if surface is Surface.WEB else plain(400, text)
