"""The demo's servers: PostgreSQL, the stand-ins for the accounting systems and Airflow, all on loopback."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
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
from sandbox.accounts.economic import economic_customer
from sandbox.airflow_client import AirflowClient
from sandbox.airflow_stack import AirflowStack
from sandbox.clienttime.agreement import target_customers
from sandbox.clienttime.database import build
from sandbox.clienttime.demo import generate
from sandbox.demo import payroll as payrolls
from sandbox.demo import workshop as workshops
from sandbox.demo.agreement import prepare, settings_for
from sandbox.demo.options import Options
from sandbox.demo.own_agreement import own_agreement
from sandbox.economic.control import Control
from sandbox.postgres import EmbeddedPostgres
from sandbox.processes import Program, Supervisor
from sandbox.uniconta.control import Control as UnicontaControl

__all__ = ["NAME", "House", "open_house"]

NAME = "nordlys"
ROOT = Path(__file__).parents[3]
PORT = 8080


@dataclass(frozen=True, slots=True)
class House:
    """What runs, and where.

    ``integration``: the one that is looked at. ``payroll``: the other department's, whose accounts are at Uniconta's
    stand-in. ``workshop``: one that nobody has switched on. The latter two only where no other e-conomic was given.
    """

    folder: Path
    integration: Integration
    payroll: Integration | None
    workshop: Integration | None
    source_dsn: str
    store_dsn: str
    stack: AirflowStack
    client: AirflowClient

    @property
    def sides(self) -> list[House]:
        """The house as each of the integrations that run sees it, the first one first."""
        return [self] if self.payroll is None else [self, replace(self, integration=self.payroll)]

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
        workshop, payroll = None, None
        if stand_in is not None:
            company = _payroll_company(options, supervisor)
            payroll = _written(options, payrolls.settings(company, integration.source.connection))
            connections[payroll.target.connection] = _uniconta(company)
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
        yield House(options.folder, integration, payroll, workshop, source_dsn, store_dsn, airflow, client)


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
    addresses = _started("economic", options, supervisor)
    return _StandIn(addresses["url"], Control(addresses["control_url"]))


def _started(name: str, options: Options, supervisor: Supervisor) -> dict[str, Any]:
    """A stand-in's addresses, once it listens."""
    data, ready = options.folder / name, options.folder / f"{name}.ready"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", f"sandbox.{name}", "--data", str(data), "--ready-file", str(ready)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "include")}
    supervisor.start(Program(name, command, environment), ready=ready.exists)
    addresses: dict[str, Any] = json.loads(ready.read_text(encoding="utf-8"))
    return addresses


def _payroll_company(options: Options, supervisor: Supervisor) -> payrolls.Company:
    addresses = _started("uniconta", options, supervisor)
    rows = target_customers(generate(datetime.now(UTC).date()))
    theirs = [row for row in rows if row["department"] == payrolls.DEPARTMENT_ID]
    with UnicontaControl(addresses["control_url"]) as control:
        return payrolls.open_company(options.folder / "payroll.json", control, addresses["url"], theirs)


def _uniconta(company: payrolls.Company) -> dict[str, object]:
    return {
        "conn_type": "http",
        "host": company.url,
        "login": company.user,
        "password": company.password,
        "extra": {"records_url": company.url},
    }


def _economic(options: Options, stand_in: _StandIn | None) -> EconomicConnection:
    if stand_in is None:
        url = options.economic_url or ""
        tokens = options.app_secret_token, options.agreement_grant_token
        return EconomicConnection(*tokens, url=url, apis_url=options.apis_url)
    rows = target_customers(generate(datetime.now(UTC).date()))
    customers = [economic_customer(row) for row in rows if row["department"] != payrolls.DEPARTMENT_ID]
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
        "source": {"system": "clienttime", "connection": f"{NAME}_clienttime", **_departments(options)},
        "target": {"system": "economic", "connection": f"{NAME}_economic"},
        "invoicing": settings_for(found),
        "loading": {"connections": 4, "timeout_seconds": 10, "settle_seconds": 15},
    }
    return _written(options, content)


def _departments(options: Options) -> dict[str, Any]:
    """All of them where there is but one agreement."""
    return {} if options.economic_url else {"departments": ["10", "20"]}


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
