"""The times that e-conomic prints, each with a precision of its own."""

from __future__ import annotations

from sandbox.standin import clock


class Clock(clock.Clock):
    """The sandbox's clock with e-conomic's ways to print a time."""

    def log_time(self) -> str:
        """The ``logTime`` of error bodies: Danish local time without a zone (contract 2.10)."""
        return self.now().astimezone(clock.DENMARK).strftime("%Y-%m-%dT%H:%M:%S")

    def stamp(self) -> str:
        """The ``lastUpdated`` of customers and products: UTC with seconds (contract 5.5)."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def minute_stamp(self) -> str:
        """The ``lastUpdated`` of drafts, recorded with minute precision only (contract 3.7)."""
        return self.now().strftime("%Y-%m-%dT%H:%M:00Z")
