"""The totals guard: what the target computed against what the source says, before booking (CT-19, P12)."""

from __future__ import annotations

from decimal import Decimal

from ledgerbridge.errors import Rejection
from ledgerbridge.integration import Invoicing
from ledgerbridge.money import has_at_most_two_decimals
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Invoice
from ledgerbridge.store.archive import Kept
from ledgerbridge.store.transfers import Transfer
from ledgerbridge.target.contract import DraftInvoice

__all__ = ["check_totals", "difference_that_was_booked"]

_ONE = Decimal("0.01")


def check_totals(invoicing: Invoicing, transfer: Transfer, invoice: Invoice, draft: DraftInvoice) -> Reason | None:
    """Nothing when all three figures agree; a warning when an accepted difference in VAT is all there is.

    Raises:
        Rejection: net differs at all, or VAT or gross by more than is accepted; names both figures.
    """
    if draft.net != invoice.net_amount:
        raise Rejection(
            "invoice_net_differs",
            source=invoice.net_amount,
            target=_plain(draft.net),
            currency=invoice.currency,
            draft=draft.number,
        )
    off = max(abs(draft.vat - invoice.vat_amount), abs(draft.gross - invoice.gross_amount))
    if off == 0 and draft.totals_are_sure:
        return None
    figures = {
        "source": f"{invoice.vat_amount} / {invoice.gross_amount}",
        "target": f"{_plain(draft.vat)} / {_plain(draft.gross)}",
        "currency": invoice.currency,
    }
    if not draft.totals_are_sure:
        # It may round the last øre either way and does not say which: as good as a difference of that øre.
        off, figures["target"] = off + _ONE, f"{figures['target']} ± {_ONE}"
    # What a person accepted are these figures, not whatever the target computes later.
    person = transfer.accepted_by if transfer.accepted_target == figures["target"] else None
    accepted_by = person or ("accepted_vat_rounding" if off <= invoicing.accepted_vat_rounding else None)
    if accepted_by is None:
        raise Rejection("invoice_vat_differs", **figures, draft=draft.number)
    return Reason("invoice_vat_rounding_accepted", {**figures, "by": accepted_by})


def difference_that_was_booked(invoicing: Invoicing, transfer: Transfer, invoice: Invoice, kept: Kept) -> Reason | None:
    """Why the booked figures are not the source's, though they were made from this very content, as when a person has
    booked a draft that was held for its totals. Nothing where they agree, or where the difference is accepted.
    """
    figures = (kept.net, kept.vat, kept.gross)
    booked = DraftInvoice(kept.number, transfer.locator, kept.customer_number, *figures)
    try:
        check_totals(invoicing, transfer, invoice, booked)
    except Rejection:
        ours = (invoice.net_amount, invoice.vat_amount, invoice.gross_amount)
        return Reason(
            "invoice_booked_with_difference",
            {
                "booked": str(kept.number),
                "source": " / ".join(map(_plain, ours)),
                "target": " / ".join(map(_plain, figures)),
                "currency": invoice.currency,
            },
        )
    return None


def _plain(amount: Decimal) -> str:
    """Two decimals, or as many more as it has: a draft's six are mostly zeros."""
    return f"{amount:.2f}" if has_at_most_two_decimals(amount) else f"{amount.normalize():f}"
