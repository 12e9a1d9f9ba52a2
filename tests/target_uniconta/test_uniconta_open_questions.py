"""What the interface's description leaves open: whichever way it is, invoices arrive once and to the øre (P1, P2)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgerbridge.delivery import loading
from ledgerbridge.records import Module
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import TODAY, Firm, Grounds, customer, invoice

FREJA, GERDA = customer(201), customer(202)

WAYS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a list is refused only in part": ({"insert_list_atomic": False}, {}),
    "a list is answered with an empty one": ({"insert_list_answer": "empty"}, {}),
    "a list is answered with its rows": ({"insert_list_answer": "rows"}, {}),
    "the order's number stands in an object": ({"order_number_in": "order"}, {"order_number_in": "order"}),
    "the order's number stands by itself": ({"order_number_in": "root"}, {}),
    "a refused posting is a text": ({"posting_errors": "text"}, {}),
    "a posting shows its header": ({"posting_shows_header": True}, {}),
    "a refresh hands out no new token": ({"refresh_token": "omitted"}, {}),
    "a second login is allowed": ({"server_login": "allowed"}, {}),
    "an update keeps what it leaves out": ({"update_omitted": "kept"}, {}),
    "an order takes after its debtor": ({"order_takes_from_debtor": True}, {}),
    "a feed has small pages": ({"odata_page_size": 3}, {}),
    "long lists are asked for": ({}, {"bulk_reading": "query"}),
    "a due date has no place on an order": ({"due_date_on_order": False}, {"due_date_on_order": False}),
}


@pytest.fixture(params=WAYS.values(), ids=WAYS.keys())
def way(request: pytest.FixtureRequest) -> Any:
    """The company's knobs, and the options that go with them."""
    return request.param


@pytest.mark.spec("P1", "CT-1", "CT-13", "CT-19", "X-3", "X-8")
def test_invoices_arrive_once_whichever_way_it_is(grounds: Grounds, way: Any) -> None:
    """Four in one group, one of them to a customer that is gone; then a credit note, and a day that is closed."""
    knobs, options = way
    lost = invoice(4, GERDA)
    firm = grounds.firm(
        [FREJA, GERDA],
        [invoice(1, FREJA), invoice(2, FREJA, amount_line("Gebyr", "1", "0.02")), invoice(3, FREJA), lost],
        system="uniconta",
        knobs=knobs,
        target={"options": options},
    )
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.books.remove_customer("202")
    firm.company.deliver(Module.INVOICES, validated=False)
    closed = invoice(6, FREJA, invoice_date=TODAY - timedelta(days=1200))
    credit = invoice(5, FREJA, amount_line("Retur", "-1", "100"), is_credit_note=True, original_id=1)
    firm.add([], [credit, closed, invoice(7, FREJA), invoice(8, FREJA)])
    firm.company.deliver(Module.INVOICES, validated=False)
    firm.company.deliver(Module.INVOICES, validated=False)
    _agrees(firm, booked={"1", "2", "3", "5", "7", "8"}, refused={"4", "6"})
    by_gross = sorted(item.gross for item in firm.books.booked() if item.gross is not None)
    assert by_gross == [Decimal("-125.00"), Decimal("0.03"), *([Decimal("3593.75")] * 4)]


@pytest.mark.spec("X-8", "TL-10", "P1")
def test_a_draft_is_replaced_whichever_way_it_is(grounds: Grounds, way: Any) -> None:
    knobs, options = way
    firm = grounds.firm(
        [FREJA],
        [invoice(1, FREJA), invoice(2, FREJA)],
        system="uniconta",
        knobs=knobs,
        target={"options": options},
        invoicing={"finish": "draft"},
    )
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.company.deliver(Module.INVOICES, validated=False)
    before = {item.number for item in firm.books.drafts()}
    firm.source('UPDATE "InvoiceLine" SET "Quantity" = 1, "NetAmount" = 1150 WHERE "InvoiceID" = 1')
    firm.source(
        'UPDATE "Invoice" SET "NetAmount" = 1150, "VatAmount" = 287.5, "GrossAmount" = 1437.5, "YourReference" = NULL '
        'WHERE "InvoiceID" = 1'
    )
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 2')
    firm.company.deliver(Module.INVOICES, validated=False)
    (draft,) = firm.books.drafts()
    assert (draft.net, draft.number in before) == (Decimal("1150.00"), True)
    assert firm.states() == {"1": "delivered", "2": "withdrawn"}


def _agrees(firm: Firm, *, booked: set[str], refused: set[str]) -> None:
    states = firm.states()
    assert {name for name, state in states.items() if state == "delivered"} == booked, (states, firm.reasons())
    assert {name for name, state in states.items() if state == "rejected"} == refused, (states, firm.reasons())
    assert set(firm.locators().values()) == {1}
    assert len(firm.books.booked()) == len(booked)


@pytest.mark.spec("P7", "P2")
@pytest.mark.parametrize("answer", ["refusal", "text"])
def test_slow_down_among_several_loses_and_doubles_nothing(
    grounds: Grounds, answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading.time, "sleep", lambda _: None)
    firm = grounds.firm(
        [FREJA], [invoice(n, FREJA) for n in range(1, 8)], system="uniconta", knobs={"slow_down_answer": answer}
    )
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    made = int(firm.control.counters(firm.agreement)["calls"])
    for more in (9, 13, 16):
        firm.control.set_knobs(firm.agreement, over_limit="slow_down", daily_limit=made + more)
        firm.company.deliver(Module.INVOICES, validated=False)
        assert set(firm.states().values()) <= {"waiting", "in_doubt", "delivered"}
        assert set(firm.locators().values()) <= {1}
    firm.control.set_knobs(firm.agreement, daily_limit=5000)
    for _ in range(2):
        firm.company.deliver(Module.INVOICES, validated=False)
    assert set(firm.states().values()) == {"delivered"}
    assert len(firm.books.booked()) == 7
