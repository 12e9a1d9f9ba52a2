"""Companies at Uniconta's stand-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledgerbridge.integration import Integration
from ledgerbridge.target.contract import ConnectionParts
from sandbox.accounts.opening import Opened
from sandbox.integration_file import settings
from sandbox.uniconta.books import UnicontaBooks
from sandbox.uniconta.control import Control

__all__ = ["Companies", "accounts_at", "uniconta_settings"]


@dataclass(frozen=True, slots=True)
class Companies:
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
        """A standard company, with a user who sees it."""
        login = self.control.create_company(name=name, debtors=there, knobs=knobs)
        integration = Integration.model_validate(uniconta_settings(name, login.company, **changes))
        parts = ConnectionParts(
            integration.target.connection, self.url, login.user, login.password, {"records_url": self.url}
        )
        return Opened(integration, parts, login, UnicontaBooks(self.control, login.company, login.user))


def accounts_at(url: str, control_url: str) -> Companies:
    """The stand-in that listens there."""
    return Companies(url, Control(control_url))


def uniconta_settings(name: str, company_id: int, **changes: Any) -> dict[str, Any]:
    """An integration file's content for the standard company."""
    options = {"company_id": company_id, "company": name, **changes.get("target", {}).get("options", {})}
    target = {
        "system": "uniconta",
        "connection": f"{name}_uniconta",
        **changes.get("target", {}),
        "options": options,
    }
    content = settings(name, **{**changes, "target": target})
    invoicing = {**content["invoicing"], "default_debtor_group": "1", **changes.get("invoicing", {})}
    if "layout" not in changes.get("invoicing", {}):
        invoicing.pop("layout", None)
    return {**content, "invoicing": invoicing}
