"""Which targets there are: the folders of this room that have a ``kind``.

Whoever needs something of one asks here by the name that the integration's file gives; nobody decides by that name.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from ledgerbridge.errors import SettingsInvalid
from ledgerbridge.integration import Integration
from ledgerbridge.target.contract import TargetKind

__all__ = ["require_target", "target_kind"]


@cache
def target_kind(system: str) -> TargetKind:
    """What a target is called, what its fields hold, and how it is reached.

    Raises:
        SettingsInvalid: there is no such target.
    """
    if not _is_there(system):
        raise SettingsInvalid("target_unknown", target=system)
    kind: TargetKind = import_module(_module(system)).KIND
    return kind


def require_target(integration: Integration) -> None:
    """The integration's target is one.

    Raises:
        SettingsInvalid: it is none.
    """
    if not _is_there(integration.target.system):
        raise SettingsInvalid("target_unknown", target=integration.target.system)


def _is_there(system: str) -> bool:
    try:
        return find_spec(_module(system)) is not None
    except ModuleNotFoundError:
        return False


def _module(system: str) -> str:
    return f"{__package__}.{system}.kind"
