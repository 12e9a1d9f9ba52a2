"""Amounts, quantities and their JSON: the one place where anything is rounded.

Rounding is half away from zero, stated once here. Source: ``danish-invoicing`` section 5 (no
authoritative Danish rule exists; half-up per line on decimals is the practice) and e-conomic's
recorded totals (``economic`` section 5.3). No binary float holds an amount anywhere: JSON is read
with ``parse_float=Decimal`` and written digit by digit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

__all__ = [
    "CENT",
    "HUNDRED",
    "ZERO",
    "has_at_most_two_decimals",
    "json_decimal",
    "json_dumps",
    "json_loads",
    "line_net",
    "parse_decimal",
    "percent_of",
    "round_half_away",
    "total",
]

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def round_half_away(amount: Decimal) -> Decimal:
    """``amount`` to two decimals, ties away from zero (0.125 → 0.13, -0.125 → -0.13)."""
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    return ZERO if rounded == 0 else rounded


def has_at_most_two_decimals(value: Decimal) -> bool:
    """Whether the target can hold ``value`` exactly (``economic`` section 5.1: ``maxDecimal`` 2)."""
    return value == value.quantize(CENT, rounding=ROUND_HALF_UP)


def percent_of(amount: Decimal, percentage: Decimal) -> Decimal:
    """``percentage`` % of ``amount``, to two decimals."""
    return round_half_away(amount * percentage / HUNDRED)


def line_net(quantity: Decimal, unit_price: Decimal, discount_percentage: Decimal = ZERO) -> Decimal:
    """What a target computes for a line: quantity × price × (1 - discount), to two decimals.

    ``economic`` section 5.3, checked there against recordings: 3 × 153.44 at 10 % is 414.29.
    """
    return round_half_away(quantity * unit_price * (HUNDRED - discount_percentage) / HUNDRED)


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum, with two decimals even when there is nothing to add."""
    return sum(amounts, start=ZERO)


def parse_decimal(text: str) -> Decimal:
    """A finite decimal from ``text``.

    Raises:
        ValueError: ``text`` is no number, or is NaN or infinite.
    """
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        message = f"{text!r} is not a decimal number"
        raise ValueError(message) from error
    if not value.is_finite():
        message = f"{text!r} is not a finite number"
        raise ValueError(message)
    return value


def _refuse_constant(name: str) -> Any:
    message = f"{name} is not a number that JSON knows"
    raise ValueError(message)


def json_loads(text: str | bytes) -> Any:
    """JSON with every fraction as ``Decimal`` (integers stay ``int``).

    Raises:
        ValueError: the text is not JSON, or holds NaN or Infinity.
    """
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)


def json_decimal(value: Any) -> Decimal:
    """A number as :func:`json_loads` gives it, always as ``Decimal``.

    Raises:
        TypeError: it is not a number (``true`` and text are none).
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        message = f"{value!r} is not a number"
        raise TypeError(message)
    return Decimal(value)


def json_dumps(value: Any) -> str:
    """Compact JSON in which every ``Decimal`` stands digit by digit.

    Keys keep their order, so that the same value always gives the same bytes (an idempotency key
    is bound to them).

    Raises:
        TypeError: the value holds a float, or anything else that JSON does not have.
    """
    match value:
        case Decimal():
            return format(value, "f")
        case float():  # refuses floats
            message = f"a float ({value!r}) may not enter a payload: amounts are Decimal"
            raise TypeError(message)
        case dict():
            pairs = (f"{json.dumps(str(key), ensure_ascii=False)}:{json_dumps(item)}" for key, item in value.items())
            return "{" + ",".join(pairs) + "}"
        case list() | tuple():
            return "[" + ",".join(json_dumps(item) for item in value) + "]"
        case _:
            return json.dumps(value, ensure_ascii=False)
