"""The lamps of an integration: is the connection good, is the integration complete and switched on (TL-1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ledgerbridge.delivery.activation import ACTIVATED
from ledgerbridge.integration import Integration
from ledgerbridge.pages.works import Schedule
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Module
from ledgerbridge.store import agreements, confirmations, listing
from ledgerbridge.store.database import Connection

__all__ = ["REQUESTS", "Lamp", "Light", "connection_lamp", "integration_lamp"]

REQUESTS = "requests"
"""The DAG that carries out what is asked for here."""


class Light(StrEnum):
    """A lamp's colour; each stands beside words that say the same."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Lamp:
    """A light and why it shines so."""

    light: Light
    reason: Reason


def connection_lamp(store: Connection, integration: Integration) -> Lamp:
    """Whether both systems let us in, as the last calls and the last run have shown."""
    agreement = agreements.read(store, integration.target.connection)
    if agreement.held_since is not None:
        since = {"since": f"{agreement.held_since:%Y-%m-%d %H:%M} UTC"}
        return Lamp(Light.RED, Reason("lamp_agreement_held", since, agreement.hold_reason))
    if confirmations.read_preflight(store, integration.name) is None:
        return Lamp(Light.YELLOW, Reason("lamp_never_checked"))
    for run in listing.latest_runs(store, integration.name).values():
        if run.settled_at is not None and run.read_at is None:
            since = {"since": f"{run.started_at:%Y-%m-%d %H:%M} UTC", "module": run.module.value}
            return Lamp(Light.YELLOW, Reason("lamp_source_not_read", since))
    return Lamp(Light.GREEN, Reason("lamp_connection_good"))


def integration_lamp(store: Connection, integration: Integration, schedules: Mapping[str, Schedule]) -> Lamp:
    """Whether the set-up is complete, confirmed, and switched on."""
    known = confirmations.read_preflight(store, integration.name)
    if known is None:
        return Lamp(Light.RED, Reason("lamp_never_checked"))
    if not known.passed:
        return Lamp(Light.RED, Reason("lamp_check_failed"))
    if ACTIVATED not in confirmations.confirmed(store, integration.name):
        return Lamp(Light.RED, Reason("lamp_not_activated"))
    wanted = (*(module.value for module in Module), REQUESTS)
    off = [name for name in wanted if not schedules.get(name, Schedule(is_on=False)).is_on]
    if off:
        return Lamp(Light.YELLOW, Reason("lamp_modules_off", {"modules": ", ".join(off)}))
    if known.settings_hash != integration.settings_hash():
        return Lamp(Light.YELLOW, Reason("lamp_settings_changed"))
    return Lamp(Light.GREEN, Reason("lamp_all_on"))
