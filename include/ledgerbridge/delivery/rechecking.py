"""What a person's Clear means: read, validate and transform again what was set aside (X-7)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from ledgerbridge.delivery.absent import follow_absent
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.doubt import is_superseded
from ledgerbridge.delivery.outcomes import finish
from ledgerbridge.delivery.preparing import transform, validate_staged
from ledgerbridge.delivery.staging import stage, stage_deletion
from ledgerbridge.reasons import Reason
from ledgerbridge.source.reader import Unreadable
from ledgerbridge.store import chunks, transfers
from ledgerbridge.store.transfers import State, Transfer

__all__ = ["recheck"]


def recheck(desk: Desk, chunk: int, members: Sequence[Transfer]) -> None:
    """Take up the rejected and waiting members as the source has them now.

    Raises:
        SourceUnavailable: it cannot be read.
    """
    may_go_on = {State.REJECTED, State.WAITING}
    aside = {}
    for item in members:
        if item.state not in may_go_on or item.step is not None:
            continue
        if is_superseded(desk, item):
            # What was told of it was heard; the newer revision answers for the record.
            finish(desk, item, State.WITHDRAWN, Reason("superseded_by_newer_revision"), expected=item.state)
        else:
            aside[item.source_id] = item
    if aside:
        source = desk.workplace.open_source()
        module = next(iter(aside.values())).module
        with closing(source.connection), transfers.staging(desk.store, desk.integration.name, module):
            gone = set(aside)
            for record in source.reader.records(module, list(aside)):
                gone.discard(record.source_id)
                newer = stage(desk.workplace, desk.store, module, record)
                if newer is not None:
                    chunks.join(desk.store, desk.workplace.run_id, chunk, [newer.transfer_id])
                elif not isinstance(record, Unreadable):
                    transfers.set_state(desk.store, aside[record.source_id].transfer_id, State.STAGED)
            absent = follow_absent(desk.workplace, desk.store, source.reader, module, gone)
            chunks.join(desk.store, desk.workplace.run_id, chunk, [item.transfer_id for item in absent.taken_back])
            gone -= {item.source_id for item in absent.taken_back}
            for source_id in sorted(gone):
                why = Reason("deleted_before_delivery" if source_id in absent.deleted else "moved_before_delivery")
                if not stage_deletion(desk.workplace, desk.store, module, source_id, why):
                    transfers.set_state(desk.store, aside[source_id].transfer_id, State.STAGED)  # a withdrawal
    members = chunks.members(desk.store, desk.workplace.run_id, chunk)
    validate_staged(desk, members)
    transform(desk, chunks.members(desk.store, desk.workplace.run_id, chunk))
