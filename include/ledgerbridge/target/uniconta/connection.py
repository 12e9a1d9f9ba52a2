"""How Uniconta is reached: its two hosts, and the user's name and password, which are never shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from ledgerbridge.errors import Refusal
from ledgerbridge.integration import Invoicing
from ledgerbridge.target.contract import CallGate, ConnectionParts
from ledgerbridge.target.http import HttpSeam
from ledgerbridge.target.uniconta.api import Api
from ledgerbridge.target.uniconta.client import Uniconta
from ledgerbridge.target.uniconta.options import UnicontaOptions
from ledgerbridge.target.uniconta.resolved import Resolved
from ledgerbridge.target.uniconta.session import Credentials, Session, is_granted
from ledgerbridge.target.uniconta.tables import KnownTables

__all__ = ["UnicontaConnection", "UnicontaReach", "connection_from"]

DEFAULT_URL = "https://api.uniconta.com"
DEFAULT_RECORDS_URL = "https://odata.uniconta.com"


@dataclass(frozen=True, slots=True)
class UnicontaConnection:
    """Addresses and user of one company (section 2)."""

    credentials: Credentials = field(repr=False)
    options: UnicontaOptions
    url: str = DEFAULT_URL
    records_url: str = DEFAULT_RECORDS_URL

    def reach(self, gate: CallGate, timeout_seconds: int) -> UnicontaReach:
        """The connections of this process to the company; nobody is logged in yet."""
        http = HttpSeam(self.url, {}, timeout_seconds, gate, is_granted=is_granted)
        basic = {"Authorization": self.credentials.basic(), "Accept": "application/json"}
        records = HttpSeam(self.records_url, basic, timeout_seconds, gate)
        api = Api(http, Session(http, self.credentials), records, self.credentials.company_id)
        return UnicontaReach(api, self.options, (http, records), KnownTables(api))


@dataclass(frozen=True, slots=True)
class UnicontaReach:
    """One company, reached."""

    api: Api
    options: UnicontaOptions
    seams: tuple[HttpSeam, ...]
    tables: KnownTables

    def target(
        self, invoicing: Invoicing, resolved: Mapping[str, Any] | None, *, is_foretelling: bool = True
    ) -> Uniconta:
        """The company with these settings."""
        return Uniconta(
            self.api,
            invoicing=invoicing,
            options=self.options,
            tables=self.tables,
            resolved=Resolved.from_json(resolved) if resolved else None,
            is_foretelling=is_foretelling,
        )

    def close(self) -> None:
        """Let the connections go. A token ends by itself."""
        for seam in self.seams:
            seam.close()


def connection_from(parts: ConnectionParts, options: BaseModel) -> UnicontaConnection:
    """The connection that an Airflow connection describes: the user is its login, the rest are extras.

    Raises:
        Refusal: name or password is missing; names which.
    """
    missing = [name for name, value in (("login", parts.login), ("password", parts.password)) if not value]
    if missing or parts.login is None or parts.password is None or not isinstance(options, UnicontaOptions):
        raise Refusal("connection_incomplete", connection=parts.connection_id, missing=", ".join(missing))
    key = parts.extra.get("api_key")
    return UnicontaConnection(
        Credentials(options.company_id, parts.login, parts.password, str(key) if key else None),
        options,
        url=parts.host or DEFAULT_URL,
        records_url=str(parts.extra.get("records_url") or DEFAULT_RECORDS_URL),
    )
