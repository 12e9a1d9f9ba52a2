"""A database of our own with the reconciliation's tables, empty for every test."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import psycopg2
import pytest

from ledgerbridge.store.database import Connection, connect
from sandbox.postgres import EmbeddedPostgres


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the golden reports anew")


@pytest.fixture(scope="session")
def dsn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("reconciliation") / "postgres"
    with EmbeddedPostgres(folder, durable=False) as server:
        database = server.create_database("reconciliation")
        ddl = files("ledgerbridge.store") / "migrations" / "0001" / "reconciliation.sql"
        connection = psycopg2.connect(database)
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE SCHEMA ledgerbridge; SET search_path TO ledgerbridge;")
            cursor.execute(ddl.read_text(encoding="utf-8"))
        connection.close()
        yield database


@pytest.fixture
def connection(dsn: str) -> Iterator[Connection]:
    connection = connect(dsn)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE reconciliation RESTART IDENTITY CASCADE")
    yield connection
    connection.close()
