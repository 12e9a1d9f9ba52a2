"""May the integration run? Preflight passed for these very settings, and a person confirmed the list (X-11, CT-10)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.dimension_values import with_dimensions_compared
from ledgerbridge.errors import Refusal
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Module
from ledgerbridge.store import confirmations, transfers
from ledgerbridge.store.transfers import State
from ledgerbridge.target.contract import Check, CheckStatus, Preflight

__all__ = ["ACTIVATED", "LINKING", "check_now", "confirm", "confirm_linking", "failed_in", "keep", "missing", "require"]

ACTIVATED = "activated"
LINKING = "linking"


def check_now(desk: Desk) -> Preflight:
    """Run preflight and keep what it found."""
    return keep(desk, desk.target.preflight())


def keep(desk: Desk, found: Preflight) -> Preflight:
    """Keep what preflight has found for the desk's settings, and what of it concerns the source."""
    result = with_dimensions_compared(desk, _with_takeover(desk, found))
    before = confirmations.read_preflight(desk.store, desk.integration.name)
    resolved = dict(result.resolved or {})
    if before is not None and before.resolved and resolved:
        # «Target with customers» is about the very start; what we create later must not change it (CT-10).
        resolved["customers_at_start"] = before.resolved.get("customers_at_start", resolved["customers_at_start"])
    kept = confirmations.Preflight(
        desk.integration.settings_hash(), result.passed, resolved, [_item(check) for check in result.checks]
    )
    confirmations.write_preflight(desk.store, desk.integration.name, kept)
    desk.note_of_integration("preflight", passed=result.passed)
    return result


def _with_takeover(desk: Desk, result: Preflight) -> Preflight:
    """Without a first day the first run takes up every invoice that was ever approved."""
    first_day = desk.integration.source.invoices_from
    if first_day is None:
        check = Check("invoices_from", CheckStatus.WARNING, Reason("preflight_every_invoice"))
    else:
        check = Check("invoices_from", CheckStatus.OK, Reason("preflight_invoices_from", {"date": first_day}))
    return Preflight((*result.checks, check), result.resolved)


def confirm(desk: Desk) -> None:
    """A person has read the list, what is not checkable included, and switches the integration on.

    Raises:
        Refusal: preflight has not passed for the settings as they are now.
    """
    known = confirmations.read_preflight(desk.store, desk.integration.name)
    if known is None or not known.passed or known.settings_hash != desk.integration.settings_hash():
        raise Refusal("not_activated", missing="preflight")
    facts = {"items": [dict(item) for item in known.items], "resolved": dict(known.resolved)}
    confirmations.confirm(desk.store, desk.integration.name, ACTIVATED, desk.workplace.actor, facts)
    desk.note_of_integration("activated")


def confirm_linking(desk: Desk) -> int:
    """The linking step is done; customers that are undecided now go on waiting. How many there are."""
    owed = transfers.in_state(desk.store, desk.integration.name, Module.CUSTOMERS, State.WAITING)
    known = confirmations.decisions(desk.store, desk.integration.name, [item.source_id for item in owed])
    undecided = sorted(item.source_id for item in owed if known.get(item.source_id) not in {"create", "skip"})
    confirmations.confirm(desk.store, desk.integration.name, LINKING, desk.workplace.actor, {"undecided": undecided})
    desk.note_of_integration("linking_confirmed", undecided=len(undecided))
    return len(undecided)


def missing(desk: Desk) -> list[str]:
    """What stands between the integration and its first run; nothing when it may run."""
    lacking = []
    known = confirmations.read_preflight(desk.store, desk.integration.name)
    if known is None or not known.passed:
        lacking.append("preflight")
    if ACTIVATED not in confirmations.confirmed(desk.store, desk.integration.name):
        lacking.append("confirmation")
    return lacking


def require(desk: Desk) -> None:
    """Let a run pass. Settings that were changed since are checked again first.

    Raises:
        Refusal: the changed settings do not pass; names what fails.
    """
    known = confirmations.read_preflight(desk.store, desk.integration.name)
    if known is not None and known.settings_hash == desk.integration.settings_hash() and known.passed:
        return
    failed = failed_in(check_now(desk).checks)
    if failed:
        raise Refusal("not_activated", missing=failed)


def failed_in(checks: Iterable[Check]) -> str:
    """The names of the items that failed; empty when none did."""
    return ", ".join(check.item for check in checks if check.status is CheckStatus.FAILED)


def _item(check: Check) -> dict[str, Any]:
    return {"item": check.item, "status": check.status.value, "reason": check.reason.to_json()}
