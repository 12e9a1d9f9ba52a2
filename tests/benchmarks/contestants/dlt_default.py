"""dlt as its own page on reverse ETL shows it: a resource, ``@dlt.destination`` with its defaults, ``pipeline.run``.

Pattern: https://dlthub.com/docs/dlt-ecosystem/destinations/destination (batches of ten, five tries, a pipeline folder
that remembers how far a load came). In its favour: requests go through dlt's own ``requests`` client, which tries a
single request again (https://dlthub.com/docs/general-usage/http/requests) instead of leaving that to the whole batch;
the resource is incremental by the invoice's id, so a second run extracts what is new and no more
(https://dlthub.com/docs/general-usage/incremental/cursor); the pipeline folder is kept between runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import dlt
from dlt.common.runtime.run_context import active
from dlt.common.schema import TTableSchema
from dlt.common.typing import TDataItems
from dlt.pipeline.exceptions import PipelineStepFailed
from dlt.sources.helpers.requests import Client
from protocol import Job, Tally, delivering, note, read_job

Item = dict[str, Any]


def stay_in(job: Job) -> None:
    """Where dlt may write; and have it look for its plugins now, which is still a part of importing it."""
    os.environ.update(DLT_PROJECT_DIR=str(job.state), DLT_DATA_DIR=str(job.state), RUNTIME__LOG_LEVEL="CRITICAL")
    active()


@dlt.resource(name="invoices", primary_key="id")
def invoices(
    job: Job,
    _after: Any = dlt.sources.incremental("id"),  # noqa: B008  this is how a cursor is declared in dlt
) -> Iterator[list[Item]]:
    """The records, and a cursor on their ids. A page, not rows: https://dlthub.com/docs/reference/performance."""
    yield [{"id": int(payload.id), "body": payload.body} for payload in job.payloads()]


def poster(job: Job, tally: Tally) -> Callable[[Item], None]:
    """What posts one item with dlt's client. It raises when the item is refused, or no try had an answer."""
    client = Client(max_connections=job.connections)

    def post(item: Item) -> None:
        # The tokens are not given to dlt as its secrets, so that none of the files it keeps can have them.
        client.post(job.url, data=item["body"].encode(), headers=job.headers)
        tally.count(delivered=True)

    return post


def run(job: Job, destination: Any, tally: Tally) -> None:
    """Load what an earlier run left, or, when it left nothing, what is new: dlt never does both in one run."""
    pipeline = dlt.pipeline("draft_invoices", destination=destination, pipelines_dir=str(job.state / "pipelines"))
    try:
        pipeline.run(invoices(job))
    except PipelineStepFailed as error:
        tally.count(delivered=False)
        note(str(error))
        raise SystemExit(1) from error


def main() -> None:
    """Deliver with the defaults."""
    job = read_job()
    stay_in(job)
    with delivering() as tally:
        post = poster(job, tally)

        @dlt.destination
        def draft_invoices(items: TDataItems, _table: TTableSchema) -> None:
            for item in items:
                post(item)

        run(job, draft_invoices, tally)


if __name__ == "__main__":
    main()
