"""What decides about VAT is what the company has now, not what it had when it was checked (CT-18, CT-19)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgerbridge.delivery import booked_figures
from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.records import Module
from sandbox.grounds import TODAY, Firm, Grounds, customer, invoice

FREJA = customer(201)


def _firm(grounds: Grounds, *invoices: Any, **changes: Any) -> Firm:
    firm = grounds.firm([FREJA], invoices, system="uniconta", **changes)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm


def _deliver(firm: Firm) -> Any:
    return firm.company.deliver(Module.INVOICES, validated=False)


def _change(firm: Firm, entity: str, name: str, value: str, **fields: Any) -> None:
    (row,) = firm.by_hand_list("POST", f"/Query/Get/{entity}", [{"PropertyName": name, "FilterValue": value}])
    firm.by_hand("PUT", f"/api/Entities/Update/{entity}", **{**row, **fields})


def _reason(firm: Firm) -> Any:
    ((reason,),) = firm.ours("SELECT reason FROM transfer WHERE module = 'invoices' AND is_newest")
    return reason


@pytest.mark.spec("CT-18", "CT-19", "P12")
def test_a_percentage_that_changed_since_the_check_holds_the_invoice(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, FREJA))
    _change(firm, "GLVatClient", "Vat", "U25", Rate=30)
    _deliver(firm)
    assert firm.books.booked() == []
    assert (_reason(firm)["code"], _reason(firm)["values"]["target"]) == ("invoice_vat_differs", "862.50 / 3737.50")


@pytest.mark.spec("CT-18", "CT-19", "P12")
@pytest.mark.parametrize(("days", "booked"), [(-1, 0), (0, 0), (1, 1)])
def test_a_percentage_that_changes_on_a_day_counts_from_that_day(grounds: Grounds, days: int, booked: int) -> None:
    firm = _firm(grounds, invoice(1, FREJA))
    day = (TODAY + timedelta(days=days)).isoformat()
    _change(firm, "GLVatClient", "Vat", "U25", Date=day, RateAfterDate=22)
    _deliver(firm)
    assert len(firm.books.booked()) == booked


@pytest.mark.spec("CT-14", "CT-18", "P12")
def test_an_items_group_that_changed_since_the_check_holds_the_invoice(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, FREJA))
    _change(firm, "InvGroupClient", "Group", "1", SalesVat="")
    _deliver(firm)
    assert firm.books.booked() == []
    assert _reason(firm)["values"]["target"] == "0.00 / 2875.00"


@pytest.mark.spec("CT-18", "CT-22")
def test_a_zone_that_gives_the_same_vat_and_is_another_is_told(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, FREJA, treatment="EU"))
    _change(firm, "DebtorClient", "Account", "201", VatZone="Abroad")
    _deliver(firm)
    assert len(firm.books.booked()) == 1
    ((told,),) = firm.ours("SELECT warnings FROM transfer WHERE module = 'invoices'")
    assert [(item["code"], item["values"]["zone"], item["values"]["wanted"]) for item in told] == [
        ("uniconta_zone_differs", "Abroad", "EU Member States")
    ]


@pytest.mark.spec("CT-22")
@pytest.mark.parametrize("finish", ["book", "draft"])
def test_who_will_owe_the_amount_is_told_where_it_is_another(grounds: Grounds, finish: str) -> None:
    firm = _firm(grounds, invoice(1, FREJA), invoicing={"finish": finish})
    firm.books.add_customer("999", "Betaler A/S")
    _change(firm, "DebtorClient", "Account", "201", InvoiceAccount="999")
    _deliver(firm)
    ((told,),) = firm.ours("SELECT warnings FROM transfer WHERE module = 'invoices'")
    assert [(item["code"], item["values"]["payer"]) for item in told] == [("uniconta_paid_by_another", "999")]
    assert firm.states() == {"1": "delivered"}


# What is booked otherwise than it was foretold.


def _misled(firm: Firm) -> None:
    """From now on the company computes VAT otherwise than is documented."""
    firm.control.set_knobs(firm.agreement, vat_misses_by=1)


@pytest.mark.spec("CT-19", "P12", "X-7")
def test_the_first_that_is_posted_otherwise_is_the_last(grounds: Grounds) -> None:
    firm = _firm(grounds, *(invoice(n, FREJA) for n in range(1, 6)), loading={"connections": 4})
    _misled(firm)
    delivered = _deliver(firm)
    assert len(firm.books.booked()) == 1
    assert delivered.stopped_by is not None
    assert delivered.stopped_by.reason.cause is not None
    assert delivered.stopped_by.reason.cause.code == "booked_otherwise"
    assert sorted(firm.states().values()) == ["delivered", "waiting", "waiting", "waiting", "waiting"]
    ((net, vat),) = firm.ours("SELECT net_amount, vat_amount FROM archive")
    assert (net, vat) == (Decimal("2875.00"), Decimal("718.76")), "the archive holds what was posted"
    again = _deliver(firm)
    assert len(firm.books.booked()) == 1, "from then on each is asked for first"
    assert set(firm.reasons().values()) == {"booked_otherwise", "invoice_vat_differs"}
    assert again.stopped_by is None


@pytest.mark.spec("CT-19", "X-6")
def test_what_was_told_of_it_stays_told_when_the_source_says_the_same_again(grounds: Grounds) -> None:
    """Also where the øre is one that the settings let pass."""
    firm = _firm(grounds, invoice(1, FREJA), invoicing={"accepted_vat_rounding": "0.01"})
    _misled(firm)
    _deliver(firm)
    for heading in ("B", None):
        firm.source('UPDATE "Invoice" SET "Heading" = %s, "UpdatedAt" = now()', heading)
        _deliver(firm)
    assert firm.ours("SELECT count(*) FROM transfer WHERE module = 'invoices'") == [(3,)]
    assert (firm.states(), firm.reasons()) == ({"1": "delivered"}, {"1": "booked_otherwise"})
    assert len(firm.books.booked()) == 1


@pytest.mark.spec("CT-19", "P12")
def test_what_is_computed_is_trusted_again_after_the_next_check(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, FREJA))
    _misled(firm)
    _deliver(firm)
    firm.control.set_knobs(firm.agreement, vat_misses_by=0)
    calls = []
    for number in (2, 3):
        if number == 3:
            firm.company.switch_on()
        firm.add([], [invoice(number, FREJA)])
        calls.append(_deliver(firm).calls)
    assert calls[0] == calls[1] + 1, "one simulation"
    assert len(firm.books.booked()) == 3


@pytest.mark.spec("X-7", "CT-19")
def test_a_later_one_that_is_posted_otherwise_reddens_the_task(grounds: Grounds) -> None:
    firm = _firm(grounds, *(invoice(n, FREJA) for n in range(1, 4)))
    with _after_one_booking(firm, lambda: _misled(firm)):
        delivered = _deliver(firm)
    told = [(item.state.value, item.reason.code) for outcome in delivered.outcomes for item in outcome.trouble]
    assert told == [("delivered", "booked_otherwise")] * 2
    with firm.company.workplace(delivered.run_id) as workplace:
        retried = [load_chunk(workplace, chunk) for chunk in firm.company.chunks(delivered.run_id)]
    assert [len(outcome.trouble) for outcome in retried] == [2], "Airflow's own retry stays red"
    assert firm.company.clear(delivered.run_id).trouble == {}, "who clears it has heard"
    assert _deliver(firm).trouble == {}, "it is told in one run"


@pytest.mark.spec("CT-2", "X-1")
def test_what_could_not_be_read_is_read_by_the_next_run_though_it_has_nothing_to_send(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, FREJA))
    firm.control.add_fault("drop_before", match=firm.books.match(path="/Query/Get/DebtorInvoiceClient"))
    _deliver(firm)
    firm.control.clear_faults()
    assert firm.ours("SELECT is_foretold FROM archive") == [(True,)]
    _deliver(firm)
    assert firm.ours("SELECT is_foretold FROM archive") == [(False,)]
    assert firm.source('SELECT "ForeignInvoiceNumber" IS NOT NULL FROM "Invoice"') == [(True,)]
    assert _deliver(firm).counts == {}


@pytest.mark.spec("CT-2", "X-3")
def test_invoices_that_people_made_by_hand_are_in_nobodys_way(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(9, FREJA))
    _deliver(firm)
    made = firm.by_hand("POST", "/Crud/Insert/DebtorOrderClient", Account="201", InvoiceDate=TODAY.isoformat())
    line = {"OrderNumber": str(made["OrderNumber"]), "LineNumber": 1, "Item": "1000", "Qty": 1, "Price": 100}
    firm.by_hand_list("POST", "/Crud/InsertList/DebtorOrderLineClient", [line])
    firm.books.book_draft(made["OrderNumber"])
    firm.add([], [invoice(n, FREJA) for n in range(1, 5)])
    assert _deliver(firm).counts == {"delivered": 4}
    assert firm.ours("SELECT count(*) FROM archive WHERE is_foretold") == [(0,)]


@contextmanager
def _after_one_booking(firm: Firm, then: Any) -> Iterator[None]:
    """Do something in the company between the first posting's look and the second posting."""
    look = booked_figures.OneFirst.went_well

    def went_well(self: Any) -> None:
        look(self)
        then()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(booked_figures.OneFirst, "went_well", went_well)
        yield


@pytest.mark.spec("X-2", "P2")
def test_a_mark_that_does_not_follow_to_the_invoice_stops_the_postings(grounds: Grounds) -> None:
    firm = _firm(grounds, *(invoice(n, FREJA) for n in range(1, 4)), knobs={"reference_follows_to_invoice": False})
    delivered = _deliver(firm)
    assert len(firm.books.booked()) == 1
    assert delivered.stopped_by is not None
    assert delivered.stopped_by.reason.cause is not None
    assert delivered.stopped_by.reason.cause.code == "booked_without_mark"


# Turns and locks.


@pytest.mark.spec("P7")
def test_who_logs_in_never_waits_for_one_who_waits_for_the_login(grounds: Grounds) -> None:
    """With one connection: one thread has the turn and no token, the other wants both."""
    firm = _firm(grounds)
    with firm.company.workplace("turns") as workplace, workplace.desk() as desk:
        take, asked = workplace.gate.turn, threading.Event()

        def turn(**how: bool) -> Any:
            if threading.current_thread() is other:
                asked.set()
            return take(**how)

        found = []
        other = threading.Thread(target=lambda: found.append(desk.target.customer("201")), daemon=True)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(workplace.gate, "turn", turn)
            with take():
                other.start()
                assert asked.wait(10)
                mine = threading.Thread(target=lambda: found.append(desk.target.customer("201")), daemon=True)
                assert desk.target.customer("201") is not None
            mine.start()
            for thread in (other, mine):
                thread.join(10)
        assert len(found) == 2
        assert None not in found


@pytest.mark.spec("CT-9")
def test_a_term_that_was_deleted_since_the_check_is_named(grounds: Grounds) -> None:
    """The update of an order is then answered «not found», and the order is there."""
    firm = _firm(grounds, invoice(1, FREJA), invoicing={"finish": "draft"})
    _deliver(firm)
    asked = [{"PropertyName": "Payment", "FilterValue": "Netto 30"}]
    terms = firm.by_hand_list("POST", "/Query/Get/PaymentTermClient", asked)
    firm.by_hand_list("DELETE", "/Crud/DeleteList/PaymentTermClient", terms)
    firm.source('UPDATE "Invoice" SET "DueDate" = %s', TODAY + timedelta(days=30))
    _deliver(firm)
    assert firm.reasons() == {"1": "uniconta_reference_missing"}
    assert "Netto 30" in _reason(firm)["values"]["what"]
