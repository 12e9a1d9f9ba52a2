"""The DAG files, parsed once with four good integration files and three wrong ones."""

from __future__ import annotations

import pytest
from folder import Parsed, parse, write_files

from sandbox.accounts.uniconta import uniconta_settings
from sandbox.integration_file import settings

FILES = {
    "alfa.yaml": settings("alfa", owner="finance-it"),
    "beta.yaml": settings("beta", schedule={"customers_every_minutes": 90, "customers_follow_events": False}),
    "gamma.yaml": settings("gamma", schedule={"customers_every_minutes": 45, "invoices_every_minutes": 5}),
    "delta.yaml": uniconta_settings("delta", 4711, schedule={"customers_every_minutes": 20}),
    "no_number.yaml": settings("no_number", invoicing={"days_of_credit": "fjorten"}),
    "no_yaml.yaml": "name: [",
    "secret.yaml": {**settings("secret"), "grant_token": "hemmelig-xyz"},
}


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Parsed:
    """What Airflow finds."""
    folder = tmp_path_factory.mktemp("dags")
    return parse(write_files(folder / "integrations", FILES), folder / "home")
