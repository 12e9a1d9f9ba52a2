"""What the pages are told from outside: who is there, which integrations there are, and where things run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from starlette.requests import Request

from ledgerbridge.integration import BrokenFile, Integration
from ledgerbridge.store.database import Connection

__all__ = ["Right", "Schedule", "Visitor", "Works"]


class Right(StrEnum):
    """What a person may do with an integration (X-10); each includes the one before it."""

    READ = "read"
    ACT = "act"
    SET_UP = "set_up"


class Visitor(Protocol):
    """Whoever is logged in."""

    @property
    def name(self) -> str:
        """As the history shows it."""

    def may(self, right: Right, integration: str) -> bool:
        """Whether they have the right."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a module's DAG stands. ``next_run`` is empty where none is planned."""

    is_on: bool
    next_run: datetime | None = None


class Works(Protocol):
    """The outside, as the pages need it."""

    async def visitor(self, request: Request) -> Visitor | None:
        """Who asks; nobody when the request brings no login that is good now."""

    def login_address(self, back_to: str) -> str:
        """Where one logs in, and comes back from."""

    def integrations(self) -> Sequence[Integration]:
        """Every integration whose file is right."""

    def broken_files(self) -> Sequence[BrokenFile]:
        """Every file that is not, with why."""

    def open_store(self) -> Connection:
        """A connection to our own database; the caller closes it."""

    def schedules(self, integration: Integration) -> Mapping[str, Schedule]:
        """How the integration's DAGs stand, by the name behind the dot."""

    def run_address(self, run_id: str) -> str | None:
        """Where a run is shown; nothing where it has no page."""
