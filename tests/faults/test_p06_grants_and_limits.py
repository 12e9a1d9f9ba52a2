"""P6, P7: a dead token stops the agreement, a missing right its module; waiting is done as told; the budget holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from accounts import assert_accounted, assert_reconciled, needs_nothing
from healing import clean_run, run
from systems import of

from ledgerbridge.errors import NeedsGrant, Refusal, TryAgain
from ledgerbridge.records import Module
from sandbox.grounds import Firm, customer, invoice

DORA = customer(504)
NewFirm = Callable[..., Firm]


def _firm(new_firm: NewFirm, invoices: int, **changes: Any) -> Firm:
    firm = new_firm([DORA], **changes)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add((), [invoice(6000 + n, DORA) for n in range(invoices)])
    return firm


def _calls(firm: Firm) -> int:
    return int(firm.control.counters(firm.agreement)["calls"])


@pytest.mark.spec("P6", "P16", "X-7")
def test_a_grant_that_is_revoked_in_mid_run(new_firm: NewFirm, system: str) -> None:
    firm = _firm(new_firm, 20, knobs={"latency_ms": 20})

    def revoke() -> None:
        while _calls(firm) < before + 12:
            time.sleep(0.01)
        firm.books.revoke()

    before = _calls(firm)
    person = threading.Thread(target=revoke)
    person.start()
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    person.join()
    assert isinstance(delivered.stopped_by, NeedsGrant)
    # Nothing was called after the one that met the 401, which not every stand-in counts.
    assert delivered.calls == _calls(firm) - before + (not of(system).counts_the_call_that_met_a_401)
    assert_accounted(firm)

    # Held: later runs make no call and do not redden as well.
    firm.add((), [invoice(6100, DORA)])
    later = firm.company.deliver(Module.INVOICES, validated=False)
    assert (later.stopped_by, later.trouble) == (None, {})
    assert later.calls == 0
    assert firm.states()["6100"] == "waiting"

    # Cleared too early: one probe, red again.
    early = firm.company.clear(delivered.run_id)
    assert isinstance(early.stopped_by, NeedsGrant)
    assert early.calls == 1

    # Granted and cleared: one probe, then just the writes that were owed.
    firm.books.restore()
    cleared = firm.company.clear(delivered.run_id)
    assert cleared.counts == {"delivered": 20}
    assert len(firm.books.booked()) == 20
    assert firm.company.deliver(Module.INVOICES, validated=False).counts == {"delivered": 1}
    assert set(firm.locators().values()) == {1}
    assert_accounted(firm)


@pytest.mark.spec("P6", "P16")
def test_a_missing_role_stops_its_module_and_the_other_asks_for_itself(new_firm: NewFirm, system: str) -> None:
    firm = _firm(new_firm, 12)
    firm.books.take_rights()
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert isinstance(delivered.stopped_by, Refusal)
    assert of(system).missing_right in str(delivered.stopped_by)
    assert delivered.trouble == {}
    assert_accounted(firm)
    assert firm.ours("SELECT held_since FROM agreement WHERE held_since IS NOT NULL") == []
    # The other module is not held back: it makes a call of its own, and is refused by that; this role has neither.
    firm.add([customer(510)])
    firm.control.mark(firm.agreement)
    stopped = run(firm.company, Module.CUSTOMERS)
    assert isinstance(stopped, Refusal)
    assert of(system).customers_path in str(stopped)
    assert firm.control.counters(firm.agreement)["sinceMark"]["calls"] > 0
    firm.books.give_rights()
    assert firm.company.clear(delivered.run_id).counts == {"delivered": 12}


def _a_quarter_of_an_hour_after_the_new_grant(firm: Firm) -> None:
    firm.books.restore()
    firm.ours("UPDATE agreement SET probed_at = probed_at - interval '16 minutes'")


@pytest.mark.spec("P6", "P18", "X-8")
def test_a_withdrawal_that_met_a_missing_role_is_carried_out_by_the_next_run(new_firm: NewFirm) -> None:
    firm = _firm(new_firm, 1, invoicing={"finish": "draft"})
    run(firm.company, Module.INVOICES)
    firm.books.take_rights()
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0')
    assert isinstance(run(firm.company, Module.INVOICES), Refusal)
    for _ in range(2):
        clean_run(firm)
    assert firm.books.drafts() == [], f"the draft of a withdrawn invoice is still there: {firm.states()}"


@pytest.mark.spec("P6", "P18")
def test_a_new_customer_is_delivered_after_the_new_grant(new_firm: NewFirm) -> None:
    firm = _firm(new_firm, 0)
    firm.books.revoke()
    firm.add([customer(511, name="Bagergården Vest ApS")])
    assert isinstance(run(firm.company, Module.CUSTOMERS), NeedsGrant)
    _a_quarter_of_an_hour_after_the_new_grant(firm)
    stopped = run(firm.company, Module.CUSTOMERS)
    assert stopped is None, f"the grant is good again, and the run is stopped by {stopped}"
    needs_nothing(firm)


@pytest.mark.spec("P6", "P18")
def test_a_reconciliation_goes_on_after_the_new_grant(new_firm: NewFirm) -> None:
    firm = _firm(new_firm, 0)
    firm.books.revoke()
    with pytest.raises(NeedsGrant):
        assert_reconciled(firm)
    _a_quarter_of_an_hour_after_the_new_grant(firm)
    for module in Module:  # with nothing to do
        run(firm.company, module)
    assert_reconciled(firm)


@pytest.mark.spec("P7")
@pytest.mark.parametrize("effect", [{"status": 429, "retryAfter": 1}, {"status": 503, "retryAfter": 1}])
def test_being_told_to_wait_is_heeded(new_firm: NewFirm, system: str, effect: dict[str, int]) -> None:
    firm = _firm(new_firm, 2)
    # Only what is read is asked again; where nothing is read before a write, there must be something to look for.
    if effect["status"] == 503 and of(system).reads_before_a_write < 2:
        _, path = firm.books.calls.create_draft
        firm.control.add_fault("drop_after_commit", match=firm.books.match(method="POST", path=path, nth=1))
        firm.company.deliver(Module.INVOICES, validated=False)
    match = of(system).reads_by if effect["status"] == 503 else {"method": "POST"}
    firm.control.add_fault("status", match=firm.books.match(count=2, **match), **effect)
    began = time.monotonic()
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert time.monotonic() - began > 1.9
    assert delivered.stopped_by is None
    assert set(firm.states().values()) == {"delivered"}
    assert set(firm.locators().values()) == {1}
    assert_accounted(firm)


@pytest.mark.spec("P7", "X-2")
def test_who_waits_between_two_steps_goes_on_with_what_the_first_one_made(new_firm: NewFirm) -> None:
    """The draft is there, its booking is told to wait: what was seen before the draft was made holds no more."""
    firm = _firm(new_firm, 2)
    method, path = firm.books.calls.book
    firm.control.add_fault(
        "status", match=firm.books.match(method=method, path=path, count=2), status=429, retryAfter=1
    )
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert delivered.counts == {"delivered": 2}
    assert (len(firm.books.drafts()), len(firm.books.booked())) == (0, 2)
    assert_accounted(firm)


@pytest.mark.spec("P7")
def test_the_daily_budget_is_never_overspent(new_firm: NewFirm) -> None:
    firm = _firm(new_firm, 90, target={"daily_calls": 100})
    before = _calls(firm)
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert isinstance(delivered.stopped_by, TryAgain)
    assert delivered.stopped_by.reason.code == "daily_budget_spent"
    assert _calls(firm) <= 100
    assert _calls(firm) > before + 50
    counted = firm.ours("SELECT sum(calls) FROM agreement_calls")[0][0]
    assert counted == _calls(firm)
    assert_accounted(firm)
    # An hour-long row leaves the window a day later.
    firm.ours("UPDATE agreement_calls SET hour = hour - interval '26 hours'")
    again = firm.company.deliver(Module.INVOICES, validated=False)
    assert again.stopped_by is None
    assert set(firm.states().values()) == {"delivered"}
    assert set(firm.locators().values()) == {1}


@pytest.mark.spec("P7")
@pytest.mark.parametrize("system", ["economic"])
def test_near_the_rate_limit_the_pace_is_lowered(new_firm: NewFirm) -> None:
    """The bucket holds 60 calls of 3 and fills in two seconds: never a 429. Uniconta tells nobody what is left."""
    firm = _firm(new_firm, 40, knobs={"rate_limit_tokens": 180, "rate_limit_window_seconds": 2})
    firm.control.mark(firm.agreement)
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert set(firm.states().values()) == {"delivered"}
    assert delivered.stopped_by is None
    statuses = firm.control.counters(firm.agreement)["sinceMark"]["statuses"]
    assert "429" not in statuses, f"the limit was run into: {statuses}"
