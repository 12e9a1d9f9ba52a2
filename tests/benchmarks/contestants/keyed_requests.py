"""The strong baseline: the sequential script, and each request carries an ``Idempotency-Key`` made from its record.

Pattern: the header that https://docs.stripe.com/api/idempotent_requests made common and that this accounting system
honours, too (docs/economic.md). In its favour: the key is the same in every run, not drawn anew, so that a run after a
kill is recognised as well; within the hour for which the target remembers keys.
"""

from __future__ import annotations

from collections.abc import Mapping

from protocol import Payload, delivering, read_job
from sequential_requests import deliver


def key_of(payload: Payload) -> Mapping[str, str]:
    """One key per record, for good."""
    return {"Idempotency-Key": f"draft-invoice-{payload.id}"}


def main() -> None:
    """Deliver with keys."""
    job = read_job()
    with delivering() as tally:
        deliver(job, tally, key_of)


if __name__ == "__main__":
    main()
