"""What a whole sandbox remembers of itself: its clock, its knobs, its fault rules."""

from __future__ import annotations

from typing import Final

from sandbox.standin.clock import Clock
from sandbox.standin.database import Database
from sandbox.standin.jsontext import Doc
from sandbox.standin.knobs import Knobs, KnobTable, Setting

SANDBOX: Final = 0
"""The number under which the sandbox's own settings are stored; no company's books have it."""


class Settings:
    """The sandbox's own settings, in memory and on disk."""

    def __init__(self, database: Database, knobs: KnobTable, clock: Clock) -> None:
        """Read back what an earlier run left."""
        self._database = database
        self._knobs = knobs
        self._clock = clock
        self._kept: dict[str, Doc] = {}
        self.shared_knobs: dict[str, Setting] = {}
        for kind, name, body in database.documents(SANDBOX):
            if kind == "setting":
                self._kept[name] = body
        self.shared_knobs.update(self.get("knobs"))
        self._clock.offset = int(self.get("clock").get("offset", 0))

    def get(self, name: str) -> Doc:
        """One setting; empty when it was never kept."""
        return self._kept.get(name, {})

    def keep(self, name: str, body: Doc) -> None:
        """Store one setting."""
        self._kept[name] = body
        self._database.put(SANDBOX, "setting", name, body)
        self._database.commit()

    def set_knobs(self, changes: Doc) -> None:
        """Set knobs for the whole sandbox; ``None`` gives a knob its default back."""
        self._knobs.change(self.shared_knobs, changes)
        self.keep("knobs", dict(self.shared_knobs))

    @property
    def knobs(self) -> Knobs:
        """The knobs in force where no company is known."""
        return self._knobs.in_force({}, self.shared_knobs)

    def move_clock(self, *, advance: int = 0, offset: int | None = None) -> None:
        """Move the sandbox's clock and remember where it stands."""
        if offset is not None:
            self._clock.offset = offset
        self._clock.advance(advance)
        self.keep("clock", {"offset": self._clock.offset})

    def forget(self) -> None:
        """Everything back to where it was; the file has been emptied already."""
        self._kept.clear()
        self.shared_knobs.clear()
        self._clock.offset = 0
