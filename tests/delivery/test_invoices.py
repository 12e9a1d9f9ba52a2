"""One invoice's way: draft, totals, booking, changes and withdrawals, and people in the target (X-8, CT-19, TL-10)."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from ledgerbridge.records import Module
from ledgerbridge.store.transfers import accept_vat_difference
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import Firm, Grounds, customer, invoice

FREJA = customer(201)


def _firm(grounds: Grounds, *rows: Any, **changes: Any) -> Firm:
    firm = grounds.firm([FREJA], rows, **changes)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.company.deliver(Module.INVOICES, validated=False)
    firm.control.mark(firm.agreement)
    return firm


def _drafts(grounds: Grounds, *rows: Any) -> Firm:
    return _firm(grounds, *rows, invoicing={"finish": "draft"})


def _change(firm: Firm, column: str, value: object, id_: int = 1) -> None:
    firm.source(f'UPDATE "Invoice" SET "{column}" = %s WHERE "InvoiceID" = %s', value, id_)


def _draft_number(firm: Firm) -> int:
    return int(firm.ledger()["drafts"][0]["draftInvoiceNumber"])


@pytest.mark.spec("CT-1", "CT-2", "X-1")
def test_booked_archived_and_written_back(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, FREJA))
    booked = firm.ledger()["booked"][0]
    row = firm.source('SELECT * FROM "Invoice" WHERE "InvoiceID" = 1')[0]
    assert any(str(value) == str(booked["bookedInvoiceNumber"]) for value in row)
    kept = firm.ours("SELECT booked_number, net_amount, vat_amount, gross_amount, keep_until::text FROM archive")
    assert kept == [
        (booked["bookedInvoiceNumber"], Decimal("2875.00"), Decimal("718.75"), Decimal("3593.75"), "2031-12-31")
    ]
    assert firm.company.deliver(Module.INVOICES, validated=False).counts == {}


@pytest.mark.spec("CT-2", "CT-1")
def test_what_a_booked_invoice_costs_in_calls(grounds: Grounds) -> None:
    firm = grounds.firm([FREJA], [invoice(n, FREJA) for n in range(1, 31)], loading={"connections": 4})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.control.mark(firm.agreement)
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert delivered.pdfs == 30
    assert firm.control.counters(firm.agreement)["sinceMark"]["calls"] <= 30 * 3.2
    assert delivered.calls == firm.control.counters(firm.agreement)["sinceMark"]["calls"]
    as_drafts = grounds.firm([FREJA], [invoice(n, FREJA) for n in range(1, 31)], invoicing={"finish": "draft"})
    as_drafts.company.deliver(Module.CUSTOMERS, validated=False)
    as_drafts.control.mark(as_drafts.agreement)
    as_drafts.company.deliver(Module.INVOICES, validated=False)
    assert as_drafts.control.counters(as_drafts.agreement)["sinceMark"]["calls"] <= 30 * 1.1


@pytest.mark.spec("X-8")
def test_a_draft_is_replaced_in_place_and_changed_back(grounds: Grounds) -> None:
    firm = _drafts(grounds, invoice(1, FREJA, heading="A"))
    number = _draft_number(firm)
    for heading in ("B", "A", "A"):
        _change(firm, "Heading", heading)
        firm.company.deliver(Module.INVOICES, validated=False)
        assert [(d["draftInvoiceNumber"], d["notes"]["heading"]) for d in firm.ledger()["drafts"]] == [
            (number, heading)
        ]
    assert firm.writes() == {"PUT /invoices/drafts/{draftInvoiceNumber}": 2}


@pytest.mark.spec("X-8")
def test_once_booked_nothing_is_resent(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, FREJA), invoice(2, FREJA))
    _change(firm, "Heading", "Rettet")
    _change(firm, "ApprovalStatus", 0, 2)
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.writes() == {}
    assert firm.reasons() == {"1": "invoice_changed_after_booking", "2": "invoice_withdrawn_after_booking"}
    assert set(firm.states().values()) == {"unchanged"}
    assert delivered.trouble == {}


@pytest.mark.spec("X-8")
def test_a_withdrawn_approval_takes_the_draft_away(grounds: Grounds) -> None:
    firm = _drafts(grounds, invoice(1, FREJA))
    _change(firm, "ApprovalStatus", 0)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "withdrawn"}
    assert firm.ledger()["drafts"] == []
    _change(firm, "ApprovalStatus", 1)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert list(firm.locators().values()) == [1]


@pytest.mark.spec("X-8")
def test_an_approval_withdrawn_before_it_was_sent(grounds: Grounds) -> None:
    firm = grounds.firm([FREJA], [invoice(1, FREJA)])
    with firm.company.workplace("first") as workplace:
        firm.company.prepare(workplace, Module.INVOICES, validated=False)
    _change(firm, "ApprovalStatus", 0)
    firm.company.deliver(Module.INVOICES, validated=False)
    firm.company.clear("first")
    assert firm.states() == {"1": "withdrawn"}
    assert firm.locators() == {}


@pytest.mark.spec("X-8", "P8")
def test_a_revision_that_came_while_the_older_one_was_prepared(grounds: Grounds) -> None:
    """The older run's load finds a newer revision that nobody has checked yet: it sends neither of them blindly."""
    firm = _firm(grounds, invoicing={"finish": "draft"})
    firm.add((), [invoice(1, FREJA, heading="A")])
    with firm.company.workplace("first") as workplace:
        firm.company.prepare(workplace, Module.INVOICES, validated=False)
    _change(firm, "Heading", "B")
    from ledgerbridge.delivery.extracting import extract
    from ledgerbridge.delivery.loading import load_chunk

    with firm.company.workplace("second") as workplace:
        extract(workplace, Module.INVOICES)
    with firm.company.workplace("first") as workplace:
        load_chunk(workplace, 0)
    assert firm.writes() == {}
    firm.company.deliver(Module.INVOICES, validated=False)
    assert [draft["notes"]["heading"] for draft in firm.ledger()["drafts"]] == ["B"]


@pytest.mark.spec("TL-10", "X-7")
def test_a_draft_that_a_person_deleted_is_sent_again_when_asked_for(grounds: Grounds) -> None:
    firm = _drafts(grounds, invoice(1, FREJA))
    firm.control.act(firm.agreement, "DELETE", f"/invoices/drafts/{_draft_number(firm)}")
    _change(firm, "Heading", "Nyt")
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert delivered.trouble == {"1": "draft_deleted_in_target"}
    assert firm.writes() == {}
    assert firm.company.deliver(Module.INVOICES, validated=False).trouble == {}
    firm.company.clear(delivered.run_id)
    assert firm.states() == {"1": "delivered"}
    assert list(firm.locators().values()) == [1]


@pytest.mark.spec("X-8", "TL-16")
@pytest.mark.parametrize("then", ["changed", "withdrawn"])
def test_a_draft_that_a_person_booked(grounds: Grounds, then: str) -> None:
    firm = _drafts(grounds, invoice(1, FREJA))
    number = _draft_number(firm)
    status, _ = firm.control.act(
        firm.agreement, "POST", "/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": number}}
    )
    assert status == 201
    firm.control.mark(firm.agreement)
    _change(firm, "Heading", "Nyt") if then == "changed" else _change(firm, "ApprovalStatus", 0)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons()["1"] == f"invoice_{then}_after_booking"
    assert firm.writes() == {}
    assert len(firm.ours("SELECT 1 FROM archive")) == 1
    assert list(firm.locators().values()) == [1]


@pytest.mark.spec("X-8")
def test_a_draft_without_our_mark_is_not_touched(grounds: Grounds) -> None:
    firm = _drafts(grounds, invoice(1, FREJA))
    number = _draft_number(firm)
    status, draft = firm.control.act(firm.agreement, "GET", f"/invoices/drafts/{number}")
    assert status == 200
    draft["references"] = {"other": "PO 1"}
    status, answer = firm.control.act(firm.agreement, "PUT", f"/invoices/drafts/{number}", draft)
    assert status == 200, answer
    _change(firm, "Heading", "Nyt")
    firm.control.mark(firm.agreement)
    assert firm.company.deliver(Module.INVOICES, validated=False).trouble == {"1": "draft_is_not_ours"}
    assert firm.writes() == {}


@pytest.mark.spec("CT-19", "P12")
def test_a_difference_in_vat_holds_the_invoice_until_it_is_accepted(grounds: Grounds) -> None:
    lines = [amount_line(f"Kopi {n}", "1", "33.34", unit="stk") for n in range(2)]
    off = invoice(1, FREJA, *lines, vat_amount=Decimal("16.68"))
    firm = _firm(grounds, off)
    assert firm.reasons() == {"1": "invoice_vat_differs"}
    assert firm.ledger()["booked"] == []
    with closing(firm.company.store()) as store:
        assert accept_vat_difference(store, firm.name, "1", "Vibeke") is not None
        assert accept_vat_difference(store, firm.name, "1", "Vibeke") is None
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}
    assert firm.writes() == {"POST /invoices/booked": 1}
    warned = firm.ours(
        "SELECT warnings -> 0 ->> 'code', warnings -> 0 -> 'values' ->> 'by' FROM transfer WHERE module = 'invoices'"
    )
    assert warned == [("invoice_vat_rounding_accepted", "Vibeke")]


@pytest.mark.spec("CT-19", "P12")
def test_a_difference_in_vat_that_the_setting_accepts(grounds: Grounds) -> None:
    lines = [amount_line(f"Kopi {n}", "1", "33.34", unit="stk") for n in range(2)]
    off = invoice(1, FREJA, *lines, vat_amount=Decimal("16.68"))
    firm = _firm(grounds, off, invoicing={"accepted_vat_rounding": "0.01"})
    assert firm.states() == {"1": "delivered"}


@pytest.mark.spec("CT-19", "P12")
def test_a_difference_in_net_is_never_accepted(grounds: Grounds) -> None:
    firm = grounds.firm([FREJA], [invoice(1, FREJA)], invoicing={"accepted_vat_rounding": "0.05"})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.source('UPDATE "Invoice" SET "NetAmount" = "NetAmount" + 0.01, "GrossAmount" = "GrossAmount" + 0.01')
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons() == {"1": "invoice_net_differs"}
    assert firm.ledger()["booked"] == []


@pytest.mark.spec("P14")
def test_a_credit_note_names_the_number_that_its_original_got_there(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(1, FREJA))
    number = firm.ledger()["booked"][0]["bookedInvoiceNumber"]
    line = amount_line("Kreditering", "-2.5", "1150")
    firm.add((), [invoice(2, FREJA, line, is_credit_note=True, original_id=1)])
    firm.company.deliver(Module.INVOICES, validated=False)
    credit = next(item for item in firm.ledger()["booked"] if item["bookedInvoiceNumber"] != number)
    assert credit["netAmount"] == Decimal("-2875.00")
    assert credit["notes"]["heading"].startswith(f"Kreditnota til faktura {number}")


@pytest.mark.spec("CT-20")
def test_the_sources_number_is_the_one_it_is_booked_with(grounds: Grounds) -> None:
    firm = _firm(grounds, invoice(4711, FREJA), invoicing={"number_from": "source"})
    assert [item["bookedInvoiceNumber"] for item in firm.ledger()["booked"]] == [4711]


@pytest.mark.spec("CT-12", "P16")
def test_an_invoice_waits_for_its_customer_and_goes_on_by_itself(grounds: Grounds) -> None:
    firm = grounds.firm([FREJA], [invoice(1, FREJA)])
    firm.company.deliver(Module.INVOICES, validated=False)
    assert (firm.states(), firm.reasons()) == ({"1": "waiting"}, {"1": "customer_not_linked"})
    assert firm.company.deliver(Module.INVOICES, validated=False).counts == {}
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered"}


@pytest.mark.spec("X-3", "X-7")
def test_clear_reads_validates_and_sends_what_was_mended(grounds: Grounds) -> None:
    """Validated for real: the due date lies before the invoice's, then a person mends it and clears."""
    firm = grounds.firm([FREJA])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add((), [invoice(1, FREJA), invoice(2, FREJA)])
    firm.source('UPDATE "Invoice" SET "DueDate" = "InvoiceDate" - 1 WHERE "InvoiceID" = 2')
    delivered = firm.company.deliver(Module.INVOICES)
    assert delivered.trouble == {"2": "due_date_before_invoice_date"}
    assert delivered.counts == {"delivered": 1, "rejected": 1}
    assert firm.company.clear(delivered.run_id).trouble == {"2": "due_date_before_invoice_date"}
    firm.source('UPDATE "Invoice" SET "DueDate" = "InvoiceDate" + 1 WHERE "InvoiceID" = 2')
    assert firm.company.clear(delivered.run_id).trouble == {}
    assert set(firm.states().values()) == {"delivered"}
    assert set(firm.locators().values()) == {1}


@pytest.mark.spec("X-3", "X-7")
def test_a_row_that_cannot_be_read_is_told_and_goes_on_when_mended(grounds: Grounds) -> None:
    firm = grounds.firm([customer(202, country="Elbonien"), FREJA])
    delivered = firm.company.deliver(Module.CUSTOMERS)
    assert delivered.trouble == {"202": "source_country_unknown"}
    assert firm.company.clear(delivered.run_id).trouble == {"202": "source_country_unknown"}
    firm.source('UPDATE "Customer" SET "Country" = %s WHERE "CustomerID" = 202', "Danmark")
    firm.company.deliver(Module.CUSTOMERS)
    assert set(firm.states(Module.CUSTOMERS).values()) == {"delivered"}
