"""Who calls: HTTP Basic on the feed and the entities, bearer tokens on the Web API, login and refresh (contract 2)."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from sandbox.standin.reply import Reply
from sandbox.uniconta.call import Done
from sandbox.uniconta.company import Company
from sandbox.uniconta.digits import whole
from sandbox.uniconta.errors import (
    argument_missing,
    not_allowed,
    plain,
    user_is_blocked,
    wrong_password,
    wrong_token,
)
from sandbox.uniconta.store import Store
from sandbox.uniconta.users import SERVER, User


@dataclass(frozen=True, slots=True)
class Caller:
    """A user, as far as known, and the company that the call is about."""

    user: User | None = None
    company: Company | None = None
    turned: Reply | None = None
    """The answer to somebody who is not let in."""


class Access:
    """The door."""

    def __init__(self, store: Store) -> None:
        """Users and logins are the store's."""
        self._store = store

    def by_basic(self, header: str, path_company: int | None) -> Caller:
        """The caller behind ``Authorization: Basic``; a company in the path wins (2.1)."""
        login, password = _basic(header)
        user, wanted = self._named(login)
        if user is None:
            return Caller(turned=wrong_password(basic=True).reply)
        company = self._company(user, path_company if path_company is not None else wanted)
        if not user.knows(password):
            return Caller(user, company, wrong_password(basic=True).reply)
        if user.locked:
            return Caller(user, company, user_is_blocked(basic=True).reply)
        return Caller(user, company, None if company else not_allowed().reply)

    def by_token(self, header: str) -> Caller:
        """The caller behind ``Authorization: Bearer``."""
        scheme, _, token = header.partition(" ")
        session = self._store.sessions.behind(token.strip()) if scheme.lower() == "bearer" else None
        if session is None:
            return Caller(turned=wrong_token().reply)
        user = self._store.users.get(session.user)
        company = self._store.companies.get(session.company)
        if user is None or user.locked or not self._store.sessions.is_good(session):
            return Caller(user, company, wrong_token().reply)
        sees = company is not None and company.number in user.companies
        return Caller(user, company, None if sees else not_allowed().reply)

    def who_tries(self, path: str, body: object) -> Caller:
        """The user that a login or a refresh is about, before anything is checked."""
        if path == "/refresh":
            session = self._store.sessions.behind_refresh(body) if isinstance(body, str) else None
            if session is None:
                return Caller()
            return Caller(self._store.users.get(session.user), self._store.companies.get(session.company))
        if not isinstance(body, dict):
            return Caller()
        user, wanted = self._named(str(body.get("Username") or ""))
        return Caller(user, self._company(user, wanted) if user else None)

    def login(self, body: object) -> Done:
        """``POST /login``: tokens, or one of the forms in which a login fails (2.2)."""
        if not isinstance(body, dict) or not body.get("Username"):
            return Done(argument_missing(), refused="ArgumentMissing")
        user, wanted = self._named(str(body["Username"]))
        if user is None or not user.knows(str(body.get("Password") or "")):
            return Done(wrong_password().reply, refused="UserOrPasswordIsWrong")
        if user.locked:
            return Done(user_is_blocked().reply, refused="UserIsBlocked")
        return self._logged_in(user, self._company(user, wanted), has_key=bool(body.get("apiKey")))

    def _logged_in(self, user: User, company: Company | None, *, has_key: bool) -> Done:
        knobs = company.knobs if company else self._store.settings.knobs
        if knobs.flag("api_key_required") and not has_key:
            return Done(Reply.json(200, "UnknownAppIdent"), refused="UnknownAppIdent")
        if company is None:
            return Done(Reply.json(200, "NoCompanyId"), refused="NoCompanyId")
        if user.kind == SERVER and not self._may_log_in_again(user, knobs.choice("server_login")):
            return Done(plain(401, "The user is already logged in"), refused="UserIsLoggedIn")
        return Done(Reply.json(200, self._store.sessions.open(user.name, company.number).told()))

    def refresh(self, body: object) -> Done:
        """``POST /refresh`` with the refresh token as a JSON string."""
        if not isinstance(body, str):
            return Done(argument_missing(), refused="ArgumentMissing")
        session = self._store.sessions.behind_refresh(body)
        user = None if session is None else self._store.users.get(session.user)
        if session is None or user is None or user.locked:
            return Done(wrong_token().reply, refused="UserNotLoggedIn")
        knobs = self._store.require(session.company).knobs
        tokens = self._store.sessions.refresh(body, omit_new=knobs.choice("refresh_token") == "omitted")
        return Done(wrong_token().reply if tokens is None else Reply.json(200, tokens.told()))

    def _may_log_in_again(self, user: User, rule: str) -> bool:
        """Server users have one login at a time (2.1)."""
        if rule == "refused" and self._store.sessions.of(user.name):
            return False
        if rule == "replaces":
            self._store.sessions.make_void(user.name)
        return True

    def _named(self, login: str) -> tuple[User | None, int | None]:
        """The user of a login name, and the company in front of it: digits before the first slash (2.1)."""
        company, slash, name = login.partition("/")
        if slash and whole(company) is not None:
            return self._store.users.get(name), whole(company)
        return self._store.users.get(login), None

    def _company(self, user: User, wanted: int | None) -> Company | None:
        """The company that is wanted, else the user's default one; nothing if the user does not see it."""
        number = wanted if wanted is not None else next(iter(user.companies), None)
        return self._store.companies.get(number) if number in user.companies and number is not None else None


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        login, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return login, password
