"""What goes wrong with a database is told as what to do about it, and never with a password in it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from datetime import UTC

import psycopg2
import pytest
import yaml
from clienttime_rows import add_customers, run

from ledgerbridge.errors import Refusal, SourceUnavailable
from ledgerbridge.reasons import Language, Reason
from ledgerbridge.records import Module
from ledgerbridge.source.database import Connection, connect, explained, rows, snapshot
from ledgerbridge.source.manifest import Manifest
from ledgerbridge.source.reader import SourceReader
from sandbox.postgres import EmbeddedPostgres

SECRET = "hemmelig-kanariefugl"


def test_a_server_that_does_not_answer_is_tried_again() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(SourceUnavailable) as told:
            connect(host="127.0.0.1", port=port, user="x", password=SECRET, dbname="x")
    assert told.value.reason.code == "source_unreachable"
    assert SECRET not in str(told.value)


def test_a_refused_login_is_a_matter_of_settings(server: EmbeddedPostgres, dsn: str) -> None:
    with pytest.raises(Refusal) as told:
        connect(dsn, password=SECRET)
    assert told.value.reason.code == "source_login_refused"
    assert SECRET not in str(told.value)
    with pytest.raises(Refusal, match="findes_ikke"):
        connect(server.dsn("findes_ikke"))


UNREADABLE = (
    f"host=x password={SECRET} what",
    f"postgresql://u:{SECRET}@h:port:5/x",
    f"postgres://u:{SECRET}@[",
    f"postgresql://u:half@{SECRET}@127.0.0.1/x",
    f"postgresql://u:half/{SECRET}@127.0.0.1/x",
    f"postgresql://half:{SECRET}:more",
)


@pytest.mark.parametrize("dsn", UNREADABLE)
def test_an_unreadable_dsn_is_told_without_quoting_it(dsn: str) -> None:
    with pytest.raises(Refusal) as told:
        connect(dsn)
    assert told.value.reason.code == "source_dsn_unreadable"
    shown: BaseException | None = told.value
    while shown is not None:  # nor in any cause that a log would print
        assert SECRET not in str(shown)
        shown = shown.__cause__


def test_a_connection_is_named_and_gives_utc(dsn: str) -> None:
    with closing(connect(dsn, application_name="ledgerbridge test", options="-c timezone=Asia/Tokyo")) as connection:
        row = rows(
            connection, "SELECT now() AS at, current_setting('application_name') AS name, NULL::date AS day", {}
        )[0]
    assert row["at"].tzinfo is UTC
    assert (row["name"], row["day"]) == ("ledgerbridge test", None)


def test_missing_tables_and_rights_are_refusals(connection: Connection, manifest: Manifest) -> None:
    run(connection, 'ALTER TABLE "InvoiceLine" RENAME TO "Gone"')
    with pytest.raises(Refusal, match="InvoiceLine") as told:
        list(SourceReader(connection, manifest).invoices(["1"]))
    assert told.value.reason.code == "source_schema_missing"
    run(connection, "SET ROLE ledgerbridge")
    with pytest.raises(Refusal, match="Employee") as told:
        rows(connection, 'SELECT * FROM "Employee"', {})
    assert told.value.reason.code == "source_permission_missing"


def test_a_time_out_and_a_lost_connection_are_tried_again(dsn: str, open_connection: Callable[[], Connection]) -> None:
    with closing(connect(dsn, statement_timeout=1)) as slow:
        with pytest.raises(SourceUnavailable) as told:
            rows(slow, "SELECT pg_sleep(5)", {})
        assert told.value.reason.code == "source_busy"
        pid = slow.info.backend_pid
        rows(open_connection(), "SELECT pg_terminate_backend(%(pid)s, 5000)", {"pid": pid})
        with pytest.raises(SourceUnavailable):
            rows(slow, "SELECT 1", {})
        with pytest.raises(SourceUnavailable), snapshot(slow) as query:
            query("SELECT 1", {})


def test_a_failed_statement_leaves_no_transaction_and_no_customer_data_in_the_message(connection: Connection) -> None:
    add_customers(connection, 1)
    with pytest.raises(Refusal) as told, snapshot(connection) as query:
        query("SELECT %(name)s::integer", {"name": "x"})
    assert told.value.reason.code == "source_statement_failed"
    assert connection.info.transaction_status == 0
    with pytest.raises(Refusal, match="read-only"), snapshot(connection) as query:
        query("""UPDATE "Customer" SET "Name" = 'x' RETURNING 1""", {})


def test_somebody_elses_connection_is_made_to_fit(dsn: str, manifest: Manifest) -> None:
    with closing(psycopg2.connect(dsn)) as plain:
        assert SourceReader(plain, manifest).all_ids(Module.CUSTOMERS) == []
        assert plain.autocommit
        with explained(), plain:
            run(plain, "SELECT 1")


def test_every_reason_of_the_source_has_both_texts() -> None:
    from importlib.resources import files

    codes = yaml.safe_load(files("ledgerbridge.reasons").joinpath("source.yaml").read_text(encoding="utf-8"))
    assert len(codes) >= 15
    for code in codes:
        for language in Language:
            assert Reason(code).text(language)
            assert Reason(code).do(language)
