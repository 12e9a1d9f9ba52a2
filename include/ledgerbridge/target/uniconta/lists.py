"""Long lists for reconciliation: orders and invoices of a period, with few calls (section 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from ledgerbridge.target.uniconta.api import Api, Row
from ledgerbridge.target.uniconta.documents import day, integer
from ledgerbridge.target.uniconta.invoices import locator_in
from ledgerbridge.target.uniconta.options import BulkReading, UnicontaOptions
from ledgerbridge.target.uniconta.orders import LINE, ORDER, Order, in_place
from ledgerbridge.target.uniconta.reading import every, read

__all__ = ["invoices_between", "orders_between"]

_INVOICE = "DebtorInvoiceClient"
_PAGE = 1000


def orders_between(api: Api, options: UnicontaOptions, first: date, last: date) -> list[Order]:
    """Our orders dated within the period. Others are people's own sales orders, and no drafts of invoices."""
    ours = {
        integer(row["OrderNumber"]): row
        for row in every(api, options, ORDER)
        if _is_within(row.get("InvoiceDate"), first, last) and _is_ours(row, options)
    }
    lines: dict[int, list[Row]] = defaultdict(list)
    for line in _lines_of(api, options, sorted(ours)):
        lines[integer(line["OrderNumber"])].append(line)
    return [Order(row, in_place(lines[number])) for number, row in ours.items()]


def invoices_between(api: Api, options: UnicontaOptions, first: date, last: date) -> Iterator[Row]:
    """Every invoice dated within the period."""
    if options.bulk_reading is BulkReading.ODATA:
        period = f"Date ge datetime'{first.isoformat()}T00:00:00' and Date le datetime'{last.isoformat()}T23:59:59'"
        yield from api.feed(_INVOICE, period)
        return
    skip = 0
    while rows := api.query(_INVOICE, take=_PAGE, skip=skip, newest_by="Date"):
        yield from (row for row in rows if _is_within(row.get("Date"), first, last))
        oldest = read(day, rows[-1].get("Date"), _INVOICE)
        if len(rows) < _PAGE or (oldest is not None and oldest < first):
            return
        skip += len(rows)


def _lines_of(api: Api, options: UnicontaOptions, orders: list[int]) -> Iterator[Row]:
    if options.bulk_reading is BulkReading.ODATA:
        yield from api.feed_of(LINE, "OrderNumber", [str(number) for number in orders])  # a text there
        return
    for number in orders:
        yield from api.query(LINE, ("OrderNumber", str(number)))


def _is_ours(row: Row, options: UnicontaOptions) -> bool:
    return read(lambda item: locator_in(item, options), row, ORDER) is not None


def _is_within(value: object, first: date, last: date) -> bool:
    found = read(day, value, ORDER)
    return found is not None and first <= found <= last
