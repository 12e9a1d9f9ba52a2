"""The role ``ledgerbridge`` may do what Ledgerbridge does, and nothing else at all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from clienttime_rows import add_customers, add_invoice, run

from ledgerbridge.errors import Refusal
from ledgerbridge.records import Module
from ledgerbridge.source.changes import current_cursor, prune_changes, read_changes
from ledgerbridge.source.database import Connection, connect, explained
from ledgerbridge.source.manifest import Manifest
from ledgerbridge.source.reader import SourceReader
from ledgerbridge.source.writer import SourceWriter
from sandbox.postgres import EmbeddedPostgres


@pytest.fixture(scope="module")
def limited(server: EmbeddedPostgres) -> Iterator[Connection]:
    """A login that has the role and no other right. One for the module: what is refused changes nothing."""
    dsn = server.create_database("source_grants", template="clienttime_template")
    password = secrets.token_hex(8)
    login = f"bridge_{password[:6]}"
    with closing(connect(dsn)) as owner:
        add_customers(owner, 2)
        add_invoice(owner, 7, approved=True, lines=2)
        run(owner, f"CREATE ROLE {login} LOGIN PASSWORD '{password}' IN ROLE ledgerbridge")
        with closing(connect(dsn, user=login, password=password)) as opened:
            yield opened
        run(owner, f"DROP ROLE {login}")
    server.drop_database("source_grants")


@pytest.mark.spec("CT-3")
def test_the_role_can_do_all_that_is_needed(limited: Connection, manifest: Manifest) -> None:
    cursor = current_cursor(limited)
    reader, writer = SourceReader(limited, manifest), SourceWriter(limited, manifest)
    assert len(list(reader.customers(list(reader.every_id(Module.CUSTOMERS))))) == 2
    assert len(list(reader.invoices(list(reader.every_id(Module.INVOICES))))) == 1
    assert reader.document("7") is None
    assert read_changes(limited, Module.CUSTOMERS, cursor).changes == ()
    writer.write_link("1", "4711")
    amounts = {"net": Decimal("200.00"), "vat": Decimal("50.00"), "gross": Decimal("250.00")}
    writer.write_invoice_result(
        "7", number="10042", **amounts, booked_at=datetime.now(UTC), payment_line="+71<1+81234567<"
    )
    run(limited, "LISTEN ledgerbridge")
    assert prune_changes(limited, timedelta(days=30)) == 0


REFUSED = {
    "other columns of a customer": """UPDATE "Customer" SET "Name" = 'x'""",
    "other columns of an invoice": 'UPDATE "Invoice" SET "NetAmount" = 0',
    "the approval": 'UPDATE "Invoice" SET "ApprovalStatus" = 1',
    "lines": 'UPDATE "InvoiceLine" SET "NetAmount" = 0',
    "new customers": """INSERT INTO "Customer" ("CustomerCode", "Name", "TeamID", "DepartmentID")
        VALUES ('9', 'x', 1, 1)""",
    "deleting customers": 'DELETE FROM "Customer"',
    "deleting invoices": 'DELETE FROM "Invoice"',
    "truncating": 'TRUNCATE "InvoiceLine"',
    "hours": 'SELECT * FROM "TimeRegistration"',
    "employees": 'SELECT * FROM "Employee"',
    "contacts": 'SELECT * FROM "CustomerContact"',
    "forging changes": """INSERT INTO ledgerbridge.change (module, source_id, operation)
        VALUES ('customers', '1', 'update')""",
    "recording changes": "SELECT ledgerbridge.record_changes('customers', 'update', '{1}')",
    "changing changes": "UPDATE ledgerbridge.change SET source_id = '2'",
    "deleting changes": "DELETE FROM ledgerbridge.change",
    "the horizon": "UPDATE ledgerbridge.change_horizon SET pruned_to = '0'",
    "new tables": "CREATE TABLE ours (a int)",
    "new tables in its schema": "CREATE TABLE ledgerbridge.ours (a int)",
    "new triggers": 'CREATE TRIGGER t AFTER UPDATE ON "Customer" EXECUTE FUNCTION ledgerbridge.customer_changed()',
    "switching capture off": 'ALTER TABLE "Customer" DISABLE TRIGGER ledgerbridge_update',
    "the server's files": "SELECT pg_read_file('postgresql.conf')",
    "granting": 'GRANT SELECT ON "Customer" TO PUBLIC WITH GRANT OPTION',
}


@pytest.mark.parametrize("what", REFUSED)
def test_anything_else_is_refused(limited: Connection, what: str) -> None:
    with pytest.raises(Refusal) as refusal, explained():
        run(limited, REFUSED[what])
    assert refusal.value.reason.code in {"source_permission_missing", "source_statement_failed"}


def test_pruning_less_than_a_week_is_refused_to_the_role_too(limited: Connection) -> None:
    with pytest.raises(Refusal, match="at least 7 days"):
        prune_changes(limited, timedelta(days=6))
