"""Preflight's list while it is being made, and the items that no interface shows (X-11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from ledgerbridge.integration import Invoicing, Layout
from ledgerbridge.money import HUNDRED
from ledgerbridge.payment_line import creditor_warning
from ledgerbridge.reasons import Reason
from ledgerbridge.target.contract import Check, CheckStatus

__all__ = ["NOT_CHECKABLE", "Findings", "add_what_only_people_can_see", "choose", "percent"]

NOT_CHECKABLE = ("number_series", "fi_setup", "layout_contents")

Key = TypeVar("Key", int, str)


@dataclass(slots=True)
class Findings:
    """The items so far."""

    checks: list[Check] = field(default_factory=list)

    def add(self, item: str, status: CheckStatus, code: str, /, **values: object) -> None:
        """One more item."""
        texts = {name: str(value) for name, value in values.items()}
        self.checks.append(Check(item, status, Reason(code, texts)))

    def ok(self, item: str, code: str, /, **values: object) -> None:
        """One that is as it must be."""
        self.add(item, CheckStatus.OK, code, **values)

    def failed(self, item: str, code: str, /, **values: object) -> None:
        """One that is not."""
        self.add(item, CheckStatus.FAILED, code, **values)

    def warn(self, item: str, code: str, /, **values: object) -> None:
        """One that somebody should look at."""
        self.add(item, CheckStatus.WARNING, code, **values)

    @property
    def has_failed(self) -> bool:
        """Whether anything has."""
        return any(check.status is CheckStatus.FAILED for check in self.checks)


def choose(found: Findings, item: str, setting: str, wanted: Key | None, choices: Mapping[Key, str]) -> Key | None:
    """The wanted value if it is there, or the only one that there is."""
    listed = ", ".join(f"{key} {name}".strip() for key, name in sorted(choices.items())[:12]) or "–"
    if wanted is not None and wanted in choices:
        found.ok(item, "preflight_chosen", setting=setting, choice=_told(wanted, choices[wanted]))
        return wanted
    if wanted is not None:
        found.failed(item, "preflight_choice_missing", setting=setting, value=wanted, choices=listed)
        return None
    if len(choices) == 1:
        ((only, name),) = choices.items()
        found.ok(item, "preflight_chosen", setting=setting, choice=_told(only, name))
        return only
    found.failed(item, "preflight_choice_needed", setting=setting, choices=listed)
    return None


def _told(value: Key, name: str) -> str:
    return f"{value} ({name})" if name else str(value)


def percent(rate: Decimal) -> str:
    """A percentage without needless zeros."""
    return format((rate * HUNDRED / HUNDRED).normalize(), "f")


def add_what_only_people_can_see(invoicing: Invoicing, found: Findings) -> None:
    """What no interface shows is said to be not checkable."""
    for item in NOT_CHECKABLE:
        if item != "fi_setup" or invoicing.fi_creditor_number or invoicing.layout_from is Layout.TARGET:
            found.add(item, CheckStatus.NOT_CHECKABLE, f"preflight_{item}")
    if invoicing.fi_creditor_number and (warning := creditor_warning(invoicing.fi_creditor_number)):
        found.checks.append(Check("fi_creditor_number", CheckStatus.WARNING, warning))
