"""The script of somebody who has been bitten: it asks for the reference before it posts, and sends a key as well.

Pattern: search, and create only what is not found
(https://support.workato.com/en/support/solutions/articles/1000200234-how-to-prevent-duplicate-records-from-being-created);
the search is e-conomic's own filter (https://restdocs.e-conomic.com) on ``references.other``, in drafts and in booked
invoices, and the comparison is exact; the key is that of the keyed script. In its favour: all that the keyed script
has; a POST whose answer is lost is not sent again by itself but looked up first; a record that is noted as delivered is
not looked up. Reads are tried again by urllib3's ``Retry``, as is any request that was refused for being too early.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import requests
from keyed_requests import key_of
from protocol import Job, Payload, Tally, delivering, note, read_job
from requests.adapters import HTTPAdapter
from sequential_requests import RETRIES, TIMEOUT_SECONDS, noted
from urllib3.util import Retry

TRIES, FIRST_PAUSE_SECONDS = 5, 0.5
REFUSALS, SERVER_ERRORS = 400, 500
# A POST is tried again by urllib3 only when it was told when (429, 503); all else is for the look-up to find out.
POST_RETRIES = Retry(
    total=TRIES, read=0, other=0, status_forcelist=(429, 503), allowed_methods=None, respect_retry_after_header=True
)
# In e-conomic's filters these stand for something else unless a dollar precedes them.
ESCAPES = str.maketrans({sign: f"${sign}" for sign in "$()*,"})


def deliver(job: Job, tally: Tally) -> None:
    """Look up and post what is not noted as delivered, and note each that is there."""
    notes = job.state / "delivered.txt"
    done = noted(notes)
    with _sessions(job) as (reading, posting), notes.open("a", encoding="utf-8") as file:
        for payload in job.payloads():
            if payload.id in done:
                continue
            is_there = _bring(reading, posting, job, payload)
            tally.count(delivered=is_there)
            if is_there:
                file.write(f"{payload.id}\n")
                file.flush()


@contextmanager
def _sessions(job: Job) -> Iterator[tuple[requests.Session, requests.Session]]:
    with requests.Session() as reading, requests.Session() as posting:
        for session, retries in ((reading, RETRIES), (posting, POST_RETRIES)):
            session.headers.update(job.headers)
            for scheme in ("http://", "https://"):
                session.mount(scheme, HTTPAdapter(max_retries=retries))
        yield reading, posting


def _bring(reading: requests.Session, posting: requests.Session, job: Job, payload: Payload) -> bool:
    """Whether the record is in the target at the end; as many tries as the other scripts have."""
    for attempt in range(TRIES):
        try:
            if _is_there(reading, job, payload):
                return True
            answer = posting.post(
                job.url, data=payload.body.encode(), headers=dict(key_of(payload)), timeout=TIMEOUT_SECONDS
            )
        except requests.RequestException as error:
            note(f"{payload.id}: {type(error).__name__}: {error}")
        else:
            if answer.status_code < REFUSALS:
                return True
            note(f"{payload.id}: {answer.status_code}: {answer.text}")
            if answer.status_code < SERVER_ERRORS:
                return False
        time.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
    return False


def _is_there(session: requests.Session, job: Job, payload: Payload) -> bool:
    """Whether a draft or a booked invoice carries the reference; ``$like:`` finds more than that."""
    condition = quote(f"references.other$like:{payload.locator.translate(ESCAPES)}", safe="")
    invoices = job.url.removesuffix("/drafts")
    for kind in ("drafts", "booked"):
        answer = session.get(f"{invoices}/{kind}?pagesize=100&filter={condition}", timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
        found = answer.json()["collection"]
        if any(item.get("references", {}).get("other") == payload.locator for item in found):
            return True
    return False


def main() -> None:
    """Deliver with look-ups and keys."""
    job = read_job()
    with delivering() as tally:
        deliver(job, tally)


if __name__ == "__main__":
    main()
