"""One entrant with an agreement of its own and the records to deliver, and the means to run it again and again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from entrants import Entrant, command_of
from ours import Task, order_of
from running import DidNotEndError, Running
from speed import tokens_as_environment
from workload import Workload

from sandbox.clienttime.rows import InvoiceRow

__all__ = ["Scene", "end"]


class Scene:
    """``rows`` and ``payloads`` are the same invoices, for us and for a contestant."""

    def __init__(
        self, work: Workload, entrant: Entrant, rows: tuple[InvoiceRow, ...], payloads: Path, connections: int
    ) -> None:
        self._entrant = entrant
        self._folder = payloads.parent
        self._payloads = payloads
        self._connections = connections
        self._runs = 0
        self.wanted = len(rows)
        self.control = work.grounds.control
        if entrant.is_ours:
            self._firm = work.company(rows, loading={"connections": connections, "timeout_seconds": 5})
            self.agreement = self._firm.agreement
        else:
            tokens = work.agreement()
            self._environment = tokens_as_environment(work.grounds, tokens)
            self.agreement = tokens.agreement

    def ready(self) -> Running:
        """A process that waits for its start."""
        self._runs += 1
        log = self._folder / f"{self._entrant.key}.log"
        if self._entrant.is_ours:
            order = order_of(self._firm.company, f"run-{self._runs}", Task.INVOICES)
            return Running(command_of(self._entrant), {}, log, order)
        state = self._folder / "state" / f"scene-{self._entrant.key}-{self.agreement}"
        arguments = ["--input", str(self._payloads), "--connections", str(self._connections), "--state", str(state)]
        return Running([*command_of(self._entrant), *arguments], self._environment, log)

    def run(self) -> None:
        """One run to its end, whatever end that is."""
        running = self.ready()
        running.go()
        end(running)

    def there(self) -> dict[str, int]:
        """How often each reference stands in the target."""
        return self.control.locators(self.agreement)

    def counted(self) -> tuple[int, int]:
        """Calls, and writes that were carried out, since the mark."""
        since = self.control.counters(self.agreement)["sinceMark"]
        return int(since["calls"]), int(since["writesTotal"])


def end(running: Running) -> None:
    """Wait for its end. What it leaves behind is what counts."""
    with suppress(DidNotEndError):
        running.outcome()
