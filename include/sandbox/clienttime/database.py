"""Puts the demo firm's rows into an empty database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 - a class that psycopg2 writes in lower case
from psycopg2.extensions import cursor as Cursor  # noqa: N812
from psycopg2.extras import execute_values

from ledgerbridge.source.capture import install_grants, install_triggers
from ledgerbridge.source.manifest import load_manifest
from ledgerbridge.sql import load
from sandbox.clienttime.demo import Demo
from sandbox.clienttime.document import rendered
from sandbox.clienttime.rows import CustomerRow, InvoiceRow, LineRow

__all__ = ["build", "create_tables", "install_capture", "store"]

PACKAGE = "sandbox.clienttime"

_TERM_OF_DAYS = {8: 1, 14: 2, 30: 3}  # as in reference.sql
_WORK_TYPES = {"REV": 1, "REG": 2, "SKAT": 3, "LØN": 4, "RÅD": 5, "KUR": 6, "UDL": 7}
_TABLES_WITH_IDS = (
    "Division",
    "Department",
    "Team",
    "Employee",
    "PaymentTerm",
    "WorkType",
    "Customer",
    "CustomerContact",
    "Task",
    "Invoice",
    "InvoiceLine",
    "InvoiceLinePart",
    "TimeRegistration",
)


def build(connection: Connection, demo: Demo) -> None:
    """Tables, rows, triggers and grants, in an empty database. The rows come first: they are no changes."""
    create_tables(connection)
    store(connection, demo)
    install_capture(connection)


def create_tables(connection: Connection) -> None:
    """The tables and what they hold before the first customer."""
    manifest = load_manifest("clienttime")
    with connection, connection.cursor() as cursor:
        cursor.execute(load(manifest.package, manifest.tables or "schema"))
        cursor.execute(load(PACKAGE, "reference"))
        _set_sequences(cursor)


def install_capture(connection: Connection) -> None:
    """Triggers and grants, as a customer's administrator would install them."""
    manifest = load_manifest("clienttime")
    install_triggers(connection, manifest)
    install_grants(connection, manifest)


def store(connection: Connection, demo: Demo) -> None:
    """All rows, in one transaction."""
    lines = list(_numbered_lines(demo.invoices))
    with connection, connection.cursor() as cursor:
        _insert(cursor, "Customer", [_customer(row) for row in demo.customers])
        _insert(cursor, "CustomerContact", [_contact(row) for row in demo.customers if row.contact[0]])
        _insert(cursor, "Task", [_task(row, demo.today) for row in demo.customers])
        _insert(cursor, "Invoice", [_invoice(row) for row in demo.invoices])
        _insert(cursor, "InvoiceLine", [_line(id_, invoice, number, line) for id_, invoice, number, line in lines])
        _insert(cursor, "InvoiceLinePart", list(_parts(lines)))
        _insert(cursor, "TimeRegistration", list(_registrations(lines)))
        _insert(cursor, "InvoiceArchive", [_document(row) for row in demo.invoices if row.approved_at is not None])
        _set_sequences(cursor)


def _insert(cursor: Cursor, table: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = sql.SQL("INSERT INTO {} ({}) VALUES %s").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, rows[0]))
    )
    execute_values(cursor, statement, [tuple(row.values()) for row in rows], page_size=1_000)


def _set_sequences(cursor: Cursor) -> None:
    """Rows that the application adds later come after the ones with given ids."""
    for table in _TABLES_WITH_IDS:
        cursor.execute(
            sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({}), 0) + 1, false) FROM {}").format(
                sql.Literal(f'"{table}"'),
                sql.Literal(f"{table}ID"),
                sql.Identifier(f"{table}ID"),
                sql.Identifier(table),
            )
        )


def _at_noon(day: date) -> datetime:
    return datetime.combine(day, time(12, tzinfo=UTC))


def _customer(row: CustomerRow) -> dict[str, Any]:
    return {
        "CustomerID": row.id,
        "CustomerCode": row.code,
        "Name": row.name,
        "Address1": row.address_1,
        "Address2": row.address_2,
        "Address3": row.address_3,
        "ZipCode": row.zip,
        "City": row.city,
        "Country": row.country,
        "Phone": row.phone,
        "Email": row.email,
        "CVR": row.cvr,
        "EAN": row.ean,
        "CurrencyCode": row.currency,
        "DebtorGroup": row.debtor_group,
        "TeamID": row.team,
        "DepartmentID": row.department,
        "ResponsibleEmployeeID": row.employee,
        "PaymentTermID": _TERM_OF_DAYS[row.term_days],
        "CreatedAt": _at_noon(row.created_on),
        "UpdatedAt": _at_noon(row.created_on),
        "ForeignDebitorSystemIdentification": row.foreign_number,
    }


def _contact(row: CustomerRow) -> dict[str, Any]:
    return {
        "CustomerID": row.id,
        "FirstName": row.contact[0],
        "LastName": row.contact[1],
        "Email": row.email,
        "Phone": row.phone,
        "IsPrimary": True,
        "UpdatedAt": _at_noon(row.created_on),
    }


def _task(row: CustomerRow, today: date) -> dict[str, Any]:
    # One task a customer, with the customer's own id: the registrations need no look-up.
    return {
        "TaskID": row.id,
        "CustomerID": row.id,
        "TaskNumber": f"{today.year}/{row.id}",
        "Name": "Løbende assistance",
    }


def _invoice(row: InvoiceRow) -> dict[str, Any]:
    customer = row.customer
    is_approved = row.approved_at is not None
    return {
        "InvoiceID": row.id,
        "InvoiceNumber": row.number,
        "InvoiceType": 2 if row.is_credit_note else 1,
        "CustomerID": customer.id,
        "DepartmentID": customer.department,
        "TeamID": customer.team,
        "EmployeeID": customer.employee,
        "PaymentTermID": _TERM_OF_DAYS[customer.term_days],
        "InvoiceDate": row.invoice_date,
        "DueDate": row.due_date,
        "CustomerCode": customer.code,
        "RecipientName": customer.name,
        "RecipientAddress": customer.address,
        "RecipientZipCode": customer.zip,
        "RecipientCity": customer.city,
        "RecipientCountry": customer.country,
        "RecipientEAN": customer.ean,
        "YourReference": row.your_reference,
        "RequisitionNumber": row.requisition,
        "Heading": row.heading,
        "Text": row.text,
        "CurrencyCode": row.currency,
        "ExchangeRate": row.exchange_rate,
        "VatTreatment": row.treatment,
        "NetAmount": row.net,
        "VatAmount": row.vat,
        "GrossAmount": row.gross,
        "ApprovalStatus": 1 if is_approved else 0,
        "ApprovedAt": row.approved_at,
        "ApprovedByID": customer.employee if is_approved else None,
        "ApprovalWithdrawnAt": row.withdrawn_at,
        "CreditedInvoiceID": row.original_id,
        "CreatedAt": _at_noon(row.created_on),
        "UpdatedAt": row.withdrawn_at or row.approved_at or _at_noon(row.created_on),
    }


_NumberedLine = tuple[int, InvoiceRow, int, LineRow]


def _numbered_lines(invoices: Sequence[InvoiceRow]) -> Iterator[_NumberedLine]:
    id_ = 0
    for invoice in invoices:
        for place, line in enumerate(invoice.lines):
            id_ += 1
            yield id_, invoice, place + 1, line


def _line(id_: int, invoice: InvoiceRow, number: int, line: LineRow) -> dict[str, Any]:
    return {
        "InvoiceLineID": id_,
        "InvoiceID": invoice.id,
        "LineNumber": number,
        "LineType": line.kind,
        "Text": line.text,
        "Quantity": line.quantity,
        "Unit": line.unit,
        "UnitPrice": line.price,
        "DiscountPercent": line.discount,
        "NetAmount": line.net,
        "VatCode": line.vat_code,
        "VatRate": line.vat_rate,
        "TaskID": invoice.customer.id if line.work_type else None,
        "WorkTypeID": _WORK_TYPES[line.work_type] if line.work_type else None,
        "UpdatedAt": invoice.approved_at or _at_noon(invoice.created_on),
    }


def _parts(lines: Sequence[_NumberedLine]) -> Iterator[dict[str, Any]]:
    for id_, invoice, _, line in lines:
        for place, part in enumerate(line.parts):
            yield {
                "InvoiceLineID": id_,
                "PartNumber": place + 1,
                "Text": part.text,
                "Quantity": part.quantity,
                "UnitPrice": part.price,
                "NetAmount": part.net,
                "VatCode": part.vat_code,
                "VatRate": part.vat_rate,
                "UpdatedAt": invoice.approved_at or _at_noon(invoice.created_on),
            }


def _registrations(lines: Sequence[_NumberedLine]) -> Iterator[dict[str, Any]]:
    """The hours behind each line that is counted in hours."""
    for id_, invoice, _, line in lines:
        if line.unit == "timer" and line.work_type is not None and 0 < line.quantity < 1_000:
            yield {
                "EmployeeID": invoice.customer.employee,
                "TaskID": invoice.customer.id,
                "WorkTypeID": _WORK_TYPES[line.work_type],
                "RegistrationDate": invoice.invoice_date,
                "Hours": line.quantity,
                "Rate": line.price,
                "Text": line.text,
                "InvoiceLineID": id_,
            }


def _document(row: InvoiceRow) -> dict[str, Any]:
    kind = "Kreditnota" if row.is_credit_note else "Faktura"
    return {
        "InvoiceID": row.id,
        "FileName": f"{kind} {row.number}.pdf",
        "ContentType": "application/pdf",
        "Content": rendered(f"{kind} {row.number}"),
        "CreatedAt": row.approved_at,
    }
