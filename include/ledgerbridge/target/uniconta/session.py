"""Being logged in: one token for all threads of a process (section 2.2).

A server user may be logged in once. A second login ends the first, so a process logs in when it makes its first call,
renews its token before that expires, and logs in anew only when the token was refused.
"""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ledgerbridge.errors import LedgerbridgeError, NeedsGrant, TryAgain
from ledgerbridge.money import json_dumps, json_loads
from ledgerbridge.target.contract import Request
from ledgerbridge.target.http import HttpSeam, NotAnswered, NotSent, RawAnswer
from ledgerbridge.target.uniconta.answers import TokenRefused, read_answer

__all__ = ["Credentials", "Session", "is_granted"]

# floats here are seconds
_RENEWED_AFTER = 55 * 60  # a token lives for an hour
_LOGIN = "/login"
_REFRESH = "/refresh"


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user of the company. ``api_key``: names the app that calls, where the company's users need one."""

    company_id: int
    user: str
    password: str = field(repr=False)
    api_key: str | None = field(default=None, repr=False)

    @property
    def login_name(self) -> str:
        """The user with the company in front: «00<company>/<user>» (section 2.1)."""
        return f"00{self.company_id}/{self.user}"

    def basic(self) -> str:
        """The header's value for the surfaces that take name and password with each call."""
        return "Basic " + base64.b64encode(f"{self.login_name}:{self.password}".encode()).decode()


@dataclass(frozen=True, slots=True)
class _Token:
    bearer: str = field(repr=False)
    refresh: str | None = field(repr=False)
    renew_at: float = 0.0  # seconds


class Session:
    """The token of one process. Safe for many threads."""

    def __init__(
        self, http: HttpSeam, credentials: Credentials, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._http = http
        self._credentials = credentials
        self._clock = clock
        self._lock = threading.Lock()
        self._token: _Token | None = None

    def headers(self) -> dict[str, str]:
        """What a call carries; logs in or renews where that is due.

        Raises:
            NeedsGrant: name or password are not good, or the user may not in.
            TryAgain: the login was not answered.
        """
        with self._lock:
            token = self._token
        if token is None or self._is_due(token):
            token = self._new_token()
        return {"Authorization": f"Bearer {token.bearer}"}

    def _new_token(self) -> _Token:
        with self._http.turn(), self._lock:
            if self._token is None:
                self._token = self._logged_in()
            elif self._is_due(self._token):
                self._token = self._renewed(self._token)
            return self._token

    def _is_due(self, token: _Token) -> bool:
        return self._clock() >= token.renew_at

    def refused(self, headers: dict[str, str]) -> None:
        """The token in ``headers`` was refused: whoever calls next logs in, unless somebody has meanwhile."""
        with self._lock:
            if self._token is not None and headers.get("Authorization") == f"Bearer {self._token.bearer}":
                self._token = None

    def _logged_in(self) -> _Token:
        who = self._credentials
        body = {"Username": who.login_name, "Password": who.password}
        if who.api_key is not None:
            body["apiKey"] = who.api_key
        try:
            return self._asked(Request("POST", _LOGIN, json_dumps(body)), None)
        except TokenRefused:
            raise NeedsGrant("uniconta_login_refused", what="401") from None

    def _renewed(self, token: _Token) -> _Token:
        if token.refresh is not None:
            try:
                return self._asked(Request("POST", _REFRESH, json_dumps(token.refresh)), token.refresh)
            except (TokenRefused, NeedsGrant):
                pass  # it has lived for too long: then with name and password
        return self._logged_in()

    def _asked(self, request: Request, refresh: str | None) -> _Token:
        try:
            raw = self._http.send(request)
        except (NotSent, NotAnswered) as error:
            raise TryAgain("uniconta_not_reached", what=str(error)) from None
        said = read_answer(request, raw, is_write=False)
        if not isinstance(said, dict) or not said.get("token"):
            raise NeedsGrant("uniconta_login_refused", what="no token")
        again = said.get("refreshToken") or refresh
        return _Token(str(said["token"]), str(again) if again else None, self._clock() + _RENEWED_AFTER)


def is_granted(request: Request, answer: RawAnswer) -> bool | None:
    """What an answer says of the user's access: only the login can say that there is none.

    A token that is refused in between may have been ended by another login; that is no word about the user.
    """
    if request.path == _LOGIN:
        return _login_says(answer)
    return None if answer.status == 401 or request.path == _REFRESH else True


def _login_says(answer: RawAnswer) -> bool | None:
    try:
        read_answer(Request("POST", _LOGIN), answer, is_write=False)
    except (TokenRefused, NeedsGrant):
        return False
    except LedgerbridgeError:
        return None  # whatever else went wrong says nothing about the user
    return _has_token(answer)


def _has_token(answer: RawAnswer) -> bool:
    said: Any = json_loads(answer.body)
    return isinstance(said, dict) and bool(said.get("token"))
