"""Reading changes: nothing is missed and nothing is read twice, however transactions overlap."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from clienttime_rows import add_customers, add_invoice, forget, run

from ledgerbridge.errors import Refusal
from ledgerbridge.records import Module
from ledgerbridge.source.changes import ChangeBatch, Polling, current_cursor, prune_changes, read_changes
from ledgerbridge.source.database import Connection
from ledgerbridge.source.manifest import Manifest

CUSTOMERS, INVOICES = Module.CUSTOMERS, Module.INVOICES


def touch(connection: Connection, customer: int) -> None:
    run(
        connection,
        """UPDATE "Customer" SET "City" = "City" || 'x', "UpdatedAt" = clock_timestamp() WHERE "CustomerID" = %s""",
        customer,
    )


@pytest.fixture
def customers(connection: Connection) -> Connection:
    add_customers(connection, 20)
    run(connection, """UPDATE "Customer" SET "City" = ''""")
    forget(connection)
    return connection


def test_the_first_reading_says_that_everything_is_new(customers: Connection) -> None:
    batch = read_changes(customers, CUSTOMERS, None)
    assert batch.everything_changed
    assert read_changes(customers, CUSTOMERS, batch.cursor) == ChangeBatch((), batch.cursor)


@pytest.mark.spec("CT-3")
def test_changes_are_read_once_in_order_with_one_entry_per_record(customers: Connection) -> None:
    cursor = current_cursor(customers)
    for customer in (3, 1, 3, 2):
        touch(customers, customer)
    batch = read_changes(customers, CUSTOMERS, cursor)
    assert batch.source_ids == ("1", "3", "2")
    three = batch.changes[1]
    assert three.first_changed_at < batch.changes[0].first_changed_at < three.last_changed_at
    assert three.first_changed_at.utcoffset() == timedelta(0)
    assert read_changes(customers, CUSTOMERS, batch.cursor).changes == ()
    # The cursor moves only when the caller keeps it: until then the same batch comes again.
    assert read_changes(customers, CUSTOMERS, cursor).source_ids == batch.source_ids


def test_each_module_reads_its_own_changes(customers: Connection) -> None:
    cursor = current_cursor(customers)
    touch(customers, 1)
    add_invoice(customers, 7, approved=True)
    assert read_changes(customers, CUSTOMERS, cursor).source_ids == ("1",)
    assert read_changes(customers, INVOICES, cursor).source_ids == ("7",)


@pytest.mark.spec("P11")
def test_a_transaction_that_commits_late_is_not_missed(
    customers: Connection, open_connection: Callable[[], Connection]
) -> None:
    cursor = current_cursor(customers)
    late = open_connection()
    run(late, "BEGIN")
    touch(late, 1)
    touch(customers, 2)
    early = read_changes(customers, CUSTOMERS, cursor)
    assert early.source_ids == ("2",)
    touch(customers, 3)
    again = read_changes(customers, CUSTOMERS, early.cursor)
    assert again.source_ids == ("3",)  # and not 2 once more, although a transaction is still open
    run(late, "COMMIT")
    assert read_changes(customers, CUSTOMERS, again.cursor).source_ids == ("1",)


@pytest.mark.spec("P11")
@pytest.mark.parametrize("seed", range(6))
def test_overlapping_transactions_are_each_read_exactly_once(
    customers: Connection, open_connection: Callable[[], Connection], seed: int
) -> None:
    chance = random.Random(seed)
    writers = [open_connection() for _ in range(5)]
    pending: dict[int, list[str]] = {}
    committed: Counter[str] = Counter()
    read: Counter[str] = Counter()
    cursor = current_cursor(customers)
    for _ in range(150):
        at = chance.randrange(len(writers))
        writer = writers[at]
        match chance.choice(("touch", "touch", "commit", "roll back", "read")):
            case "touch":
                if at not in pending:
                    run(writer, "BEGIN")
                # Each writer has customers of its own: nobody waits for a lock.
                customer = 1 + at * 4 + chance.randrange(4)
                touch(writer, customer)
                pending.setdefault(at, []).append(str(customer))
            case "commit":
                committed.update(set(pending.pop(at, [])))
                run(writer, "COMMIT") if writer.info.transaction_status else None
            case "roll back":
                pending.pop(at, None)
                run(writer, "ROLLBACK") if writer.info.transaction_status else None
            case _:
                batch = read_changes(customers, CUSTOMERS, cursor, limit=chance.choice((1, 2, 3, 100)))
                cursor = batch.cursor
                read.update(batch.source_ids)
    for at, writer in enumerate(writers):
        committed.update(set(pending.pop(at, [])))
        run(writer, "COMMIT") if writer.info.transaction_status else None
    while True:
        batch = read_changes(customers, CUSTOMERS, cursor, limit=3)
        cursor = batch.cursor
        read.update(batch.source_ids)
        if not batch.has_more:
            break
    # A page may fold two transactions' changes of one record into one entry; it may never leave a record out
    # that was committed, nor tell of one more often than it was.
    assert set(read) == set(committed)
    assert all(read[source_id] <= committed[source_id] for source_id in read)


def test_a_large_set_comes_in_pages_and_ends_though_more_is_committed_meanwhile(connection: Connection) -> None:
    cursor = current_cursor(connection)
    add_customers(connection, 2_500)
    seen: list[str] = []
    pages = 0
    while True:
        batch = read_changes(connection, CUSTOMERS, cursor, limit=1_000)
        cursor = batch.cursor
        seen += batch.source_ids
        pages += 1
        if not batch.has_more:
            break
        add_customers(connection, 1, first=10_000 + pages)
    assert pages == 4  # three of the 2,500, and one of what came while they were read
    assert sorted(map(int, seen)) == [*range(1, 2_501), 10_001, 10_002, 10_003]
    assert read_changes(connection, CUSTOMERS, cursor).changes == ()


@pytest.mark.spec("X-12")
def test_deletions_are_told_apart_by_what_happened_last(customers: Connection) -> None:
    cursor = current_cursor(customers)
    touch(customers, 1)
    run(customers, 'DELETE FROM "Customer" WHERE "CustomerID" IN (1, 2)')
    add_customers(customers, 1, first=2)
    batch = read_changes(customers, CUSTOMERS, cursor)
    assert (batch.source_ids, batch.deleted_ids) == (("2",), ("1",))


@pytest.mark.parametrize(
    "cursor", ['{"seen":"999999999:999999999:"}', "rubbish", "[]", '{"since":"2026-01-01T00:00:00+00:00"}']
)
def test_a_cursor_that_means_nothing_here_reads_everything_anew(customers: Connection, cursor: str) -> None:
    batch = read_changes(customers, CUSTOMERS, cursor)
    assert batch.everything_changed
    touch(customers, 1)
    assert read_changes(customers, CUSTOMERS, batch.cursor).source_ids == ("1",)


def test_pruning_keeps_a_week_and_tells_readers_that_were_away_for_longer(customers: Connection) -> None:
    cursor = current_cursor(customers)
    touch(customers, 1)
    up_to_date = read_changes(customers, CUSTOMERS, cursor).cursor
    run(customers, "UPDATE ledgerbridge.change SET changed_at = changed_at - interval '40 days'")
    touch(customers, 2)
    with pytest.raises(Refusal, match="at least 7 days"):
        prune_changes(customers, timedelta(days=1))
    assert prune_changes(customers, timedelta(days=30)) == 1
    assert prune_changes(customers, timedelta(days=30)) == 0
    assert read_changes(customers, CUSTOMERS, cursor).everything_changed
    batch = read_changes(customers, CUSTOMERS, up_to_date)
    assert (batch.source_ids, batch.everything_changed) == (("2",), False)


def test_a_truncated_table_makes_everybody_read_everything_once(
    customers: Connection, open_connection: Callable[[], Connection]
) -> None:
    cursor = current_cursor(customers)
    run(open_connection(), "BEGIN; SELECT pg_current_xact_id()")  # stays open: the reader must not go in circles
    run(customers, 'TRUNCATE "Customer" CASCADE')
    batch = read_changes(customers, CUSTOMERS, cursor)
    assert batch.everything_changed
    assert not read_changes(customers, CUSTOMERS, batch.cursor).everything_changed


class TestPolling:
    """The variant for a database without triggers."""

    @pytest.fixture
    def polling(self, customers: Connection, manifest: Manifest) -> Polling:
        for table in ("Division", "Department", "Team"):
            run(customers, f"""UPDATE "{table}" SET "UpdatedAt" = now() - interval '1 day'""")
        forget(customers)
        return Polling(manifest, overlap=timedelta(minutes=5))

    def test_the_first_reading_says_that_everything_is_new(self, customers: Connection, polling: Polling) -> None:
        assert read_changes(customers, CUSTOMERS, None, polling=polling).everything_changed

    @pytest.mark.spec("P11")
    def test_what_became_visible_late_is_found_within_the_overlap(
        self, customers: Connection, polling: Polling
    ) -> None:
        run(customers, """UPDATE "Customer" SET "UpdatedAt" = now() - interval '1 day'""")
        cursor = current_cursor(customers, polling=polling)
        run(customers, """UPDATE "Customer" SET "UpdatedAt" = now() - interval '4 minutes' WHERE "CustomerID" = 9""")
        touch(customers, 5)
        batch = read_changes(customers, CUSTOMERS, cursor, polling=polling)
        assert batch.source_ids == ("9", "5")
        # Within the overlap they come again; that costs a look, and loses nothing.
        assert read_changes(customers, CUSTOMERS, batch.cursor, polling=polling).source_ids == ("9", "5")

    def test_a_row_from_the_future_does_not_carry_the_cursor_along(
        self, customers: Connection, polling: Polling
    ) -> None:
        run(customers, """UPDATE "Customer" SET "UpdatedAt" = now() - interval '1 day'""")
        run(customers, """UPDATE "Customer" SET "UpdatedAt" = now() + interval '2 hours' WHERE "CustomerID" = 1""")
        batch = read_changes(customers, CUSTOMERS, current_cursor(customers, polling=polling), polling=polling)
        touch(customers, 2)
        assert "2" in read_changes(customers, CUSTOMERS, batch.cursor, polling=polling).source_ids

    def test_pages_leave_out_nobody_with_the_same_time(self, customers: Connection, polling: Polling) -> None:
        cursor = current_cursor(customers, polling=polling)
        run(customers, """UPDATE "Customer" SET "UpdatedAt" = now()""")
        seen: list[str] = []
        while True:
            batch = read_changes(customers, CUSTOMERS, cursor, polling=polling, limit=7)
            cursor = batch.cursor
            seen += batch.source_ids
            if not batch.has_more:
                break
        assert sorted(map(int, seen)) == list(range(1, 21))

    def test_invoices_count_from_their_approval_and_with_their_lines(
        self, customers: Connection, polling: Polling
    ) -> None:
        for id_, approved in ((7, True), (8, False), (9, True), (10, True)):
            add_invoice(customers, id_, approved=approved)
        run(customers, """UPDATE "Invoice" SET "UpdatedAt" = now() - interval '1 day'""")
        run(customers, """UPDATE "InvoiceLine" SET "UpdatedAt" = now() - interval '1 day'""")
        cursor = current_cursor(customers, polling=polling)
        run(customers, 'UPDATE "Invoice" SET "UpdatedAt" = clock_timestamp() WHERE "InvoiceID" IN (7, 8)')
        run(customers, 'UPDATE "InvoiceLine" SET "UpdatedAt" = clock_timestamp() WHERE "InvoiceID" = 9')
        assert set(read_changes(customers, INVOICES, cursor, polling=polling).source_ids) == {"7", "9"}
        run(
            customers,
            'UPDATE "Invoice" SET "ApprovalStatus" = 0, "ApprovalWithdrawnAt" = now(), "UpdatedAt" = clock_timestamp() '
            'WHERE "InvoiceID" = 10',
        )
        assert set(read_changes(customers, INVOICES, cursor, polling=polling).source_ids) == {"7", "9", "10"}

    def test_it_needs_no_triggers_at_all(self, customers: Connection, polling: Polling) -> None:
        run(customers, "DROP SCHEMA ledgerbridge CASCADE")
        cursor = current_cursor(customers, polling=polling)
        touch(customers, 5)
        assert "5" in read_changes(customers, CUSTOMERS, cursor, polling=polling).source_ids
        with pytest.raises(Refusal, match=r"capture\.sql"):
            read_changes(customers, CUSTOMERS, current_cursor(customers))
