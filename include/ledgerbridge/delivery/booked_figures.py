"""What was booked, read in the target after a booking that answered with a number and no more (CT-2).

The archive then holds what the target shows instead of what was foretold, and the source is told that. Many are read
with few calls, so this is done once at the end of a chunk; what cannot be read now is read by the next run.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.reasons import Language, Reason
from ledgerbridge.store import archive, transfers
from ledgerbridge.target.contract import BookedInvoice

__all__ = ["read_booked_figures"]

log = logging.getLogger(__name__)

_AT_ONCE = 5000


def read_booked_figures(desk: Desk) -> int:
    """Read what was only foretold; how many the target showed."""
    foretold = archive.foretold(desk.store, desk.integration.name, _AT_ONCE)
    if not foretold:
        return 0
    try:
        shown = {booked.number: booked for booked in desk.target.booked(sorted(foretold.values()))}
    except LedgerbridgeError as error:
        log.warning("what was booked is read by the next run: %s", error)
        return 0
    for record_id, number in foretold.items():
        if (booked := shown.get(number)) is not None:
            _keep(desk, record_id, booked)
    return len(shown)


def _keep(desk: Desk, record_id: int, booked: BookedInvoice) -> None:
    expected = archive.of_record(desk.store, record_id) or {}
    figures = {"net_amount": booked.net, "vat_amount": booked.vat, "gross_amount": booked.gross}
    differs = any(expected.get(name) != value for name, value in figures.items())
    values = {
        "record_id": record_id,
        "invoice_date": booked.date,
        "due_date": booked.due_date,
        "customer_number": booked.customer_number,
        "currency": booked.currency,
        "answer": booked.text,
        **figures,
    }
    # What each rate's part was is known exactly where the whole is as foretold; the target may show but its VAT.
    foretold = expected.get("vat_breakdown")
    shares = foretold if foretold and not differs else [share.to_json() for share in booked.vat_shares]
    with desk.together() as at_once:
        archive.seen(at_once, values, shares)
        if differs and (transfer := transfers.latest(desk.store, record_id)) is not None:
            reason = _otherwise(booked, expected)
            desk.note(transfer, "booked_otherwise", at_once, reason=reason.to_json())
            log.warning("[%s] %s", reason.code, reason.sentence(Language.ENGLISH))


def _otherwise(booked: BookedInvoice, expected: Mapping[str, Any]) -> Reason:
    values = {
        "number": str(booked.number),
        "target": f"{booked.net} / {booked.vat} / {booked.gross} {booked.currency}",
        "expected": f"{expected.get('net_amount')} / {expected.get('vat_amount')} / {expected.get('gross_amount')}",
    }
    return Reason("booked_otherwise", values)
