"""The one seam to a target's HTTP: session, secret headers, timeouts, and what a failure means.

``requests`` is imported here and nowhere else. Its own retries stay off: only delivery may decide
that a write is sent again. The secret headers never leave this module: they are in no message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import requests
import urllib3.exceptions

from ledgerbridge.target.contract import CallGate, Request

__all__ = ["HttpSeam", "NotAnswered", "NotSent", "RawAnswer"]


class NotSent(Exception):
    """The request never left: nothing can have happened at the other side."""


class NotAnswered(Exception):
    """The request left, and no whole answer came back."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """Status, headers (case-insensitive) and body as they came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class HttpSeam:
    """One thread's connection to one base address."""

    def __init__(self, url: str, secret_headers: Mapping[str, str], timeout_seconds: int, gate: CallGate) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._gate = gate
        self._session = requests.Session()
        self._session.trust_env = False
        adapter = requests.adapters.HTTPAdapter(max_retries=0)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._session.headers.update(secret_headers)

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> RawAnswer:
        """Send once; the whole answer.

        Raises:
            NotSent: no connection was made.
            NotAnswered: time-out, broken connection or a body shorter than announced.
        """
        self._gate.before()
        prepared = self._prepared(request, headers or {})
        try:
            answer = self._session.send(prepared, timeout=self._timeout, allow_redirects=False)
        except requests.exceptions.ConnectionError as error:
            if _never_connected(error):
                raise NotSent(type(error).__name__) from None
            raise NotAnswered(type(error).__name__) from None
        except (requests.exceptions.RequestException, ValueError) as error:
            # Also an answer whose headers cannot be read, which requests calls a ValueError: it had left by then.
            raise NotAnswered(type(error).__name__) from None
        self._gate.after(answer.status_code, answer.headers)
        return RawAnswer(answer.status_code, answer.headers, answer.content)

    def _prepared(self, request: Request, headers: Mapping[str, str]) -> requests.PreparedRequest:
        """The request as it will go over the wire; an address or a token that cannot be is told before it leaves."""
        body = request.body.encode() if request.body is not None else None
        all_headers = {"Content-Type": "application/json", **headers}
        try:
            asked = requests.Request(request.method, self._url + request.path, headers=all_headers, data=body)
            prepared = self._session.prepare_request(asked)
            for value in prepared.headers.values():
                str(value).encode("latin-1")  # as it goes over the wire
        except (requests.exceptions.RequestException, ValueError) as error:
            raise NotSent(type(error).__name__) from None
        return prepared

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)
