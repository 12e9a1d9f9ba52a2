"""Golden payloads: a source record beside the JSON that is made of it, one file per awkward case.

``python tests/target_economic/payloads.py`` writes them anew; a person reads the diff.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

GOLDEN = Path(__file__).with_name("golden")
if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2] / "include"))

from ledgerbridge.integration import Integration  # noqa: E402
from ledgerbridge.records import Customer, Invoice, Module, record_to_json  # noqa: E402
from ledgerbridge.source.database import connect  # noqa: E402
from ledgerbridge.source.manifest import load_manifest  # noqa: E402
from ledgerbridge.source.reader import SourceReader, Unreadable  # noqa: E402
from ledgerbridge.target.economic.customers import creation_body, customer_payload  # noqa: E402
from ledgerbridge.target.economic.invoices import invoice_payload  # noqa: E402
from ledgerbridge.target.economic.resolved import Resolved  # noqa: E402
from sandbox.clienttime.awkward import AWKWARD  # noqa: E402
from sandbox.clienttime.database import build  # noqa: E402
from sandbox.clienttime.demo import generate  # noqa: E402
from sandbox.integration_file import settings  # noqa: E402
from sandbox.postgres import EmbeddedPostgres  # noqa: E402

TODAY = date(2026, 3, 31)
SETTINGS = Integration.model_validate(settings("golden"))
RESOLVED = Resolved(
    agreement_number=1,
    company_name="Golden ApS",
    company_cvr=None,
    layout=19,
    due_date_term=7,
    customer_group=1,
    units={"stk.": 1, "timer": 2, "km": 3, "md.": 4},
    customers_at_start=0,
)


def cases(postgres: EmbeddedPostgres) -> Iterator[tuple[str, str]]:
    """(name, file content) of every awkward case, read from a real database as a run reads it."""
    dsn = postgres.create_database("golden")
    with closing(connect(dsn)) as connection:
        build(connection, generate(TODAY))
        reader = SourceReader(connection, load_manifest("clienttime"))
        for name, source_id in AWKWARD.items():
            module = Module.CUSTOMERS if name.startswith("customer_") else Module.INVOICES
            for record in reader.records(module, [source_id]):
                yield name, _file(module, record)


def _file(module: Module, record: Customer | Invoice | Unreadable) -> str:
    if isinstance(record, Unreadable):
        content: dict[str, Any] = {"unreadable": record.rejection.reason.to_json()}
    else:
        content = {"source": json.loads(record_to_json(module, record)), **_sent(record)}
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _sent(record: Customer | Invoice) -> dict[str, Any]:
    if isinstance(record, Customer):
        made = customer_payload(record)
        body = made.text
        if record.customer_number.isdecimal():
            body = creation_body(made.text, SETTINGS.invoicing, RESOLVED)
    else:
        locator = f"lb-demo-golden-inv-{record.source_id}"
        made = invoice_payload(record, "1001", locator, {}, SETTINGS.invoicing, RESOLVED)
        body = made.text
    # parse_float=str would lose which is a number: the figures stand as the wire has them, digit by digit.
    return {
        "payload": json.loads(body, parse_float=lambda digits: f"<{digits}>"),
        "warnings": [reason.to_json() for reason in made.warnings],
    }


def write_all() -> None:
    """Write every file anew."""
    with TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "data", durable=False) as postgres:
        for old in GOLDEN.glob("*.json"):
            old.unlink()
        for name, content in cases(postgres):
            (GOLDEN / f"{name}.json").write_text(content, encoding="utf-8")


if __name__ == "__main__":
    write_all()
