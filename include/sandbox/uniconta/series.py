"""Number series: orders, invoices, customers (contract 7.5, 9.7)."""

from __future__ import annotations

from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.company import Company
from sandbox.uniconta.errors import Refused

SALES_ORDER: Final = "Ordre"
SALES_INVOICE: Final = "Faktura"
DEBTOR: Final = "Debitor"

USES: Final = {"SalesOrder": SALES_ORDER, "SalesInvoice": SALES_INVOICE, "Debtor": DEBTOR}
"""What a company numbers, with the name of the series; a name has at most ten characters."""


def series_of(company: Company, row: int | None, name: str) -> Doc:
    """The series that a group names by its RowId, else the company's own; refused when it cannot be used."""
    table = company["NumberSerie"]
    found = table.get(row) if row is not None else table.named(name)
    if found is None:
        raise Refused("NumberSerieDoesNotExist", "NumberSerie", name)
    if found.get("Blocked"):
        raise Refused("NumberSerieIsBlocked", "NumberSerie", found["Serie"])
    last = int(found.get("LastValue", 0))
    if last and int(found.get("Next", 1)) > last:
        raise Refused("SequenceNumberError", "NumberSerie", found["Serie"])
    return found


def next_number(company: Company, series: Doc) -> int:
    """Take the next number of a series."""
    number = int(series.get("Next", 1))
    company["NumberSerie"].put(series | {"Next": number + 1, "InUse": True})
    return number
