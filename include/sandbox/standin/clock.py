"""The sandbox's own clock: real time plus an offset that the control address can move."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DENMARK = ZoneInfo("Europe/Copenhagen")


@dataclass
class Clock:
    """Seconds since 1970 that run like real time, ``offset`` seconds ahead of it."""

    offset: int = 0

    def seconds(self) -> float:
        """Now as seconds since 1970."""
        return time.time() + self.offset

    def now(self) -> datetime:
        """Now in UTC."""
        return datetime.fromtimestamp(self.seconds(), UTC)

    def today(self) -> date:
        """Today's date as a Danish bookkeeper sees it."""
        return self.now().astimezone(DENMARK).date()

    def advance(self, seconds: int) -> None:
        """Move the clock; the sandbox never needs it to go back, but allows it."""
        self.offset += int(timedelta(seconds=seconds).total_seconds())
