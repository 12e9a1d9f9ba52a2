"""No token and no password in anything that Airflow or Ledgerbridge has written (P15). Runs after everything else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
from branch import NORD
from office import Office
from psycopg2 import sql

from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.reports import ReportFormat, read_report

KEPT_FOR_AIRFLOW = {"keys.json", "passwords.json"}


@pytest.mark.spec("P15")
def test_no_secret_stands_in_any_file(synced: Office) -> None:
    found = [
        f"{path.relative_to(synced.folder)}: secret {place}"
        for path in (synced.folder / "airflow").rglob("*")
        if path.is_file() and path.name not in KEPT_FOR_AIRFLOW
        for place in _secrets_in(synced, path.read_bytes())
    ]
    assert found == []
    logs = [path for path in (synced.folder / "airflow" / "logs").rglob("attempt=*.log") if "load" in str(path)]
    assert logs  # the search looked where the tasks' logs are


@pytest.mark.spec("P15")
@pytest.mark.parametrize("database", ["airflow", "ledgerbridge"])
def test_no_secret_stands_in_any_table(synced: Office, database: str) -> None:
    """Task instances with their rendered fields, XComs, events, our history, transfers and reports are among them."""
    dsn = synced[NORD].company.addresses.store_dsn
    dsn = dsn.replace("/ledgerbridge", f"/{database}")
    with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        tables = list(_tables(cursor))
        assert len(tables) > 15
        found = [
            f"{schema}.{table}: secret {place}"
            for schema, table in tables
            for place, secret in enumerate(synced.canaries)
            if _has(cursor, schema, table, secret)
        ]
    assert found == []


def _tables(cursor: psycopg2.extensions.cursor) -> Iterator[tuple[str, str]]:
    cursor.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'ledgerbridge')")
    yield from cursor.fetchall()


def _has(cursor: psycopg2.extensions.cursor, schema: str, table: str, secret: str) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT 1 FROM {} AS row WHERE position(%s IN row::text) > 0)")
    cursor.execute(query.format(sql.Identifier(schema, table)), (secret,))
    row = cursor.fetchone()
    return bool(row and row[0])


@pytest.mark.spec("P15")
def test_no_secret_stands_in_a_report_or_in_what_the_interface_lists(synced: Office) -> None:
    with closing(synced[NORD].company.store()) as store:
        reports = [read_report(store, NORD, language, kind) for language in Language for kind in ReportFormat]
    assert [place for report in reports for place in _secrets_in(synced, report)] == []
    listed = json.dumps([synced.client.call("GET", path) for path in ("/connections", "/variables", "/pools")])
    assert _secrets_in(synced, listed.encode()) == []


def _secrets_in(office: Office, content: bytes) -> list[int]:
    return [place for place, secret in enumerate(office.canaries) if secret.encode() in content]


def test_the_search_would_find_one(synced: Office, tmp_path: Path) -> None:
    leak = tmp_path / "leak.log"
    leak.write_text(f"X-AgreementGrantToken: {synced.canaries[0]}", encoding="utf-8")
    assert _secrets_in(synced, leak.read_bytes()) == [0]
