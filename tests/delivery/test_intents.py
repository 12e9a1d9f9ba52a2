"""What people ask for: once, not for ever, and what cannot be done is told first (X-4, X-10)."""

from __future__ import annotations

from contextlib import closing

import pytest

from ledgerbridge.delivery.intents import Carried, Kind, carry_out_all
from ledgerbridge.records import Module
from ledgerbridge.store import intents
from sandbox.grounds import Firm, Grounds, customer

pytestmark = pytest.mark.spec("X-4")


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """Two customers that wait for a person."""
    firm = grounds.firm([customer(1), customer(2)], linking={"creation": "manual"})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm


def _ask(firm: Firm, kind: str, **wanted: object) -> int | None:
    with closing(firm.company.store()) as store:
        return intents.ask(store, integration=firm.name, kind=kind, wanted=wanted, page="test", asked_by="Vibeke")


def _carry_out(firm: Firm) -> list[Carried]:
    with firm.company.workplace("requests/1", actor="airflow") as workplace:
        return carry_out_all(workplace)


def test_what_is_pressed_twice_is_asked_for_once(firm: Firm) -> None:
    assert _ask(firm, Kind.LOOK) is not None
    assert _ask(firm, Kind.LOOK) is None
    assert len(_carry_out(firm)) == 1
    assert _ask(firm, Kind.LOOK) is not None
    assert _carry_out(firm)[0].went_well
    assert _carry_out(firm) == []


def test_one_that_is_an_hour_old_has_lapsed(firm: Firm) -> None:
    _ask(firm, Kind.CREATE, numbers=["1"])
    firm.ours("UPDATE intent SET asked_at = now() - interval '61 minutes'")
    (carried,) = _carry_out(firm)
    assert [reason.code for reason in carried.outcome] == ["intent_too_old"]
    assert firm.ours("SELECT count(*) FROM customer_decision") == [(0,)]


def test_one_that_was_cut_off_again_and_again_does_not_begin_for_ever(firm: Firm) -> None:
    _ask(firm, Kind.LOOK)
    firm.ours("UPDATE intent SET attempts = 3")
    (carried,) = _carry_out(firm)
    assert [reason.code for reason in carried.outcome] == ["intent_failed_before"]


def test_what_could_not_be_done_stands_first(firm: Firm) -> None:
    _ask(firm, Kind.CREATE, numbers=["1", "nobody", "2"])
    (carried,) = _carry_out(firm)
    assert [reason.code for reason in carried.outcome] == ["link_source_unknown", *["creation_decided"] * 2]
    assert not carried.went_well


def test_one_that_nobody_understands_holds_back_no_other(firm: Firm) -> None:
    _ask(firm, "of_another_version")
    _ask(firm, Kind.TRY_AGAIN, record_id="nonsense")
    _ask(firm, Kind.CREATE, numbers=["1"])
    carried = _carry_out(firm)
    assert [item.went_well for item in carried] == [False, False, True]
    assert carried[0].outcome[0].code == "intent_not_understood"
