"""Refusals: an error of the contract's table, or a status that comes before any error (contract 5.4, 8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sandbox.standin.reply import Reply
from sandbox.uniconta.error_codes import NUMBERS, text_of

TEXT: Final = "text/plain; charset=utf-8"


@dataclass
class Refused(Exception):
    """An error by its name, with the property and the value it is about."""

    name: str
    prop: str = ""
    value: object = None
    keep_what_was_written: bool = False
    """Whether what the request wrote before it was refused stays; else everything is taken back."""

    @property
    def number(self) -> int:
        """Its number."""
        return NUMBERS[self.name]

    @property
    def text(self) -> str:
        """What is answered."""
        return text_of(self.name)


@dataclass
class Turned(Exception):
    """A request that ends before any business: wrong token, unknown path, wrong verb."""

    reply: Reply


def plain(status: int, text: str, headers: dict[str, str] | None = None) -> Reply:
    """A text that is no JSON."""
    return Reply(status, text.encode(), TEXT, headers or {})


def argument_missing() -> Reply:
    """What the Web API says to a body it can make nothing of: a success that is none (contract 5.3, 5.4)."""
    return plain(200, "ArgumentMissing")


def wrong_token() -> Turned:
    """401 on a bearer token that is missing, unknown, expired or replaced."""
    return Turned(plain(401, text_of("UserNotLoggedIn"), {"WWW-Authenticate": "Bearer"}))


def wrong_password(*, basic: bool = False) -> Turned:
    """401 on a login or on HTTP Basic."""
    headers = {"WWW-Authenticate": 'Basic realm="Uniconta"'} if basic else {}
    return Turned(plain(401, text_of("UserOrPasswordIsWrong"), headers))


def user_is_blocked(*, basic: bool = False) -> Turned:
    """401 for a user who is locked."""
    headers = {"WWW-Authenticate": 'Basic realm="Uniconta"'} if basic else {}
    return Turned(plain(401, text_of("UserIsBlocked"), headers))


def not_allowed() -> Turned:
    """403 for a user who may not read."""
    return Turned(Reply.json(403, text_of("NoRights")))


def not_found() -> Turned:
    """404: no such path, entity or record."""
    return Turned(Reply(404))


def wrong_verb(allowed: list[str]) -> Turned:
    """405 with the verbs that are answered."""
    return Turned(Reply(405, headers={"Allow": ", ".join(sorted(allowed))}))


def bad_request(reason: str) -> Turned:
    """400 for a body or a query that cannot be read."""
    return Turned(plain(400, reason))
