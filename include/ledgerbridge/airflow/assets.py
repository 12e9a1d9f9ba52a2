"""The assets that tie the DAGs together."""

from __future__ import annotations

from airflow.sdk import Asset, AssetAlias

__all__ = ["settled_alias", "settled_asset"]


def settled_asset(integration: str) -> Asset:
    """Changes when a run of the integration has moved something: then both sides are compared."""
    return Asset(name=f"{integration}.settled", uri=f"ledgerbridge://{integration}/settled", group="ledgerbridge")


def settled_alias(integration: str, module: str) -> AssetAlias:
    """An alias, because a run that found nothing to do must not start a reconciliation."""
    return AssetAlias(name=f"{integration}.{module}.settled")
