"""What people at the demo firm do while the integration runs: each function commits one change and says when.

The moment is the database's own clock, read when the commit has returned: the start of "from commit to target".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from psycopg2.extensions import connection as Connection  # noqa: N812 - a class that psycopg2 writes in lower case

from ledgerbridge.sql import load
from sandbox.clienttime.awkward import AWKWARD, FIRST_CUSTOMER_ID, FIRST_INVOICE_ID
from sandbox.clienttime.companies import street

__all__ = [
    "LiveChange",
    "approve_invoice",
    "change_address",
    "change_invoice",
    "renumber_customer",
    "withdraw_approval",
]

PACKAGE = "sandbox.clienttime"


@dataclass(frozen=True, slots=True)
class LiveChange:
    """What was done, to which record, and when it was committed (UTC)."""

    what: str
    source_id: str
    committed_at: datetime


def change_address(connection: Connection, departments: Sequence[str] | None = None) -> LiveChange:
    """An ordinary linked customer moves, of these departments if any are named; another one at each call."""
    new_street = street(Random())
    values = {"street": new_street, "first_awkward": FIRST_CUSTOMER_ID, "departments": _listed(departments)}
    return _commit(connection, "live_change_address", values, f"{{name}} flytter til {new_street}")


def approve_invoice(
    connection: Connection,
    source_id: str | None = None,
    *,
    today: date | None = None,
    departments: Sequence[str] | None = None,
) -> LiveChange:
    """Approve a draft: the one named, else the oldest ordinary one of these departments, else a new one dated
    ``today``."""
    if source_id is None:
        awkward = [int(id_) for name, id_ in AWKWARD.items() if not name.startswith("customer_")]
        of = {"departments": _listed(departments)}
        draft = _one(connection, "live_next_draft", {"awkward": awkward, **of})
        if draft is None:
            issued = today or datetime.now(UTC).date()
            draft = _one(connection, "live_copy_draft", {"first_awkward": FIRST_INVOICE_ID, "today": issued, **of})
        source_id = _found(draft)["source_id"]
    return _commit(connection, "live_approve", {"source_id": source_id}, "faktura {name} godkendt")


def withdraw_approval(connection: Connection, source_id: str) -> LiveChange:
    """Make an approved invoice a draft again (X-8)."""
    return _commit(
        connection, "live_withdraw", {"source_id": source_id}, "godkendelsen af faktura {name} trukket tilbage"
    )


def change_invoice(connection: Connection, source_id: str) -> LiveChange:
    """Add half an hour to a domestic invoice, draft or approved; its totals stay right to the øre."""
    return _commit(connection, "live_add_line", {"source_id": source_id}, "en linje mere på faktura {name}")


def renumber_customer(connection: Connection, source_id: str, customer_code: str) -> LiveChange:
    """Give a customer another number (CT-16)."""
    values = {"source_id": source_id, "customer_code": customer_code}
    return _commit(connection, "live_renumber_customer", values, f"{{name}} har nu nummer {customer_code}")


def _listed(departments: Sequence[str] | None) -> list[str] | None:
    return None if departments is None else list(departments)


def _commit(connection: Connection, statement: str, values: Mapping[str, object], what: str) -> LiveChange:
    row = _found(_one(connection, statement, values))
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = _found(cursor.fetchone())[0]
    return LiveChange(what.format(name=row["name"]), row["source_id"], moment.astimezone(UTC))


def _one(connection: Connection, statement: str, values: Mapping[str, object]) -> dict[str, str] | None:
    with connection, connection.cursor() as cursor:
        cursor.execute(load(PACKAGE, statement), values)
        row = cursor.fetchone()
        names = [column.name for column in cursor.description or ()]
    return dict(zip(names, row, strict=True)) if row is not None else None


def _found(row: Any) -> Any:
    if row is None:
        message = "the demo database has no such record: build it with python -m sandbox.clienttime"
        raise LookupError(message)
    return row
