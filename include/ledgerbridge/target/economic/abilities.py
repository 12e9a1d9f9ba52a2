"""What e-conomic can do."""

from __future__ import annotations

from ledgerbridge.target.contract import Capabilities

__all__ = ["CAPABILITIES"]

CAPABILITIES = Capabilities(
    books_invoices=True,
    drafts_invoices=True,
    books_with_given_number=True,
    renumbers_customers=False,
    gives_pdf=True,
)
