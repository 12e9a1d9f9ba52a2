"""Amounts are decimals all the way: PostgreSQL numeric, record, payload, the wire, and back (P12, CT-19)."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerbridge.integration import Integration
from ledgerbridge.money import (
    has_at_most_two_decimals,
    json_decimal,
    json_dumps,
    json_loads,
    line_net,
    parse_decimal,
    percent_of,
    round_half_away,
    total,
)
from ledgerbridge.records import Invoice, Module, content_hash, record_from_json, record_to_json
from ledgerbridge.target.economic.invoices import invoice_payload
from ledgerbridge.target.economic.resolved import Resolved
from sandbox.integration_file import settings

cents = st.decimals(min_value=-(10**9), max_value=10**9, places=2)
figures = st.decimals(min_value=-(10**7), max_value=10**7, places=4)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.125", "0.13"),
        ("-0.125", "-0.13"),
        ("0.005", "0.01"),
        ("2.675", "2.68"),
        ("1.005", "1.01"),
        ("-0.004", "0.00"),
    ],
)
@pytest.mark.spec("P12")
def test_ties_go_away_from_zero(amount: str, rounded: str) -> None:
    assert str(round_half_away(Decimal(amount))) == rounded


@given(figures)
def test_rounding_is_symmetric_and_moves_at_most_half_a_cent(amount: Decimal) -> None:
    rounded = round_half_away(amount)
    assert round_half_away(-amount) == -rounded
    assert abs(rounded - amount) <= Decimal("0.005")
    assert has_at_most_two_decimals(rounded)
    assert has_at_most_two_decimals(amount) == (rounded == amount)


@pytest.mark.parametrize(
    ("line", "net"),
    [
        (("3", "153.44", "10"), "414.29"),
        (("3", "99.99", "0"), "299.97"),
        (("99999.75", "9999.99", "0"), "999996500.00"),
    ],
)
def test_a_lines_net(line: tuple[str, str, str], net: str) -> None:
    assert line_net(*map(Decimal, line)) == Decimal(net)


def test_sums_and_percentages() -> None:
    assert str(total([])) == "0.00"
    assert total([Decimal("0.1")] * 3) == Decimal("0.3")
    assert percent_of(Decimal("33.34"), Decimal(25)) == Decimal("8.34")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "x", "", "1,5"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_decimal(text)
    with pytest.raises(ValueError, match=r".*"):
        json_loads(f'{{"a": {text}}}')


@pytest.mark.parametrize("value", [True, "1.00", None, 0.5, [1]])
@pytest.mark.spec("P12")
def test_what_json_has_instead_of_a_number(value: object) -> None:
    with pytest.raises(TypeError, match="is not a number"):
        json_decimal(value)


@pytest.mark.parametrize("value", [0.1, {"a": [1.5]}, {"a": object()}])
@pytest.mark.spec("P12")
def test_no_float_enters_a_payload(value: object) -> None:
    with pytest.raises(TypeError):
        json_dumps(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
@pytest.mark.spec("P12", "CT-19")
def test_json_keeps_every_digit(value: Decimal) -> None:
    text = json_dumps({"amount": value, "text": 'æ"\\\n'})
    assert "e" not in text.split(",")[0].removeprefix('{"amount"').lower()
    back = json_loads(text)["amount"]
    assert json_decimal(back) == value
    assert json.loads(text)["text"] == 'æ"\\\n'


def _invoice(net: Decimal, quantity: Decimal, price: Decimal) -> Invoice:
    text = json.dumps(
        {
            "source_id": "1",
            "document_type": "invoice",
            "is_approved": True,
            "invoice_date": "2026-03-02",
            "customer_source_id": "1",
            "customer_number": "1",
            "recipient_name": "X",
            "currency": "DKK",
            "net_amount": str(net),
            "vat_amount": "0.00",
            "gross_amount": str(net),
            "lines": [
                {
                    "line_number": 1,
                    "description": "x",
                    "quantity": str(quantity),
                    "unit_price": str(price),
                    "net_amount": str(net),
                }
            ],
        }
    )
    record = record_from_json(Module.INVOICES, text)
    assert isinstance(record, Invoice)
    return record


RESOLVED = Resolved(
    agreement_number=1, company_name="", company_cvr=None, layout=19, due_date_term=7, customer_group=1, units={},
    customers_at_start=0,
)  # fmt: skip
INVOICING = Integration.model_validate(settings("money")).invoicing


@given(net=cents, quantity=figures, price=st.decimals(min_value=0, max_value=10**6, places=4))
@pytest.mark.spec("CT-19", "P12")
def test_every_line_arrives_to_the_cent_whatever_its_figures(net: Decimal, quantity: Decimal, price: Decimal) -> None:
    """What the target computes of what is sent is the source's own net amount."""
    record = _invoice(net, quantity, price)
    payload = json_loads(invoice_payload(record, "1", "lb-x", {}, INVOICING, RESOLVED).text)
    computed = total(
        line_net(Decimal(line["quantity"]), Decimal(line["unitNetPrice"]), Decimal(line.get("discountPercentage", 0)))
        for line in payload["lines"]
        if "quantity" in line
    )
    assert computed == net
    for line in payload["lines"]:
        assert all(
            has_at_most_two_decimals(Decimal(line[name])) for name in ("quantity", "unitNetPrice") if name in line
        )


@given(net=cents)
def test_a_record_comes_back_as_it_was(net: Decimal) -> None:
    record = _invoice(net, Decimal(1), net)
    text = record_to_json(Module.INVOICES, record)
    assert record_from_json(Module.INVOICES, text) == record
    assert content_hash(Module.INVOICES, record) == content_hash(
        Module.INVOICES, record_from_json(Module.INVOICES, text)
    )
    assert f'"{record.net_amount}"' in text
