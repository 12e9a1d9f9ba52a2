"""One entrant with an agreement of its own and the records to deliver, and the means to run it again and again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from entrants import Entrant, command_of
from ours import Task, order_of
from running import DidNotEndError, Running
from speed import tokens_as_environment
from workload import Workload

from sandbox.clienttime.rows import InvoiceRow
from sandbox.grounds import Firm

__all__ = ["Scene", "end"]


class Scene:
    """``rows`` and ``payloads`` are the same invoices, for us and for a contestant; ``seed``: of what chance does."""

    def __init__(
        self,
        work: Workload,
        entrant: Entrant,
        rows: tuple[InvoiceRow, ...],
        payloads: Path,
        connections: int,
        *,
        seed: int = 0,
    ) -> None:
        self._entrant = entrant
        self._folder = payloads.parent
        self._payloads = payloads
        self._connections = connections
        self._runs = 0
        self._firm: Firm | None = None
        self.seed = seed
        self.wanted = len(rows)
        self.control = work.grounds.control
        if entrant.is_ours:
            self._firm = work.company(rows, loading={"connections": connections})
            self.agreement = self._firm.agreement
        else:
            tokens = work.agreement()
            self._environment = tokens_as_environment(work.grounds, tokens)
            self.agreement = tokens.agreement

    def ready(self) -> Running:
        """A process that waits for its start."""
        self._runs += 1
        log = self._folder / f"{self._entrant.key}.log"
        if self._firm is not None:
            order = order_of(self._firm.company, f"run-{self._runs}", Task.INVOICES, is_timed=False)
            return Running(command_of(self._entrant), {}, log, order)
        state = self._folder / "state" / f"scene-{self._entrant.key}-{self.agreement}"
        arguments = ["--input", str(self._payloads), "--connections", str(self._connections), "--state", str(state)]
        return Running([*command_of(self._entrant), *arguments], self._environment, log)

    def run(self) -> None:
        """One run to its end, whatever end that is."""
        running = self.ready()
        running.go()
        end(running)

    def let_pass(self, seconds: int) -> None:
        """Date back when we sent what, for a target whose clock goes as far ahead: ours goes by its database's."""
        if self._firm is not None:
            self._firm.ours(
                "UPDATE transfer SET first_sent_at = first_sent_at - earlier, last_sent_at = last_sent_at - earlier "
                "FROM (SELECT %s::interval AS earlier) AS given",
                f"{seconds} seconds",
            )

    def there(self) -> dict[str, int]:
        """How often each reference stands in the target."""
        return self.control.locators(self.agreement)

    def counted(self) -> tuple[int, int]:
        """Calls, and writes that were carried out, since the mark."""
        since = self._since_mark()
        return int(since["calls"]), int(since["writesTotal"])

    def answered(self, status: int) -> int:
        """How many calls had this answer since the mark."""
        return int(self._since_mark()["statuses"].get(str(status), 0))

    def _since_mark(self) -> dict[str, Any]:
        return dict(self.control.counters(self.agreement)["sinceMark"])


def end(running: Running) -> None:
    """Wait for its end. What it leaves behind is what counts."""
    with suppress(DidNotEndError):
        running.outcome()
