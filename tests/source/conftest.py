"""One embedded PostgreSQL for the folder, one database per test, copied from a template."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledgerbridge.source.database import Connection, connect
from ledgerbridge.source.manifest import Manifest, load_manifest
from sandbox.clienttime.database import create_tables, install_capture
from sandbox.postgres import EmbeddedPostgres

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    folder: Path = tmp_path_factory.mktemp("postgres")
    with EmbeddedPostgres(folder / "data", durable=False) as running:
        with closing(connect(running.create_database("clienttime_template"))) as connection:
            create_tables(connection)
            install_capture(connection)
        yield running


@pytest.fixture
def dsn(server: EmbeddedPostgres) -> Iterator[str]:
    """An empty ClientTime database of the test's own."""
    name = f"source_{next(_numbers)}"
    yield server.create_database(name, template="clienttime_template")
    server.drop_database(name)


@pytest.fixture
def open_connection(dsn: str) -> Iterator[Callable[[], Connection]]:
    """Opens as many connections as the test needs; all are closed after it."""
    opened: list[Connection] = []

    def open_one() -> Connection:
        opened.append(connect(dsn))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture
def connection(open_connection: Callable[[], Connection]) -> Connection:
    return open_connection()


@pytest.fixture
def manifest() -> Manifest:
    return load_manifest("clienttime")
