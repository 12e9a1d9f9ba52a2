"""Troubles drawn by chance, for the tests that go in rounds."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from ledgerbridge.integration import Finish
from ledgerbridge.target.registry import daily_calls
from sandbox.grounds import Firm

__all__ = ["clear_faults", "customer_calls", "invoice_calls", "some_trouble", "spoil_answers", "strikes"]

_SPOILT = ("drop_after_commit", "drop_before", "cut_answer", "empty", "wrong_types", "html", "status")
_EITHER_WAY = {"html", "empty", "status"}  # in place of the work, or in place of its answer
# Of rules that were taken back since, by agreement.
_fired: Counter[int] = Counter()


def invoice_calls(firm: Firm) -> Sequence[tuple[str, str]]:
    """What a run of this firm's invoices may call: where all is booked no draft is replaced or deleted."""
    calls = firm.books.calls
    always = (calls.create_draft, calls.read_documents)
    if firm.company.integration.invoicing.finish is Finish.DRAFT:
        return (*always, calls.replace_draft, calls.delete_draft)
    return (*always, calls.book)


def customer_calls(firm: Firm) -> Sequence[tuple[str, str]]:
    """What a run of customers may call."""
    calls = firm.books.calls
    return calls.create_customer, calls.update_customer, calls.read_customers


def clear_faults(firm: Firm) -> None:
    """Take the rules back; how often they struck is kept for :func:`strikes`."""
    _fired[firm.agreement] += _fired_now(firm)
    firm.control.clear_faults()


def _fired_now(firm: Firm) -> int:
    return sum(int(rule["fired"]) for rule in firm.control.faults() if firm.books.match().items() <= rule.items())


def strikes(firm: Firm) -> int:
    """How often a trouble at the target is known to have struck this firm so far: an answer that was spoilt, a grant
    that was refused, a right that was missing, a budget that was spent. It only ever grows."""
    told = firm.ours(
        "SELECT count(*) FROM history WHERE event = 'grant_lost' OR detail::text LIKE '%%daily_budget_spent%%'"
    )
    return _fired[firm.agreement] + _fired_now(firm) + firm.books.refusals() + int(told[0][0])


def spoil_answers(firm: Firm, chance: random.Random, calls: Sequence[tuple[str, str]]) -> None:
    """Some answers, of some of these calls; the look-up after a lost answer may be among them."""
    for _ in range(chance.randint(1, 3)):
        method, path = chance.choice(calls)
        match = firm.books.match(method=method, path=path, nth=chance.randint(1, 3))
        effect = chance.choice(_SPOILT)
        more = {"when": chance.choice(("before", "after"))} if effect in _EITHER_WAY else {}
        firm.control.add_fault(effect, match=match, **more)


def _spoil(firm: Firm, chance: random.Random) -> str:
    spoil_answers(firm, chance, (*invoice_calls(firm), *customer_calls(firm)))
    return "answers spoilt"


def _silence(firm: Firm, chance: random.Random) -> str:
    method = chance.choice(("GET", "POST", "PUT"))
    firm.control.add_fault("status", match=firm.books.match(method=method), status=500)
    return f"every {method} answered by 500"


def _too_many_calls(firm: Firm, chance: random.Random) -> str:
    status = chance.choice((429, 503))
    match = firm.books.match(probability=0.3, seed=chance.randint(1, 10**6))
    firm.control.add_fault("status", match=match, status=status, retryAfter=0)
    return f"a third answered by {status}"


def _revoke(firm: Firm, chance: random.Random) -> str:
    firm.books.revoke()
    return "grant revoked"


def _take_the_role(firm: Firm, chance: random.Random) -> str:
    firm.books.take_rights()
    return "role taken away"


def _spend_the_budget(firm: Firm, chance: random.Random) -> str:
    """All but a handful of the day's calls are gone; :func:`~healing.everything_is_well_again` brings the next day."""
    firm.ours(
        "INSERT INTO agreement_calls (agreement, hour, calls) VALUES (%s, date_trunc('hour', now()), %s) "
        "ON CONFLICT (agreement, hour) DO UPDATE SET calls = excluded.calls",
        firm.company.integration.target.connection,
        daily_calls(firm.company.integration.target) - chance.randint(0, 12),
    )
    return "day's budget spent"


_TROUBLES = (_spoil, _spoil, _spoil, _silence, _too_many_calls, _revoke, _take_the_role, _spend_the_budget)


def some_trouble(firm: Firm, chance: random.Random) -> str:
    """One trouble on the side of the target; which, in words."""
    return chance.choice(_TROUBLES)(firm, chance)
