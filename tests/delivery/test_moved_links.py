"""A person moves a link while something of that customer is under way (LK-5, P8, P13)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from ledgerbridge.delivery import activation, link_requests
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.errors import Rejection
from ledgerbridge.records import Module
from ledgerbridge.store import transfers
from ledgerbridge.store.database import transaction
from sandbox.accounts.economic import economic_customer
from sandbox.grounds import Firm, Grounds, customer, invoice

LIV = customer(601)
_NOTHING = dict.fromkeys(("cvr", "address", "zip", "city", "phone", "email", "gln"))


def _there(number: int, name: str) -> dict[str, object]:
    return economic_customer({**_NOTHING, "number": number, "name": name, "country": "DK", "currency": "DKK"})


def _firm(grounds: Grounds) -> Firm:
    firm = grounds.firm([LIV])
    _deliver(firm, Module.CUSTOMERS)
    _make(firm, _there(777, "Skagen Net A/S"))
    firm.control.mark(firm.agreement)
    return firm


def _with_creation_in_doubt(grounds: Grounds, effect: str) -> Firm:
    firm = _firm(grounds)
    rule = {"agreement": firm.agreement, "method": "POST", "path": "/customers$", "nth": 1}
    firm.control.add_fault(effect, match=rule)
    firm.add([customer(602)])
    _deliver(firm, Module.CUSTOMERS)
    assert firm.states(Module.CUSTOMERS)["602"] == "in_doubt"
    firm.control.mark(firm.agreement)
    return firm


def _make(firm: Firm, body: dict[str, object]) -> None:
    status, answer = firm.control.act(firm.agreement, "POST", "/customers", body)
    assert status == 201, answer


def _deliver(firm: Firm, module: Module = Module.INVOICES) -> dict[str, str]:
    return firm.company.deliver(module, validated=False).trouble


def _ask(firm: Firm, request: Callable[[Desk], object]) -> None:
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        request(desk)


def _linked_to(firm: Firm, source_id: str) -> str:
    ((target,),) = firm.ours("SELECT target_id FROM link JOIN record USING (record_id) WHERE source_id = %s", source_id)
    return str(target)


def _move(firm: Firm) -> None:
    _ask(firm, lambda desk: link_requests.unlink(desk, "601"))
    _ask(firm, lambda desk: link_requests.link(desk, "601", "777"))


def _booked_for(firm: Firm) -> list[int]:
    return [item["customer"]["customerNumber"] for item in firm.ledger()["booked"]]


@pytest.mark.spec("LK-5", "P8")
@pytest.mark.parametrize("moved", [True, False])
def test_a_payload_made_for_the_former_customer_is_not_sent(grounds: Grounds, *, moved: bool) -> None:
    firm = _firm(grounds)
    firm.add((), [invoice(1, LIV)])
    with firm.company.workplace("between") as workplace:
        firm.company.prepare(workplace, Module.INVOICES, validated=False)
        if moved:
            _move(firm)
        else:
            _ask(firm, lambda desk: link_requests.unlink(desk, "601"))
        load_chunk(workplace, firm.company.chunks("between")[0])
    assert firm.reasons() == {"1": "customer_link_moved"}
    assert (firm.ledger()["drafts"], firm.ledger()["booked"]) == ([], [])
    _deliver(firm)
    assert _booked_for(firm) == ([777] if moved else [])
    assert firm.reasons() == {"1": None if moved else "customer_not_linked"}


@pytest.mark.spec("LK-5", "P2", "P3")
def test_a_lost_creation_is_not_repeated_for_the_former_customer(grounds: Grounds) -> None:
    firm = _firm(grounds)
    rule = {"agreement": firm.agreement, "method": "POST", "path": "/invoices/drafts$", "nth": 1}
    firm.control.add_fault("drop_before", match=rule)
    firm.add((), [invoice(1, LIV)])
    _deliver(firm)
    assert firm.states() == {"1": "in_doubt"}
    _move(firm)
    _deliver(firm)
    _deliver(firm)
    assert _booked_for(firm) == [777]
    assert list(firm.locators().values()) == [1]


@pytest.mark.spec("LK-5", "P2", "P3")
def test_a_lost_booking_is_not_repeated_for_the_former_customer(grounds: Grounds) -> None:
    firm = _firm(grounds)
    rule = {"agreement": firm.agreement, "method": "POST", "path": "/invoices/booked$", "nth": 1}
    firm.control.add_fault("drop_before", match=rule)
    firm.add((), [invoice(1, LIV)])
    _deliver(firm)
    assert firm.states() == {"1": "in_doubt"}
    _move(firm)
    for _ in range(3):
        _deliver(firm)
    assert _booked_for(firm) == [777]
    assert list(firm.locators().values()) == [1]


@pytest.mark.spec("LK-3", "LK-5", "P8")
@pytest.mark.parametrize("request_", ["link", "unlink", "create", "skip"])
def test_a_customer_that_is_being_sent_is_not_decided_on(
    grounds: Grounds, request_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_requests, "_PATIENCE", timedelta(milliseconds=50))
    firm = _firm(grounds)
    with closing(firm.company.store()) as holder, transaction(holder):
        record_id = transfers.record_of(holder, firm.name, Module.CUSTOMERS, "601")
        assert transfers.hold(holder, [record_id]) == {record_id}
        arguments = ("601", "777") if request_ == "link" else ("601",)
        with pytest.raises(Rejection) as refused:
            _ask(firm, lambda desk: getattr(link_requests, request_)(desk, *arguments))
    assert refused.value.reason.code == "link_overtaken"
    assert firm.ours("SELECT target_id FROM link WHERE module = 'customers'") == [("601",)]
    assert firm.ours("SELECT count(*) FROM customer_decision") == [(0,)]


@pytest.mark.spec("LK-3", "LK-5", "P8")
@pytest.mark.parametrize("busy_with", ["sending", "reading"])
def test_a_person_waits_a_moment_for_a_run(grounds: Grounds, busy_with: str) -> None:
    firm = _firm(grounds)
    is_held, over = threading.Event(), threading.Event()

    def run() -> None:
        with closing(firm.company.store()) as store, transaction(store):
            if busy_with == "sending":
                transfers.hold(store, [transfers.record_of(store, firm.name, Module.CUSTOMERS, "601")])
                is_held.set()
                over.wait(0.5)
            else:
                with transfers.staging(store, firm.name, Module.CUSTOMERS):
                    is_held.set()
                    over.wait(0.5)

    running = threading.Thread(target=run, daemon=True)
    running.start()
    assert is_held.wait(10)
    _ask(firm, lambda desk: link_requests.unlink(desk, "601"))
    running.join(10)
    assert firm.ours("SELECT count(*) FROM link") == [(0,)]


@pytest.mark.spec("LK-3", "CT-3")
def test_what_is_staged_is_the_customer_of_now(grounds: Grounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run reads a change of it between the form's first look and its turn."""
    firm = _firm(grounds)
    _ask(firm, lambda desk: link_requests.unlink(desk, "601"))
    record_id_of = transfers.record_of

    def meanwhile(*arguments: Any) -> int:
        firm.source('UPDATE "Customer" SET "City" = \'Skive\'')
        _deliver(firm, Module.CUSTOMERS)
        monkeypatch.setattr(transfers, "record_of", record_id_of)
        return record_id_of(*arguments)

    monkeypatch.setattr(transfers, "record_of", meanwhile)
    _ask(firm, lambda desk: link_requests.link(desk, "601", "601"))
    _deliver(firm, Module.CUSTOMERS)
    assert firm.states(Module.CUSTOMERS) == {"601": "delivered"}
    assert [item["city"] for item in firm.ledger()["customers"] if item["customerNumber"] == 601] == ["Skive"]


@pytest.mark.spec("LK-3", "P2")
def test_a_link_made_while_its_creation_was_in_doubt_stands(grounds: Grounds) -> None:
    firm = _with_creation_in_doubt(grounds, "drop_after_commit")
    _ask(firm, lambda desk: link_requests.link(desk, "602", "777"))
    red = firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert red.trouble == {"602": "customer_created_beside_link"}
    assert _linked_to(firm, "602") == "777"
    assert firm.company.clear(red.run_id).trouble == {}
    assert (firm.states(Module.CUSTOMERS)["602"], _linked_to(firm, "602")) == ("delivered", "777")


@pytest.mark.spec("LK-5", "P2", "P13")
@pytest.mark.parametrize("effect", ["drop_before", "drop_after_commit"])
def test_who_is_unlinked_while_its_creation_is_in_doubt_is_left_to_a_person(grounds: Grounds, effect: str) -> None:
    """Whether it was made or not: what becomes of it is theirs to say."""
    firm = _with_creation_in_doubt(grounds, effect)
    _ask(firm, lambda desk: link_requests.link(desk, "602", "777"))
    _ask(firm, lambda desk: link_requests.unlink(desk, "602"))
    for _ in range(2):
        _deliver(firm, Module.CUSTOMERS)
        assert firm.reasons(Module.CUSTOMERS)["602"] == "customer_undecided"
        assert firm.states(Module.CUSTOMERS)["602"] == "waiting"
    assert firm.writes() == {}
    assert firm.ours("SELECT count(*) FROM link WHERE target_id IN ('602', '777')") == [(0,)]
    _ask(firm, lambda desk: link_requests.create(desk, "602") if effect == "drop_before" else None)
    _ask(firm, lambda desk: link_requests.link(desk, "602", "602") if effect == "drop_after_commit" else None)
    _deliver(firm, Module.CUSTOMERS)
    assert firm.states(Module.CUSTOMERS)["602"] in {"delivered", "unchanged"}
    assert _linked_to(firm, "602") == "602"
    assert [item["customerNumber"] for item in firm.ledger()["customers"]].count(602) == 1


@pytest.mark.spec("LK-3", "P1")
def test_who_is_linked_by_the_source_while_its_creation_is_in_doubt_is_not_created_beside(grounds: Grounds) -> None:
    firm = _with_creation_in_doubt(grounds, "drop_before")
    firm.source('UPDATE "Customer" SET "ForeignDebitorSystemIdentification" = 777 WHERE "CustomerID" = 602')
    for _ in range(2):
        _deliver(firm, Module.CUSTOMERS)
    assert _linked_to(firm, "602") == "777"
    assert firm.states(Module.CUSTOMERS)["602"] in {"delivered", "unchanged"}
    assert 602 not in [item["customerNumber"] for item in firm.ledger()["customers"]]


@pytest.mark.spec("LK-5", "CT-10")
def test_an_earlier_creation_is_not_decided_once_more_by_unlinking(grounds: Grounds) -> None:
    firm = _firm(grounds)
    firm.add([customer(603, name="Skagen Net")])
    assert _deliver(firm, Module.CUSTOMERS) == {}
    assert firm.reasons(Module.CUSTOMERS)["603"] == "customer_resembles"
    _ask(firm, lambda desk: link_requests.create(desk, "603"))
    _deliver(firm, Module.CUSTOMERS)
    _ask(firm, lambda desk: link_requests.unlink(desk, "603"))
    firm.control.mark(firm.agreement)
    firm.source('UPDATE "Customer" SET "City" = \'Ribe\' WHERE "CustomerID" = 603')
    _deliver(firm, Module.CUSTOMERS)
    assert firm.reasons(Module.CUSTOMERS)["603"] == "customer_undecided"
    assert firm.writes() == {}
    _ask(firm, lambda desk: link_requests.link(desk, "603", "777"))
    _deliver(firm, Module.CUSTOMERS)
    assert _linked_to(firm, "603") == "777"


@pytest.mark.spec("LK-5", "P13", "P8")
def test_a_customer_that_is_unlinked_while_its_update_is_under_way_is_not_created(grounds: Grounds) -> None:
    """Without a link it looks new, and its own number is free there once another one was linked."""
    firm = grounds.firm([LIV], there=[_there(777, "Skagen Net A/S")])
    _deliver(firm, Module.CUSTOMERS)
    _ask(firm, lambda desk: link_requests.link(desk, "601", "777"))
    firm.control.mark(firm.agreement)
    with firm.company.workplace("between") as workplace:
        firm.company.prepare(workplace, Module.CUSTOMERS, validated=False)
        _ask(firm, lambda desk: link_requests.unlink(desk, "601"))
        load_chunk(workplace, firm.company.chunks("between")[0])
    assert firm.writes() == {}
    assert firm.reasons(Module.CUSTOMERS) == {"601": "customer_undecided"}
    assert firm.ours("SELECT count(*) FROM link") == [(0,)]


@pytest.mark.spec("LK-5", "P13")
def test_who_was_unlinked_is_counted_when_the_linking_is_confirmed(grounds: Grounds) -> None:
    firm = _firm(grounds)
    _ask(firm, lambda desk: link_requests.unlink(desk, "601"))
    firm.source('UPDATE "Customer" SET "City" = \'Ribe\'')
    _deliver(firm, Module.CUSTOMERS)
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        assert activation.confirm_linking(desk) == 1
        link_requests.skip(desk, "601")
    _deliver(firm, Module.CUSTOMERS)
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        assert activation.confirm_linking(desk) == 0


@pytest.mark.spec("P13", "LK-8")
def test_also_an_agreement_that_began_empty_is_asked_for_doubles(grounds: Grounds) -> None:
    """Somebody has made the customer there by hand meanwhile."""
    firm = _firm(grounds)
    firm.add([customer(604, name="Skagen Net A/S")])
    _deliver(firm, Module.CUSTOMERS)
    assert firm.reasons(Module.CUSTOMERS)["604"] == "customer_resembles"
    assert firm.writes() == {}


@pytest.mark.spec("LK-5", "X-12")
def test_a_customer_that_the_source_has_deleted_is_unlinked_and_listed_no_more(grounds: Grounds) -> None:
    firm = _firm(grounds)
    firm.source('DELETE FROM "Customer"')
    _deliver(firm, Module.CUSTOMERS)
    _ask(firm, lambda desk: link_requests.unlink(desk, "601"))
    assert firm.ours("SELECT count(*) FROM link") == [(0,)]
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        assert list(link_requests.list_unlinked(desk).proposals.sources) == []
    with pytest.raises(Rejection) as refused:
        _ask(firm, lambda desk: link_requests.unlink(desk, "601"))
    assert refused.value.reason.code == "link_source_unknown"


@pytest.mark.spec("LK-5", "CT-5")
def test_a_former_number_is_nobodys(grounds: Grounds) -> None:
    """It was given another number in the source: it is not deleted, and the old number undoes nothing."""
    firm = _firm(grounds)
    firm.source('UPDATE "Customer" SET "CustomerCode" = \'666\'')
    with pytest.raises(Rejection) as refused:
        _ask(firm, lambda desk: link_requests.unlink(desk, "601"))
    assert refused.value.reason.code == "link_source_unknown"
    assert firm.ours("SELECT target_id FROM link WHERE module = 'customers'") == [("601",)]
