"""Credit notes are invoices with negative quantities, settled against what they credit (contract 7.3)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.uniconta.control import Control, ControlError

from .server import Api, line


def open_amounts(control: Control, company: int) -> dict[int, Decimal]:
    """What is open of each invoice."""
    return {row["Invoice"]: row["AmountOpen"] for row in control.ledger(company)["openItems"]}


def credit(api: Api, settlements: object, *lines: dict[str, Any], **header: object) -> Any:
    """A posted credit note."""
    return api.posted(api.order(*(lines or (line(Qty=-1),)), Settlements=settlements, **header))


def test_a_credit_note_is_an_invoice_below_nothing(api: Api, control: Control) -> None:
    api.posted(api.order())
    note = credit(api, "30001")
    assert (note["InvoiceNumber"], note["NetAmount"], note["VatAmount"], note["TotalAmount"]) == (
        30002, -100, -25, -125,
    )  # fmt: skip
    assert note["Settlements"] == "30001"
    transactions = control.ledger(api.company)["debtorTransactions"]
    assert [(row["PostType"], row["Open"], row["Amount"]) for row in transactions] == [
        ("Invoice", False, 125), ("Creditnote", False, -125),
    ]  # fmt: skip
    assert open_amounts(control, api.company) == {}
    assert api.row("Debtor")["CurBalance"] == 0
    assert sum(row["Amount"] for row in control.ledger(api.company)["entries"]) == 0


def test_a_part_is_settled_and_the_rest_stays_open(api: Api, control: Control) -> None:
    api.posted(api.order(line(Qty=4)))
    credit(api, 30001)
    assert open_amounts(control, api.company) == {30001: 375}
    credit(api, 30001, line(Qty=-7))
    assert open_amounts(control, api.company) == {30003: -500}
    assert api.row("Debtor")["CurBalance"] == -500


def test_one_credit_note_for_several_invoices(api: Api, control: Control) -> None:
    for _ in range(3):
        api.posted(api.order())
    credit(api, "30001;30003", line(Qty=-2))
    assert open_amounts(control, api.company) == {30002: 125}


def test_without_settlements_both_stay_open(api: Api, control: Control) -> None:
    api.posted(api.order())
    credit(api, None)
    assert open_amounts(control, api.company) == {30001: 125, 30002: -125}


def test_only_opposite_signs_settle_each_other(api: Api, control: Control) -> None:
    api.posted(api.order())
    api.posted(api.order(Settlements="30001"))
    assert open_amounts(control, api.company) == {30001: 125, 30002: 125}
    credit(api, None)
    api.posted(api.order(Settlements="30003"))
    assert open_amounts(control, api.company) == {30001: 125, 30002: 125}


@pytest.mark.parametrize("settlements", ["4711", "30001 4711", "x", "30002"])
def test_what_is_to_be_settled_must_be_the_customers(api: Api, settlements: str) -> None:
    api.posted(api.order())
    api.insert("Debtor", Account="2001", Name="En anden")
    api.posted(api.order(Account="2001"))
    number = api.order(line(Qty=-1), Settlements=settlements)
    answer = api.generate(number)
    assert answer.error == (18, "Settlements")
    assert answer.body["ErrorValue"] in settlements
    assert len(api.rows("DebtorInvoice")) == 2


def test_in_another_currency_the_books_end_at_nothing(api: Api, control: Control) -> None:
    control.set_rates(api.company, EUR="7.4567")
    api.posted(api.order(line(Price="33.33"), Currency="EUR"))
    credit(api, "30001", line(Qty=-1, Price="33.33"), Currency="EUR")
    assert open_amounts(control, api.company) == {}
    assert api.row("Debtor")["CurBalance"] == 0


def test_payments(api: Api, control: Control) -> None:
    api.posted(api.order())
    assert control.pay(api.company, 30001, Decimal(25)) == 100
    assert open_amounts(control, api.company) == {30001: 100}
    assert control.pay(api.company, 30001) == 0
    entries = control.ledger(api.company)["entries"]
    assert sum(row["Amount"] for row in entries if row["Account"] == "5820") == 125
    assert sum(row["Amount"] for row in entries if row["Account"] == "5600") == 0
    assert api.row("Debtor")["CurBalance"] == 0
    with pytest.raises(ControlError, match="is not open"):
        control.pay(api.company, 30001)
