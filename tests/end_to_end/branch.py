"""The companies of the end-to-end tests: a handful of customers and invoices each, and short ways to change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ledgerbridge.records import Module
from ledgerbridge.target.contract import ConnectionParts
from sandbox.accounts.economic import economic_customer
from sandbox.airflow_stack import postgres_connection
from sandbox.clienttime.numbers import cvr_number
from sandbox.clienttime.rows import CustomerRow, InvoiceRow
from sandbox.grounds import Firm, customer, invoice

NORD, SYD, VEST, FYN = "nordlys", "sydhavn", "vestkyst", "fynshav"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a company begins with, on both sides."""

    name: str
    customers: tuple[CustomerRow, ...]
    invoices: tuple[InvoiceRow, ...]
    there: tuple[dict[str, Any], ...] = ()
    system: str = "economic"


def loading(name: str) -> dict[str, int]:
    """Small chunks, so that load is mapped; a settle time that a test can wait for."""
    size = 4 if name == NORD else 200
    return {"chunk_size": size, "connections": 2, "timeout_seconds": 3, "settle_seconds": 4}


def rows_of() -> list[Rows]:
    """``nordlys`` writes into an empty agreement, ``sydhavn`` into one with customers; ``vestkyst`` is unreachable.

    ``fynshav`` writes into an empty company of Uniconta.
    """
    north = tuple(customer(1001 + place, cvr=cvr_number(9_100_000 + place)) for place in range(15))
    south = tuple(customer(2001 + place, foreign_number=str(2001 + place) if place < 3 else None) for place in range(4))
    north_invoices = tuple(invoice(5001 + place, north[place % 12]) for place in range(22))
    drafts = tuple(invoice(5101 + place, north[place % 12], is_approved=False) for place in range(14))
    south_invoices = tuple(invoice(6001 + place, south[place % 4]) for place in range(6))
    south_drafts = tuple(invoice(6101 + place, south[place % 3], is_approved=False) for place in range(12))
    fyn = tuple(customer(3001 + place, cvr=cvr_number(9_200_000 + place)) for place in range(4))
    fyn_invoices = tuple(invoice(7001 + place, fyn[place % 4]) for place in range(6))
    fyn_drafts = tuple(invoice(7101 + place, fyn[place % 4], is_approved=False) for place in range(6))
    stranger = economic_row(2900, "Kunde 2004 ApS")
    there = tuple(economic_row(int(row.code), row.name) for row in south[:3])
    return [
        Rows(name=NORD, customers=north, invoices=(*north_invoices, *drafts)),
        Rows(name=SYD, customers=south, invoices=(*south_invoices, *south_drafts), there=(*there, stranger)),
        Rows(name=VEST, customers=(), invoices=()),
        Rows(name=FYN, customers=fyn, invoices=(*fyn_invoices, *fyn_drafts), system="uniconta"),
    ]


def economic_row(number: int, name: str) -> dict[str, Any]:
    """A customer that the agreement has."""
    empty = dict.fromkeys(("cvr", "address", "zip", "city", "phone", "email", "gln"))
    return economic_customer({**empty, "number": number, "name": name, "country": "DK", "currency": "DKK"})


@dataclass(frozen=True, slots=True)
class Branch(Firm):
    """One company. Our own database is shared with the others, so that every question names the integration."""

    rows: Rows = field(repr=False)

    def states(self, module: Module = Module.INVOICES) -> dict[str, str]:
        """Source id → state of the newest revision."""
        return {source_id: state for source_id, (state, _) in self.newest(module).items()}

    def reasons(self, module: Module = Module.INVOICES) -> dict[str, str | None]:
        """Source id → reason code of the newest revision."""
        return {source_id: reason for source_id, (_, reason) in self.newest(module).items()}

    def newest(self, module: Module) -> dict[str, tuple[str, str | None]]:
        """Source id → state and reason code of the newest revision."""
        rows = self.ours(
            "SELECT DISTINCT ON (record_id) source_id, state::text, reason ->> 'code' FROM transfer "
            "WHERE integration = %s AND module = %s ORDER BY record_id, revision DESC",
            self.name,
            module.value,
        )
        return {source_id: (state, code) for source_id, state, code in rows}

    def newest_of(self, source_id: str, module: Module = Module.INVOICES) -> tuple[str, str | None]:
        """State and reason code of a record's newest revision."""
        return self.newest(module).get(source_id, ("unknown", None))

    def approve(self, *source_ids: int) -> datetime:
        """Approve invoices; the moment of the commit."""
        self.source(
            'UPDATE "Invoice" SET "ApprovalStatus" = 1, "ApprovedAt" = now(), "UpdatedAt" = now() '
            'WHERE "InvoiceID" = ANY(%s)',
            list(source_ids),
        )
        return datetime.now(UTC)

    def rename(self, customer_id: int, name: str) -> datetime:
        """Give a customer another name; the moment of the commit."""
        self.source('UPDATE "Customer" SET "Name" = %s, "UpdatedAt" = now() WHERE "CustomerID" = %s', name, customer_id)
        return datetime.now(UTC)

    def drafts(self) -> list[int]:
        """Invoices that are not approved yet, and never were."""
        rows = self.source('SELECT "InvoiceID" FROM "Invoice" WHERE "ApprovalStatus" = 0 ORDER BY 1')
        return [source_id for (source_id,) in rows]

    def mark(self) -> None:
        """Count calls and writes from now on."""
        self.control.mark(self.agreement)

    def calls(self) -> int:
        """Calls since the mark, refused ones too."""
        return int(self.control.counters(self.agreement)["sinceMark"]["calls"])

    def connections(self) -> dict[str, Mapping[str, object]]:
        """The two Airflow connections. The last one's source is on a port where nobody listens."""
        dsn = self.company.source_owner_dsn
        if self.name == VEST:
            parts = urlsplit(dsn)
            dsn = parts._replace(netloc=parts.netloc.replace(f":{parts.port}", ":9")).geturl()
        return {
            f"{self.name}_clienttime": postgres_connection(dsn),
            self.company.integration.target.connection: _connection(self.company.accounts.parts),
        }

    def secrets(self) -> Sequence[str]:
        """What must stand nowhere (P15)."""
        return list(self.company.tokens.secrets.values())

    def accounted(self) -> None:
        """Every approved invoice stands in one named state with a sentence (P16), none twice in the target (X-2)."""
        approved = {str(row[0]) for row in self.source('SELECT "InvoiceID" FROM "Invoice" WHERE "ApprovalStatus" = 1')}
        newest = self.newest(Module.INVOICES)
        assert approved <= newest.keys(), approved - newest.keys()
        unexplained = {"rejected", "waiting", "in_doubt", "ignored"}
        assert not [key for key, (state, code) in newest.items() if state in unexplained and code is None], newest
        unfinished = self.ours(
            "SELECT source_id, state::text FROM transfer WHERE integration = %s AND state IN ('staged', 'sending')",
            self.name,
        )
        assert unfinished == []
        assert set(self.locators().values()) <= {1}, self.locators()

    def arrived(self, source_id: int | str, after: datetime, module: Module = Module.INVOICES) -> datetime | None:
        """When the record's newest revision was delivered, if it was staged after ``after``."""
        rows = self.ours(
            "SELECT settled_at FROM transfer WHERE integration = %s AND module = %s AND source_id = %s "
            "AND state IN ('delivered', 'unchanged') AND staged_at > %s",
            self.name,
            module.value,
            str(source_id),
            after,
        )
        return rows[0][0] if rows else None


def _connection(parts: ConnectionParts) -> Mapping[str, object]:
    """What somebody enters in Airflow for it."""
    given = {"host": parts.host, "login": parts.login, "password": parts.password}
    return {"conn_type": "http", **{name: value for name, value in given.items() if value}, "extra": dict(parts.extra)}
