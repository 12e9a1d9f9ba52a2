"""Tokens: an hour for the bearer token, seven days for the refresh token, by the sandbox's clock (contract 2.2)."""

from __future__ import annotations

import base64
import secrets
import uuid
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Final

from sandbox.standin.clock import Clock
from sandbox.standin.jsontext import Doc, encode
from sandbox.standin.settings import SANDBOX
from sandbox.uniconta.database import Database
from sandbox.uniconta.users import fingerprint

TOKEN_LIFE: Final = 60 * 60
REFRESH_LIFE: Final = 7 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Session:
    """A login. Tokens are kept as fingerprints."""

    token: str
    refresh: str
    user: str
    company: int
    expires: int
    refresh_expires: int
    void: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a login or a refresh hands out."""

    token: str
    refresh: str | None
    refresh_expires: int

    def told(self) -> Doc:
        """The answer of ``/login`` and ``/refresh``."""
        if self.refresh is None:
            return {"token": self.token}
        expiry = datetime.fromtimestamp(self.refresh_expires, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"token": self.token, "refreshToken": self.refresh, "refreshTokenExpiry": expiry}


class Sessions:
    """All logins whose refresh token still lives."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Read back what an earlier run left."""
        self._database = database
        self._clock = clock
        self._by_token: dict[str, Session] = {}
        self._by_refresh: dict[str, Session] = {}
        for kind, _name, body in database.documents(SANDBOX):
            if kind == "session":
                self._take(Session(**body))

    def open(self, user: str, company: int) -> Tokens:
        """A new login."""
        self._clear_away()
        now = int(self._clock.seconds())
        token, refresh = _new_token(user, company, now), str(uuid.uuid4())
        session = Session(fingerprint(token), fingerprint(refresh), user, company, now + TOKEN_LIFE, now + REFRESH_LIFE)
        self._keep(session)
        return Tokens(token, refresh, session.refresh_expires)

    def refresh(self, refresh_token: str, *, omit_new: bool) -> Tokens | None:
        """A new bearer token for a refresh token that is good; a new refresh token makes the old one void."""
        old = self.behind_refresh(refresh_token)
        if old is None:
            return None
        if not omit_new:
            self._forget(old)
            return self.open(old.user, old.company)
        now = int(self._clock.seconds())
        token = _new_token(old.user, old.company, now)
        self._forget(old)
        self._keep(replace(old, token=fingerprint(token), expires=now + TOKEN_LIFE))
        return Tokens(token, None, old.refresh_expires)

    def behind(self, token: str) -> Session | None:
        """The login of a bearer token, good or not."""
        return self._by_token.get(fingerprint(token))

    def behind_refresh(self, refresh_token: str) -> Session | None:
        """The login of a refresh token, if that is good."""
        session = self._by_refresh.get(fingerprint(refresh_token))
        if session is None or session.void or session.refresh_expires <= self._clock.seconds():
            return None
        return session

    def is_good(self, session: Session) -> bool:
        """Whether a login's bearer token opens anything."""
        return not session.void and session.expires > self._clock.seconds()

    def of(self, user: str) -> list[Session]:
        """A user's logins that are good."""
        return [session for session in self._by_token.values() if session.user == user and self.is_good(session)]

    def make_void(self, user: str) -> None:
        """End all logins of a user: bearer and refresh tokens."""
        for session in list(self._by_token.values()):
            if session.user == user and not session.void:
                self._keep(replace(session, void=True))

    def expire(self, user: str) -> None:
        """Let a user's bearer tokens expire now; their refresh tokens live on."""
        now = int(self._clock.seconds())
        for session in self.of(user):
            self._keep(replace(session, expires=now))

    def forget(self) -> None:
        """Nobody is logged in; the file has been emptied already."""
        self._by_token.clear()
        self._by_refresh.clear()

    def _clear_away(self) -> None:
        now = self._clock.seconds()
        for session in [one for one in self._by_token.values() if one.refresh_expires <= now]:
            self._forget(session)

    def _take(self, session: Session) -> None:
        self._by_token[session.token] = session
        self._by_refresh[session.refresh] = session

    def _keep(self, session: Session) -> None:
        self._take(session)
        self._database.put(SANDBOX, "session", session.token, asdict(session))

    def _forget(self, session: Session) -> None:
        self._by_token.pop(session.token, None)
        self._by_refresh.pop(session.refresh, None)
        self._database.remove(SANDBOX, "session", session.token)


def _new_token(user: str, company: int, now: int) -> str:
    """A token of the form of a JWT. It is known by its fingerprint; nobody checks the signature."""
    claims = {"sub": user, "company": company, "iat": now, "exp": now + TOKEN_LIFE, "jti": str(uuid.uuid4())}
    parts = (encode({"alg": "HS256", "typ": "JWT"}), encode(claims), secrets.token_bytes(32))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
