"""How e-conomic is reached: the address and the two tokens, which are never shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledgerbridge.target.contract import CallGate
from ledgerbridge.target.http import HttpSeam

__all__ = ["EconomicConnection"]

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
        return HttpSeam(self.url, self.headers(), timeout_seconds, gate)
