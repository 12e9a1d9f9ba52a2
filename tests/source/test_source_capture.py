"""What ClientTime's triggers record, and what they leave alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import psycopg2
import pytest
from clienttime_rows import add_customers, add_invoice, forget, recorded, run

from ledgerbridge.source.capture import install_grants, install_triggers
from ledgerbridge.source.database import Connection
from ledgerbridge.source.manifest import Manifest


@pytest.mark.spec("CT-3")
def test_each_kind_of_change_to_a_customer_is_recorded(connection: Connection) -> None:
    add_customers(connection, 2)
    run(connection, """UPDATE "Customer" SET "Address1" = 'Lærkevej 2' WHERE "CustomerID" = 1""")
    run(connection, 'DELETE FROM "Customer" WHERE "CustomerID" = 2')
    assert recorded(connection) == [
        ("customers", "1", "insert"),
        ("customers", "2", "insert"),
        ("customers", "1", "update"),
        ("customers", "2", "delete"),
    ]


def test_a_statement_that_changes_nothing_records_nothing(connection: Connection) -> None:
    add_customers(connection, 3)
    forget(connection)
    run(connection, 'UPDATE "Customer" SET "Name" = "Name"')
    run(connection, """UPDATE "Customer" SET "Name" = 'x' WHERE false""")
    assert recorded(connection) == []


def test_one_transaction_is_one_row_per_record(connection: Connection) -> None:
    with connection:
        add_customers(connection, 1)
        run(connection, """UPDATE "Customer" SET "City" = 'Vejle'""")
        run(connection, """UPDATE "Customer" SET "City" = 'Varde'""")
    assert recorded(connection) == [("customers", "1", "insert")]
    forget(connection)
    with connection:
        run(connection, """UPDATE "Customer" SET "City" = 'Ribe'""")
        run(connection, 'DELETE FROM "Customer"')
    assert recorded(connection) == [("customers", "1", "delete")]


def test_what_is_rolled_back_is_not_recorded(connection: Connection) -> None:
    add_customers(connection, 1)
    forget(connection)
    with connection:
        run(connection, "SAVEPOINT before")
        run(connection, """UPDATE "Customer" SET "City" = 'Vejle'""")
        run(connection, "ROLLBACK TO before")
    assert recorded(connection) == []


@pytest.mark.spec("CT-1")
def test_a_draft_is_recorded_from_its_approval_on(connection: Connection) -> None:
    add_customers(connection, 1)
    add_invoice(connection, 7, approved=False, lines=3)
    run(connection, """UPDATE "Invoice" SET "Heading" = 'Kladde'""")
    run(connection, """UPDATE "InvoiceLine" SET "Text" = 'Kladde'""")
    assert recorded(connection, "invoices") == []
    run(connection, 'UPDATE "Invoice" SET "ApprovalStatus" = 1')
    assert recorded(connection, "invoices") == [("invoices", "7", "update")]


def test_an_invoice_that_is_approved_at_once_is_recorded(connection: Connection) -> None:
    add_customers(connection, 1)
    with connection:
        add_invoice(connection, 7, approved=True, lines=20)
    assert recorded(connection, "invoices") == [("invoices", "7", "insert")]


@pytest.mark.spec("X-8")
def test_a_withdrawn_approval_is_recorded_and_the_draft_after_it_is_not(connection: Connection) -> None:
    add_customers(connection, 1)
    add_invoice(connection, 7, approved=True)
    forget(connection)
    run(connection, 'UPDATE "Invoice" SET "ApprovalStatus" = 0, "ApprovedAt" = NULL')
    run(connection, """UPDATE "Invoice" SET "Heading" = 'igen en kladde'""")
    assert recorded(connection) == [("invoices", "7", "update")]


LINE_CHANGES = {
    "changed": """UPDATE "InvoiceLine" SET "Text" = 'ny' WHERE "InvoiceLineID" = 701""",
    "added": 'INSERT INTO "InvoiceLine" ("InvoiceID", "LineNumber") VALUES (7, 9)',
    "removed": 'DELETE FROM "InvoiceLine" WHERE "InvoiceLineID" = 702',
    "part added": 'INSERT INTO "InvoiceLinePart" ("InvoiceLineID", "PartNumber") VALUES (702, 3)',
    "part changed": 'UPDATE "InvoiceLinePart" SET "NetAmount" = 5 WHERE "PartNumber" = 1',
    "part removed": 'DELETE FROM "InvoiceLinePart" WHERE "PartNumber" = 2',
    "archive unread": """INSERT INTO "InvoiceArchive" ("InvoiceID", "FileName", "Content") VALUES (7, 'a.pdf', 'x')""",
}


@pytest.mark.parametrize("change", LINE_CHANGES)
def test_a_change_to_a_line_or_part_touches_its_invoice(connection: Connection, change: str) -> None:
    add_customers(connection, 1)
    add_invoice(connection, 7, approved=True, lines=2)
    run(connection, 'INSERT INTO "InvoiceLinePart" ("InvoiceLineID", "PartNumber") VALUES (701, 1), (701, 2)')
    forget(connection)
    run(connection, LINE_CHANGES[change])
    assert recorded(connection) == ([] if change == "archive unread" else [("invoices", "7", "update")])


def test_a_line_that_moves_touches_both_invoices(connection: Connection) -> None:
    add_customers(connection, 1)
    add_invoice(connection, 7, approved=True, lines=1)
    add_invoice(connection, 8, approved=True, lines=0)
    forget(connection)
    run(connection, 'UPDATE "InvoiceLine" SET "InvoiceID" = 8')
    assert sorted(recorded(connection)) == [("invoices", "7", "update"), ("invoices", "8", "update")]


@pytest.mark.spec("X-12")
def test_a_deleted_invoice_is_recorded_once_and_not_again_for_its_lines(connection: Connection) -> None:
    add_customers(connection, 1)
    add_invoice(connection, 7, approved=True, lines=5)
    forget(connection)
    run(connection, 'DELETE FROM "Invoice"')
    assert recorded(connection) == [("invoices", "7", "delete")]


def test_a_departments_code_touches_what_shows_it_and_its_name_does_not(connection: Connection) -> None:
    add_customers(connection, 2)
    add_invoice(connection, 7, approved=True)
    add_invoice(connection, 8, approved=False)
    forget(connection)
    run(connection, """UPDATE "Department" SET "Name" = 'Omdøbt'""")
    assert recorded(connection) == []
    run(connection, """UPDATE "Department" SET "DepartmentCode" = '11' WHERE "DepartmentID" = 1""")
    assert sorted(recorded(connection)) == [
        ("customers", "1", "update"),
        ("customers", "2", "update"),
        ("invoices", "7", "update"),
    ]


def test_our_own_marked_writes_are_not_recorded_and_the_mark_ends_with_the_transaction(
    connection: Connection, open_connection: Callable[[], Connection]
) -> None:
    add_customers(connection, 2)
    forget(connection)
    with connection:
        run(connection, "SET LOCAL ledgerbridge.writing = 'on'")
        run(connection, """UPDATE "Customer" SET "ForeignDebitorSystemIdentification" = '55' WHERE "CustomerID" = 1""")
        # Somebody else at the same time has no mark.
        run(open_connection(), """UPDATE "Customer" SET "City" = 'Vejle' WHERE "CustomerID" = 2""")
    assert recorded(connection) == [("customers", "2", "update")]
    run(connection, """UPDATE "Customer" SET "City" = 'Varde' WHERE "CustomerID" = 1""")
    assert recorded(connection)[-1] == ("customers", "1", "update")


@pytest.mark.spec("CT-21")
def test_a_link_edited_by_hand_is_a_change(connection: Connection) -> None:
    add_customers(connection, 1)
    forget(connection)
    run(connection, """UPDATE "Customer" SET "ForeignDebitorSystemIdentification" = '4711'""")
    assert recorded(connection) == [("customers", "1", "update")]


def test_a_burst_is_one_notification_per_module(
    connection: Connection, open_connection: Callable[[], Connection]
) -> None:
    listener = open_connection()
    run(listener, "LISTEN ledgerbridge")
    with connection:
        add_customers(connection, 300)
        run(connection, """UPDATE "Customer" SET "City" = 'Vejle'""")
        add_invoice(connection, 7, approved=True, lines=30)
    run(listener, "SELECT 1")
    listener.poll()
    assert [json.loads(notice.payload) for notice in listener.notifies] == [
        {"module": "customers"},
        {"module": "invoices"},
    ]


def test_whoever_may_change_a_customer_needs_no_right_on_the_change_table(connection: Connection) -> None:
    with connection:
        run(connection, "CREATE ROLE clienttime_app_of_the_test")
    try:
        run(connection, 'GRANT SELECT, INSERT, UPDATE, DELETE ON "Customer" TO clienttime_app_of_the_test')
        run(connection, "SET ROLE clienttime_app_of_the_test")
        add_customers(connection, 1)
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(connection, "DELETE FROM ledgerbridge.change")
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            run(connection, "SELECT ledgerbridge.record_changes('customers', 'update', '{1}')")
    finally:
        run(connection, "RESET ROLE")
        run(connection, "DROP OWNED BY clienttime_app_of_the_test; DROP ROLE clienttime_app_of_the_test")
    assert recorded(connection) == [("customers", "1", "insert")]


def test_a_bulk_update_of_20000_customers_calls_one_trigger_once(connection: Connection) -> None:
    add_customers(connection, 20_000)
    forget(connection)
    run(connection, "SET track_functions = 'pl'")
    started = time.perf_counter()
    run(connection, """UPDATE "Customer" SET "City" = 'Vejle'""")
    assert time.perf_counter() - started < 15  # 0.3 s on two idle cores
    run(connection, "SELECT pg_stat_force_next_flush()")
    calls = run(
        connection, "SELECT funcname, calls FROM pg_stat_user_functions WHERE schemaname = 'ledgerbridge' ORDER BY 1"
    )
    assert calls == [("customer_changed", 1), ("record_changes", 1)]
    assert len(recorded(connection)) == 20_000


def test_triggers_and_grants_may_be_installed_again(connection: Connection, manifest: Manifest) -> None:
    add_customers(connection, 1)
    install_triggers(connection, manifest)
    install_grants(connection, manifest)
    run(connection, """UPDATE "Customer" SET "City" = 'Vejle'""")
    assert recorded(connection) == [("customers", "1", "insert"), ("customers", "1", "update")]
