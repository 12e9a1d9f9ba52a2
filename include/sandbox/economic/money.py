"""Money rules of the server, each with its place in the contract (section 5)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal("0.00")
HUNDRED = Decimal(100)

_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(9))


def rounded(amount: Decimal | int, places: int = 2) -> Decimal:
    """Round half away from zero to a fixed number of decimals, and keep the trailing zeros (5.2, 5.3)."""
    value = Decimal(amount).quantize(_STEPS[places], ROUND_HALF_UP)
    return value or abs(value)


def decimals(number: Decimal | int) -> int:
    """How many decimals a number really needs; trailing zeros do not count."""
    exponent = Decimal(number).normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def line_net(quantity: Decimal, price: Decimal, discount: Decimal) -> Decimal:
    """quantity × price × (1 − discount/100), rounded to two decimals (5.3)."""
    return rounded(quantity * price * (HUNDRED - discount) / HUNDRED)


def in_base(amount: Decimal, exchange_rate: Decimal) -> Decimal:
    """An amount in the base currency; the rate is the price of 100 units (5.3)."""
    return rounded(amount * exchange_rate / HUNDRED)


def percentage(part: Decimal, whole: Decimal) -> Decimal:
    """part / whole in percent with two decimals; 0 when the whole is 0 (5.3)."""
    return rounded(part / whole * HUNDRED) if whole else ZERO
