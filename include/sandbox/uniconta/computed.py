"""What a record tells that is not stored in it: names of what it refers to, sums of what belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.amounts import ZERO, Rounding, number
from sandbox.uniconta.company import Company
from sandbox.uniconta.enums import PERIOD_STATE
from sandbox.uniconta.values import Stored

Computer = Callable[[Company, Doc], Stored]


def _of(entity: str, reference: str, name: str) -> Computer:
    """A property of the record that a reference points at."""

    def compute(company: Company, record: Doc) -> Stored:
        row = record.get(reference)
        target = None if row is None else company[entity].get(int(row))
        value: Stored = None if target is None else target.get(name)
        return value

    return compute


def _same(name: str) -> Computer:
    return lambda _company, record: record.get(name)


def _debit(_company: Company, record: Doc) -> Stored:
    amount = number(record, "Amount")
    return amount if amount > 0 else None


def _credit(_company: Company, record: Doc) -> Stored:
    amount = number(record, "Amount")
    return -amount if amount < 0 else None


def lines_of(company: Company, order: Doc) -> list[Doc]:
    """An order's lines in the order of their line numbers."""
    lines = company["DebtorOrderLine"].where("OrderNumber", order["RowId"])
    return sorted(lines, key=lambda line: number(line, "LineNumber"))


def _order_total(company: Company, order: Doc) -> Stored:
    rounding = Rounding(company.knobs)
    return sum((rounding.line_total(line) for line in lines_of(company, order)), ZERO)


def _number_of_lines(company: Company, order: Doc) -> Stored:
    return len(company["DebtorOrderLine"].where("OrderNumber", order["RowId"]))


def _line_total(company: Company, line: Doc) -> Stored:
    return Rounding(company.knobs).line_total(line)


def _is(state: str) -> Computer:
    wanted = PERIOD_STATE.number(state)
    return lambda _company, year: year.get("PeriodState") == wanted


def _periods(_company: Company, _year: Doc) -> Stored:
    return 12


def _account_balance(company: Company, account: Doc) -> Stored:
    rows = company["GLTrans"].where("Account", account["RowId"])
    return sum((number(row, "Amount") for row in rows), Decimal(0))


COMPUTED: Final[Mapping[str, Mapping[str, Computer]]] = {
    "Debtor": {"Balance": _same("CurBalance")},
    "Contact": {"AccountName": _of("Debtor", "DCAccount", "Name")},
    "DebtorOrder": {
        "Name": _of("Debtor", "Account", "Name"),
        "OrderTotal": _order_total,
        "NoLines": _number_of_lines,
        "CurBalance": _of("Debtor", "Account", "CurBalance"),
        "CreditMax": _of("Debtor", "Account", "CreditMax"),
    },
    "DebtorOrderLine": {
        "Name": _of("InvItem", "Item", "Name"),
        "Total": _line_total,
        "OrderRowId": _same("OrderNumber"),
    },
    "DebtorInvoice": {"Name": _of("Debtor", "Account", "Name")},
    "DebtorInvoiceLines": {
        "AccountName": _of("Debtor", "DCAccount", "Name"),
        "ItemName": _of("InvItem", "Item", "Name"),
    },
    "DebtorTrans": {"Name": _of("Debtor", "Account", "Name"), "Debit": _debit, "Credit": _credit},
    "DebtorTransOpen": {"Name": _of("Debtor", "Account", "Name")},
    "GLAccount": {"Balance": _account_balance},
    "GLTrans": {"Name": _of("GLAccount", "Account", "Name"), "Debit": _debit, "Credit": _credit},
    "CompanyFinanceYear": {
        "Open": _is("Open"), "Closed": _is("Closed"), "Blocked": _is("Blocked"), "NumberOfPeriods": _periods,
    },
}  # fmt: skip
