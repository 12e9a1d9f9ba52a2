"""In which form a line goes, so that its net amount arrives to the øre."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_records import invoice, line, part

from ledgerbridge.invoice_lines import LineForm, form_of, lines_as_sent, standard_rated_net
from ledgerbridge.money import line_net, total
from ledgerbridge.records import VatCode

D = Decimal
RATE = D(25)


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "net", "form"),
    [
        ("3", "153.44", "10", "414.29", LineForm.EXACT),
        ("1.23", "1.12", "0", "1.38", LineForm.EXACT),
        ("-2", "50", "0", "-100.00", LineForm.EXACT),
        ("1.500", "100.00", "0", "150.00", LineForm.EXACT),
        ("1", "5", "100", "0", LineForm.EXACT),
        ("1.333", "750.19", "0", "1000.00", LineForm.AS_ONE),
        ("2", "0.125", "0", "0.25", LineForm.AS_ONE),
        ("1", "100", "3.333", "96.67", LineForm.AS_ONE),
        ("3", "333.33", "0", "1000.00", LineForm.AS_ONE),
        ("1", "100", "-5", "105.00", LineForm.AS_ONE),
        ("0", "100", "0", "100.00", LineForm.AS_ONE),
        ("0", "100", "0", "0.00", LineForm.TEXT),
    ],
)
def test_form(quantity: str, price: str, discount: str, net: str, form: LineForm) -> None:
    item = line(net, quantity=D(quantity), unit_price=D(price), discount_percentage=D(discount))
    assert form_of(item) is form


def test_a_text_line_is_text() -> None:
    assert form_of(line(is_text=True)) is LineForm.TEXT


@pytest.mark.spec("CT-19")
@given(
    quantity=st.decimals(-1000, 1000, places=3),
    price=st.decimals(-1000, 1000, places=3),
    discount=st.decimals(-10, 110, places=2),
    net=st.decimals(-1000, 1000, places=2),
)
def test_a_line_called_exact_comes_to_its_amount(quantity: D, price: D, discount: D, net: D) -> None:
    for amount in (net, line_net(quantity, price, discount)):
        item = line(str(amount), quantity=quantity, unit_price=price, discount_percentage=discount)
        if form_of(item) is LineForm.EXACT:
            assert line_net(quantity, price, discount) == amount


@pytest.mark.spec("CT-17")
def test_parts_that_differ_in_vat_go_as_lines_that_sum() -> None:
    combined = line(parts=(part("400.00"), part("600.00", VatCode.EXEMPT)), discount_percentage=D(10))
    sent = lines_as_sent(combined, RATE)
    assert [(item.net_amount, item.vat_code) for item in sent] == [
        (D("400.00"), VatCode.STANDARD),
        (D("600.00"), VatCode.EXEMPT),
    ]
    assert total(item.net_amount for item in sent) == combined.net_amount
    assert all(form_of(item) is LineForm.EXACT for item in sent)


@pytest.mark.parametrize(
    ("parts", "count"),
    [
        ((), 1),
        ((part("400.00"), part("600.00")), 1),
        ((part("400.00", vat_rate=RATE), part("600.00")), 1),
        ((part("400.00", vat_rate=D(12)), part("600.00")), 2),
        ((part("400.00", VatCode.EXEMPT), part("600.00", VatCode.EXEMPT)), 2),
    ],
)
def test_a_line_is_split_only_where_its_parts_differ(parts: tuple[object, ...], count: int) -> None:
    assert len(lines_as_sent(line(parts=parts), RATE)) == count


def test_vat_is_put_on_what_is_sent_as_standard() -> None:
    mixed = line("1000.00", parts=(part("400.00"), part("600.00", VatCode.EXEMPT)))
    lines = (mixed, line("50.00", vat_code=VatCode.EXEMPT), line("7.00"), line("9.00", is_text=True))
    assert standard_rated_net(invoice(lines=lines), RATE) == D("407.00")
