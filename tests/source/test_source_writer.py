"""Links and results go back, once and for all, and do not come back as changes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from clienttime_rows import add_customers, add_invoice, forget, recorded, run

from ledgerbridge.errors import Rejection, SettingsInvalid
from ledgerbridge.source.database import Connection
from ledgerbridge.source.manifest import Capabilities, Manifest
from ledgerbridge.source.writer import SourceWriter

BOOKED_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def writer(connection: Connection, manifest: Manifest) -> SourceWriter:
    add_customers(connection, 1)
    add_invoice(connection, 7, approved=True)
    forget(connection)
    return SourceWriter(connection, manifest)


@pytest.mark.spec("CT-21")
def test_a_link_is_written_again_and_removed(connection: Connection, writer: SourceWriter) -> None:
    for number in ("4711", "4711", None, "12"):
        writer.write_link("1", number)
        assert run(connection, 'SELECT "ForeignDebitorSystemIdentification" FROM "Customer"') == [(number,)]
    assert recorded(connection) == []


@pytest.mark.spec("CT-2")
def test_a_booked_result_is_written_to_the_cent(connection: Connection, writer: SourceWriter) -> None:
    for _ in range(2):
        writer.write_invoice_result(
            "7",
            number="10042",
            net=Decimal("-1234567.89"),
            vat=Decimal("-308641.97"),
            gross=Decimal("-1543209.86"),
            booked_at=BOOKED_AT,
            payment_line="+71<004040400000669+81234567<",
        )
    assert run(
        connection,
        'SELECT "ForeignInvoiceNumber", "ForeignNetAmount", "ForeignVatAmount", "ForeignGrossAmount", '
        '"ForeignBookedAt", "FiPaymentLine", "NetAmount" FROM "Invoice"',
    ) == [
        (
            "10042",
            Decimal("-1234567.89"),
            Decimal("-308641.97"),
            Decimal("-1543209.86"),
            BOOKED_AT,
            "+71<004040400000669+81234567<",
            Decimal("0.00"),
        )
    ]
    assert recorded(connection) == []


def test_a_record_that_is_gone_is_told(writer: SourceWriter) -> None:
    with pytest.raises(Rejection) as told:
        writer.write_link("99", "1")
    assert told.value.reason.code == "source_record_gone"


def test_what_the_source_does_not_take_is_refused_by_name(connection: Connection, manifest: Manifest) -> None:
    read_only = manifest.model_copy(update={"capabilities": Capabilities()})
    with pytest.raises(SettingsInvalid, match="writes_links"):
        SourceWriter(connection, read_only).write_link("1", "1")
