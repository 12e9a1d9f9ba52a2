"""Many customers and invoices at once, for measuring."""

from __future__ import annotations

from datetime import date

from psycopg2.extensions import connection as Connection  # noqa: N812 - a class that psycopg2 writes in lower case

from ledgerbridge.sql import load

__all__ = ["add_volume"]


def add_volume(connection: Connection, today: date, *, customers: int = 20_000, invoices: int = 10_000) -> None:
    """Add plain customers (nine of ten linked) and approved invoices of one to four lines, in one transaction.

    Source ids begin at 1,000,001 for both. With triggers installed each new row is a change.
    """
    with connection, connection.cursor() as cursor:
        cursor.execute(
            load("sandbox.clienttime", "volume"), {"customers": customers, "invoices": invoices, "today": today}
        )
