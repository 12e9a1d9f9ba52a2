"""How many requests of an agreement are under way at once, and the most there were since the mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.economic.jsontext import Doc


class Presence:
    """Counted in memory: a restart breaks every connection, so there is nothing to remember."""

    def __init__(self) -> None:
        """Nobody is there."""
        self._now: Counter[int] = Counter()
        self._most: dict[int, int] = {}

    @contextmanager
    def of(self, agreement: int) -> Iterator[None]:
        """A request is under way for as long as the block lasts."""
        self._now[agreement] += 1
        self._most[agreement] = max(self._most.get(agreement, 0), self._now[agreement])
        try:
            yield
        finally:
            self._now[agreement] -= 1

    def mark(self, agreement: int) -> None:
        """The most is counted anew from here."""
        self._most[agreement] = self._now[agreement]

    def shown(self, agreement: int) -> Doc:
        """As the control address tells it."""
        return {"now": self._now[agreement], "most": self._most.get(agreement, 0)}
