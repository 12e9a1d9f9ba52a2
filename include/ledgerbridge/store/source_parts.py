"""Which part of a source each integration reads; several may share one, each with its own departments (MP-14).

An invoice of the source stands in the accounts of one of them: what one has of it, or may have, the others must know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ledgerbridge.records import Module
from ledgerbridge.store.database import Connection, execute, fetch_all, fetch_one

__all__ = ["Holder", "customer_numbers", "holders", "note", "note_read"]


@dataclass(frozen=True, slots=True)
class Holder:
    """Another integration that is not done with an invoice, and what its accounts have of it, as far as is known."""

    integration: str
    target_kind: str | None
    target_id: str | None


def note(
    connection: Connection, integration: str, module: Module, source: str, departments: Collection[str] | None
) -> bool:
    """Note what the integration reads; whether everything is to be read, for it has had other departments so far.

    To be committed before anything of it is staged: of two that stage the same record one sees the other.
    """
    values = {"integration": integration, "module": module, "source": source, "departments": _sorted(departments)}
    row = fetch_one(connection, "source_part_note", values)
    return bool(row and row["is_other"])


def note_read(connection: Connection, integration: str, module: Module, departments: Collection[str] | None) -> None:
    """Note that everything of these departments has been read, and staged."""
    values = {"integration": integration, "module": module, "departments": _sorted(departments)}
    execute(connection, "source_part_read", values)


def _sorted(departments: Collection[str] | None) -> list[str] | None:
    return None if departments is None else sorted(departments)


def holders(connection: Connection, integration: str, source_ids: Iterable[str]) -> dict[str, Holder]:
    """Who else holds these invoices, by source id; nothing of those that nobody does."""
    rows = fetch_all(connection, "source_part_holders", {"integration": integration, "source_ids": list(source_ids)})
    return {row["source_id"]: Holder(row["held_by"], row["target_kind"], row["target_id"]) for row in rows}


def customer_numbers(connection: Connection, integration: str, source_ids: Iterable[str]) -> set[tuple[str, str]]:
    """(source id, number) of these customers' links in the other integrations' accounts."""
    rows = fetch_all(connection, "source_part_numbers", {"integration": integration, "source_ids": list(source_ids)})
    return {(row["source_id"], row["target_id"]) for row in rows}
