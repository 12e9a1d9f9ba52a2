"""Alembic's entry: runs the versions in our own schema, on a connection of its own."""

from __future__ import annotations

import psycopg2
from alembic import context
from sqlalchemy import create_engine, pool, text

SCHEMA = "ledgerbridge"


def run() -> None:
    """Apply what is missing. An advisory lock keeps two starting processes from doing it at once."""
    dsn = context.config.attributes["dsn"]
    engine = create_engine(
        "postgresql+psycopg2://", creator=lambda: psycopg2.connect(dsn, connect_timeout=10), poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(hashtext('ledgerbridge.migrations'))"))
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
        connection.execute(text(f"SET search_path = {SCHEMA}"))
        connection.commit()
        context.configure(connection=connection, version_table_schema=SCHEMA)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
