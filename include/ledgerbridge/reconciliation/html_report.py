"""The page: self-contained, without a script, readable on A4 paper and by a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from ledgerbridge.reconciliation import page_sections as sections
from ledgerbridge.reconciliation import page_totals
from ledgerbridge.reconciliation.chart import draw_chart
from ledgerbridge.reconciliation.compare import ReconciliationResult, result_of
from ledgerbridge.reconciliation.facts import Kind
from ledgerbridge.reconciliation.kinds import AnyClass, CustomerClass, InvoiceClass, Standing, standing
from ledgerbridge.reconciliation.report_parts import (
    InvoiceItem,
    ReportHeader,
    customer_item,
    invoice_item,
    verdict_sentences,
)
from ledgerbridge.reconciliation.totals import ACCOUNTED_STATES
from ledgerbridge.reconciliation.wording import Wording
from ledgerbridge.store import reconciliations as store
from ledgerbridge.store.database import Connection

__all__ = ["html_report"]

SHOWN = {Standing.DIFFERENCE: 200, Standing.NOT_DELIVERED: 200, Standing.NOTICE: 100, Standing.AGREES: 200}
SHOWN_OUTSIDE = 20
RUNS_IN_CHART = 24
RUNS_IN_TABLE = 5


@dataclass(frozen=True, slots=True)
class _Verdict:
    level: str
    sentences: Sequence[str]
    figures: Sequence[tuple[str, str, str]]


def html_report(
    connection: Connection,
    results: Sequence[ReconciliationResult],
    header: ReportHeader,
    wording: Wording,
    created: datetime,
) -> bytes:
    """One page over the results: invoices and customers of one integration, in that order."""
    invoices = next((result for result in results if result.kind is Kind.INVOICES), None)
    customers = next((result for result in results if result.kind is Kind.CUSTOMERS), None)
    first = invoices or results[0]
    page = _environment().get_template("report.html.j2")
    text = page.render(
        w=wording,
        t=wording.text,
        header=header,
        created=wording.moment(created),
        run_id=first.run_id,
        period=wording.period(first.period) if invoices else None,
        verdicts=[_verdict(result, wording) for result in results],
        invoices=_invoices(connection, invoices, header, wording) if invoices else None,
        customers=_customers(connection, customers, wording) if customers else None,
    )
    return text.encode()


def _verdict(result: ReconciliationResult, wording: Wording) -> _Verdict:
    level = "bad" if not result.agrees else ("open" if result.how_many(Standing.NOT_DELIVERED) else "good")
    names = (Standing.AGREES, Standing.DIFFERENCE, Standing.NOT_DELIVERED, Standing.NOTICE)
    figures = [("compared", wording.text("figure_compared"), wording.whole(result.compared))]
    figures += [
        (each.value, _figure_name(result, each, wording), wording.whole(result.how_many(each)))
        for each in names
        if each is not Standing.NOTICE or result.how_many(each)
    ]
    return _Verdict(level, verdict_sentences(result, wording), figures)


def _figure_name(result: ReconciliationResult, of: Standing, wording: Wording) -> str:
    if of is Standing.DIFFERENCE:
        return wording.count_text("figure_difference", result.how_many(of))
    is_unlinked = result.kind is Kind.CUSTOMERS and of is Standing.NOT_DELIVERED
    return wording.text("figure_unlinked" if is_unlinked else f"figure_{of}")


def _invoices(
    connection: Connection, result: ReconciliationResult, header: ReportHeader, wording: Wording
) -> dict[str, object]:
    number = result.reconciliation_id
    every = store.class_counts(connection, number)
    totals = result.totals

    def group(of: InvoiceClass, *, brief: bool, among_all: bool = False, at_most: int | None = None) -> sections.Group:
        shown = SHOWN.get(standing(of), SHOWN_OUTSIDE) if at_most is None else at_most
        stored = store.items_of_class(connection, number, of.value, at_most=shown, among_all=among_all)
        items = [invoice_item(each) for each in stored]
        write: Callable[[InvoiceItem], sections.PageEntry] = (
            (lambda item: sections.brief_entry(item, wording, of if among_all else None))
            if brief
            else (lambda item: sections.invoice_entry(item, wording))
        )
        count = every.get(of.value, 0) if among_all else result.counts.get(of.value, 0)
        return _group(of, count, [write(item) for item in items], wording)

    def groups(wanted: Standing, *, brief: bool, among_all: bool = False) -> list[sections.Group]:
        counts = every if among_all else result.counts
        chosen = [of for of in InvoiceClass if standing(of) is wanted and counts.get(of.value)]
        return [group(of, brief=brief, among_all=among_all) for of in chosen]

    previous = store.latest(connection, result.integration, Kind.INVOICES, at_most=RUNS_IN_CHART, up_to=number)
    chart = draw_chart([result_of(stored) for stored in reversed(previous)], wording)
    return {
        "control": page_totals.control_groups(totals, header.base_currency, wording),
        "base_left_out": totals.base_left_out
        if totals.base is not None and {row.currency for row in totals.control} != {header.base_currency}
        else 0,
        "account": page_totals.account_lines(totals, wording),
        "account_by_year": len({row.month for row in totals.account}) > page_totals.MONTHS_SHOWN,
        "states": [wording.text(f"state_{state}") for state in ACCOUNTED_STATES],
        "differences": groups(Standing.DIFFERENCE, brief=False),
        "not_delivered": groups(Standing.NOT_DELIVERED, brief=True, among_all=True),
        "notices": groups(Standing.NOTICE, brief=False),
        "made_in_target": group(InvoiceClass.MADE_IN_TARGET, brief=True),
        "made_in_target_sums": [
            wording.text(
                "made_in_target_sum",
                n=wording.whole(each.count),
                currency=currency,
                amount=wording.amount(each.amounts.gross),
            )
            for currency, each in totals.made_in_target.items()
        ],
        "agreeing": group(InvoiceClass.AGREES, brief=True),
        "chart": chart,
        "latest_points": list(reversed(chart.points))[:RUNS_IN_TABLE] if chart else [],
    }


def _customers(connection: Connection, result: ReconciliationResult, wording: Wording) -> dict[str, object]:
    def group(of: CustomerClass) -> sections.Group:
        at_most = SHOWN.get(standing(of), 0)
        stored = store.items_of_class(connection, result.reconciliation_id, of.value, at_most=at_most)
        entries = [sections.customer_entry(customer_item(each), wording) for each in stored]
        return _group(of, result.counts.get(of.value, 0), entries, wording)

    chosen = [of for of in CustomerClass if standing(of) not in {Standing.AGREES, Standing.OUTSIDE}]
    return {
        "compared": wording.whole(result.compared),
        "agrees": wording.whole(result.how_many(Standing.AGREES)),
        "groups": [group(of) for of in chosen if result.counts.get(of.value)],
        "outside": result.how_many(Standing.OUTSIDE),
    }


def _group(of: AnyClass, count: int, entries: Sequence[sections.Entry], wording: Wording) -> sections.Group:
    hidden = count - len(entries)
    more = wording.text("more", n=wording.whole(hidden)) if hidden > 0 else ""
    kind = "customer-" if isinstance(of, CustomerClass) else ""
    anchor = f"{kind}{of.value.replace('_', '-')}"
    return sections.Group(anchor, wording.class_name(of), wording.whole(count), entries, more)


@cache
def _environment() -> Environment:
    # Everything on the page came from outside: autoescape is on for every template, whatever its name.
    return Environment(
        loader=PackageLoader("ledgerbridge.reconciliation"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
