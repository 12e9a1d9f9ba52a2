"""How many requests of one company are under way at once, and the most there were since the mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.standin.jsontext import Doc


class Presence:
    """Counted in memory: a restart breaks every connection, so there is nothing to remember."""

    def __init__(self) -> None:
        """Nobody is there."""
        self._now: Counter[int] = Counter()
        self._most: dict[int, int] = {}

    @contextmanager
    def of(self, company: int) -> Iterator[None]:
        """A request is under way for as long as the block lasts."""
        self._now[company] += 1
        self._most[company] = max(self._most.get(company, 0), self._now[company])
        try:
            yield
        finally:
            self._now[company] -= 1

    def mark(self, company: int) -> None:
        """The most is counted anew from here."""
        self._most[company] = self._now[company]

    def shown(self, company: int) -> Doc:
        """As the control address tells it."""
        return {"now": self._now[company], "most": self._most.get(company, 0)}
