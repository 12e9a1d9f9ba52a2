"""The task that carries out what people ask for on the pages."""

from __future__ import annotations

import logging
from typing import Any

from airflow.sdk import Asset, AssetWatcher, task

from ledgerbridge.airflow import task_docs
from ledgerbridge.airflow.assets import STORE
from ledgerbridge.airflow.source_changes import SourceChangeTrigger
from ledgerbridge.airflow.tasks import skipped, workplace_of
from ledgerbridge.airflow.telling import tell
from ledgerbridge.reasons import Reason

__all__ = ["carry_out", "requests_asset"]

log = logging.getLogger(__name__)

REQUESTS = "requests"


def requests_asset(integration: str) -> Asset:
    """Changes when somebody has asked for something on a page: our own database tells it, as sources tell changes."""
    return Asset(
        name=f"{integration}.{REQUESTS}.asked",
        uri=f"ledgerbridge://{integration}/{REQUESTS}",
        group="ledgerbridge",
        watchers=[
            AssetWatcher(
                name=f"{integration}.{REQUESTS}",
                trigger=SourceChangeTrigger(STORE, f"{integration}.{REQUESTS}", integration),
            )
        ],
    )


@task(doc_md=task_docs.REQUESTS)
def carry_out(integration: str) -> dict[str, Any]:
    """Everything that is asked for now. Skipped, so that no module is woken, when nothing of it moves anything."""
    from ledgerbridge.delivery.intents import carry_out_all  # noqa: PLC0415

    with workplace_of(integration) as workplace:
        carried = carry_out_all(workplace)
    for item in carried:
        for reason in item.outcome:
            about = f"{item.intent.kind}, asked for by {item.intent.asked_by}"
            tell(reason, about, logging.INFO if item.went_well else logging.WARNING)
    if not any(item.moves for item in carried):
        raise skipped(Reason("nothing_to_do"))
    return {"carried_out": len(carried), "went_well": sum(item.went_well for item in carried)}
