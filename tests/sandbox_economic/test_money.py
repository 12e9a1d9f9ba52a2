"""Money and JSON: no binary float, half away from zero, trailing zeros (contract 5)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.economic.money import in_base, line_net, percentage, rounded
from sandbox.standin.jsontext import NotJsonError, parse, write

amounts = st.decimals(-(10**12), 10**12, places=4)
prices = st.decimals(-(10**6), 10**6, places=2)


@given(amounts)
def test_rounding_is_symmetric_and_never_off_by_more_than_half(amount: Decimal) -> None:
    value = rounded(amount)
    assert abs(value - amount) <= Decimal("0.005")
    assert rounded(-amount) == -value
    assert value.as_tuple().exponent == -2
    if abs(amount - value) == Decimal("0.005"):
        assert abs(value) > abs(amount)


@given(quantity=prices, price=prices, discount=st.decimals(0, 100, places=2))
def test_a_line_is_exact_to_half_an_oere(quantity: Decimal, price: Decimal, discount: Decimal) -> None:
    exact = quantity * price * (100 - discount) / 100
    assert abs(line_net(quantity, price, discount) - exact) <= Decimal("0.005")
    assert line_net(-quantity, price, discount) == -line_net(quantity, price, discount)


def test_the_recorded_figures() -> None:
    assert line_net(Decimal(3), Decimal("153.44"), Decimal(10)) == Decimal("414.29")
    assert line_net(Decimal("1.23"), Decimal("1.12"), Decimal(0)) == Decimal("1.38")
    assert line_net(Decimal(15), Decimal(1000), Decimal(3)) == 14550
    assert line_net(Decimal(29), Decimal("56.13"), Decimal(0)) == Decimal("1627.77")
    assert rounded(Decimal("460.29") / 4) == Decimal("115.07")
    assert in_base(Decimal(1000), Decimal("743.914941")) == Decimal("7439.15")
    assert percentage(Decimal("383.69"), Decimal("414.29")) == Decimal("92.61")
    assert percentage(Decimal("-13665.15"), Decimal("1.38")) == Decimal("-990228.26")
    assert percentage(Decimal(-28), Decimal(0)) == 0


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=6),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(json_values)
def test_json_comes_back_as_it_went(value: object) -> None:
    assert parse(write(value)) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6))
def test_a_decimal_keeps_its_trailing_zeros(value: Decimal) -> None:
    again = parse(write([value]))
    assert isinstance(again, list)
    assert write(again) == write([value])


def test_floats_and_infinities_never_pass() -> None:
    for value in (1.5, Decimal("NaN"), Decimal("Infinity"), object()):
        with pytest.raises(TypeError):
            write([value])
    for text in ("NaN", "[Infinity]", "-Infinity", "[" * 100_000):
        with pytest.raises(NotJsonError):
            parse(text)
    assert write(Decimal("-0.00")) == "0.00"
    assert write({"a": [], "b": {}}) == '{"a":[],"b":{}}'
