"""Rounding in both modes: lines, VAT, quantities; and every voucher adds up (contract 7.6)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.standin.jsontext import write
from sandbox.standin.knobs import Setting
from sandbox.uniconta.amounts import Rounding
from sandbox.uniconta.invoice_sums import PricedLine, sums_of
from sandbox.uniconta.knobs import KNOBS
from sandbox.uniconta.values import double

from .conftest import Opener
from .server import Api, Sandbox, debtor, line

CENT = Decimal("0.01")
MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}
modes = st.sampled_from(sorted(MODES))
prices = st.decimals(-(10**6), 10**6, places=4)
quantities = st.decimals(-99, 99, places=2)
percents = st.decimals(0, 100, places=2)


@pytest.fixture(scope="module")
def books(sandbox: Sandbox) -> Iterator[Api]:
    """One company for all examples."""
    api = Api(sandbox.url, sandbox.control.create_company(debtors=[debtor()], knobs={"daily_limit": 10**9}))
    yield api
    api.session.close()


def rounding(vat: str = "half_up", line_: str = "half_up") -> Rounding:
    """The rounding of a company with these knobs."""
    settings_: dict[str, Setting] = {"vat_rounding": vat, "line_rounding": line_}
    return Rounding(KNOBS.in_force(settings_, {}))


def priced(total: Decimal, code: int, rate: Decimal = Decimal(25)) -> PricedLine:
    """A line with a VAT code; 0 is none."""
    vat = {"RowId": code, "Vat": f"U{code}"} if code else None
    return PricedLine({}, total, vat, rate if code else Decimal(0), {"RowId": 1})


@given(modes, prices, prices, percents)
def test_a_line_is_exact_to_half_an_oere(mode: str, quantity: Decimal, price: Decimal, discount: Decimal) -> None:
    body = {"Qty": quantity, "Price": price, "DiscountPct": discount}
    total = rounding(line_=mode).line_total(body)
    exact = quantity * price * (100 - discount) / 100
    assert total == exact.quantize(CENT, MODES[mode])
    assert rounding(line_=mode).line_total(body | {"Qty": -quantity}) == -total


@given(modes, st.lists(st.tuples(st.decimals(-(10**6), 10**6, places=2), st.integers(0, 3)), min_size=1), percents)
def test_an_invoice_adds_up(mode: str, lines: list[tuple[Decimal, int]], discount: Decimal) -> None:
    sums = sums_of([priced(*one) for one in lines], rounding(vat=mode), discount_pct=discount, prices_incl_vat=False)
    assert sums.lines == sum(total for total, _code in lines)
    assert sums.net == sums.lines - sums.discount
    assert sums.total == sums.net + sums.vat
    assert len({share.code["RowId"] for share in sums.coded if share.code}) == len(sums.coded)
    for share in sums.coded:
        assert share.vat == (share.base / 4).quantize(CENT, MODES[mode])


@given(modes, st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1))
def test_prices_with_vat_keep_their_sum(mode: str, totals: list[Decimal]) -> None:
    lines = [priced(total, 1) for total in totals]
    sums = sums_of(lines, rounding(vat=mode), discount_pct=Decimal(0), prices_incl_vat=True)
    assert sums.total == sum(totals)
    assert abs(sums.vat - sum(totals, Decimal(0)) / 5) <= CENT / 2


@given(st.decimals(-(10**9), 10**9, places=4))
def test_a_double_is_told_with_as_few_digits_as_it_takes(value: Decimal) -> None:
    text = write(double(value))
    assert Decimal(text) == value
    assert text == repr(float(value)) or abs(value) < Decimal("0.001")


TIES = [("0.02", "0.01", "0.00"), ("0.06", "0.02", "0.02"), ("0.10", "0.03", "0.02"), ("-0.02", "-0.01", "0.00")]


@pytest.mark.parametrize(("net", "half_up", "half_even"), TIES)
@pytest.mark.parametrize("mode", sorted(MODES))
def test_vat_of_ties(open_company: Opener, mode: str, net: str, half_up: str, half_even: str) -> None:
    api = open_company(knobs={"vat_rounding": mode})
    quantity = -1 if net.startswith("-") else 1
    invoice = api.posted(api.order(line(Qty=quantity, Price=net.removeprefix("-"))))
    expected = Decimal({"half_up": half_up, "half_even": half_even}[mode])
    assert (invoice["NetAmount"], invoice["VatAmount"]) == (Decimal(net), expected)
    assert invoice["TotalAmount"] == Decimal(net) + expected


@pytest.mark.parametrize(("mode", "total", "quantity"), [("half_up", "0.13", "0.13"), ("half_even", "0.12", "0.12")])
def test_lines_and_quantities_of_ties(open_company: Opener, mode: str, total: str, quantity: str) -> None:
    api = open_company(knobs={"line_rounding": mode})
    api.order(line(Item=None, Qty=1, Price="0.125"), line(Qty="0.125", Price=1))
    rows = api.rows("DebtorOrderLine")
    assert [row["Total"] for row in rows] == [Decimal(total), Decimal(quantity)]
    assert rows[1]["Qty"] == Decimal(quantity)


def test_vat_is_rounded_once_on_the_sum(api: Api) -> None:
    invoice = api.posted(api.order(line(Price="0.02"), line(Price="0.02"), line(Price="0.02")))
    assert invoice["VatAmount"] == Decimal("0.02")


def test_a_tiny_quantity_of_an_item_is_nothing(api: Api) -> None:
    answer = api.generate(Order={"Account": "1001"}, Lines=[line(Qty="0.001", Price=1000)], Simulate=True)
    assert answer.body["Header"]["TotalAmount"] == 0


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.decimals(-99, 99, places=2), st.decimals(0, 999, places=2), st.sampled_from(["1000", "2000", None])
        ),
        min_size=1,
        max_size=6,
    ),
    st.decimals(1, 20, places=4),
    percents,
    st.booleans(),
)
def test_every_voucher_adds_up(
    books: Api,
    lines: list[tuple[Decimal, Decimal, str | None]],
    rate: Decimal,
    discount: Decimal,
    gross: bool,
) -> None:
    header = {
        "Account": "1001", "Currency": "EUR", "ExchangeRate": rate, "EndDiscountPct": discount, "PricesInclVat": gross,
    }  # fmt: skip
    bodies = [line(Qty=quantity, Price=price, Item=item) for quantity, price, item in lines]
    answer = books.generate(Order=header, Lines=bodies)
    assert answer.error == (0, None)
    filters = [{"PropertyName": "Invoice", "FilterValue": str(answer.body["InvoiceNumber"])}]
    entries = books.web("POST", "/Query/Get/GLTransClient", filters).body
    assert sum(row["Amount"] for row in entries) == 0
    invoice = books.row("DebtorInvoice", InvoiceNumber=answer.body["InvoiceNumber"])
    owed = [row["Amount"] for row in entries if row["Account"] == "5600"]
    assert sum(owed) == invoice["AmountLocalCur"]
