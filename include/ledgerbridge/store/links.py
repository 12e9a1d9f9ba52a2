"""Links: the tie between one source record and one target record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg2.errors

from ledgerbridge.errors import WaitsForPerson
from ledgerbridge.records import Module
from ledgerbridge.store.database import Connection, Together, attempt, execute, fetch_all, fetch_one

__all__ = [
    "Link",
    "Seen",
    "TargetKind",
    "all_links",
    "back_in_source",
    "drop",
    "flag_broken",
    "flag_deleted",
    "forget_payload",
    "link_of",
    "links_of",
    "make",
    "not_written_back",
    "note_seen",
    "remove",
    "renumber",
    "set_fingerprint",
    "told_if_taken",
    "with_customer",
    "written_back",
]


class TargetKind(StrEnum):
    """What a link points at in the target."""

    CUSTOMER = "customer"
    DRAFT_INVOICE = "draft_invoice"
    BOOKED_INVOICE = "booked_invoice"


@dataclass(frozen=True, slots=True)
class Link:
    """One row of ``link``. ``fingerprint`` is the content hash of what the target now shows.

    ``is_in_doubt``: a write of the record is under way, and what it left in the target is not known; told of links that
    are looked up by their sources.
    """

    record_id: int
    source_id: str
    target_kind: TargetKind
    target_id: str
    fingerprint: str | None
    source_number: str | None
    target_cvr: str | None
    target_name: str | None
    payload_hash: str | None
    target_customer: str | None
    broken_at: datetime | None
    written_back_at: datetime | None
    deleted_in_source_at: datetime | None
    made_by: str
    made_at: datetime
    is_in_doubt: bool = False

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> Link:
        """The link that a database row holds."""
        known = {field.name: row[field.name] for field in fields(cls) if field.name in row}
        return cls(**(known | {"target_kind": TargetKind(row["target_kind"])}))

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Link:
        """The link that the database tells as JSON."""
        moments = {name: datetime.fromisoformat(told[name]) if told[name] else None for name in _MOMENTS}
        return cls.from_row({**told, **moments})


@dataclass(frozen=True, slots=True)
class Seen:
    """The link of a record, and for an invoice that of its customer, as they stood at one moment."""

    own: Link | None
    customers: Link | None


_MOMENTS = ("broken_at", "written_back_at", "deleted_in_source_at", "made_at")


def link_of(connection: Connection, record_id: int) -> Link | None:
    """The link of one record of ours."""
    row = fetch_one(connection, "link_of", {"record_id": record_id})
    return Link.from_row(row) if row else None


def links_of(connection: Connection, integration: str, module: Module, source_ids: Sequence[str]) -> dict[str, Link]:
    """Links by source id, of those that have one."""
    values = {"integration": integration, "module": module, "source_ids": list(source_ids)}
    return {row["source_id"]: Link.from_row(row) for row in fetch_all(connection, "link_of_sources", values)}


def all_links(connection: Connection, integration: str, module: Module) -> list[Link]:
    """Every link of the module."""
    rows = fetch_all(connection, "link_all", {"integration": integration, "module": module})
    return [Link.from_row(row) for row in rows]


def make(  # noqa: PLR0913 - one name for each column
    connection: Connection | Together,
    *,
    record_id: int,
    integration: str,
    module: Module,
    kind: TargetKind,
    target_id: str,
    made_by: str,
    fingerprint: str | None = None,
    source_number: str | None = None,
    target_cvr: str | None = None,
    target_name: str | None = None,
    payload_hash: str | None = None,
    target_customer: str | None = None,
) -> None:
    """Make the link, or move it; it is whole again. ``target_*`` say who the target's customer is (LK-7).

    ``payload_hash`` and ``target_customer``: what a draft was made from, and whose it is.

    Raises:
        WaitsForPerson: another record is linked to ``target_id`` already.
    """
    values = {
        "record_id": record_id,
        "integration": integration,
        "module": module,
        "target_kind": kind,
        "target_id": target_id,
        "fingerprint": fingerprint,
        "source_number": source_number,
        "target_cvr": target_cvr,
        "target_name": target_name,
        "payload_hash": payload_hash,
        "target_customer": target_customer,
        "made_by": made_by,
    }
    with told_if_taken(target_id):
        if isinstance(connection, Together):
            execute(connection, "link_make", values)
            return
        with attempt(connection):
            execute(connection, "link_make", values)


@contextmanager
def told_if_taken(target_id: str) -> Iterator[None]:
    """Say so when the database refuses a second link to ``target_id``; for :func:`make` among others, together.

    Raises:
        WaitsForPerson: another record is linked to it already.
    """
    try:
        yield
    except psycopg2.errors.UniqueViolation as error:
        if not (error.diag.constraint_name or "").startswith("link_"):
            raise
        raise WaitsForPerson("target_already_linked", target=target_id) from error


def remove(connection: Connection, record_id: int) -> str | None:
    """Undo the link (LK-5); the number it pointed at, or nothing when there was none."""
    row = fetch_one(connection, "link_remove", {"record_id": record_id})
    return str(row["target_id"]) if row else None


def drop(connection: Connection | Together, record_id: int) -> None:
    """As :func:`remove`, among others together."""
    execute(connection, "link_remove", {"record_id": record_id})


def with_customer(connection: Connection, record_id: int, integration: str, customer_source_id: str) -> Seen:
    """The link of an invoice's record, and that of its customer."""
    values = {"record_id": record_id, "integration": integration, "customer": customer_source_id}
    found = {row.pop("is_own"): Link.from_row(row) for row in fetch_all(connection, "link_with_customer", values)}
    return Seen(found.get(True), found.get(False))


def set_fingerprint(
    connection: Connection | Together, record_id: int, fingerprint: str, source_number: str | None = None
) -> None:
    """Note what the target shows now."""
    values = {"record_id": record_id, "fingerprint": fingerprint, "source_number": source_number}
    execute(connection, "link_fingerprint", values)


def renumber(connection: Connection | Together, record_id: int, number: str) -> None:
    """The customer has another number now, on both sides; the source's own row is to be told."""
    execute(connection, "link_renumber", {"record_id": record_id, "number": number})


def forget_payload(connection: Connection, record_id: int) -> None:
    """The draft is to be written anew, whatever it was made from."""
    execute(connection, "link_forget_payload", {"record_id": record_id})


def note_seen(
    connection: Connection | Together, record_id: int, target_cvr: str | None, target_name: str | None
) -> None:
    """Note who the target's customer is now (LK-7)."""
    values = {"record_id": record_id, "target_cvr": target_cvr, "target_name": target_name}
    execute(connection, "link_seen", values)


def flag_broken(connection: Connection | Together, record_ids: Sequence[int]) -> int:
    """Send nothing over these links until a person has decided (LK-7); how many were whole before."""
    return execute(connection, "link_broken", {"record_ids": list(record_ids)})


def flag_deleted(
    connection: Connection, integration: str, module: Module, source_ids: Sequence[str]
) -> list[tuple[str, str]]:
    """Flag links whose record is gone in the source (X-12); (source id, target id) of those flagged now."""
    values = {"integration": integration, "module": module, "source_ids": list(source_ids)}
    rows = fetch_all(connection, "link_deleted_in_source", values)
    return [(row["source_id"], row["target_id"]) for row in rows]


def back_in_source(
    connection: Connection, integration: str, module: Module, source_ids: Sequence[str]
) -> list[tuple[str, str]]:
    """Take the flag of :func:`flag_deleted` away again; (source id, target id) of those that had it.

    The source's own row is to be told anew.
    """
    values = {"integration": integration, "module": module, "source_ids": list(source_ids)}
    rows = fetch_all(connection, "link_back_in_source", values)
    return [(row["source_id"], row["target_id"]) for row in rows]


def not_written_back(connection: Connection, integration: str, limit: int) -> list[Link]:
    """Customer links that the source's own row does not show yet."""
    values = {"integration": integration, "limit": limit}
    return [Link.from_row(row) for row in fetch_all(connection, "link_not_written_back", values)]


def written_back(connection: Connection, record_ids: Sequence[int]) -> None:
    """Note that the source's own rows show these links."""
    execute(connection, "link_written_back", {"record_ids": list(record_ids)})
