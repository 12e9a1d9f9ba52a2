"""The written reports. Regenerate the golden files, then read the diff: WRITE_GOLDEN=1 pytest tests/reconciliation"""

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.cells import is_formula
from ledgerbridge.reconciliation.compare import ReconciliationResult, reconcile_customers, reconcile_invoices, result_of
from ledgerbridge.reconciliation.csv_report import CsvReport
from ledgerbridge.reconciliation.facts import Amounts, Kind, Period, SourceInvoiceFact, TargetInvoiceFact
from ledgerbridge.reconciliation.kinds import Standing
from ledgerbridge.reconciliation.reports import ReportFormat, ReportMissingError, read_report, write_reports
from ledgerbridge.reconciliation.wording import texts
from ledgerbridge.reconciliation.xlsx_report import SIGNIFICANT_DIGITS, fits_a_double
from ledgerbridge.store import reconciliations as store
from ledgerbridge.store.database import Connection

from . import sample

GOLDEN = Path(__file__).parent / "golden"
SEPARATOR = {Language.DANISH: ";", Language.ENGLISH: ","}


def compare(
    connection: Connection, ours: list[SourceInvoiceFact], theirs: list[TargetInvoiceFact], days_ago: int = 0
) -> ReconciliationResult:
    now = sample.NOW - timedelta(days=days_ago)
    return reconcile_invoices(
        connection, sample.INTEGRATION, sample.PERIOD, ours, theirs, run_id="scheduled__2026-12-01", now=now
    )


@pytest.fixture
def written(connection: Connection) -> list[int]:
    """A month with one of everything, and two calmer days before it."""
    ours, theirs = sample.invoices()
    for days_ago in (2, 1):
        shown = ours[: 28 + days_ago]
        compare(connection, shown, [sample.target(fact) for fact in shown[days_ago:]], days_ago)
    invoices = compare(connection, ours, theirs)
    customers = reconcile_customers(
        connection, sample.INTEGRATION, *sample.customers(), owners=sample.OWNERS, run_id="run", now=sample.NOW
    )
    written = [invoices.reconciliation_id, customers.reconciliation_id]
    write_reports(connection, written, sample.HEADER)
    return written


def report(connection: Connection, language: Language, form: ReportFormat, number: int | None = None) -> bytes:
    return read_report(connection, sample.INTEGRATION, language, form, reconciliation_id=number)


def rows(content: bytes, language: Language) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=SEPARATOR[language]))


@pytest.mark.spec("X-1", "X-6")
@pytest.mark.parametrize("language", list(Language))
def test_the_golden_reports(connection: Connection, written: list[int], language: Language) -> None:
    found = {
        f"invoices.{language}.html": report(connection, language, ReportFormat.HTML),
        f"invoices.{language}.csv": report(connection, language, ReportFormat.CSV),
        f"customers.{language}.csv": report(connection, language, ReportFormat.CSV, written[1]),
    }
    for name, content in found.items():
        path = GOLDEN / name
        if os.environ.get("WRITE_GOLDEN"):
            path.write_bytes(content)
        assert content.decode() == path.read_bytes().decode(), f"{name} is not as it was: {__doc__}"


class TestThePage:
    @pytest.mark.usefixtures("written")
    @pytest.mark.parametrize("language", list(Language))
    def test_it_is_whole_and_well_formed(self, connection: Connection, language: Language) -> None:
        page = report(connection, language, ReportFormat.HTML).decode()
        outline = _Outline()
        outline.feed(page)
        outline.close()
        assert outline.open == []
        assert outline.ids == sorted(set(outline.ids), key=outline.ids.index)
        assert outline.links <= {f"#{each}" for each in outline.ids}  # and nothing leads outside
        assert outline.labels <= set(outline.ids)
        assert outline.languages == [language.value]
        assert {"header", "main", "nav", "footer", "svg"} <= outline.tags
        assert not {"script", "link", "img", "iframe"} & outline.tags
        assert outline.headings_without_scope == 0
        assert 'style="' not in page
        assert "@page { size: A4" in page
        assert "table-header-group" in page

    @pytest.mark.spec("X-6")
    @pytest.mark.usefixtures("written")
    def test_neither_language_has_words_of_the_other(self, connection: Connection) -> None:
        danish, english = (report(connection, language, ReportFormat.HTML).decode() for language in Language)
        for name, entry in texts().items():
            words = entry[Language.DANISH]
            if "{" not in words and len(words) > 8 and words != entry[Language.ENGLISH]:
                assert f">{words}<" not in english, name
                assert f">{entry[Language.ENGLISH]}<" not in danish, name
        assert "15 forskelle på i alt 23.106,51 DKK og 800,00 EUR." in danish
        assert "15 differences of 23,106.51 DKK and 800.00 EUR in total." in english
        assert "01-12-2026 kl. 06.30 (dansk tid)" in danish
        assert "1 Dec 2026 06:30 (Danish time)" in english

    def test_what_came_from_outside_is_escaped(self, connection: Connection) -> None:
        evil = "<script>alert('x')</script>&\""
        header = replace(sample.HEADER, agreement_name=evil, source_name=evil, target_name=evil)
        fact = sample.source(1, sample.dkk("100.00"), customer_name=evil, invoice_number=evil, currency=evil)
        target = sample.target(fact, number=evil, customer_number=evil, customer_name=evil)
        by_hand = sample.target(fact, locator=None, number=f"{evil}2", customer_name=evil)
        result = compare(connection, [fact], [target, by_hand])
        write_reports(connection, [result.reconciliation_id], header)
        for language in Language:
            page = report(connection, language, ReportFormat.HTML).decode()
            assert "<script" not in page
            assert "&lt;script&gt;" in page

    def test_everything_agrees(self, connection: Connection) -> None:
        facts = [sample.source(number, sample.dkk("100.00")) for number in range(1, 4)]
        result = compare(connection, facts, [sample.target(fact) for fact in facts])
        write_reports(connection, [result.reconciliation_id], sample.HEADER)
        page = report(connection, Language.DANISH, ReportFormat.HTML).decode()
        assert "<strong>Alt stemmer til øren.</strong>" in page
        assert "Alle 3 dokumenter i ClientTime er gjort rede for." in page

    def test_a_record_in_no_named_state_is_no_agreement(self, connection: Connection) -> None:
        fact = sample.source(1, sample.dkk("100.00"), state=None, delivered=None, number_in_source=None)
        result = compare(connection, [fact], [])
        assert not result.totals.is_complete
        write_reports(connection, [result.reconciliation_id], sample.HEADER)
        assert "går ikke op (forskel i antal: 1)" in report(connection, Language.DANISH, ReportFormat.HTML).decode()

    def test_nothing_at_all(self, connection: Connection) -> None:
        result = compare(connection, [], [])
        write_reports(connection, [result.reconciliation_id], sample.HEADER)
        assert "Der er ingen fakturaer i perioden." in report(connection, Language.DANISH, ReportFormat.HTML).decode()

    def test_customers_alone(self, connection: Connection) -> None:
        ours, theirs = sample.customers()
        result = reconcile_customers(
            connection, sample.INTEGRATION, ours[:1], theirs[:1], owners=sample.OWNERS, run_id="run", now=sample.NOW
        )
        write_reports(connection, [result.reconciliation_id], sample.HEADER)
        page = read_report(connection, sample.INTEGRATION, Language.DANISH, ReportFormat.HTML, kind=Kind.CUSTOMERS)
        assert "Den ene kunde stemmer." in page.decode()

    @pytest.mark.spec("X-6")
    def test_one_is_told_in_the_singular(self, connection: Connection) -> None:
        fact = sample.source(1, sample.dkk("100.00"))
        result = compare(connection, [fact], [sample.target(fact, amounts=sample.dkk("101.00"))])
        write_reports(connection, [result.reconciliation_id], sample.HEADER)
        danish, english = (report(connection, language, ReportFormat.HTML).decode() for language in Language)
        assert "<b>1</b> forskel<" in danish
        assert "<b>1</b> difference<" in english
        assert "Det ene dokument i ClientTime er gjort rede for." in danish
        assert "The one document of ClientTime is accounted for." in english
        for page in (danish, english):
            assert not re.search(r"\b1 (forskelle|dokumenter|kunder|differences|documents|customers)\b", page)

    @pytest.mark.usefixtures("written")
    @pytest.mark.parametrize("language", list(Language))
    def test_the_totals_say_how_they_are_counted(self, connection: Connection, language: Language) -> None:
        page = report(connection, language, ReportFormat.HTML).decode()
        book = openpyxl.load_workbook(io.BytesIO(report(connection, language, ReportFormat.XLSX)))
        overview = " ".join(str(row[0]) for row in book.worksheets[0].iter_rows(values_only=True) if row[0])
        for name in ("control_intro", "not_delivered_intro"):
            words = texts()[name][language].format(source="ClientTime", target="e-conomic")
            assert words in page
            assert words in overview
        assert texts()["vat_unsplit"][language] in texts()["control_intro"][language]

    def test_long_lists_are_cut_and_say_so(self, connection: Connection) -> None:
        facts = [sample.source(number, sample.dkk("1.00")) for number in range(1, 221)]
        result = compare(connection, facts, [])
        write_reports(connection, [result.reconciliation_id], sample.HEADER)
        page = report(connection, Language.ENGLISH, ReportFormat.HTML).decode()
        assert "… and 20 more." in page
        assert len(rows(report(connection, Language.ENGLISH, ReportFormat.CSV), Language.ENGLISH)) == 220

    def test_many_months_are_shown_per_year(self, connection: Connection) -> None:
        facts = [
            sample.source(number, sample.dkk("1.00"), invoice_date=date(2025 + number // 12, number % 12 + 1, 1))
            for number in range(16)
        ]
        result = compare(connection, facts, [sample.target(fact) for fact in facts])
        assert len(result.totals.account) == 16
        write_reports(connection, [result.reconciliation_id], sample.HEADER)
        page = report(connection, Language.ENGLISH, ReportFormat.HTML).decode()
        assert '<th scope="row" class="d">2025</th>' in page
        assert '<th scope="row" class="d">2025-01</th>' not in page


class TestTheTable:
    @pytest.mark.spec("X-1")
    @pytest.mark.parametrize("language", list(Language))
    def test_each_column_adds_up_to_its_control_total(
        self, connection: Connection, written: list[int], language: Language
    ) -> None:
        result = store.read(connection, written[0])
        assert result
        control = {row.currency: row for row in result_of(result).totals.control if row.group is None}
        what = {name: entry[language] for name, entry in texts().items()}
        at_source = what["column_at_source"].format(what=what["gross"], source="ClientTime")
        at_target = what["column_at_target"].format(what=what["gross"], target="e-conomic")
        currency_at_source = what["column_at_source"].format(what=what["currency"], source="ClientTime")
        currency_at_target = what["column_at_target"].format(what=what["currency"], target="e-conomic")
        skipped = {what[f"class_{each}"] for each in ("waiting", "in_doubt", "ignored", "withdrawn", "rejected")}
        skipped.add(what["class_made_in_target"])
        table = [
            row
            for row in rows(report(connection, language, ReportFormat.CSV), language)
            if row[what["column_class"]] not in skipped
        ]
        for currency, row in control.items():
            ours = sum(_number(each[at_source], language) for each in table if each[currency_at_source] == currency)
            theirs = sum(_number(each[at_target], language) for each in table if each[currency_at_target] == currency)
            assert (ours, theirs) == (row.source.amounts.gross, row.target.amounts.gross)

    @pytest.mark.usefixtures("written")
    def test_danish_excel_reads_it(self, connection: Connection) -> None:
        content = report(connection, Language.DANISH, ReportFormat.CSV)
        assert content.startswith(b"\xef\xbb\xbf")
        first, second = content.decode("utf-8-sig").split("\r\n")[:2]
        assert first.startswith("Type;Alle typer;Dokument;")
        assert ";1495,40;" in second
        assert "\r\n" in content.decode()

    @pytest.mark.usefixtures("written")
    @pytest.mark.parametrize("language", list(Language))
    def test_no_cell_begins_a_formula(self, connection: Connection, language: Language) -> None:
        content = report(connection, language, ReportFormat.CSV).decode("utf-8-sig")
        cells = [cell for row in csv.reader(io.StringIO(content), delimiter=SEPARATOR[language]) for cell in row]
        assert '\'=HYPERLINK("http://example.org";"Klik") <b>ApS</b>' in cells
        number = re.compile(r"-\d+[.,]\d+")
        assert all(not is_formula(cell) or number.fullmatch(cell) for cell in cells)
        assert any(number.fullmatch(cell) for cell in cells)  # a credit note's amounts stay numbers


@settings(deadline=None)
@given(
    text=st.text(st.sampled_from("=+-@\t\r\n ;,'\"a1＝"), max_size=6),
    amount=st.decimals(allow_nan=False, allow_infinity=False, places=2),
)
@pytest.mark.parametrize("language", list(Language))
def test_any_text_comes_back_and_none_is_a_formula(language: Language, text: str, amount: Decimal) -> None:
    with CsvReport(language) as table:
        table.add([text, amount, None, 7, date(2026, 11, 30)])
        content = table.content().read().decode("utf-8-sig")
    (found,) = csv.reader(io.StringIO(content, newline=""), delimiter=SEPARATOR[language])
    assert found[0] == (f"'{text}" if is_formula(text) else text)
    assert _number(found[1], language) == amount
    assert found[2:] == ["", "7", "2026-11-30"]


class TestTheWorkbook:
    @pytest.mark.usefixtures("written")
    @pytest.mark.parametrize("language", list(Language))
    def test_sheets_numbers_dates_and_text(self, connection: Connection, language: Language) -> None:
        book = openpyxl.load_workbook(io.BytesIO(report(connection, language, ReportFormat.XLSX)))
        names = ["overview", "differences", "not_delivered", "invoices", "customers"]
        assert book.sheetnames == [texts()[f"sheet_{name}"][language] for name in names]
        sheet = book[book.sheetnames[3]]
        headings = [cell.value for cell in sheet[1]]
        assert sheet.freeze_panes == "A2"
        gross = headings.index(
            texts()["column_at_source"][language].format(what=texts()["gross"][language], source="ClientTime")
        )
        assert sheet.cell(2, gross + 1).value == 1869.25
        assert sheet.cell(2, gross + 1).number_format == "#,##0.00"
        kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
        assert kinds <= {"s", "n", "d", "inlineStr"}  # no formula anywhere
        texts_found = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=HYPERLINK")]
        assert texts_found
        assert all(cell.quotePrefix for cell in texts_found)
        differences = book[book.sheetnames[1]]
        assert differences.max_row == 1 + 15 + 1 + 1  # heading, differences, the one that stands twice, a notice

    def test_an_amount_that_no_double_holds_stands_as_text(self, connection: Connection) -> None:
        exact = Amounts(Decimal("9007199254740993.01"), Decimal("0.10"), Decimal("9007199254740993.11"))
        fact = sample.source(1, exact)
        result = compare(connection, [fact], [sample.target(fact)])
        write_reports(connection, [result.reconciliation_id], sample.HEADER)
        book = openpyxl.load_workbook(io.BytesIO(report(connection, Language.ENGLISH, ReportFormat.XLSX)))
        values = [cell.value for cell in book["Invoices"][2]]
        assert "9007199254740993.01" in values
        assert 0.1 in values

    @settings(max_examples=500)
    @given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**18), max_value=10**18))
    def test_what_is_written_as_a_number_survives_a_double(self, value: Decimal) -> None:
        if fits_a_double(value):
            assert Decimal(f"{float(value):.{SIGNIFICANT_DIGITS}g}") == value

    def test_sixteen_digits_are_too_many(self) -> None:
        assert fits_a_double(Decimal("9999999999999.99"))
        assert not fits_a_double(Decimal("10000000000000.01"))
        assert fits_a_double(Decimal("10000000000000000000.00"))


class TestKeeping:
    @pytest.mark.usefixtures("written")
    def test_a_report_that_was_tampered_with_is_refused(self, connection: Connection) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE reconciliation_report SET sha256 = repeat('0', 64) WHERE format = 'csv'")
            cursor.execute("UPDATE reconciliation_report SET content = substring(content for 40) WHERE format = 'html'")
        for form in (ReportFormat.CSV, ReportFormat.HTML):
            with pytest.raises(store.ReportDamagedError):
                report(connection, Language.DANISH, form)

    def test_the_page_is_found_by_either_reconciliation(self, connection: Connection, written: list[int]) -> None:
        pages = [report(connection, Language.DANISH, ReportFormat.HTML, number) for number in (*written, None)]
        assert pages[0] == pages[1] == pages[2]
        tables = [report(connection, Language.DANISH, ReportFormat.CSV, number) for number in written]
        assert tables[0] != tables[1]

    def test_writing_again_gives_the_same_bytes(self, connection: Connection, written: list[int]) -> None:
        def all_of_them() -> dict[object, bytes]:
            return {(each, form): report(connection, each, form) for each in Language for form in ReportFormat}

        before = all_of_them()
        write_reports(connection, list(reversed(written)), sample.HEADER)
        assert all_of_them() == before

    def test_nobody_elses_and_nothing_that_is_not_there(self, connection: Connection, written: list[int]) -> None:
        with pytest.raises(ReportMissingError):
            read_report(connection, "another", Language.DANISH, ReportFormat.HTML)
        with pytest.raises(ReportMissingError):
            read_report(connection, "another", Language.DANISH, ReportFormat.HTML, reconciliation_id=written[0])
        with pytest.raises(ReportMissingError):
            write_reports(connection, [999], sample.HEADER)

    def test_old_reports_go_but_the_last_of_a_month_stays(self, connection: Connection) -> None:
        numbers = []
        for days_ago in (40, 39, 2, 1, 0):  # two in October, two in November, one on 1 December
            result = compare(connection, [], [], days_ago)
            write_reports(connection, [result.reconciliation_id], sample.HEADER)
            numbers.append(result.reconciliation_id)
        store.prune(connection, sample.INTEGRATION, reports=1)
        kept = [store.read_report(connection, number, Language.DANISH, "csv") is not None for number in numbers]
        assert kept == [False, True, False, True, True]

    def test_one_page_over_a_whole_period(self, connection: Connection) -> None:
        result = reconcile_invoices(connection, sample.INTEGRATION, Period(), [], [], run_id="manual", now=sample.NOW)
        assert result.how_many(Standing.DIFFERENCE) == 0
        write_reports(connection, [result.reconciliation_id], sample.HEADER)
        assert "alle datoer" in report(connection, Language.DANISH, ReportFormat.HTML).decode()


class _Outline(HTMLParser):
    """What a screen reader and a checker of structure go by."""

    VOID = frozenset({"meta", "br", "col", "line", "polyline", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.labels: set[str] = set()
        self.languages: list[str] = []
        self.tags: set[str] = set()
        self.headings_without_scope = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in given:
            assert given["id"] not in self.ids
            self.ids.append(given["id"])
        if tag == "a":
            self.links.add(given["href"])
        if "aria-labelledby" in given:
            self.labels.add(given["aria-labelledby"])
        if tag == "html":
            self.languages.append(given["lang"])
        if tag == "th" and "scope" not in given:
            self.headings_without_scope += 1

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def _number(text: str, language: Language) -> Decimal:
    return Decimal(text.replace(",", ".") if language is Language.DANISH else text) if text else Decimal(0)
