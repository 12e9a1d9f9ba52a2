"""The workbook's first sheet: header, verdict, control totals and the account of every record."""

from __future__ import annotations

from collections.abc import Sequence

from ledgerbridge.reconciliation.cells import Cell
from ledgerbridge.reconciliation.compare import ReconciliationResult
from ledgerbridge.reconciliation.facts import Kind
from ledgerbridge.reconciliation.kinds import Standing
from ledgerbridge.reconciliation.report_parts import ReportHeader, verdict_sentences
from ledgerbridge.reconciliation.totals import ACCOUNTED_STATES, ControlRow, Sum, Totals
from ledgerbridge.reconciliation.wording import Wording
from ledgerbridge.reconciliation.xlsx_report import Sheet

__all__ = ["write_overview"]


def write_overview(
    sheet: Sheet, results: Sequence[ReconciliationResult], header: ReportHeader, wording: Wording
) -> None:
    """Fill the sheet; amounts are numbers, so that a reader may check the sums."""
    sheet.widths(34, 24, 12, 18, 18, 18, 18, 18, 22)
    sheet.add([wording.text("title")], "title")
    agreement = wording.text(
        "agreement_value", number=header.agreement_number, name=header.agreement_name, cvr=header.agreement_cvr
    )
    sheet.add([wording.text("integration"), header.integration])
    sheet.add([wording.text("agreement"), agreement])
    if results[0].kind is Kind.INVOICES:
        sheet.add([wording.text("period"), wording.period(results[0].period)])
    created = wording.text("created_value", moment=wording.moment(results[0].finished_at))
    sheet.add([wording.text("created"), created])
    sheet.add([wording.text("run"), results[0].run_id])
    for result in results:
        sheet.add([])
        sheet.add([wording.text("customers") if result.kind is Kind.CUSTOMERS else wording.text("verdict")], "bold")
        for sentence in verdict_sentences(result, wording):
            sheet.add([sentence])
        if result.kind is Kind.INVOICES and result.how_many(Standing.NOT_DELIVERED):
            sheet.add([wording.text("not_delivered_intro")])
        if result.kind is Kind.INVOICES:
            _control(sheet, result.totals, header, wording)
            _account(sheet, result.totals, wording)


def _control(sheet: Sheet, totals: Totals, header: ReportHeader, wording: Wording) -> None:
    names = ("currency_and_code", "side", "count", "net", "vat", "gross")
    sheet.add([])
    sheet.add([wording.text("control")], "bold")
    sheet.add([wording.text("control_intro")])
    sheet.add([wording.text(name) for name in names], "heading")
    for row in totals.control:
        label = row.currency if row.group is None else f"{row.currency} · {wording.text(f'vat_{row.group}')}"
        _control_rows(sheet, row, label, wording)
    if totals.base is not None:
        _control_rows(sheet, totals.base, wording.text("base_total", currency=header.base_currency), wording)
        if totals.base_left_out:
            sheet.add([wording.count_text("base_left_out", totals.base_left_out)])


def _control_rows(sheet: Sheet, row: ControlRow, label: str, wording: Wording) -> None:
    for name, each in (
        (wording.source_name, row.source),
        (wording.target_name, row.target),
        (wording.text("difference"), row.difference),
    ):
        sheet.add([label, name, *_figures(each)])


def _account(sheet: Sheet, totals: Totals, wording: Wording) -> None:
    sheet.add([])
    sheet.add([wording.text("account")], "bold")
    sheet.add(
        [
            wording.text("account_month"),
            *(wording.text(name) for name in ("status", "count", "net", "vat", "gross", "account_check")),
        ],
        "heading",
    )
    for row in totals.account:
        label = f"{row.month} {row.currency}"
        verdict = wording.text("account_holds" if row.holds else "account_fails")
        sheet.add([label, wording.text("account_in_source"), *_figures(row.source), verdict])
        for state in ACCOUNTED_STATES:
            if state in row.states:
                sheet.add([label, wording.text(f"state_{state}"), *_figures(row.states[state])])


def _figures(each: Sum) -> list[Cell]:
    return [each.count, each.amounts.net, each.amounts.vat, each.amounts.gross]
