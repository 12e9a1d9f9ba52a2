"""How e-conomic is reached: the address and the two tokens, which are never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from ledgerbridge.errors import Refusal
from ledgerbridge.integration import Invoicing
from ledgerbridge.target.contract import CallGate, ConnectionParts
from ledgerbridge.target.economic.client import Economic
from ledgerbridge.target.economic.resolved import Resolved
from ledgerbridge.target.economic.usage import usage_in
from ledgerbridge.target.http import HttpSeam

__all__ = ["EconomicConnection", "EconomicReach", "connection_from"]

DEFAULT_URL = "https://restapi.e-conomic.com"
DEFAULT_APIS_URL = "https://apis.e-conomic.com"


@dataclass(frozen=True, slots=True)
class EconomicConnection:
    """Address and tokens of one agreement (``economic`` section 1.1)."""

    app_secret_token: str = field(repr=False)
    agreement_grant_token: str = field(repr=False)
    url: str = DEFAULT_URL
    apis_url: str = DEFAULT_APIS_URL

    def headers(self) -> dict[str, str]:
        """The headers that every call carries."""
        return {"X-AppSecretToken": self.app_secret_token, "X-AgreementGrantToken": self.agreement_grant_token}

    def open(self, gate: CallGate, timeout_seconds: int = 30) -> HttpSeam:
        """The connections of this process to the agreement; to be closed after use."""
        return HttpSeam(self.url, self.headers(), timeout_seconds, gate, usage=usage_in)

    def reach(self, gate: CallGate, timeout_seconds: int) -> EconomicReach:
        """As :meth:`open`, for a target."""
        return EconomicReach(self.open(gate, timeout_seconds))


@dataclass(frozen=True, slots=True)
class EconomicReach:
    """One agreement, reached."""

    http: HttpSeam

    def target(
        self,
        invoicing: Invoicing,
        resolved: Mapping[str, Any] | None,
        *,
        is_foretelling: bool = True,  # noqa: ARG002
    ) -> Economic:
        """The agreement with these settings. It shows the totals of every draft, so nothing is ever foretold."""
        return Economic(self.http, invoicing=invoicing, resolved=Resolved.from_json(resolved) if resolved else None)

    def close(self) -> None:
        """Let the connections go."""
        self.http.close()


def connection_from(parts: ConnectionParts, _options: BaseModel) -> EconomicConnection:
    """The connection that an Airflow connection describes: the grant is its password, the app's token an extra.

    Raises:
        Refusal: one of the tokens is missing; names which.
    """
    secret, grant = parts.extra.get("app_secret_token"), parts.password
    missing = [name for name, value in (("extra.app_secret_token", secret), ("password", grant)) if not value]
    if missing or secret is None or grant is None:
        raise Refusal("connection_incomplete", connection=parts.connection_id, missing=", ".join(missing))
    return EconomicConnection(
        app_secret_token=str(secret),
        agreement_grant_token=grant,
        url=parts.host or DEFAULT_URL,
        apis_url=str(parts.extra.get("apis_url") or DEFAULT_APIS_URL),
    )
