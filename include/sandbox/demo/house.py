"""The demo's servers: PostgreSQL, the e-conomic stand-in (unless another is given) and Airflow, all on loopback."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2
import yaml
from psycopg2.extensions import parse_dsn

from ledgerbridge.airflow.connections import STORE
from ledgerbridge.airflow.integrations import FOLDER_VARIABLE
from ledgerbridge.integration import Integration
from ledgerbridge.store.database import migrate
from ledgerbridge.target.economic.connection import EconomicConnection
from sandbox.airflow_client import AirflowClient
from sandbox.airflow_stack import AirflowStack
from sandbox.clienttime.agreement import target_customers
from sandbox.clienttime.database import build
from sandbox.clienttime.demo import generate
from sandbox.company import economic_customer
from sandbox.demo import workshop as workshops
from sandbox.demo.agreement import prepare, settings_for
from sandbox.demo.options import Options
from sandbox.demo.own_agreement import own_agreement
from sandbox.economic.control import Control
from sandbox.postgres import EmbeddedPostgres
from sandbox.processes import Program, Supervisor

__all__ = ["NAME", "House", "open_house"]

NAME = "nordlys"
ROOT = Path(__file__).parents[3]
PORT = 8080


@dataclass(frozen=True, slots=True)
class House:
    """What runs, and where. ``workshop``: the second integration, which nobody has switched on; at the stand-in."""

    folder: Path
    integration: Integration
    workshop: Integration | None
    source_dsn: str
    store_dsn: str
    stack: AirflowStack
    client: AirflowClient

    def source(self) -> Any:
        """A connection to the time system's database as its owner."""
        return psycopg2.connect(self.source_dsn)


@contextmanager
def open_house(options: Options) -> Iterator[House]:
    """Start everything; everything is stopped at the end, whatever happened.

    Raises:
        MissingInAgreementError: the given agreement lacks what cannot be made.
    """
    options.folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        supervisor = stack.enter_context(Supervisor(options.folder / "logs"))
        postgres = stack.enter_context(EmbeddedPostgres(options.folder / "postgres"))
        source_dsn, store_dsn, airflow_dsn = _databases(postgres)
        stand_in = _stand_in(options, supervisor)
        connection = _economic(options, stand_in)
        integration = _integration(options, connection)
        connections = {STORE: _postgres(store_dsn), **_connections(integration, source_dsn, connection)}
        workshop = None
        if stand_in is not None:
            theirs = workshops.open_agreement(options.folder, stand_in.control, stand_in.url)
            workshop = _written(options, workshops.settings(theirs))
            connections |= _connections(workshop, workshops.open_case_book(postgres), theirs)
        airflow = AirflowStack(
            home=options.folder / "airflow",
            database_dsn=airflow_dsn,
            dags_folder=ROOT / "dags",
            plugins_folder=ROOT / "plugins",
            include_folder=ROOT / "include",
            connections=connections,
            port=PORT,
            extra_environment={FOLDER_VARIABLE: str(options.folder / "integrations")},
        )
        stack.enter_context(airflow)
        client = stack.enter_context(airflow.client())
        yield House(options.folder, integration, workshop, source_dsn, store_dsn, airflow, client)


def _databases(postgres: EmbeddedPostgres) -> tuple[str, str, str]:
    is_new = not postgres.has_database("clienttime")
    dsns = [
        postgres.dsn(name) if postgres.has_database(name) else postgres.create_database(name)
        for name in ("clienttime_new" if is_new else "clienttime", "ledgerbridge", "airflow")
    ]
    if is_new:
        # Named at the end: a first run that was cut off begins anew.
        with closing(psycopg2.connect(dsns[0])) as connection:
            build(connection, generate(datetime.now(UTC).date()))
        postgres.rename_database("clienttime_new", "clienttime")
        dsns[0] = postgres.dsn("clienttime")
    migrate(dsns[1])
    return dsns[0], dsns[1], dsns[2]


@dataclass(frozen=True, slots=True)
class _StandIn:
    """Our own e-conomic."""

    url: str
    control: Control


def _stand_in(options: Options, supervisor: Supervisor) -> _StandIn | None:
    """The stand-in, started; nothing where another e-conomic is given."""
    if options.economic_url is not None:
        return None
    data, ready = options.folder / "economic", options.folder / "economic.ready"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "sandbox.economic", "--data", str(data), "--ready-file", str(ready)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "include")}
    supervisor.start(Program("economic", command, environment), ready=ready.exists)
    addresses = json.loads(ready.read_text(encoding="utf-8"))
    return _StandIn(addresses["url"], Control(addresses["control_url"]))


def _economic(options: Options, stand_in: _StandIn | None) -> EconomicConnection:
    if stand_in is None:
        url = options.economic_url or ""
        tokens = options.app_secret_token, options.agreement_grant_token
        return EconomicConnection(*tokens, url=url, apis_url=options.apis_url)
    customers = [economic_customer(row) for row in target_customers(generate(datetime.now(UTC).date()))]
    tokens = own_agreement(options.folder / "agreement.json", stand_in.control, "Nordlys Revision ApS", customers)
    return EconomicConnection(*tokens, url=stand_in.url)


def _integration(options: Options, connection: EconomicConnection) -> Integration:
    """The integration file, written anew: it follows the agreement's own numbers."""
    rows = target_customers(generate(datetime.now(UTC).date())) if options.economic_url else []
    found = prepare(connection, [economic_customer(row) for row in rows if row["case"] == "linked"])
    content = {
        "name": NAME,
        "environment": "demo",
        "owner": "finance-it",
        "source": {"system": "clienttime", "connection": f"{NAME}_clienttime"},
        "target": {"system": "economic", "connection": f"{NAME}_economic"},
        "invoicing": settings_for(found),
        "loading": {"connections": 4, "timeout_seconds": 10, "settle_seconds": 15},
    }
    return _written(options, content)


def _written(options: Options, content: dict[str, Any]) -> Integration:
    folder = options.folder / "integrations"
    folder.mkdir(exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / f"{content['name']}.yaml").write_text(text, encoding="utf-8")
    return Integration.model_validate(content)


def _connections(
    integration: Integration, source_dsn: str, economic: EconomicConnection
) -> dict[str, dict[str, object]]:
    return {
        integration.source.connection: _postgres(source_dsn),
        integration.target.connection: {
            "conn_type": "http",
            "host": economic.url,
            "password": economic.agreement_grant_token,
            "extra": {"app_secret_token": economic.app_secret_token, "apis_url": economic.apis_url},
        },
    }


def _postgres(dsn: str) -> dict[str, object]:
    parts = parse_dsn(dsn)
    return {
        "conn_type": "postgres",
        "host": parts["host"],
        "port": int(parts["port"]),
        "login": parts["user"],
        "password": parts["password"],
        "schema": parts["dbname"],
    }
