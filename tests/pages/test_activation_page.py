"""The checklist: checked live, confirmed item by item, and nothing is created before (TL-12, X-11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from porch import Porch, carry_out, opened
from reading import text_of

from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.pages.works import Right
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer

SEEN = ("number_series", "fi_setup", "layout_contents")


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """A firm that nobody has switched on."""
    firm = grounds.firm([customer(1)])
    firm.ours("DELETE FROM confirmation; DELETE FROM preflight")
    return firm


@pytest.fixture
def porch(firm: Firm) -> Iterator[Porch]:
    with opened(firm) as served:
        yield served


def _ask(porch: Porch, firm: Firm, action: str, *seen: str) -> str:
    with porch.client(Right.SET_UP, name="Sofie") as http:
        shown = re.search(r'name="list" value="(\w*)"', http.get(f"/{firm.name}/activation").text)
        form = {"action": action, "seen": list(seen), "list": shown[1] if shown else ""}
        answer = http.post(f"/{firm.name}/activation", data=form)
        carry_out(firm)
        return text_of(http.get(answer.headers["location"]).text)


def _may_run(firm: Firm) -> bool:
    return firm.ours("SELECT count(*) FROM confirmation WHERE item = 'activated'") == [(1,)]


@pytest.mark.spec("TL-12", "X-11", "TL-1")
def test_from_nothing_to_switched_on(porch: Porch, firm: Firm) -> None:
    with porch.client(Right.SET_UP) as http:
        first = text_of(http.get(f"/{firm.name}/activation").text)
    assert "Nothing has been checked yet" in first
    assert "Integration: stopped" in first
    assert "Switch the integration on" not in first
    checked = _ask(porch, firm, "check")
    assert "nothing that stands in the way" in checked
    assert "look yourself" in checked
    assert not _may_run(firm)
    assert "Nothing was switched on" in _ask(porch, firm, "activate", *SEEN[:2])
    assert not _may_run(firm)
    done = _ask(porch, firm, "activate", *SEEN)
    assert _may_run(firm)
    assert "Switched on by Sofie" in done
    assert "Integration: in order" in done
    assert ("activated", "Sofie") in firm.ours("SELECT event, actor FROM history")
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert firm.states(Module.CUSTOMERS) == {"1": "delivered"}


@pytest.mark.spec("TL-12", "X-11")
def test_a_check_that_fails_is_told_and_nothing_can_be_switched_on(porch: Porch, firm: Firm) -> None:
    porch.street.firms[firm.name] = wrong = firm.with_settings(invoicing={"product_with_vat": "nope"})
    told = _ask(porch, wrong, "check")
    assert "must be mended" in told
    assert "Switch the integration on" not in told
    _ask(porch, wrong, "activate", *SEEN)
    assert not _may_run(firm)


@pytest.mark.spec("TL-1")
def test_the_lamps_tell_a_lost_grant_and_modules_that_are_off(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "check")
    _ask(porch, firm, "activate", *SEEN)
    porch.street.is_on = False
    with porch.client(Right.READ) as http:
        assert "Integration: to be looked at" in text_of(http.get("/").text)
        porch.street.is_on = True
        firm.control.revoke(firm.agreement)
        with suppress(LedgerbridgeError):
            firm.company.deliver(Module.CUSTOMERS, validated=False)
        shown = text_of(http.get("/").text)
    assert "Connection: stopped" in shown
    assert "Integration: in order" in shown


@pytest.mark.spec("TL-1")
def test_changed_settings_are_seen(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "check")
    _ask(porch, firm, "activate", *SEEN)
    porch.street.firms[firm.name] = firm.with_settings(invoicing={"days_of_credit": 30})
    with porch.client(Right.READ) as http:
        assert "settings have changed" in text_of(http.get("/").text)


@pytest.mark.spec("TL-12", "X-11")
def test_a_list_that_was_checked_again_since_it_was_seen_is_not_confirmed(porch: Porch, firm: Firm) -> None:
    _ask(porch, firm, "check")
    with porch.client(Right.SET_UP) as http:
        seen = re.search(r'name="list" value="(\w+)"', http.get(f"/{firm.name}/activation").text)
        assert seen
        changed = firm.with_settings(invoicing={"finish": "draft"})
        porch.street.firms[firm.name] = changed
        _ask(porch, changed, "check")
        http.post(f"/{firm.name}/activation", data={"action": "activate", "seen": list(SEEN), "list": seen[1]})
        carry_out(changed)
        assert "no longer holds" in text_of(http.get(f"/{firm.name}/activation").text)
    assert not _may_run(firm)
