"""What Uniconta can do."""

from __future__ import annotations

from ledgerbridge.target.contract import Capabilities

__all__ = ["CAPABILITIES"]

CAPABILITIES = Capabilities(
    books_invoices=True,
    drafts_invoices=True,
    books_with_given_number=False,  # the interface's request has no place for it (section 5.3)
    renumbers_customers=True,
    gives_pdf=True,
    drafts_at_once=40,
    shows_what_it_books=False,
)
