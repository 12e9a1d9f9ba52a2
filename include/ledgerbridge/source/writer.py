"""What goes back into the source: links, and what the target answered at booking (CT-3).

Customers as well, but only where the source's manifest says that it takes them, and a person has asked for it (LK-3).

Each call is one transaction that is marked as our own, so that the source's triggers do not report it as a
change. Each may be made again with the same values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

import psycopg2

from ledgerbridge.errors import Refusal, Rejection, SettingsInvalid
from ledgerbridge.records import Module
from ledgerbridge.source.database import Connection, explained, prepared
from ledgerbridge.source.manifest import Manifest

__all__ = ["CUSTOMER_FIELDS", "CustomerFields", "SourceWriter"]

CustomerFields = Mapping[str, str]
"""What is known of a customer, by the canonical record's names; what is not among them is not known."""

CUSTOMER_FIELDS = (
    "name",
    "address_line_1",
    "address_line_2",
    "address_line_3",
    "zip",
    "city",
    "country",
    "phone",
    "email",
    "cvr_number",
    "gln",
    "currency",
)
"""The canonical names of what a source may be told of a customer."""


class SourceWriter:
    """Writes one source database, as far as its manifest's capabilities go.

    Raises (every method):
        SourceUnavailable: the database does not answer; nothing was changed, or the same call changes nothing more.
        Refusal: the right to write that column is missing.
        SettingsInvalid: the source does not take this.
        Rejection: the source no longer has the record.
    """

    def __init__(self, connection: Connection, manifest: Manifest) -> None:
        self._connection = prepared(connection)
        self._manifest = manifest

    def write_link(self, customer_source_id: str, target_number: str | None) -> None:
        """Note the customer's number in the target, or that it has none any more (CT-21)."""
        self._need(self._manifest.capabilities.writes_links, "writes_links")
        values = {"source_id": customer_source_id, "target_number": target_number}
        with _about_its_data():
            self._write(Module.CUSTOMERS, "write_link", values)

    def create_customer(self, customer_number: str, target_number: str, fields: CustomerFields) -> str:
        """Make a customer who is in the target already, linked from the start; its id in the source.

        Where one is linked to that number, it is that one's id: nothing is made twice.

        Raises:
            Rejection: the customer number is somebody else's there, or the source does not take the data.
        """
        self._need(self._manifest.capabilities.creates_customers, "creates_customers")
        values = {
            **dict.fromkeys(CUSTOMER_FIELDS),
            **fields,
            "customer_number": customer_number,
            "target_number": target_number,
        }
        with _about_its_data():
            made = self._written(Module.CUSTOMERS, [("create_customer", values)])
        if made is None:
            raise Rejection("customer_number_taken_in_source", number=customer_number)
        return made

    def take_over(self, source_id: str, target_number: str, fields: CustomerFields) -> None:
        """Lay these fields over the customer's own, and note its number in the target: both, or neither.

        A field that is not given changes nothing.

        Raises:
            Rejection: the source does not have the customer any more, or does not take the data or the number.
        """
        self._need(self._manifest.capabilities.writes_customers, "writes_customers")
        written = [("update_customer", {**dict.fromkeys(CUSTOMER_FIELDS), **fields, "source_id": source_id})]
        if self._manifest.capabilities.writes_links:
            written.append(("write_link", {"source_id": source_id, "target_number": target_number}))
        with _about_its_data():
            if self._written(Module.CUSTOMERS, written) is None:
                raise Rejection("source_record_gone", source_id=source_id)

    def write_invoice_result(
        self,
        source_id: str,
        *,
        number: str,
        net: Decimal,
        vat: Decimal,
        gross: Decimal,
        booked_at: datetime,
        payment_line: str | None = None,
    ) -> None:
        """Put the booked number and totals, and the FI payment line, onto the invoice's row (CT-2, CT-8).

        Amounts are in the invoice's currency, a credit note's negative, as the target computed them;
        ``booked_at`` is aware.
        """
        self._need(self._manifest.capabilities.writes_invoice_results, "writes_invoice_results")
        values = {
            "source_id": source_id, "number": number, "net": net, "vat": vat, "gross": gross,
            "booked_at": booked_at, "payment_line": payment_line,
        }  # fmt: skip
        self._write(Module.INVOICES, "write_result", values)

    def _need(self, is_able: bool, capability: str) -> None:
        if not is_able:
            raise SettingsInvalid("source_cannot", system=self._manifest.system, what=capability)

    def _write(self, module: Module, kind: str, values: Mapping[str, object]) -> None:
        if self._written(module, [(kind, values)]) is None:
            raise Rejection("source_record_gone", source_id=values["source_id"])

    def _written(self, module: Module, statements: Sequence[tuple[str, Mapping[str, object]]]) -> str | None:
        """The id of the row that was written, by all of the statements or none; nothing where one found no row."""
        texts = [(self._manifest.statement(module, kind), values) for kind, values in statements]
        found = None
        # `with connection` makes one transaction also in autocommit mode; SET LOCAL ends with it.
        with explained(), self._connection, self._connection.cursor() as cursor:
            cursor.execute("SET LOCAL ledgerbridge.writing = 'on'")
            for text, values in texts:
                cursor.execute(text, values)
                found = cursor.fetchone()
                if found is None:
                    self._connection.rollback()
                    return None
        return str(found[0]) if found is not None else None


@contextmanager
def _about_its_data() -> Iterator[None]:
    """What the database refuses for its own rules is about this customer, and not about the statement.

    Raises:
        Rejection: it was refused so; says what the database said.
    """
    try:
        yield
    except Refusal as error:
        if isinstance(error.__cause__, psycopg2.DataError | psycopg2.IntegrityError):
            raise Rejection("source_takes_no_such_data", **error.reason.values) from None
        raise
