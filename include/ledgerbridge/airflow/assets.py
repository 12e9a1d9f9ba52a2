"""The assets that tie the DAGs together, and the connection that one of them listens on."""

from __future__ import annotations

from airflow.sdk import Asset, AssetAlias

__all__ = ["STORE", "settled_alias", "settled_asset"]

STORE = "ledgerbridge_db"
"""The Airflow connection of Ledgerbridge's own database."""


def settled_asset(integration: str) -> Asset:
    """Changes when a run of the integration has moved something: then both sides are compared."""
    return Asset(name=f"{integration}.settled", uri=f"ledgerbridge://{integration}/settled", group="ledgerbridge")


def settled_alias(integration: str, module: str) -> AssetAlias:
    """An alias, because a run that found nothing to do must not start a reconciliation."""
    return AssetAlias(name=f"{integration}.{module}.settled")
