"""Every error that Ledgerbridge raises on purpose. The class says what happens next.

::

    LedgerbridgeError
    ├── TryAgain            nothing was changed; the same call may simply be made again
    │   └── SourceUnavailable
    ├── InDoubt             a write was sent and its outcome is unknown: look before sending again
    │   ├── KeyRefused      its key is known there from a request with other bytes
    │   └── NotSettledYet   it was sent too short a time ago to be looked for
    ├── Rejection           this record will not pass until someone changes something
    │   ├── NumberTaken     the number it asks for belongs to another record there
    │   ├── RefusedProperty  names the property and its value: ten alike may be the settings' fault (P5)
    │   └── WaitsForPerson  what is missing is a decision or a link
    ├── Refusal             every record would fail: the settings or the rights are at fault
    │   └── SettingsInvalid
    └── NeedsGrant          the agreement's token is no longer good: no call may follow
        └── AgreementHeld   that was known before: nothing was called

An error carries a :class:`~ledgerbridge.reasons.Reason`; its ``str`` is the English sentence behind
the code, as logs show it.
"""

from __future__ import annotations

from ledgerbridge.reasons import Language, Reason

__all__ = [
    "AgreementHeld",
    "InDoubt",
    "KeyRefused",
    "LedgerbridgeError",
    "NeedsGrant",
    "NotSettledYet",
    "NumberTaken",
    "Refusal",
    "RefusedProperty",
    "Rejection",
    "SettingsInvalid",
    "SourceUnavailable",
    "TryAgain",
    "WaitsForPerson",
]


class LedgerbridgeError(Exception):
    """The root; never raised itself. A ``cause`` that is a :class:`Reason` stands behind this one."""

    def __init__(self, code: str, /, **values: object) -> None:
        cause = values.get("cause")
        told = {name: str(value) for name, value in values.items() if not isinstance(value, Reason)}
        self.reason = Reason(code, told, cause if isinstance(cause, Reason) else None)
        super().__init__(code)

    def __str__(self) -> str:
        return f"[{self.reason.code}] {self.reason.sentence(Language.ENGLISH)}"


class TryAgain(LedgerbridgeError):
    """Nothing was changed. ``after_seconds`` is what the other side asked for, if it did."""

    def __init__(self, code: str, /, *, after_seconds: int | None = None, **values: object) -> None:
        super().__init__(code, **values)
        self.after_seconds = after_seconds


class SourceUnavailable(TryAgain):
    """The source database cannot be reached or read."""


class InDoubt(LedgerbridgeError):
    """A write was sent and not answered cleanly."""


class KeyRefused(InDoubt):
    """The target knows the write's key from a request with other bytes; what came of that one is unknown."""


class NotSettledYet(InDoubt):
    """The write may still be on its way: the target is asked when the settle time is over."""


class Rejection(LedgerbridgeError):
    """This record will not pass until someone changes something."""


class RefusedProperty(Rejection):
    """A rejection that names the property and its value, as the target writes them (empty where it does not say).

    Ten different records that are refused for one property, whose value comes from the settings, are a refusal (P5).
    """

    def __init__(self, code: str, property_name: str, value: str, /, **values: object) -> None:
        super().__init__(code, **values)
        self.property_name = property_name
        self.value = value


class WaitsForPerson(Rejection):
    """This record waits for a link or a decision; it goes on by itself once that is there."""


class Refusal(LedgerbridgeError):
    """Every record of the module would fail: settings or rights."""


class SettingsInvalid(Refusal):
    """An integration file is wrong; other integrations go on."""


class NeedsGrant(LedgerbridgeError):
    """The agreement must be granted anew; everything of that agreement stops."""


class AgreementHeld(NeedsGrant):
    """The agreement was held before this call: whoever met the 401 is red for it, nobody else need be."""


class NumberTaken(Rejection):
    """The number that was asked for belongs to another record there; never answered with another."""
