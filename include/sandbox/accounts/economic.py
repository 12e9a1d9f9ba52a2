"""Agreements at e-conomic's stand-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stdnum import ean

from ledgerbridge.integration import Integration
from ledgerbridge.target.contract import ConnectionParts
from sandbox.accounts.opening import Opened
from sandbox.economic.books import EconomicBooks
from sandbox.economic.control import Control
from sandbox.integration_file import settings

__all__ = ["Agreements", "accounts_at", "economic_customer"]

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


def economic_customer(row: Mapping[str, Any]) -> dict[str, Any]:
    """One of :func:`~sandbox.clienttime.agreement.target_customers` as e-conomic's own JSON."""
    zone = 1 if row["country"] == "DK" else 2
    customer = {
        "customerNumber": row["number"],
        "name": row["name"],
        "currency": row["currency"],
        "corporateIdentificationNumber": row["cvr"],
        "address": row["address"],
        "zip": row["zip"],
        "city": row["city"],
        "country": "Danmark" if row["country"] == "DK" else row["country"],
        "telephoneAndFaxNumber": row["phone"],
        "email": row["email"],
        # e-conomic takes no location number with a wrong check digit; the source has some.
        "ean": row["gln"] if ean.is_valid(row["gln"] or "") else None,
        "customerGroup": {"customerGroupNumber": 1},
        "paymentTerms": {"paymentTermsNumber": 1},
        "vatZone": {"vatZoneNumber": zone},
    }
    return {name: value for name, value in customer.items() if value is not None}
