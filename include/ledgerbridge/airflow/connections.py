"""Airflow connections as the addresses that the library works with. Secrets stay in them."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException
from psycopg2.extensions import make_dsn

from ledgerbridge.airflow.assets import STORE
from ledgerbridge.assembly import Addresses
from ledgerbridge.errors import Refusal
from ledgerbridge.integration import Integration
from ledgerbridge.target.contract import ConnectionParts, TargetConnection
from ledgerbridge.target.registry import connection_of

__all__ = ["STORE", "addresses_of", "store_dsn"]

_LIBPQ = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl")


def addresses_of(integration: Integration) -> Addresses:
    """Where an integration's databases and agreement are.

    Raises:
        Refusal: a connection is missing, or lacks something; names which and what.
    """
    return Addresses(
        store_dsn=store_dsn(),
        source_dsn=_postgres(integration.source.connection),
        target=_target(integration),
    )


def store_dsn() -> str:
    """Where our own database is.

    Raises:
        Refusal: the connection is missing.
    """
    return _postgres(STORE)


def _postgres(connection_id: str) -> str:
    connection = _connection(connection_id)
    extra = connection.extra_dejson
    return str(
        make_dsn(
            host=connection.host,
            port=connection.port or 5432,
            user=connection.login,
            password=connection.password,
            dbname=connection.schema,
            **{name: extra[name] for name in _LIBPQ if name in extra},
        )
    )


def _target(integration: Integration) -> TargetConnection:
    connection_id = integration.target.connection
    connection = _connection(connection_id)
    parts = ConnectionParts(
        connection_id, connection.host, connection.login, connection.password, connection.extra_dejson
    )
    return connection_of(integration.target, parts)


def _connection(connection_id: str) -> Any:
    try:
        return BaseHook.get_connection(connection_id)
    except AirflowNotFoundException as error:
        raise Refusal("connection_missing", connection=connection_id) from error
