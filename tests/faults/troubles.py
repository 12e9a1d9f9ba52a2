"""Troubles drawn by chance, for the tests that go in rounds."""

from __future__ import annotations

import random

from sandbox.grounds import Firm

__all__ = ["some_trouble", "spoil_answers"]

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


def _spoil(firm: Firm, chance: random.Random) -> str:
    spoil_answers(firm, chance)
    return "answers spoilt"


def _silence(firm: Firm, chance: random.Random) -> str:
    method = chance.choice(("GET", "POST", "PUT"))
    firm.control.add_fault("status", match={"agreement": firm.agreement, "method": method}, status=500)
    return f"every {method} answered by 500"


def _too_many_calls(firm: Firm, chance: random.Random) -> str:
    status = chance.choice((429, 503))
    match = {"agreement": firm.agreement, "probability": 0.3, "seed": chance.randint(1, 10**6)}
    firm.control.add_fault("status", match=match, status=status, retryAfter=0)
    return f"a third answered by {status}"


def _revoke(firm: Firm, chance: random.Random) -> str:
    firm.control.revoke(firm.agreement)
    return "grant revoked"


def _take_the_role(firm: Firm, chance: random.Random) -> str:
    firm.control.set_roles(firm.agreement, "Bookkeeping")
    return "role taken away"


def _spend_the_budget(firm: Firm, chance: random.Random) -> str:
    """All but a handful of the day's calls are gone; :func:`~healing.everything_is_well_again` brings the next day."""
    firm.ours(
        "INSERT INTO agreement_calls (agreement, hour, calls) VALUES (%s, date_trunc('hour', now()), %s) "
        "ON CONFLICT (agreement, hour) DO UPDATE SET calls = excluded.calls",
        firm.company.integration.target.connection,
        firm.company.integration.target.daily_calls - chance.randint(0, 12),
    )
    return "day's budget spent"


_TROUBLES = (_spoil, _spoil, _spoil, _silence, _too_many_calls, _revoke, _take_the_role, _spend_the_budget)


def some_trouble(firm: Firm, chance: random.Random) -> str:
    """One trouble on the side of the target; which, in words."""
    return chance.choice(_TROUBLES)(firm, chance)
