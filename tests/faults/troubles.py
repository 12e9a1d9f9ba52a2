"""Troubles drawn by chance, for the tests that go in rounds."""

from __future__ import annotations

import random

from sandbox.grounds import Firm

__all__ = ["spoil_answers"]

_SPOILT = ("drop_after_commit", "drop_before", "cut_answer", "empty", "wrong_types", "html", "status")
_EITHER_WAY = {"html", "empty", "status"}  # in place of the work, or in place of its answer
_CALLS = (
    ("POST", "/invoices/drafts$"),
    ("POST", "/invoices/booked$"),
    ("POST", "/customers$"),
    ("PUT", "/invoices/drafts/"),
    ("PUT", "/customers/"),
    ("DELETE", "/invoices/drafts/"),
    ("GET", "/invoices"),
    ("GET", "/customers"),
)


def spoil_answers(firm: Firm, chance: random.Random) -> None:
    """Some answers, of some calls; the look-up after a lost answer may be among them."""
    for _ in range(chance.randint(1, 3)):
        method, path = chance.choice(_CALLS)
        match = {"agreement": firm.agreement, "method": method, "path": path, "nth": chance.randint(1, 4)}
        effect = chance.choice(_SPOILT)
        more = {"when": chance.choice(("before", "after"))} if effect in _EITHER_WAY else {}
        firm.control.add_fault(effect, match=match, **more)
