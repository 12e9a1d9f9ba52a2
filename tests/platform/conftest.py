"""A PostgreSQL and an Airflow for the folder; each is started when the first test asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.airflow_stack import AirflowStack, postgres_connection
from sandbox.postgres import EmbeddedPostgres

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="package")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server with an empty database ``source``."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        server.create_database("source")
        yield server


@pytest.fixture(scope="package")
def airflow(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirflowStack]:
    """Airflow on it, with the probe's DAG and a connection to ``source``."""
    empty = tmp_path_factory.mktemp("plugins")
    with AirflowStack(
        home=tmp_path_factory.mktemp("airflow"),
        database_dsn=postgres.create_database("airflow"),
        dags_folder=Path(__file__).with_name("dags"),
        plugins_folder=empty,
        include_folder=ROOT / "include",
        connections={"probe_source": postgres_connection(postgres.dsn("source"))},
        port=0,
    ) as stack:
        yield stack
