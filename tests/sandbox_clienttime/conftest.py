"""One embedded PostgreSQL with one built demo database, copied for the tests that change it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from ledgerbridge.source.database import Connection, connect
from ledgerbridge.source.manifest import load_manifest
from ledgerbridge.source.reader import SourceReader
from sandbox.clienttime.database import build
from sandbox.clienttime.demo import Demo, generate
from sandbox.postgres import EmbeddedPostgres

TODAY = date(2026, 11, 21)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "data", durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def demo() -> Demo:
    return generate(TODAY)


@pytest.fixture(scope="session")
def demo_database(server: EmbeddedPostgres, demo: Demo) -> str:
    """The name of a built demo database to copy, with nobody connected to it."""
    with closing(connect(server.create_database("demo_template"))) as connection:
        build(connection, demo)
    return "demo_template"


@pytest.fixture
def connection(server: EmbeddedPostgres, demo_database: str) -> Iterator[Connection]:
    name = f"demo_{next(_numbers)}"
    with closing(connect(server.create_database(name, template=demo_database))) as opened:
        yield opened
    server.drop_database(name)


@pytest.fixture
def reader(connection: Connection) -> SourceReader:
    return SourceReader(connection, load_manifest("clienttime"))
