"""What Uniconta's fields hold; what is longer would be cut there in silence (sections 5.2, 9.1, 11)."""

from __future__ import annotations

from ledgerbridge.limits import CustomerNumbers, Limits
from ledgerbridge.target.uniconta.options import CustomerNumberRule, UnicontaOptions

__all__ = ["ACCOUNT", "ADDRESS_LINE", "LINE_TEXT", "REFERENCE", "REMARK", "limits_with"]

ACCOUNT = 20
ADDRESS_LINE = 40
LINE_TEXT = 1000
REFERENCE = 20
REMARK = 300

_NUMBERS = {
    CustomerNumberRule.DIGITS: CustomerNumbers(
        rf"^[0-9]{{1,{ACCOUNT}}}\Z", "uniconta_number_not_digits", {"longest": str(ACCOUNT)}
    ),
    # Blanks, quotes and commas break the interface's own filters (sections 5.1, 9.4).
    CustomerNumberRule.ANY: CustomerNumbers(
        rf"^[^\s\"',;]{{1,{ACCOUNT}}}\Z", "uniconta_number_not_plain", {"longest": str(ACCOUNT)}
    ),
}


def limits_with(options: UnicontaOptions) -> Limits:
    """The limits, with the rule for customer numbers that was chosen."""
    return Limits(
        customer_numbers=_NUMBERS[options.customer_numbers],
        customer_name=100,
        customer_address=3 * ADDRESS_LINE + 2,  # three lines
        customer_city=40,
        customer_zip=8,
        customer_phone=20,
        customer_email=options.email_length,
        customer_cvr=20,
        recipient_name=100,
        recipient_address=3 * ADDRESS_LINE + 2,
        recipient_city=40,
        recipient_zip=8,
        # Heading and text go on on lines of their own.
        heading=LINE_TEXT,
        text=10 * LINE_TEXT,
        line_text=LINE_TEXT,
        reference=REFERENCE,
        locator=20,
        exchange_rate_decimals=6,
        largest_invoice_number=999_999_999,
    )
