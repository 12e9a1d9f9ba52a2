"""A database that is used again is as good as a new one, or is not used again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from sandbox.clienttime.database import create_tables, install_capture
from sandbox.postgres import EmbeddedPostgres
from sandbox.spare_databases import SpareDatabases


@pytest.fixture(scope="module")
def spares(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SpareDatabases]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("spares"), durable=False) as postgres:
        with closing(psycopg2.connect(postgres.create_database("model"))) as connection:
            create_tables(connection)
            install_capture(connection)
        yield SpareDatabases(postgres, "model")


def _run(dsn: str, statement: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(dsn)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []


def _content(dsn: str) -> list[tuple[Any, ...]]:
    return [
        *_run(dsn, 'TABLE "Department"'),
        *_run(dsn, 'TABLE "WorkType"'),
        *_run(dsn, 'TABLE "Customer"'),
        *_run(dsn, "TABLE ledgerbridge.change"),
        *_run(dsn, "TABLE ledgerbridge.change_horizon"),
        *_run(dsn, "SELECT schemaname, sequencename, last_value FROM pg_sequences ORDER BY 1, 2"),
    ]


def _taken_twice(spares: SpareDatabases, change: str) -> tuple[str, str]:
    first = spares.take()
    _run(first, change)
    spares.take_back()
    return first, spares.take()


NEW_CUSTOMERS = """
INSERT INTO "Customer" ("CustomerCode", "Name", "TeamID", "DepartmentID")
SELECT n, repeat('x', 200), 1, 1 FROM generate_series(1, {}) AS n
"""


def test_rows_and_numbers_are_those_of_a_new_one(spares: SpareDatabases) -> None:
    before = _content(spares.take())
    spares.take_back()
    changes = f'{NEW_CUSTOMERS.format(3)}; DELETE FROM "WorkType"; UPDATE "Department" SET "Name" = \'x\''
    first, second = _taken_twice(spares, changes)
    assert second == first
    assert _content(second) == before
    _run(second, NEW_CUSTOMERS.format(1))
    assert len(_run(second, "TABLE ledgerbridge.change")) == 1  # the triggers work again
    spares.take_back()


@pytest.mark.parametrize(
    "change",
    [
        'ALTER TABLE "Customer" DISABLE TRIGGER ALL',
        'ALTER TABLE "Customer" ADD COLUMN more integer',
        'ALTER TABLE "Customer" ALTER COLUMN "Name" DROP NOT NULL',
        "CREATE TABLE more ()",
        "CREATE FUNCTION more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "DROP FUNCTION ledgerbridge.prune_changes(interval)",
        "DROP SCHEMA ledgerbridge CASCADE",
        'GRANT SELECT ON "Customer" TO PUBLIC',
        'GRANT SELECT ("Name") ON "Customer" TO PUBLIC',
        "ALTER DATABASE {} SET client_connection_check_interval = '20ms'",
    ],
)
def test_one_whose_schema_was_changed_is_not_used_again(spares: SpareDatabases, change: str) -> None:
    first = spares.take()
    _run(first, change.format(first.rsplit("/", 1)[1]))
    spares.take_back()
    second = spares.take()
    spares.take_back()
    assert second != first


def test_nor_is_one_that_has_grown(spares: SpareDatabases) -> None:
    first, second = _taken_twice(spares, NEW_CUSTOMERS.format(20_000))
    spares.take_back()
    assert second != first


def test_whoever_is_still_connected_is_not_in_the_way(spares: SpareDatabases) -> None:
    first = spares.take()
    with closing(psycopg2.connect(first)) as left_behind, left_behind.cursor() as cursor:
        cursor.execute('LOCK TABLE "Customer"')
        spares.take_back()
        assert spares.take() == first
        with pytest.raises(psycopg2.OperationalError):
            cursor.execute("SELECT 1")
    spares.take_back()


def test_what_is_kept_stays_as_it_was(spares: SpareDatabases) -> None:
    first = spares.take()
    _run(first, NEW_CUSTOMERS.format(2))
    spares.take_back(are_kept=True)
    assert spares.take() != first
    assert len(_run(first, 'TABLE "Customer"')) == 2
    spares.take_back()
