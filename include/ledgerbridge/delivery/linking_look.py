"""A look at the target's customers for the linking guide, and who may be whom (LK-1, LK-2)."""

from __future__ import annotations

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.link_requests import list_unlinked
from ledgerbridge.reasons import Reason
from ledgerbridge.store import linking_guide
from ledgerbridge.store.linking_guide import Counterpart, Pair

__all__ = ["look"]


def look(desk: Desk) -> Reason:
    """Read both sides' customers and keep the pairs for the pages; what was found.

    Raises:
        LedgerbridgeError: one of the sides could not be read; the former look stands.
    """
    found = list_unlinked(desk)
    rows = found.proposals.targets
    linking_guide.keep(
        desk.store,
        desk.integration.name,
        desk.workplace.actor,
        targets=found.there,
        unlinked_there=[
            Counterpart(
                row.target.number,
                row.target.name,
                row.target.cvr_number,
                row.target.phone,
                row.target.email,
                row.target.zip,
                row.target.city,
            )
            for row in rows
        ],
        pairs=[
            Pair(
                row.target.number,
                item.source.source_id,
                item.score,
                [match.value for match in item.matches],
                item.has_other_cvr,
            )
            for row in rows
            for item in row.candidates
        ],
    )
    suggested = sum(1 for row in rows if row.candidates)
    values = {"targets": found.there, "unlinked": len(rows), "suggested": suggested}
    return Reason("linking_looked", {name: str(count) for name, count in values.items()})
