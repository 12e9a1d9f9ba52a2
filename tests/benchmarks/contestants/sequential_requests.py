"""The script that most companies have: `requests`, one invoice after the other, retries, and a file of what is done.

Pattern: a session with urllib3's ``Retry`` mounted on it
(https://requests.readthedocs.io/en/latest/user/advanced/#transport-adapters,
https://urllib3.readthedocs.io/en/stable/reference/urllib3.util.html#urllib3.util.Retry).
In its favour: the connection is kept open; POST is retried, too, which ``Retry`` leaves out unless it is told; every
delivered record is noted at once, so a rerun sends what is missing and no more; a refused record does not stop the
others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests
from protocol import Job, Payload, Tally, delivering, note, read_job
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

TIMEOUT_SECONDS = 30
RETRIES = Retry(
    total=5,
    backoff_factor=0.5,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=None,  # every method: without this a POST whose answer is lost is given up
    respect_retry_after_header=True,
)

Headers = Callable[[Payload], Mapping[str, str]]


def no_headers(_payload: Payload) -> Mapping[str, str]:
    """Nothing that differs from one record to the next."""
    return {}


def deliver(job: Job, tally: Tally, headers_of: Headers = no_headers) -> None:
    """Post what is not noted as delivered, and note each that is."""
    notes = job.state / "delivered.txt"
    done = noted(notes)
    with _session(job) as session, notes.open("a", encoding="utf-8") as file:
        for payload in job.payloads():
            if payload.id in done:
                continue
            is_delivered = _post(session, job.url, payload, headers_of(payload))
            tally.count(delivered=is_delivered)
            if is_delivered:
                file.write(f"{payload.id}\n")
                file.flush()


def noted(notes: Path) -> set[str]:
    """The ids that an earlier run delivered."""
    # A line that a kill cut short matches no id, and its record is sent again.
    return set(notes.read_text(encoding="utf-8").splitlines()) if notes.exists() else set()


@contextmanager
def _session(job: Job) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers.update(job.headers)
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=RETRIES))
        yield session


def _post(session: requests.Session, url: str, payload: Payload, headers: Mapping[str, str]) -> bool:
    try:
        answer = session.post(url, data=payload.body.encode(), headers=dict(headers), timeout=TIMEOUT_SECONDS)
        answer.raise_for_status()
    except requests.RequestException as error:
        note(f"{payload.id}: {type(error).__name__}: {error}")
        return False
    return True


def main() -> None:
    """Deliver without keys."""
    job = read_job()
    with delivering() as tally:
        deliver(job, tally)


if __name__ == "__main__":
    main()
