"""All formats and languages of a report, written in one pass over what was stored.

CSV is one file per reconciliation, because invoices and customers have different columns. The page and
the workbook cover all the reconciliations they are written for; they are kept with the first of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from io import BytesIO
from typing import BinaryIO, Self

from xlsxwriter.exceptions import FileCreateError

from ledgerbridge.errors import LedgerbridgeError, TryAgain
from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.cells import Cell, customer_headings, customer_row, invoice_headings, invoice_rows
from ledgerbridge.reconciliation.compare import ReconciliationResult, load_result
from ledgerbridge.reconciliation.csv_report import CsvReport
from ledgerbridge.reconciliation.facts import Kind
from ledgerbridge.reconciliation.html_report import html_report
from ledgerbridge.reconciliation.kinds import Standing
from ledgerbridge.reconciliation.report_parts import ReportHeader, customer_items, invoice_items
from ledgerbridge.reconciliation.wording import Wording
from ledgerbridge.reconciliation.workbook_overview import write_overview
from ledgerbridge.reconciliation.xlsx_report import Sheet, XlsxReport
from ledgerbridge.store import reconciliations as store
from ledgerbridge.store.database import Connection

__all__ = ["ReportFormat", "ReportHeader", "ReportMissingError", "read_report", "write_reports"]

MISSING = "reconciliation_report_missing"


class ReportFormat(StrEnum):
    """The files that a reader can choose among."""

    HTML = "html"
    CSV = "csv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """What a web server says about it."""
        return {
            ReportFormat.HTML: "text/html; charset=utf-8",
            ReportFormat.CSV: "text/csv; charset=utf-8",
            ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }[self]


class ReportMissingError(LedgerbridgeError):
    """There is no such reconciliation, or no report of it in this form."""


def write_reports(connection: Connection, result_ids: Sequence[int], header: ReportHeader) -> None:
    """Write and keep every format in both languages; done again, it replaces them.

    ``result_ids`` are finished reconciliations of one integration: the invoices', the customers', or both.

    Raises:
        ReportMissingError: one of them does not exist or is not finished.
        TryAgain: there is no room to put them together.
    """
    results = [_result(connection, number) for number in result_ids]
    results.sort(key=lambda result: list(Kind).index(result.kind))
    covers = [result.reconciliation_id for result in results]
    created = results[0].finished_at
    wordings = [Wording(language, header.source_name, header.target_name) for language in Language]
    with store.one_step(connection), _told_without_room(), ExitStack() as stack:
        books = {wording.language: stack.enter_context(_Book(wording, results, header)) for wording in wordings}
        for result in results:
            _write_tables(connection, result, wordings, books)
        for wording in wordings:
            language, content = wording.language, books[wording.language].content()
            store.write_report(connection, covers, language, ReportFormat.XLSX, content, written_at=created)
            page = BytesIO(html_report(connection, results, header, wording, created))
            store.write_report(connection, covers, language, ReportFormat.HTML, page, written_at=created)


@contextmanager
def _told_without_room() -> Iterator[None]:
    """The files are put together in the system's temporary folder before they are kept."""
    try:
        yield
    except (OSError, FileCreateError) as error:
        raise TryAgain("reports_no_room", folder=tempfile.gettempdir(), cause=error) from error


def read_report(
    connection: Connection,
    integration: str,
    language: Language,
    report_format: ReportFormat,
    *,
    reconciliation_id: int | None = None,
    kind: Kind = Kind.INVOICES,
) -> bytes:
    """The report as a person gets it: of one reconciliation, or of the newest one of ``kind``.

    Raises:
        ReportMissingError: there is none, or it is another integration's.
        ReportDamagedError: what is stored is not what was written.
    """
    if reconciliation_id is None:
        found = store.latest_reported(connection, integration, kind)
    else:
        found = store.read(connection, reconciliation_id)
    content = None
    if found is not None and found.integration == integration:
        content = store.read_report(connection, found.reconciliation_id, language, report_format)
    if content is None:
        which = f"{reconciliation_id or kind}, {report_format}, {language}"
        raise ReportMissingError(MISSING, integration=integration, report=which)
    return content


class _Book:
    """The workbook of one language: an overview, and a sheet for each kind of row."""

    def __init__(self, wording: Wording, results: Sequence[ReconciliationResult], header: ReportHeader) -> None:
        self._report = XlsxReport(wording, results[0].finished_at)
        write_overview(self._report.sheet(wording.text("sheet_overview")), results, header, wording)
        self._sheets: dict[str, Sheet] = {}
        for result in results:
            if result.kind is Kind.INVOICES:
                headings = invoice_headings(wording)
                for name in ("sheet_differences", "sheet_not_delivered", "sheet_invoices"):
                    self._sheets[name] = self._report.sheet(wording.text(name), headings)
            else:
                headings = customer_headings(wording, result.totals.fields)
                self._sheets["sheet_customers"] = self._report.sheet(wording.text("sheet_customers"), headings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._report.__exit__()

    def add(self, name: str, row: Sequence[Cell]) -> None:
        """Write a row into a sheet, while Excel has room for it; the CSV file has no such bound."""
        if not self._sheets[name].is_full:
            self._sheets[name].add(row)

    def content(self) -> BinaryIO:
        """The whole file; nothing can be written after this."""
        return self._report.content()


def _write_tables(
    connection: Connection, result: ReconciliationResult, wordings: Sequence[Wording], books: dict[Language, _Book]
) -> None:
    """Read the stored pairs once: into the CSV files, which are kept here, and into the workbooks."""
    with ExitStack() as stack:
        tables = {wording.language: stack.enter_context(CsvReport(wording.language)) for wording in wordings}
        write = _write_invoices if result.kind is Kind.INVOICES else _write_customers
        write(connection, result, wordings, tables, books)
        covers = [result.reconciliation_id]
        for language, table in tables.items():
            content = table.content()
            store.write_report(connection, covers, language, ReportFormat.CSV, content, written_at=result.finished_at)


def _write_invoices(
    connection: Connection,
    result: ReconciliationResult,
    wordings: Sequence[Wording],
    tables: dict[Language, CsvReport],
    books: dict[Language, _Book],
) -> None:
    for wording in wordings:
        tables[wording.language].add(invoice_headings(wording))
    for item in invoice_items(connection, result.reconciliation_id):
        sheets = ["sheet_invoices"]
        if item.judgement.standing in {Standing.DIFFERENCE, Standing.NOTICE}:
            sheets.append("sheet_differences")
        if item.judgement.not_delivered:
            sheets.append("sheet_not_delivered")
        for wording in wordings:
            for row in invoice_rows(item, wording):
                tables[wording.language].add(row)
                for name in sheets:
                    books[wording.language].add(name, row)


def _write_customers(
    connection: Connection,
    result: ReconciliationResult,
    wordings: Sequence[Wording],
    tables: dict[Language, CsvReport],
    books: dict[Language, _Book],
) -> None:
    fields = result.totals.fields
    for wording in wordings:
        tables[wording.language].add(customer_headings(wording, fields))
    for item in customer_items(connection, result.reconciliation_id):
        for wording in wordings:
            row = customer_row(item, wording, fields)
            tables[wording.language].add(row)
            books[wording.language].add("sheet_customers", row)


def _result(connection: Connection, reconciliation_id: int) -> ReconciliationResult:
    result = load_result(connection, reconciliation_id)
    if result is None:
        raise ReportMissingError(MISSING, integration="–", report=reconciliation_id)
    return result
