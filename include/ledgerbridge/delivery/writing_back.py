"""What goes back into the source: links, booked numbers and totals, the FI payment line (CT-2, CT-8, CT-21).

Best effort in its moment, certain in the end: what could not be written is found again by the next run.
"""

from __future__ import annotations

import logging
from contextlib import closing

from ledgerbridge.delivery.desk import Desk, Source
from ledgerbridge.errors import LedgerbridgeError, Rejection
from ledgerbridge.records import Module
from ledgerbridge.source.manifest import load_manifest
from ledgerbridge.store import archive, links

__all__ = ["write_back", "write_link_now"]

log = logging.getLogger(__name__)

_AT_ONCE = 5000


def write_back(desk: Desk) -> int:
    """Write everything that the source's rows do not show yet; how many were written."""
    name = desk.integration.name
    unlinked = links.not_written_back(desk.store, name, _AT_ONCE)
    booked = archive.not_written_back(desk.store, name, _AT_ONCE)
    if not unlinked and not booked:
        return 0
    try:
        source = desk.workplace.open_source()
    except LedgerbridgeError as error:
        log.warning("not written back now: %s", error)
        return 0
    with closing(source.connection):
        return _links(desk, source) + _results(desk, source)


def write_link_now(desk: Desk, source_id: str, target_number: str | None) -> None:
    """Write one link, or its end, at once; an end has no row of ours by which a later run could find it.

    Raises:
        LedgerbridgeError: it could not be written.
    """
    if not load_manifest(desk.integration.source.system).capabilities.writes_links:
        return
    source = desk.workplace.open_source()
    with closing(source.connection):
        source.writer.write_link(source_id, target_number)


def _links(desk: Desk, source: Source) -> int:
    if not load_manifest(desk.integration.source.system).capabilities.writes_links:
        return 0
    written, gone = [], []
    for link in links.not_written_back(desk.store, desk.integration.name, _AT_ONCE):
        try:
            source.writer.write_link(link.source_id, link.target_id)
        except Rejection as error:
            log.warning("link of %s not written back: %s", link.source_id, error)
            if error.reason.code == "source_record_gone":
                gone.append(link.source_id)
            continue
        except LedgerbridgeError as error:
            log.warning("no more links written back now: %s", error)
            break
        written.append(link.record_id)
    links.written_back(desk.store, written)
    # Polling does not see deletions: a row that is gone is flagged here, and not asked for again.
    links.flag_deleted(desk.store, desk.integration.name, Module.CUSTOMERS, gone)
    return len(written)


def _results(desk: Desk, source: Source) -> int:
    manifest = load_manifest(desk.integration.source.system)
    if not manifest.capabilities.writes_invoice_results:
        return 0
    written = 0
    for row in archive.not_written_back(desk.store, desk.integration.name, _AT_ONCE):
        try:
            source.writer.write_invoice_result(
                row["source_id"],
                number=str(row["booked_number"]),
                net=row["net_amount"],
                vat=row["vat_amount"],
                gross=row["gross_amount"],
                booked_at=row["archived_at"],
                payment_line=row["payment_line"],
            )
            if manifest.capabilities.has_documents and (document := source.reader.document(row["source_id"])):
                archive.keep_source_document(desk.store, row["record_id"], document.content)
        except Rejection as error:
            log.warning("result of %s not written back: %s", row["source_id"], error)
            continue
        except LedgerbridgeError as error:
            log.warning("no more results written back now: %s", error)
            break
        archive.written_back(desk.store, row["record_id"])
        written += 1
    return written
