"""Agreements at e-conomic's stand-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledgerbridge.integration import Integration
from ledgerbridge.target.contract import ConnectionParts
from sandbox.accounts.opening import Opened
from sandbox.company import settings
from sandbox.economic.books import EconomicBooks
from sandbox.economic.control import Control

__all__ = ["Agreements", "accounts_at"]

# A test that asks about rates or late documents says so.
_QUIET = {"rate_limit_tokens": 10**9, "pdf_delay_seconds": 0}


@dataclass(frozen=True, slots=True)
class Agreements:
    """The stand-in."""

    url: str
    control: Control = field(repr=False)

    def open(
        self,
        name: str,
        *,
        there: Sequence[Mapping[str, Any]] = (),
        knobs: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Opened:
        """A standard agreement."""
        integration = Integration.model_validate(settings(name, **changes))
        knobs = {**_QUIET, **(knobs or {})}
        tokens = self.control.create_agreement("standard", name=name, customers=there, knobs=knobs)
        parts = ConnectionParts(
            integration.target.connection, self.url, None, tokens.grant, {"app_secret_token": tokens.app_secret}
        )
        return Opened(integration, parts, tokens, EconomicBooks(self.control, tokens.agreement))


def accounts_at(url: str, control_url: str) -> Agreements:
    """The stand-in that listens there."""
    return Agreements(url, Control(control_url))
