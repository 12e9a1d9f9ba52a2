"""What the headers of an answer say of the agreement's rate (``economic`` section 2.9)."""

from __future__ import annotations

import re

from ledgerbridge.target.contract import Usage
from ledgerbridge.target.http import RawAnswer

__all__ = ["usage_in"]

# «token-limit-10000-per-60-seconds: 147/10000»
_RATE = re.compile(r"per-(\d+)-seconds:\s*(\d+)/(\d+)")


def usage_in(answer: RawAnswer) -> Usage:
    """Cost of the call, the window's figures, and how long to wait when it was too much."""
    found = _RATE.search(answer.headers.get("X-RateLimiting", ""))
    cost = answer.headers.get("X-CallCost", "")
    retry_after = answer.headers.get("Retry-After", "")
    seconds, used, limit = (int(part) for part in found.groups()) if found else (0, 0, 0)
    return Usage(
        cost=int(cost) if cost.isdigit() else 0,
        window=(seconds, used, limit) if found else None,
        wait=int(retry_after) if answer.status in {429, 503} and retry_after.isdigit() else None,
    )
