"""Where small companies are set up quickly: the servers, and databases copied from templates.

A :class:`Firm` is a company with a handful of rows, made for one question.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from psycopg2 import sql

from ledgerbridge.assembly import Addresses
from ledgerbridge.integration import Integration
from ledgerbridge.records import Module
from ledgerbridge.store.database import migrate
from sandbox.accounts.opening import Accounts, Opened, accounts_at
from sandbox.books import Books
from sandbox.clienttime.database import create_tables, install_capture, store
from sandbox.clienttime.demo import Demo
from sandbox.clienttime.rows import CustomerRow, InvoiceRow, LineRow, amount_line
from sandbox.company import Company, connect_plain
from sandbox.economic.control import Control
from sandbox.postgres import EmbeddedPostgres
from sandbox.sagsbog import make_case_book
from sandbox.spare_databases import SpareDatabases

if TYPE_CHECKING:
    from sandbox.accounts.economic import Agreements

__all__ = ["SYSTEMS", "TODAY", "Firm", "Grounds", "customer", "invoice"]

INCLUDE = Path(__file__).parents[1]
SECONDS_TO_START = 60
TODAY = date(2026, 3, 2)
SYSTEMS = ("economic", "uniconta")
"""The targets that there is a stand-in for: a folder beside this file, and a module in ``accounts/``."""

_firms = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Grounds:
    """A PostgreSQL with databases to take, and a stand-in for each accounting system, by its target's name."""

    postgres: EmbeddedPostgres = field(repr=False)
    accounts: Mapping[str, Accounts] = field(repr=False)
    stores: SpareDatabases = field(repr=False)
    sources: SpareDatabases = field(repr=False)
    case_books: SpareDatabases = field(repr=False)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, *, durable: bool = False) -> Iterator[Grounds]:
        """Start the servers; they end with the block. ``durable``: what is committed survives a power cut, too."""
        with ExitStack() as stack:
            postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres", durable=durable))
            migrate(postgres.create_database("store_template"))
            with closing(connect_plain(postgres.create_database("source_template"))) as connection:
                create_tables(connection)
                install_capture(connection)
            make_case_book(postgres.create_database("case_book_template"))
            spare = [SpareDatabases(postgres, f"{kind}_template") for kind in ("store", "source", "case_book")]
            addresses = {system: stack.enter_context(_stand_in(system, folder)) for system in SYSTEMS}
            accounts = {system: accounts_at(system, *there) for system, there in addresses.items()}
            for opened in accounts.values():
                stack.enter_context(opened.control)
            yield cls(postgres, accounts, *spare)

    @property
    def control(self) -> Control:
        """Of e-conomic's stand-in, for the tests that are its own."""
        return cast("Agreements", self.accounts["economic"]).control

    @property
    def economic_url(self) -> str:
        """Where e-conomic's stand-in is."""
        return self.accounts["economic"].url

    def firm(
        self,
        customers: Sequence[CustomerRow] = (),
        invoices: Sequence[InvoiceRow] = (),
        *,
        knobs: Mapping[str, Any] | None = None,
        there: Sequence[Mapping[str, Any]] = (),
        system: str = "economic",
        made_ready: Callable[[Firm], object] | None = None,
        **changes: Any,
    ) -> Firm:
        """A firm that is switched on.

        ``there``: customers that the target has, as that target writes them; ``system``: which target; ``made_ready``:
        what is done before it is switched on; ``changes``: of the settings.
        """
        opened = self.accounts[system].open(_name(), there=there, knobs=knobs, **_quickly(changes))
        firm = self._firm(opened, self.sources)
        firm.add(customers, invoices)
        if made_ready is not None:
            made_ready(firm)
        firm.company.switch_on()
        return firm

    def workshop(self, *, there: Sequence[Mapping[str, Any]] = ()) -> Firm:
        """As :meth:`firm`, with an empty Sagsbog: a source that lets its customers be made and changed."""
        changes = _quickly({"source": {"system": "sandbox.sagsbog"}})
        firm = self._firm(self.accounts["economic"].open(_name(), there=there, **changes), self.case_books)
        firm.company.switch_on()
        return firm

    def _firm(self, opened: Opened, sources: SpareDatabases) -> Firm:
        source_dsn = sources.take()
        addresses = Addresses(self.stores.take(), source_dsn, opened.connection)
        company = Company(opened.integration, addresses, source_dsn, opened)
        return Firm(company, opened.books.control, opened.books)

    def clear_away(self, *, keep_databases: bool = False) -> None:
        """Take back whatever was set at the sandbox for everybody; empty the firms' databases for the next ones."""
        for opened in self.accounts.values():
            opened.control.clear_faults()
            opened.control.set_clock_offset(0)
        for databases in (self.stores, self.sources, self.case_books):
            databases.take_back(are_kept=keep_databases)


@dataclass(frozen=True, slots=True)
class Firm:
    """A company, and short ways to look at it and to change it."""

    company: Company
    control: Any = field(repr=False)
    books: Books = field(repr=False)

    @property
    def name(self) -> str:
        """The integration's name."""
        return self.company.integration.name

    @property
    def agreement(self) -> int:
        """Its agreement or company at the stand-in."""
        return self.books.number

    def add(self, customers: Sequence[CustomerRow] = (), invoices: Sequence[InvoiceRow] = ()) -> None:
        """Put rows into the source, at any time."""
        demo = Demo(TODAY, 0, tuple(customers), (), (), {}, {}, {})
        with closing(self.company.source()) as connection:
            store(connection, demo)
            with connection, connection.cursor() as cursor:
                for row in invoices:
                    _insert(cursor, "Invoice", _invoice(row))
                    for number, line in enumerate(row.lines, start=1):
                        _insert(cursor, "InvoiceLine", {"InvoiceID": row.id, "LineNumber": number, **_line(line)})

    def source(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement in the source, as people do by their program."""
        return _run(self.company.source_owner_dsn, statement, values)

    def ours(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask our own database. ``values``: by place, or one mapping by name."""
        return _run(self.company.addresses.store_dsn, f"SET search_path = ledgerbridge; {statement}", values)

    def states(self, module: Module = Module.INVOICES) -> dict[str, str]:
        """Source id → state of the newest revision."""
        rows = self.ours(
            "SELECT DISTINCT ON (record_id) source_id, state::text FROM transfer WHERE module = %s "
            "AND integration = %s ORDER BY record_id, revision DESC",
            module.value,
            self.name,
        )
        return dict(rows)

    def reasons(self, module: Module = Module.INVOICES) -> dict[str, str | None]:
        """Source id → reason code of the newest revision."""
        rows = self.ours(
            "SELECT DISTINCT ON (record_id) source_id, reason ->> 'code' FROM transfer WHERE module = %s "
            "AND integration = %s ORDER BY record_id, revision DESC",
            module.value,
            self.name,
        )
        return dict(rows)

    def locators(self) -> dict[str, int]:
        """How often each locator stands in the target, drafts and booked together."""
        return dict(self.books.locators())

    def ledger(self) -> Any:
        """What the target holds."""
        return self.control.ledger(self.agreement)

    def writes(self) -> dict[str, int]:
        """Writes that the target carried out since the mark."""
        return dict(self.control.counters(self.agreement)["sinceMark"]["writes"])

    def by_hand(self, method: str, path: str, **body: Any) -> Any:
        """Do something in the target as people do in its own program; what it answered."""
        status, answer = self.control.act(self.agreement, method, path, body or None)
        if status >= 400:
            message = f"{method} {path} was answered {status}: {answer}"
            raise RuntimeError(message)
        return answer

    def by_hand_list(self, method: str, path: str, body: Sequence[Any]) -> Any:
        """As :meth:`by_hand`, with a list for a body."""
        status, answer = self.control.act(self.agreement, method, path, list(body))
        if status >= 400:
            message = f"{method} {path} was answered {status}: {answer}"
            raise RuntimeError(message)
        return answer

    def with_settings(self, **changes: Any) -> Firm:
        """The same firm with other settings."""
        content = json.loads(self.company.integration.model_dump_json())
        for section, values in changes.items():
            content[section] = {**content[section], **values}
        return replace(self, company=replace(self.company, integration=Integration.model_validate(content)))

    def on_source_of(self, other: Firm) -> Firm:
        """The same accounts, filled from another firm's source, by another integration of the same deployment."""
        beside = other.company
        addresses = replace(
            self.company.addresses, store_dsn=beside.addresses.store_dsn, source_dsn=beside.addresses.source_dsn
        )
        shared = self.with_settings(source={"connection": beside.integration.source.connection})
        company = replace(shared.company, addresses=addresses, source_owner_dsn=beside.source_owner_dsn)
        company.switch_on()
        return replace(self, company=company)


def customer(number: int, **more: Any) -> CustomerRow:
    """A plain customer; its id and its customer number are the same."""
    usual: dict[str, Any] = {"id": number, "code": str(number), "name": f"Kunde {number} ApS", "city": "Odense C"}
    return CustomerRow(**{**usual, **more})


def invoice(number: int, to: CustomerRow, *lines: LineRow, is_approved: bool = True, **more: Any) -> InvoiceRow:
    """A plain invoice of one line unless others are given; its id and number are the same."""
    issued = more.pop("invoice_date", TODAY)
    usual: dict[str, Any] = {
        "number": str(number),
        "due_date": issued + timedelta(days=14),
        "created_on": issued,
        "approved_at": datetime.combine(issued, clock_time(12, tzinfo=UTC)) if is_approved else None,
        "lines": lines or (amount_line("Assistance", "2.5", "1150"),),
    }
    return InvoiceRow(id=number, customer=to, invoice_date=issued, **{**usual, **more})


def _name() -> str:
    return f"firm{next(_firms)}_{os.getpid()}"


def _quickly(changes: Mapping[str, Any]) -> dict[str, Any]:
    """With little patience: whoever needs more says so."""
    loading = {"connections": 1, "timeout_seconds": 3, "settle_seconds": 0}
    return {**changes, "loading": {**loading, **changes.get("loading", {})}}


def _insert(cursor: Any, table: str, values: Mapping[str, Any]) -> None:
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(map(sql.Placeholder, values)),
    )
    cursor.execute(statement, values)


def _invoice(row: InvoiceRow) -> dict[str, Any]:
    to = row.customer
    return {
        "InvoiceID": row.id,
        "InvoiceNumber": row.number,
        "InvoiceType": 2 if row.is_credit_note else 1,
        "CustomerID": to.id,
        "DepartmentID": to.department,
        "TeamID": to.team,
        "InvoiceDate": row.invoice_date,
        "DueDate": row.due_date,
        "CustomerCode": to.code,
        "RecipientName": to.name,
        "RecipientCity": to.city,
        "RecipientCountry": to.country,
        "YourReference": row.your_reference,
        "Heading": row.heading,
        "Text": row.text,
        "CurrencyCode": row.currency,
        "ExchangeRate": row.exchange_rate,
        "VatTreatment": row.treatment,
        "NetAmount": row.net,
        "VatAmount": row.vat,
        "GrossAmount": row.gross,
        "ApprovalStatus": int(row.approved_at is not None),
        "ApprovedAt": row.approved_at,
        "CreditedInvoiceID": row.original_id,
    }


def _line(line: LineRow) -> dict[str, Any]:
    return {
        "LineType": line.kind,
        "Text": line.text,
        "Quantity": line.quantity,
        "Unit": line.unit,
        "UnitPrice": line.price,
        "DiscountPercent": line.discount,
        "NetAmount": line.net,
        "VatCode": line.vat_code,
        "VatRate": line.vat_rate,
    }


def _run(dsn: str, statement: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    with closing(connect_plain(dsn)) as connection, connection, connection.cursor() as cursor:
        named = values[0] if len(values) == 1 and isinstance(values[0], Mapping) else None
        cursor.execute(statement, named or values or None)
        return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def _stand_in(name: str, folder: Path) -> Iterator[tuple[str, str]]:
    ready = folder / f"{name}.ready"
    command = [sys.executable, "-m", f"sandbox.{name}", "--data", str(folder / name), "--ready-file", str(ready)]
    environment = {**os.environ, "PYTHONPATH": str(INCLUDE)}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)  # noqa: S603
    try:
        give_up_at = time.monotonic() + SECONDS_TO_START
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > give_up_at:
                message = f"the stand-in for {name} did not start (exit code {process.poll()})"
                raise RuntimeError(message)
            time.sleep(0.05)
        addresses = json.loads(ready.read_text(encoding="utf-8"))
        yield addresses["url"], addresses["control_url"]
    finally:
        process.terminate()
        process.wait(10)
