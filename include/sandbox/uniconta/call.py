"""One call while it is answered, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from sandbox.standin.clock import Clock
from sandbox.standin.reply import Reply
from sandbox.uniconta.company import Company
from sandbox.uniconta.entities import served_as
from sandbox.uniconta.entity import Entity
from sandbox.uniconta.errors import Refused, not_allowed, not_found
from sandbox.uniconta.users import User


class Surface(Enum):
    """The three surfaces, each with its way to prove who calls and to refuse (contract 1)."""

    FEED = "feed"
    ENTITIES = "entities"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Done:
    """A reply, and what the log says about how it came about."""

    reply: Reply
    executed: bool = False
    """Whether anything was written."""
    refused: str | None = None
    """The name of the error, where the answer carries one."""


@dataclass(slots=True)
class Call:
    """What a handler needs to know about one call."""

    company: Company
    user: User
    companies: Mapping[int, Company]
    """Every company that the user sees."""
    clock: Clock
    word: str = ""
    """The entity as the path has it."""
    body: object = None
    query: Mapping[str, str] = field(default_factory=dict)
    base_url: str = ""
    path: str = ""

    def entity(self) -> tuple[Entity, bool]:
        """The entity of the path, and whether the company's own fields are served with it; 404 for none."""
        found = served_as(self.word)
        if found is None:
            raise not_found()
        return found[0], found[2]

    def require_read(self) -> None:
        """403 for a user who may not read."""
        if not self.user.may("read"):
            raise not_allowed()

    def require(self, right: str) -> None:
        """Refuse a write that the user has no right to."""
        if not self.user.may(right):
            raise Refused("NoRights" if right == "post" else "NoRightsTo" + right.capitalize())


Handler = Callable[[Call], Done]
