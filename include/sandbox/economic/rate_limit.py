"""Calls per minute and per day of one agreement (contract 2.9)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sandbox.economic.errors import too_many_calls
from sandbox.standin.day_count import DayCount
from sandbox.standin.knobs import Knobs

_MINUTE = 60


@dataclass(slots=True)
class Meter:
    """A token bucket that refills steadily, and a count of the calls of the last 24 hours."""

    spent: float = 0.0
    at: float = 0.0
    day: DayCount = field(default_factory=DayCount)

    def charge(self, knobs: Knobs, now: float) -> None:
        """Count a call and take its tokens, or refuse it with 429 and Retry-After."""
        limit = knobs.number("rate_limit_tokens")
        per_second = limit / max(1, knobs.number("rate_limit_window_seconds"))
        self.spent = max(0.0, self.spent - max(0.0, now - self.at) * per_second)
        self.at = now
        if knobs.flag("daily_limit_enforced") and self.day.calls(now) >= knobs.number("daily_limit"):
            wait = self.day.seconds_until_one_is_forgotten(now)
            raise too_many_calls(wait, "The agreement's calls for 24 hours are used up.")
        self.day.note(now)
        cost = knobs.number("call_cost")
        if self.spent + cost > limit:
            wait = math.ceil((self.spent + cost - limit) / per_second) if per_second else _MINUTE
            raise too_many_calls(max(1, wait), "The agreement's tokens are used up for the moment.")
        self.spent += cost

    def header(self, knobs: Knobs) -> str:
        """The value of X-RateLimiting: used and limit."""
        limit = knobs.number("rate_limit_tokens")
        window = knobs.number("rate_limit_window_seconds")
        used = min(limit, math.ceil(self.spent))
        return f"token-limit-{limit}-per-{window}-seconds: {used}/{limit}"
