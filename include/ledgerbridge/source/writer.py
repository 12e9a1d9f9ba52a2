"""What goes back into the source: links, and what the target answered at booking. Nothing else ever (CT-3).

Each call is one transaction that is marked as our own, so that the source's triggers do not report it as a
change. Each may be made again with the same values.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from ledgerbridge.errors import Rejection, SettingsInvalid
from ledgerbridge.records import Module
from ledgerbridge.source.database import Connection, explained, prepared
from ledgerbridge.source.manifest import Manifest

__all__ = ["SourceWriter"]


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
        self._write(Module.CUSTOMERS, "write_link", values)

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
        statement = self._manifest.statement(module, kind)
        # `with connection` makes one transaction also in autocommit mode; SET LOCAL ends with it.
        with explained(), self._connection, self._connection.cursor() as cursor:
            cursor.execute("SET LOCAL ledgerbridge.writing = 'on'")
            cursor.execute(statement, values)
            if cursor.fetchone() is None:
                raise Rejection("source_record_gone", source_id=values["source_id"])
