"""How many calls somebody made in the last 24 hours, to the minute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

DAY: Final = 24 * 60 * 60
_MINUTE: Final = 60


@dataclass(slots=True)
class DayCount:
    """Calls by minute since 1970; minutes that are a day old are forgotten."""

    minutes: dict[int, int] = field(default_factory=dict)

    def calls(self, now: float) -> int:
        """Calls in the last 24 hours."""
        oldest = (now - DAY) // _MINUTE
        for minute in [minute for minute in self.minutes if minute <= oldest]:
            del self.minutes[minute]
        return sum(self.minutes.values())

    def note(self, now: float) -> None:
        """One more call."""
        minute = int(now // _MINUTE)
        self.minutes[minute] = self.minutes.get(minute, 0) + 1

    def seconds_until_one_is_forgotten(self, now: float) -> int:
        """When the oldest call will be a day old."""
        oldest = min(self.minutes, default=int(now // _MINUTE))
        return max(1, (oldest + 1) * _MINUTE + DAY - int(now))
