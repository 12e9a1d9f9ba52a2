"""What the headers of an answer say of the agreement's rate (``economic`` section 2.9)."""

from __future__ import annotations

import re

from ledgerbridge.target.contract import Usage
from ledgerbridge.target.http import RawAnswer

__all__ = ["usage_in"]

# «token-limit-10000-per-60-seconds: 147/10000»
_RATE = re.compile(r"per-([0-9]{1,9})-seconds:\s*([0-9]{1,9})/([0-9]{1,9})")
_COST = re.compile(r"[0-9]{1,9}")


def usage_in(answer: RawAnswer) -> Usage:
    """Cost of the call, and the window's figures."""
    found = _RATE.search(answer.headers.get("X-RateLimiting", ""))
    cost = answer.headers.get("X-CallCost", "")
    seconds, used, limit = (int(part) for part in found.groups()) if found else (0, 0, 0)
    return Usage(cost=int(cost) if _COST.fullmatch(cost) else 0, window=(seconds, used, limit) if found else None)
