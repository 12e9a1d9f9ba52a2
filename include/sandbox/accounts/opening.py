"""What a module of this folder offers: ``Accounts``, of which there is one for each stand-in that runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol

from ledgerbridge.integration import Integration
from ledgerbridge.target.contract import ConnectionParts, TargetConnection
from ledgerbridge.target.registry import connection_of
from sandbox.books import Books
from sandbox.standin.control import Control

__all__ = ["Accounts", "Opened", "Tokens", "accounts_at"]


class Tokens(Protocol):
    """What lets one in; as the stand-in gives it."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """By what they are: what must stand nowhere."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A firm's accounts, and the integration that fills them. ``parts``: what somebody enters in Airflow."""

    integration: Integration
    parts: ConnectionParts = field(repr=False)
    tokens: Any = field(repr=False)
    books: Books = field(repr=False)

    @property
    def connection(self) -> TargetConnection:
        """As a task has it."""
        return connection_of(self.integration.target, self.parts)


class Accounts(Protocol):
    """One stand-in that runs."""

    @property
    def url(self) -> str: ...
    @property
    def control(self) -> Control: ...

    def open(
        self,
        name: str,
        *,
        there: Sequence[Mapping[str, Any]] = (),
        knobs: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Opened:
        """New accounts. ``there``: customers as the target writes them; ``changes``: of the settings."""


def accounts_at(system: str, url: str, control_url: str) -> Accounts:
    """The stand-in for ``system`` that listens there.

    Raises:
        ModuleNotFoundError: this folder has no module for it.
    """
    opened: Accounts = import_module(f"{__package__}.{system}").accounts_at(url, control_url)
    return opened
