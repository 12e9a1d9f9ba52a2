"""P6, P7: what an agreement's processes tell each other: the lost grant, how long to wait, what the day has left."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import ExitStack

import pytest

from ledgerbridge.delivery.settling import settle
from ledgerbridge.errors import NeedsGrant, TryAgain
from ledgerbridge.reasons import Language
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

GERDA = customer(508)


def _told(firm: Firm) -> list[str]:
    """The alerts and all-clears, in their order."""
    return [event for (event,) in firm.ours("SELECT event FROM history WHERE event LIKE 'grant%%' ORDER BY entry_id")]


@pytest.mark.spec("P6", "X-4", "X-6")
def test_a_lost_grant_is_told_once_and_so_is_its_return(grounds: Grounds, caplog: pytest.LogCaptureFixture) -> None:
    firm = grounds.firm()
    firm.control.revoke(firm.agreement)
    with ExitStack() as opened, caplog.at_level(logging.WARNING):
        workplaces = [opened.enter_context(firm.company.workplace(f"run-{n}")) for n in range(3)]
        desks = [opened.enter_context(workplace.desk()) for workplace in workplaces]
        for desk in desks:
            with pytest.raises(NeedsGrant):
                desk.target.probe()
        assert _told(firm) == ["grant_lost"]
        firm.control.restore(firm.agreement)
        for workplace, desk in zip(workplaces, desks, strict=True):
            workplace.gate.reopen(desk.target.probe, is_asked_for=True)
            desk.target.probe()
    assert _told(firm) == ["grant_lost", "grant_good_again"]
    assert len([line for line in caplog.messages if "[grant_lost]" in line]) == len(Language)
    assert len([line for line in caplog.messages if "[grant_good_again]" in line]) == len(Language)
    # Lost again is news again.
    firm.control.revoke(firm.agreement)
    with firm.company.workplace() as workplace, workplace.desk() as desk, pytest.raises(NeedsGrant):
        desk.target.probe()
    assert _told(firm) == ["grant_lost", "grant_good_again", "grant_lost"]


@pytest.mark.spec("P7")
def test_what_one_connection_is_told_all_of_the_process_heed(grounds: Grounds) -> None:
    firm = grounds.firm(loading={"connections": 8})
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        rule = {"agreement": firm.agreement, "method": "GET", "count": 1}
        firm.control.add_fault("status", match=rule, status=429, retryAfter=2)
        with pytest.raises(TryAgain):
            desk.target.probe()
        began = time.monotonic()
        firm.control.mark(firm.agreement)
        callers = [threading.Thread(target=desk.target.probe) for _ in range(8)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(20)
        assert time.monotonic() - began > 1.5
        assert firm.control.counters(firm.agreement)["sinceMark"]["statuses"] == {"200": 8}


@pytest.mark.spec("P7")
def test_a_day_that_the_target_says_is_over_is_not_waited_out_by_every_connection(grounds: Grounds) -> None:
    firm = grounds.firm()
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        rule = {"agreement": firm.agreement, "method": "GET", "count": 1}
        firm.control.add_fault("status", match=rule, status=429, retryAfter=3600)
        with pytest.raises(TryAgain) as told:
            desk.target.probe()
        assert told.value.after_seconds == 3600
        desk.target.probe()  # at once: the caller knows how long to wait, nobody sleeps for an hour here


@pytest.mark.spec("P7")
def test_settle_tells_what_the_run_cost_and_what_the_day_has_left(grounds: Grounds) -> None:
    firm = grounds.firm([GERDA], target={"system": "economic", "connection": "told", "daily_calls": 1000})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add((), [invoice(4600 + n, GERDA) for n in range(4)])
    delivered = firm.company.deliver(Module.INVOICES, "told", validated=False)
    counted = int(firm.control.counters(firm.agreement)["calls"])
    with firm.company.workplace("told") as workplace:
        cost = settle(workplace).cost
    assert cost.code == "calls_made_for_records"
    assert cost.values["calls"] == str(delivered.calls)
    assert cost.values["each"] == "3.00"  # draft, booking, PDF
    assert cost.values["left"] == str(1000 - counted)
    assert "3.00" in cost.sentence(Language.DANISH)
    with firm.company.workplace("nothing") as workplace:
        assert settle(workplace).cost.code == "calls_made"
