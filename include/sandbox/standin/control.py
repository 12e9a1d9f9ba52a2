"""A typed client of a control address: what it tells and takes whatever the vendor."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Self

import requests

from sandbox.standin.jsontext import Doc, encode, parse
from sandbox.standin.knobs import Setting

_TIMEOUT = 30
_FIRST_REFUSAL = 400


class ControlError(RuntimeError):
    """The control address refused; the text says why."""


class Control:
    """A sandbox's control address. ``books`` is the number of a company's books: an agreement, a company."""

    books_path: ClassVar[str]
    """Where the companies' books stand, for instance ``/agreements``."""
    books_name: ClassVar[str]
    """What one of them is called in a body, for instance ``agreement``."""

    def __init__(self, control_url: str) -> None:
        """``control_url`` stands in the ready file."""
        self._url = control_url.rstrip("/")
        self._session = requests.Session()

    def __enter__(self) -> Self:
        """For ``with``."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Close the connection."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None, timeout: int = _TIMEOUT) -> Doc:
        """Send a command; raises ControlError when it is refused."""
        data = None if body is None else encode(dict(body))
        answer = self._session.request(method, self._url + path, data=data, timeout=timeout)
        value = parse(answer.content)
        if not isinstance(value, dict) or answer.status_code >= _FIRST_REFUSAL:
            msg = f"{method} {path}: {value}"
            raise ControlError(msg)
        return value

    def health(self) -> Doc:
        """Whether the sandbox runs."""
        return self.ask("GET", "/health")

    def reset(self) -> None:
        """Forget everything."""
        self.ask("POST", "/reset")

    def knobs(self, books: int | None = None) -> Doc:
        """All knobs with the values in force."""
        return self.ask("GET", self._knobs_path(books))

    def set_knobs(self, books: int | None = None, **knobs: Setting | None) -> Doc:
        """Set knobs for one company's books, or for all; ``None`` takes a setting back."""
        return self.ask("PUT", self._knobs_path(books), knobs)

    def clock(self) -> Doc:
        """The sandbox's time."""
        return self.ask("GET", "/clock")

    def advance(self, seconds: int) -> None:
        """Move the clock forward."""
        self.ask("PUT", "/clock", {"advance": seconds})

    def set_clock_offset(self, seconds: int) -> None:
        """How far the clock is ahead of real time."""
        self.ask("PUT", "/clock", {"offset": seconds})

    def add_fault(self, effect: str, *, match: Mapping[str, object] | None = None, **more: object) -> int:
        """Add a fault rule; ``more`` is when, status, retryAfter, seconds. Returns its id."""
        rule = {"effect": effect, "match": dict(match or {}), **_plain(more)}
        match_rule = rule["match"]
        if isinstance(match_rule, dict):
            rule["match"] = _plain(match_rule)
        return int(self.ask("POST", "/faults", rule)["id"])

    def faults(self) -> list[Doc]:
        """All rules with how often they matched and struck."""
        return list(self.ask("GET", "/faults")["rules"])

    def clear_faults(self, fault: int | None = None) -> None:
        """Remove one rule or all."""
        self.ask("DELETE", "/faults" if fault is None else f"/faults/{fault}")

    def act(
        self, books: int, method: str, path: str, body: Mapping[str, Any] | list[Any] | None = None
    ) -> tuple[int, Any]:
        """Do something as a person in the accounting system's own pages; returns status and body."""
        answer = self.ask("POST", "/act", {self.books_name: books, "method": method, "path": path, "body": body})
        return int(answer["status"]), answer["body"]

    def counters(self, books: int) -> Doc:
        """Calls, reads, executed writes, replays, refusals; the same since the mark."""
        return self.ask("GET", f"{self.books_path}/{books}/counters")

    def mark(self, books: int) -> None:
        """Count ``sinceMark`` from now on."""
        self.ask("POST", f"{self.books_path}/{books}/mark")

    def log(self, books: int, *, after: int = 0, limit: int = 1000) -> list[Doc]:
        """The request log, without tokens."""
        return list(self.ask("GET", f"{self.books_path}/{books}/log?after={after}&limit={limit}")["entries"])

    def _knobs_path(self, books: int | None) -> str:
        return "/knobs" if books is None else f"{self.books_path}/{books}/knobs"


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    """Seconds and probabilities may be floats in Python; on the wire they are decimals."""
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in values.items()}
