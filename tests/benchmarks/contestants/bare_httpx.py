"""The yardstick for speed: as many connections as allowed, each request straight after the other, and nothing else.

Pattern: a client per thread, which keeps one connection open (https://www.python-httpx.org/advanced/clients/). In its
favour: threads, which were quicker than asyncio without latency and as quick with it, and clients made before the start
(each takes a moment for a TLS context, even when it needs none). No retry, no state, no order: what a delivery takes
beyond this is the price of its promises.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
from protocol import Job, Payload, Tally, delivering, note, read_job

TIMEOUT_SECONDS = 30


def deliver(job: Job, clients: list[httpx.Client], payloads: list[Payload], tally: Tally) -> None:
    """Post everything, each client taking the next record that is left."""
    left = iter(payloads)
    with ThreadPoolExecutor(len(clients)) as threads:
        for thread in [threads.submit(_post_next, client, job.url, left, tally) for client in clients]:
            thread.result()


def _post_next(client: httpx.Client, url: str, left: Iterator[Payload], tally: Tally) -> None:
    # The next of a list's iterator is one step of the interpreter: no two threads get the same record.
    for payload in left:
        tally.count(delivered=_post(client, url, payload))


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
    payloads = list(job.payloads())
    with ExitStack() as open_clients:
        clients = [
            open_clients.enter_context(httpx.Client(headers=job.headers, timeout=TIMEOUT_SECONDS))
            for _ in range(job.connections)
        ]
        with delivering() as tally:
            deliver(job, clients, payloads, tally)


if __name__ == "__main__":
    main()
