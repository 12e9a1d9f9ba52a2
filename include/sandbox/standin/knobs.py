"""Knobs: what a contract leaves open, and limits that a test wants smaller.

A knob has a default, may be set for the whole sandbox, and may be set again for one company's books.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.standin.jsontext import Doc

Setting = bool | int | str


class UnknownKnobError(ValueError):
    """No such knob, or a value it does not take."""


@dataclass(frozen=True)
class Knob:
    """One knob: its default, the values it takes and what it does."""

    default: Setting
    meaning: str
    choices: tuple[str, ...] = ()


class KnobTable:
    """All knobs of one stand-in."""

    def __init__(self, knobs: Mapping[str, Knob]) -> None:
        """Each knob under its name."""
        self._knobs = knobs

    def check(self, name: str, value: object) -> Setting:
        """Return the value if this knob takes it."""
        knob = self._knobs.get(name)
        if knob is None:
            msg = f"no knob {name!r}; there are: {', '.join(sorted(self._knobs))}"
            raise UnknownKnobError(msg)
        if type(value) is not type(knob.default) or (knob.choices and value not in knob.choices):
            wanted = " or ".join(knob.choices) or type(knob.default).__name__
            msg = f"knob {name} takes {wanted}, not {value!r}"
            raise UnknownKnobError(msg)
        if isinstance(value, int) and value < 0:
            msg = f"knob {name} takes no negative number, not {value!r}"
            raise UnknownKnobError(msg)
        return value

    def change(self, settings: dict[str, Setting], changes: Doc) -> None:
        """Take changes into settings, all or none; ``None`` gives a setting back."""
        checked = {name: self.check(name, value) for name, value in changes.items() if value is not None}
        for name in changes.keys() - checked.keys():
            settings.pop(name, None)
        settings.update(checked)

    def in_force(self, own: dict[str, Setting], shared: dict[str, Setting]) -> Knobs:
        """The knobs as ``own`` settings of one company's books and ``shared`` ones of the sandbox leave them."""
        return Knobs(self._knobs, own, shared)


class Knobs:
    """The knobs in force: a company's own setting, else the sandbox's, else the default."""

    def __init__(self, knobs: Mapping[str, Knob], own: dict[str, Setting], shared: dict[str, Setting]) -> None:
        """``own`` belongs to one company's books, ``shared`` to the whole sandbox."""
        self._knobs = knobs
        self.own = own
        self.shared = shared

    def get(self, name: str) -> Setting:
        """The value in force."""
        if name in self.own:
            return self.own[name]
        return self.shared.get(name, self._knobs[name].default)

    def number(self, name: str) -> int:
        """The value of a numeric knob."""
        return int(self.get(name))

    def flag(self, name: str) -> bool:
        """The value of a yes-or-no knob."""
        return self.get(name) is True

    def choice(self, name: str) -> str:
        """The value of a knob that takes one of several words."""
        return str(self.get(name))

    def everything(self) -> dict[str, Setting]:
        """All knobs with the values in force."""
        return {name: self.get(name) for name in self._knobs}
