"""The page's totals as the template shows them: control totals, and the account of every record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ledgerbridge.reconciliation.totals import ACCOUNTED_STATES, AccountRow, ControlRow, Sum, Totals, sum_of
from ledgerbridge.reconciliation.wording import Wording

__all__ = ["MONTHS_SHOWN", "AccountLine", "ControlLine", "account_lines", "control_groups"]

MONTHS_SHOWN = 13  # a longer account is shown per year


@dataclass(frozen=True, slots=True)
class ControlLine:
    """A line of the control totals with its three rows: source, target, difference."""

    label: str
    currency: str  # before the label of a VAT code; empty on a sum, whose label names it
    is_total: bool
    agrees: bool
    sides: Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A period and currency of the account of every record (P17)."""

    label: str
    currency: str
    source: tuple[str, str]
    states: Sequence[tuple[str, str]]
    holds: bool
    verdict: str


def control_groups(totals: Totals, base_currency: str, wording: Wording) -> list[list[ControlLine]]:
    """The control totals, one list of lines per currency; the base currency last."""
    groups: dict[str, list[ControlLine]] = {}
    for row in totals.control:
        if row.group is None:
            label = wording.text("currency_total", currency=row.currency)
        else:
            label = wording.text(f"vat_{row.group}")
        groups.setdefault(row.currency, []).append(_control_line(row, label, wording))
    lines = [[*lines[1:], lines[0]] for lines in groups.values()]  # the sum stands below its parts
    # One currency that is the base currency itself would only say the same again.
    if totals.base is not None and set(groups) != {base_currency}:
        label = wording.text("base_total", currency=base_currency)
        lines.append([_control_line(replace(totals.base, currency=base_currency), label, wording)])
    return lines


def account_lines(totals: Totals, wording: Wording) -> list[AccountLine]:
    """One line per month and currency, or per year when the months are many."""
    months = {row.month for row in totals.account}
    rows = totals.account if len(months) <= MONTHS_SHOWN else _by_year(totals.account)
    return [_account_line(row, wording) for row in rows]


def _control_line(row: ControlRow, label: str, wording: Wording) -> ControlLine:
    sides = [
        (wording.source_name, _figures(row.source, wording)),
        (wording.target_name, _figures(row.target, wording)),
        (wording.text("difference"), _figures(row.difference, wording)),
    ]
    return ControlLine(label, row.currency if row.group else "", row.group is None, row.agrees, sides)


def _figures(each: Sum, wording: Wording) -> list[str]:
    amounts = each.amounts
    return [wording.whole(each.count), *map(wording.amount, (amounts.net, amounts.vat, amounts.gross))]


def _by_year(rows: Iterable[AccountRow]) -> list[AccountRow]:
    years: dict[tuple[str, str], list[AccountRow]] = {}
    for row in rows:
        years.setdefault((row.month[:4], row.currency), []).append(row)
    return [
        AccountRow(
            year,
            currency,
            sum_of([row.source for row in of_year]),
            {
                state: sum_of([row.states[state] for row in of_year if state in row.states])
                for state in {name for row in of_year for name in row.states}
            },
        )
        for (year, currency), of_year in sorted(years.items())
    ]


def _account_line(row: AccountRow, wording: Wording) -> AccountLine:
    def figures(each: Sum) -> tuple[str, str]:
        return (wording.whole(each.count), wording.amount(each.amounts.gross)) if each.count else ("–", "")

    accounted = sum(row.states[state].count for state in ACCOUNTED_STATES if state in row.states)
    missing = row.source.count - accounted
    verdict = wording.text("account_holds" if row.holds else "account_fails")
    if missing:
        verdict += f" ({wording.text('account_fails_by', n=wording.whole(missing))})"
    return AccountLine(
        row.month,
        row.currency,
        figures(row.source),
        [figures(row.states.get(state, Sum())) for state in ACCOUNTED_STATES],
        row.holds,
        verdict,
    )
