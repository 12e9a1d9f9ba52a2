"""The yardstick for speed: as many connections as allowed, each request straight after the other, and nothing else.

Pattern: one client whose pool holds the connections (https://www.python-httpx.org/advanced/resource-limits/), and one
thread per connection. No retry, no state, no order: whatever a delivery adds to this is the price of its promises.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
from protocol import Job, Payload, Tally, delivering, note, read_job

TIMEOUT_SECONDS = 30


def deliver(job: Job, tally: Tally) -> None:
    """Post everything, each thread taking the next record that is left."""
    payloads = list(job.payloads())
    left = iter(payloads)
    with ThreadPoolExecutor(job.connections) as threads:
        for thread in [threads.submit(_post_next, job, left, tally) for _ in range(job.connections)]:
            thread.result()


def _post_next(job: Job, left: Iterator[Payload], tally: Tally) -> None:
    with httpx.Client(headers=job.headers, timeout=TIMEOUT_SECONDS) as client:
        # The next of a list's iterator is one step of the interpreter: no two threads get the same record.
        for payload in left:
            tally.count(delivered=_post(client, job.url, payload))


def _post(client: httpx.Client, url: str, payload: Payload) -> bool:
    try:
        client.post(url, content=payload.body.encode()).raise_for_status()
    except httpx.HTTPError as error:
        note(f"{payload.id}: {type(error).__name__}: {error}")
        return False
    return True


def main() -> None:
    """Deliver as fast as it goes."""
    job = read_job()
    with delivering() as tally:
        deliver(job, tally)


if __name__ == "__main__":
    main()
