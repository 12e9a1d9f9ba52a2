"""The FI payment line that a Danish customer's bank reads (CT-8).

``+71<004040400000669+12345678<``: card type, payment id with its check digit, the creditor's
number. The check digit is Luhn's, modulus 10. Source: ``danish-invoicing`` section 1.3 (the help
text that says "modulus 8" is a misprint: Luhn over 00404040000066 gives the 9 it prints).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stdnum import luhn

from ledgerbridge.errors import Rejection
from ledgerbridge.reasons import Reason

__all__ = [
    "CardType",
    "PaymentLine",
    "creditor_warning",
    "from_account_and_invoice_number",
    "from_invoice_number",
    "payment_line",
]

_CREDITOR_DIGITS = 8


class CardType(StrEnum):
    """The card types that carry a payment id, as the line prints them after "+"."""

    FI_71 = "71"
    """15 digits, no message from the payer: what invoices use."""
    FI_75 = "75"
    """16 digits, with room for a message."""

    @property
    def digits(self) -> int:
        """Length of the payment id, its check digit included."""
        return 15 if self is CardType.FI_71 else 16


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment line; ``str`` is its printed form."""

    card_type: CardType
    payment_id: str
    creditor_number: str

    def __str__(self) -> str:
        return f"+{self.card_type}<{self.payment_id}+{self.creditor_number}<"


def payment_line(invoice_number: str, creditor_number: str, card_type: CardType = CardType.FI_71) -> str:
    """The printed line of :func:`from_invoice_number`, as it goes back to the source.

    Raises:
        Rejection: a number is not made of digits, is zero, or does not fit.
    """
    return str(from_invoice_number(invoice_number, creditor_number, card_type))


def from_invoice_number(invoice_number: str, creditor_number: str, card_type: CardType = CardType.FI_71) -> PaymentLine:
    """The line whose id is the invoice number: ``10001`` gives ``000000000100016``.

    Raises:
        Rejection: a number is not made of digits, is zero, or does not fit.
    """
    return _line(_number(invoice_number), invoice_number, creditor_number, card_type)


def from_account_and_invoice_number(
    account: str,
    invoice_number: str,
    creditor_number: str,
    card_type: CardType = CardType.FI_71,
    *,
    account_digits: int = 8,
) -> PaymentLine:
    """The line whose id is the debtor's account and the invoice number.

    Both are filled with zeros to fixed widths (``account_digits`` and what is left), because
    account 1 with invoice 23 must not become the id of account 12 with invoice 3.

    Raises:
        Rejection: a number is not made of digits, is zero, or does not fit its width.
        ValueError: ``account_digits`` leaves no room beside it.
    """
    room = card_type.digits - 1 - account_digits
    if account_digits < 1 or room < 1:
        message = f"an account of {account_digits} digits leaves no room beside an invoice number"
        raise ValueError(message)
    parts = ((_number(account), account_digits), (_number(invoice_number), room))
    for digits, width in parts:
        _check_fits(digits, digits, width, card_type)
    return _line("".join(digits.zfill(width) for digits, width in parts), invoice_number, creditor_number, card_type)


def creditor_warning(creditor_number: str) -> Reason | None:
    """What to tell about a creditor number that is usable and looks wrong."""
    if creditor_number.startswith("8"):
        return None
    return Reason("payment_creditor_unusual", {"creditor_number": creditor_number})


def _line(digits: str, told: str, creditor_number: str, card_type: CardType) -> PaymentLine:
    if len(creditor_number) != _CREDITOR_DIGITS or not _is_digits(creditor_number):
        code = "payment_creditor_invalid"
        raise Rejection(code, creditor_number=creditor_number)
    _check_fits(digits, told, card_type.digits - 1, card_type)
    filled = digits.zfill(card_type.digits - 1)
    return PaymentLine(card_type, filled + luhn.calc_check_digit(filled), creditor_number)


def _number(text: str) -> str:
    """The number without leading zeros: they carry nothing, since the id is filled with zeros anyway."""
    if not _is_digits(text) or not text.strip("0"):
        code = "payment_number_not_digits"
        raise Rejection(code, value=text)
    return text.lstrip("0")


def _check_fits(digits: str, told: str, width: int, card_type: CardType) -> None:
    if len(digits) > width:
        code = "payment_id_too_long"
        raise Rejection(code, value=told, length=len(digits), limit=width, card_type=card_type)


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
