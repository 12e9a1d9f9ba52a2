"""Knobs: what the contract leaves open, and limits that a test wants smaller.

A knob has a default, may be set for the whole sandbox, and may be set again for one agreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Setting = bool | int | str


class UnknownKnobError(ValueError):
    """No such knob, or a value it does not take."""


@dataclass(frozen=True)
class Knob:
    """One knob: its default, the values it takes and what it does."""

    default: Setting
    meaning: str
    choices: tuple[str, ...] = ()


KNOBS: Mapping[str, Knob] = {
    "rate_limit_tokens": Knob(10000, "size of the token bucket of an agreement (contract 2.9)"),
    "rate_limit_window_seconds": Knob(60, "seconds in which an empty bucket fills up again"),
    "call_cost": Knob(3, "tokens a call takes; printed as X-CallCost"),
    "daily_limit": Knob(50000, "calls in 24 hours of fair use"),
    "daily_limit_enforced": Knob(False, "answer 429 beyond the daily limit instead of only counting"),
    "idempotency_window_seconds": Knob(3600, "how long a key and its answer are remembered (2.11)"),
    "idempotency_scope": Knob(
        "agreement",
        "keys are per agreement, or shared by all agreements of one app secret",
        ("agreement", "app"),
    ),
    "idempotency_caches_refusals": Knob(True, "a refusal (400, 404, 409) is replayed like a success"),
    "latency_ms": Knob(0, "milliseconds each request waits before it is handled"),
    "pdf_delay_seconds": Knob(1, "seconds after booking in which the PDF still answers 404 (3.7)"),
    "vat_rounding": Knob("document", "where VAT is rounded to two decimals", ("document", "line")),
    "draft_put_creates": Knob(False, "PUT to an unknown draft number creates it instead of 404"),
    "known_500s": Knob(True, "filters that crash the real server answer 500 here too (2.6)"),
    "demo_access": Knob(False, "demo/demo reads the first agreement, GET only (1.2)"),
    "zero_quantity_refused": Knob(True, "a product line with quantity 0 is refused"),
    "description_required": Knob(False, "a product line must carry a description (3.7, recordings differ)"),
    "booking_missing_draft_status": Knob(404, "status when the draft to book does not exist (404 or 400)"),
    "api_customer_numbers_from": Knob(1, "lowest customer number the server picks"),
}


def check(name: str, value: object) -> Setting:
    """Return the value if this knob takes it."""
    knob = KNOBS.get(name)
    if knob is None:
        msg = f"no knob {name!r}; there are: {', '.join(sorted(KNOBS))}"
        raise UnknownKnobError(msg)
    if type(value) is not type(knob.default) or (knob.choices and value not in knob.choices):
        wanted = " or ".join(knob.choices) or type(knob.default).__name__
        msg = f"knob {name} takes {wanted}, not {value!r}"
        raise UnknownKnobError(msg)
    if isinstance(value, int) and value < 0:
        msg = f"knob {name} takes no negative number, not {value!r}"
        raise UnknownKnobError(msg)
    return value


class Knobs:
    """The knobs in force: an agreement's own setting, else the sandbox's, else the default."""

    def __init__(self, own: dict[str, Setting], shared: dict[str, Setting]) -> None:
        """``own`` belongs to one agreement, ``shared`` to the whole sandbox."""
        self.own = own
        self.shared = shared

    def get(self, name: str) -> Setting:
        """The value in force."""
        if name in self.own:
            return self.own[name]
        return self.shared.get(name, KNOBS[name].default)

    def number(self, name: str) -> int:
        """The value of a numeric knob."""
        return int(self.get(name))

    def flag(self, name: str) -> bool:
        """The value of a yes-or-no knob."""
        return self.get(name) is True

    def everything(self) -> dict[str, Setting]:
        """All knobs with the values in force."""
        return {name: self.get(name) for name in KNOBS}
