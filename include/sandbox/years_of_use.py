"""A firm that has been in use for years: what it has delivered stands in our own database as well as on both sides."""

from __future__ import annotations

from contextlib import closing

import psycopg2.extensions

from ledgerbridge.records import Module
from ledgerbridge.source.changes import current_cursor
from ledgerbridge.source.database import connect as connect_source
from ledgerbridge.sql import load
from ledgerbridge.store import history, runs
from sandbox.clienttime.volume import add_volume
from sandbox.grounds import TODAY, Firm

__all__ = ["FIRST_ID", "deliver_and_copy_invoices", "remember_customers"]

FIRST_ID = 1_000_001


def remember_customers(firm: Firm, customers: int, invoices: int = 0) -> None:
    """So many customers (and invoices) in the source; the customers were delivered long ago, and nothing is new."""
    with closing(firm.company.source()) as connection:
        add_volume(connection, TODAY, customers=customers, invoices=invoices)
    firm.ours(load("sandbox", "delivered_before"), {"name": firm.name, "customers": customers})
    with closing(firm.company.store()) as store, closing(connect_source(firm.company.addresses.source_dsn)) as source:
        for module in Module:
            runs.move_cursor(store, firm.name, module, current_cursor(source))
        for _ in range(2):  # the second one knows that all of it is whole
            history.seal(store)
        _come_to_rest(store, source)


def _come_to_rest(*connections: psycopg2.extensions.connection) -> None:
    """As a database is that has had years for its rows: vacuumed, planned with their numbers, and written to disk."""
    for connection in connections:
        connection.commit()
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")


def deliver_and_copy_invoices(firm: Firm, delivered: int, times: int) -> None:
    """Deliver so many invoices, and copy them so many times on both sides and in our own database."""
    with closing(firm.company.source()) as connection:
        add_volume(connection, TODAY, customers=delivered, invoices=delivered)
    firm.source('UPDATE "Customer" SET "ForeignDebitorSystemIdentification" = NULL')  # the agreement has nobody yet
    for module in Module:
        firm.company.deliver(module, validated=False)
    step = max(delivered, 1)
    if times:
        values = {"name": firm.name, "times": times, "step": step}
        with closing(firm.company.source()) as connection, connection, connection.cursor() as cursor:
            cursor.execute(load("sandbox.clienttime", "volume_copies"), values)
            cursor.execute('ANALYZE "Invoice", "InvoiceLine"')
        firm.control.copy_booked(firm.agreement, times=times, step=step)
        firm.ours(load("sandbox", "invoices_copied"), values)
