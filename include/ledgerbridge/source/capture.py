"""Installing what a source's database needs: the change table, the triggers, the grants. For its owner."""

from __future__ import annotations

from ledgerbridge.errors import SettingsInvalid
from ledgerbridge.source.database import Connection, explained
from ledgerbridge.source.manifest import Manifest
from ledgerbridge.sql import load

__all__ = ["install_grants", "install_triggers"]


def install_triggers(connection: Connection, manifest: Manifest) -> None:
    """Make the change table and the source's triggers, in one transaction; may be done again.

    Raises:
        SettingsInvalid: the source has no triggers.
        Refusal: the connection's role does not own the tables.
    """
    if manifest.capture.triggers is None:
        raise SettingsInvalid("source_cannot", system=manifest.system, what="capture.triggers")
    with explained(), connection, connection.cursor() as cursor:
        cursor.execute(load("ledgerbridge.source", "change_table"))
        cursor.execute(load(manifest.package, manifest.capture.triggers))


def install_grants(connection: Connection, manifest: Manifest) -> None:
    """Make the role ``ledgerbridge`` and give it the least it needs; after the triggers, if there are any.

    Raises:
        SettingsInvalid: the source has no grants file.
        Refusal: the connection's role may not make roles or grant.
    """
    if manifest.grants is None:
        raise SettingsInvalid("source_cannot", system=manifest.system, what="grants")
    with explained(), connection, connection.cursor() as cursor:
        cursor.execute(load(manifest.package, manifest.grants))
