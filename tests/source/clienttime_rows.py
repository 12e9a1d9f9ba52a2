"""Short ways to put rows into ClientTime's tables, and to see what the triggers recorded."""

from __future__ import annotations

from ledgerbridge.source.database import Connection


def run(connection: Connection, statement: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def add_customers(connection: Connection, count: int, first: int = 1) -> None:
    run(
        connection,
        'INSERT INTO "Customer" ("CustomerID", "CustomerCode", "Name", "TeamID", "DepartmentID") '
        "SELECT n, (1000 + n)::text, 'Kunde ' || n, 1, 1 FROM generate_series(%s, %s) AS n",
        first,
        first + count - 1,
    )


def add_invoice(connection: Connection, id_: int, *, approved: bool, customer: int = 1, lines: int = 1) -> None:
    run(
        connection,
        """INSERT INTO "Invoice" ("InvoiceID", "CustomerID", "DepartmentID", "InvoiceDate", "CustomerCode",
        "RecipientName", "ApprovalStatus", "ApprovedAt")
        VALUES (%s, %s, 1, '2026-03-02', '1001', 'Kunde', %s, '2026-03-02 10:00+01')""",
        id_,
        customer,
        int(approved),
    )
    run(
        connection,
        """INSERT INTO "InvoiceLine" ("InvoiceLineID", "InvoiceID", "LineNumber", "Text", "Quantity", "UnitPrice",
        "NetAmount")
        SELECT %s * 100 + n, %s, n, 'Linje ' || n, 1, 100, 100 FROM generate_series(1, %s) AS n""",
        id_,
        id_,
        lines,
    )


def recorded(connection: Connection, module: str | None = None) -> list[tuple[object, ...]]:
    """(module, source id, operation) in the order they were written."""
    return run(
        connection,
        "SELECT module, source_id, operation FROM ledgerbridge.change "
        "WHERE %s::text IS NULL OR module = %s ORDER BY change_id",
        module,
        module,
    )


def forget(connection: Connection) -> None:
    run(connection, "DELETE FROM ledgerbridge.change")
