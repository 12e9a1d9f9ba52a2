"""What e-conomic's fields hold."""

from __future__ import annotations

from ledgerbridge.limits import CustomerNumbers, Limits

__all__ = ["LIMITS"]

LIMITS = Limits(
    # ``economic`` section 3.1: customers.post
    customer_numbers=CustomerNumbers(r"^[1-9][0-9]{0,8}\Z", "customer_number_not_allowed", {"largest": "999999999"}),
    customer_name=255,
    customer_address=510,
    customer_city=50,
    customer_zip=30,
    customer_phone=255,
    customer_email=255,
    customer_cvr=40,
    # ``economic`` section 3.7: invoices.drafts.post
    recipient_name=250,
    recipient_address=250,
    recipient_city=250,
    recipient_zip=50,
    heading=250,
    text=1000,
    line_text=2500,
    exchange_rate_decimals=6,
    # references.other holds 250; " #" and a locator of at most 101 characters share it.
    reference=147,
    locator=101,
    # ``economic`` section 5.6 names no maximum for a booked number; drafts and customers end here.
    largest_invoice_number=999_999_999,
)
"""e-conomic's legacy REST resources."""
