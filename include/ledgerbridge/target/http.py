"""The one seam to a target's HTTP: connections, secret headers, timeouts, and what a failure means.

``requests`` is imported here and nowhere else. Its own retries stay off: only delivery may decide
that a write is sent again. The secret headers never leave this module: they are in no message.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

import requests
import requests.utils
import urllib3.exceptions
from requests.adapters import HTTPAdapter

from ledgerbridge.target.contract import CallGate, Request, Usage

__all__ = ["HttpSeam", "NotAnswered", "NotSent", "RawAnswer"]


_SECONDS = re.compile(r"[0-9]{1,9}")


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

    @property
    def retry_after(self) -> int | None:
        """The seconds that ``Retry-After`` says, where it does (RFC 9110, section 10.2.3)."""
        told = self.headers.get("Retry-After", "").strip()
        return int(told) if _SECONDS.fullmatch(told) else None

    def seconds_to_wait(self, usual: int) -> int:
        """What it says, or the usual where it says nothing."""
        return usual if self.retry_after is None else self.retry_after


def _says_nothing(_answer: RawAnswer) -> Usage:
    return Usage()


def _granted_unless_401(_request: Request, answer: RawAnswer) -> bool | None:
    return answer.status != 401


class HttpSeam:
    """The connections of one process to one base address. Safe for many threads.

    ``usage``, ``is_granted``: what an answer says of what was used up, and whether it says that the agreement may be
    called; the latter may say nothing of it. What a 429 or a 503 says in ``Retry-After`` is read here: every target's
    connections heed it.

    A connection is kept open for the next call, whichever thread makes it: there are never more than calls at once.
    Sessions, with their cookies, redirects and hooks, are left out: there are none of those, and they cost a quarter
    of a call's own time.
    """

    def __init__(
        self,
        url: str,
        secret_headers: Mapping[str, str],
        timeout_seconds: int,
        gate: CallGate,
        *,
        usage: Callable[[RawAnswer], Usage] = _says_nothing,
        is_granted: Callable[[Request, RawAnswer], bool | None] = _granted_unless_401,
    ) -> None:
        self._url = url.rstrip("/")
        usual = {**requests.utils.default_headers(), "Content-Type": "application/json"}
        self._headers = {**usual, **secret_headers}
        self._timeout = timeout_seconds
        self._gate = gate
        self._usage = usage
        self._is_granted = is_granted
        self._idle: deque[HTTPAdapter] = deque()

    def turn(self) -> AbstractContextManager[float]:  # refuses floats: these are seconds
        """A turn for several calls at once. To be taken before any lock that is held during a call: whoever waits for
        the lock may have the turn that its holder waits for."""
        return self._gate.turn(is_for_a_call=False)

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> RawAnswer:
        """Send once; the whole answer.

        Raises:
            NotSent: no connection was made.
            NotAnswered: time-out, broken connection or a body shorter than announced.
        """
        prepared = self._prepared(request, headers or {})
        with self._gate.turn(), self._connection() as connection:
            answer = self._send(connection, prepared)
            self._gate.after(self._used(answer), is_granted=self._is_granted(request, answer))
            return answer

    def _used(self, answer: RawAnswer) -> Usage:
        usage = self._usage(answer)
        is_told = usage.wait is None and answer.status in {429, 503}
        return replace(usage, wait=answer.retry_after) if is_told else usage

    def _send(self, connection: HTTPAdapter, prepared: requests.PreparedRequest) -> RawAnswer:
        try:
            answer = connection.send(prepared, timeout=self._timeout)
            body = answer.content
        except requests.exceptions.ConnectionError as error:
            if _never_connected(error):
                raise NotSent(type(error).__name__) from None
            raise NotAnswered(type(error).__name__) from None
        except (requests.exceptions.RequestException, ValueError) as error:
            # Also an answer whose headers cannot be read, which requests calls a ValueError: it had left by then.
            raise NotAnswered(type(error).__name__) from None
        return RawAnswer(answer.status_code, answer.headers, body)

    @contextmanager
    def _connection(self) -> Iterator[HTTPAdapter]:
        """A connection that nobody else uses meanwhile; the one that was used last is surely still open."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = HTTPAdapter(pool_connections=1, pool_maxsize=1, max_retries=0)
        try:
            yield connection
        finally:
            self._idle.append(connection)

    def _prepared(self, request: Request, headers: Mapping[str, str]) -> requests.PreparedRequest:
        """The request as it will go over the wire; an address or a token that cannot be is told before it leaves."""
        body = request.body.encode() if request.body is not None else None
        prepared = requests.PreparedRequest()
        try:
            prepared.prepare(request.method, self._url + request.path, headers={**self._headers, **headers}, data=body)
            for value in prepared.headers.values():
                str(value).encode("latin-1")  # as it goes over the wire
        except (requests.exceptions.RequestException, ValueError) as error:
            raise NotSent(type(error).__name__) from None
        return prepared

    def close(self) -> None:
        """Give the connections back."""
        while self._idle:
            self._idle.pop().close()


def _never_connected(error: requests.exceptions.ConnectionError) -> bool:
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError)
