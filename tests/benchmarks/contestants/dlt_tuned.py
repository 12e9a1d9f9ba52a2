"""dlt with what its documentation offers for throughput, and for a target that tolerates no duplicates.

Pattern: https://dlthub.com/docs/dlt-ecosystem/destinations/destination (a batch of one, where a request cannot be
taken back) and https://dlthub.com/docs/reference/performance (load jobs run side by side, and files are made so small
that there are as many of them as connections). In its favour, beside what the default has: a refused record is set
aside in a file by the destination function. The documented way, ``DestinationTerminalException``, fails the whole load
job with all records behind the refused one. With one record per job that would do no harm, but it is slower, and
dlt 1.31.0 then died of a segmentation fault in 2 of 9 runs (500 jobs, 16 workers). The trace ends in orjson writing the
package's state, to which the jobs of other threads add their keys without its lock (``_advance_record_offset`` in
``dlt/destinations/job_impl.py``).
"""

from __future__ import annotations

import json
import math
import os

import dlt
from dlt.common.schema import TTableSchema
from dlt.common.typing import TDataItems
from dlt.sources.helpers.requests import HTTPError
from dlt_default import Item, poster, run, stay_in
from protocol import Job, Tally, delivering, note, read_job

TOO_MANY_REQUESTS, SERVER_ERRORS = 429, 500


def tune(job: Job) -> None:
    """As many load jobs as connections, all at once; dlt reads this from the environment when a pipeline is made."""
    records = sum(1 for _ in job.payloads())
    os.environ.update(
        LOAD__WORKERS=str(job.connections),
        NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS=str(max(1, math.ceil(records / job.connections))),
        NORMALIZE__DATA_WRITER__DISABLE_COMPRESSION="true",
    )


def main() -> None:
    """Deliver with as many load jobs at once as there are connections."""
    job = read_job()
    stay_in(job)
    tune(job)
    with delivering() as tally:
        post = poster(job, tally)

        @dlt.destination(batch_size=1, max_parallel_load_jobs=job.connections)
        def draft_invoices(items: TDataItems, _table: TTableSchema) -> None:
            for item in items:
                try:
                    post(item)
                except HTTPError as error:
                    if not _is_refusal(error):
                        raise
                    _set_aside(job, item, error, tally)

        run(job, draft_invoices, tally)


def _is_refusal(error: HTTPError) -> bool:
    status: int = error.response.status_code
    return status < SERVER_ERRORS and status != TOO_MANY_REQUESTS


def _set_aside(job: Job, item: Item, error: HTTPError, tally: Tally) -> None:
    tally.count(delivered=False)
    note(f"{item['id']}: {error}")
    with (job.state / "refused.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"id": item["id"], "answer": error.response.text}) + "\n")


if __name__ == "__main__":
    main()
