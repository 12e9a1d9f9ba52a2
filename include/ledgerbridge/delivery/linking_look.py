"""A look at the target's customers for the linking guide, and who may be whom (LK-1, LK-2)."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from typing import Final

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.link_requests import list_unlinked
from ledgerbridge.delivery.staging import stage
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Module
from ledgerbridge.store import linking_guide, transfers
from ledgerbridge.store.linking_guide import Counterpart, Pair

__all__ = ["look"]

_PAGE: Final = 500


def look(desk: Desk) -> Reason:
    """Read both sides' customers and keep the pairs for the pages; what was found.

    Raises:
        LedgerbridgeError: one of the sides could not be read; the former look stands.
    """
    _read_those_that_no_run_has_read(desk)
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


def _read_those_that_no_run_has_read(desk: Desk) -> None:
    """Before the first run nobody of ours is known, and there would be nobody to link. The next run takes them up."""
    known = set(transfers.held_ids(desk.store, desk.integration.name, Module.CUSTOMERS))
    source = desk.workplace.open_source()
    with closing(source.connection):
        new = (each for each in source.reader.every_id(Module.CUSTOMERS) if each not in known)
        while page := list(islice(new, _PAGE)):
            # A page at a time: no run is to wait for all of them.
            with transfers.staging(desk.store, desk.integration.name, Module.CUSTOMERS):
                for record in source.reader.customers(page):
                    stage(desk.workplace, desk.store, Module.CUSTOMERS, record)
