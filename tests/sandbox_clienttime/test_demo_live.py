"""What people do meanwhile: one commit each, captured as a change, with the moment it was committed."""

from __future__ import annotations

import time
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ledgerbridge.money import percent_of, total
from ledgerbridge.records import Customer, Invoice, Module
from ledgerbridge.source.changes import current_cursor, read_changes
from ledgerbridge.source.database import Connection, rows
from ledgerbridge.source.reader import SourceReader
from sandbox.clienttime import live
from sandbox.clienttime.__main__ import main
from sandbox.clienttime.awkward import AWKWARD
from sandbox.clienttime.demo import Demo
from sandbox.clienttime.volume import add_volume
from sandbox.postgres import EmbeddedPostgres


@pytest.mark.spec("CT-3")
def test_an_address_changes_for_another_linked_customer_each_time(connection: Connection, reader: SourceReader) -> None:
    cursor = current_cursor(connection)
    moves = [live.change_address(connection) for _ in range(3)]
    assert len({move.source_id for move in moves}) == 3
    batch = read_changes(connection, Module.CUSTOMERS, cursor)
    assert batch.source_ids == tuple(move.source_id for move in moves)
    now = rows(connection, "SELECT clock_timestamp() AS now", {})[0]["now"]
    assert moves[0].committed_at < moves[2].committed_at < now < moves[0].committed_at + timedelta(minutes=1)
    for move, change, customer in zip(moves, batch.changes, reader.customers(batch.source_ids), strict=False):
        assert change.last_changed_at <= move.committed_at
        assert isinstance(customer, Customer)
        assert customer.target_number is not None


@pytest.mark.spec("CT-1")
def test_drafts_are_approved_one_after_the_other_and_never_run_out(
    connection: Connection, reader: SourceReader, demo: Demo
) -> None:
    cursor = current_cursor(connection)
    approvals = [live.approve_invoice(connection, today=date(2026, 11, 21)) for _ in range(len(demo.drafts) + 2)]
    ids = [approval.source_id for approval in approvals]
    assert ids[: len(demo.drafts)] == [str(draft.id) for draft in demo.drafts]
    assert not set(ids) & set(AWKWARD.values())
    assert read_changes(connection, Module.INVOICES, cursor).source_ids == tuple(ids)
    found = [invoice for invoice in reader.invoices(ids) if isinstance(invoice, Invoice)]
    assert len(found) == len(ids)
    assert len({invoice.invoice_number for invoice in found}) == len(ids)
    for invoice in found:
        assert invoice.is_approved
        assert invoice.invoice_date == date(2026, 11, 21)
        assert invoice.net_amount == total(line.net_amount for line in invoice.lines) != 0


@pytest.mark.spec("X-8")
def test_an_approval_is_withdrawn_changed_and_given_again(connection: Connection, reader: SourceReader) -> None:
    id_ = AWKWARD["invoice_to_withdraw"]
    (before,) = reader.invoices([id_])
    cursor = current_cursor(connection)
    live.withdraw_approval(connection, id_)
    live.change_invoice(connection, id_)
    live.approve_invoice(connection, id_)
    assert read_changes(connection, Module.INVOICES, cursor).source_ids == (id_,)
    (after,) = reader.invoices([id_])
    assert isinstance(before, Invoice)
    assert isinstance(after, Invoice)
    assert after.invoice_number == before.invoice_number
    assert after.net_amount == before.net_amount + Decimal("575.00")
    assert after.vat_amount == percent_of(after.net_amount, Decimal(25))
    assert after.gross_amount == after.net_amount + after.vat_amount


def test_a_draft_may_change_unseen(connection: Connection) -> None:
    cursor = current_cursor(connection)
    live.change_invoice(connection, AWKWARD["invoice_draft_to_change"])
    assert read_changes(connection, Module.INVOICES, cursor).changes == ()
    live.change_invoice(connection, AWKWARD["invoice_to_change_after_approval"])
    assert read_changes(connection, Module.INVOICES, cursor).source_ids == (
        AWKWARD["invoice_to_change_after_approval"],
    )


@pytest.mark.spec("CT-16")
def test_a_customer_gets_another_number(connection: Connection, reader: SourceReader) -> None:
    live.renumber_customer(connection, AWKWARD["customer_public"], "88001")
    (customer,) = reader.customers([AWKWARD["customer_public"]])
    assert isinstance(customer, Customer)
    assert (customer.customer_number, customer.target_number) == ("88001", "705006")


def test_a_database_that_was_not_built_is_told(connection: Connection) -> None:
    with pytest.raises(LookupError, match=r"sandbox\.clienttime"):
        live.withdraw_approval(connection, "123456")


def test_the_demo_starts_without_changes(connection: Connection) -> None:
    assert rows(connection, "SELECT count(*) AS n FROM ledgerbridge.change", {}) == [{"n": 0}]


def test_many_customers_and_invoices_in_seconds(connection: Connection, reader: SourceReader) -> None:
    started = time.perf_counter()
    add_volume(connection, date(2026, 11, 21))
    assert time.perf_counter() - started < 20  # 1.3 s on two idle cores
    counted = rows(
        connection,
        'SELECT (SELECT count(*) FROM "Customer" WHERE "CustomerID" > 1000000) AS customers, '
        '(SELECT count(*) FROM "Invoice" WHERE "InvoiceID" > 1000000) AS invoices',
        {},
    )
    assert counted == [{"customers": 20_000, "invoices": 10_000}]
    for invoice in reader.invoices([str(1_000_001 + 97 * step) for step in range(100)]):
        assert isinstance(invoice, Invoice)
        assert invoice.net_amount == total(line.net_amount for line in invoice.lines) > 0
        assert invoice.vat_amount == percent_of(invoice.net_amount, Decimal(25))
        assert invoice.gross_amount == invoice.net_amount + invoice.vat_amount
        assert all(line.net_amount == line.quantity * line.unit_price for line in invoice.lines)


def test_the_command_builds_an_empty_database(server: EmbeddedPostgres, capsys: pytest.CaptureFixture[str]) -> None:
    dsn = server.create_database("by_command")
    assert main(["--dsn", dsn, "--today", "2026-11-21", "--seed", "3"]) == 0
    assert "351 customers" in capsys.readouterr().out
    assert main(["--dsn", server.dsn("not_there")]) == 1
    told = capsys.readouterr().err
    assert "source_login_refused" in told
    assert server.password not in told
