"""Integrations that share one source, each limited to its own departments of it (MP-14).

An invoice of the source stands in the accounts of one of them: what one has of it, or may have, the others must know.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ledgerbridge.store.database import Connection, execute, fetch_all

__all__ = ["Holder", "customer_numbers", "holders", "note"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Another integration that is not done with an invoice, and what its accounts have of it, as far as is known."""

    integration: str
    target_kind: str | None
    target_id: str | None


def note(connection: Connection, integration: str, source: str | None) -> None:
    """Note the source that the integration shares; ``None`` when it has all departments and so shares nothing.

    To be committed before anything of it is staged: of two that stage the same record one sees the other.
    """
    if source is None:
        execute(connection, "shared_source_leave", {"integration": integration})
    else:
        execute(connection, "shared_source_note", {"integration": integration, "source": source})


def holders(connection: Connection, integration: str, source_ids: Iterable[str]) -> dict[str, Holder]:
    """Who else holds these invoices, by source id; nothing of those that nobody does."""
    rows = fetch_all(connection, "shared_source_holders", {"integration": integration, "source_ids": list(source_ids)})
    return {row["source_id"]: Holder(row["held_by"], row["target_kind"], row["target_id"]) for row in rows}


def customer_numbers(connection: Connection, integration: str, source_ids: Iterable[str]) -> set[tuple[str, str]]:
    """(source id, number) of these customers' links in the other integrations' accounts."""
    rows = fetch_all(connection, "shared_source_numbers", {"integration": integration, "source_ids": list(source_ids)})
    return {(row["source_id"], row["target_id"]) for row in rows}
