"""When many records in a row meet the same trouble, the trouble is not theirs (P5)."""

from __future__ import annotations

import threading
from weakref import WeakSet

from ledgerbridge.delivery.desk import Brake
from ledgerbridge.errors import InDoubt, LedgerbridgeError, NeedsGrant, Refusal, RefusedProperty, Rejection, TryAgain

__all__ = ["Trend"]

_ALIKE_IN_A_ROW = 10
_UNANSWERED_IN_A_ROW = 5


class Trend(Brake):
    """Watches outcomes across a chunk's threads. Once :attr:`stopped_by` is set, nothing more is sent."""

    def __init__(self, settings_values: frozenset[str]) -> None:
        self._settings_values = settings_values
        self._lock = threading.Lock()
        self._alike: tuple[str, str] | None = None
        self._count = 0
        self._unanswered = 0
        self._counted: WeakSet[LedgerbridgeError] = WeakSet()
        self.stopped_by = None

    def met(self, error: LedgerbridgeError) -> None:
        """What a write was answered with; said again when its record is set aside, it counts once."""
        if isinstance(error, Refusal | NeedsGrant):
            self.stop(error)
        elif isinstance(error, Rejection):
            self.rejected(error)

    def delivered(self) -> None:
        """One went through: whatever came before was not general."""
        with self._lock:
            self._alike, self._count, self._unanswered = None, 0, 0

    def stop(self, error: LedgerbridgeError) -> None:
        """The first such error is the one that is told."""
        with self._lock:
            self.stopped_by = self.stopped_by or error

    def rejected(self, error: LedgerbridgeError) -> None:
        """Ten different records refused for one property, whose value comes from the settings, are a refusal."""
        cause = (error.property_name, error.value) if isinstance(error, RefusedProperty) else ("", "")
        with self._lock:
            if error in self._counted:
                return
            self._counted.add(error)
            self._unanswered = 0
            if not cause[0] or cause[1] not in self._settings_values:
                self._alike, self._count = None, 0
                return
            self._count = self._count + 1 if cause == self._alike else 1
            self._alike = cause
            if self._count >= _ALIKE_IN_A_ROW and self.stopped_by is None:
                self.stopped_by = Refusal("settings_refused", count=self._count, cause=error.reason)

    def unanswered(self, error: InDoubt | TryAgain) -> None:
        """Five in a row without a clear answer: the other side is ill, and more doubt helps nobody."""
        with self._lock:
            self._unanswered += 1
            if self._unanswered >= _UNANSWERED_IN_A_ROW and self.stopped_by is None:
                self.stopped_by = TryAgain(error.reason.code, after_seconds=None, **error.reason.values)
