"""A person's decisions on invoices: all or nothing, and the same again changes nothing (CT-19, P16)."""

from __future__ import annotations

from contextlib import closing
from decimal import Decimal

import pytest

from ledgerbridge.delivery.invoice_decisions import Decided, decide
from ledgerbridge.errors import Rejection
from ledgerbridge.records import Module
from ledgerbridge.store import transfers
from ledgerbridge.store.database import transaction
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import Firm, Grounds, customer, invoice

ASTA = customer(301)
LINES = [amount_line(f"Kopi {n}", "1", "33.34", unit="stk") for n in range(2)]


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """Two invoices that are held for their VAT, one that waits for its customer."""
    stranger = customer(302)
    off = [invoice(number, ASTA, *LINES, vat_amount=Decimal("16.68")) for number in (1, 2)]
    firm = grounds.firm([ASTA], off)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add([stranger], [invoice(3, stranger)])
    firm.source('UPDATE "Invoice" SET "InvoiceNumber" = \'F\' || "InvoiceID"')
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "rejected", "2": "rejected", "3": "waiting"}
    return firm


def _decide(
    firm: Firm, accepted: tuple[str, ...] = (), set_aside: tuple[str, ...] = (), because: str = ""
) -> list[Decided]:
    with firm.company.workplace("form", actor="Vibeke") as workplace, workplace.desk() as desk:
        return decide(desk, accepted, set_aside, because)


def _told(firm: Firm) -> list[tuple[str, str]]:
    return [
        (str(source_id), str(event))
        for source_id, event in firm.ours(
            "SELECT source_id, event FROM history WHERE actor = 'Vibeke' ORDER BY source_id, event"
        )
    ]


@pytest.mark.spec("CT-19", "X-4")
def test_by_number_or_id_and_the_same_again(firm: Firm) -> None:
    for _ in range(2):  # Airflow may try the task again after the decision was committed
        decided = _decide(firm, ("F1",), ("2", "3"), "Makuleret")
        assert [item.asked_for for item in decided] == ["F1", "2", "3"]
        assert [item.reason.code for item in decided] == ["invoice_vat_accepted", *["set_aside_by_person"] * 2]
    assert _told(firm) == [("1", "vat_difference_accepted"), ("2", "ignored"), ("3", "ignored")]
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"1": "delivered", "2": "ignored", "3": "ignored"}
    assert _decide(firm, ("F1",))[0].reason.values == {"actor": "Vibeke"}
    firm.company.deliver(Module.INVOICES, validated=False)
    assert len(firm.ledger()["booked"]) == 1


@pytest.mark.spec("CT-19", "X-6")
@pytest.mark.parametrize(
    ("accepted", "set_aside", "because", "code"),
    [
        (("F1", "999"), (), "", "decision_invoice_unknown"),
        (("F1", "3"), (), "", "decision_not_about_vat"),
        (("F1",), ("999",), "Makuleret", "decision_invoice_unknown"),
        (("F1",), ("F2",), "", "set_aside_needs_why"),
        (("F1", "F2"), ("F2",), "Makuleret", "decision_twice"),
    ],
)
def test_one_that_cannot_be_done_leaves_all_undone(
    firm: Firm, accepted: tuple[str, ...], set_aside: tuple[str, ...], because: str, code: str
) -> None:
    with pytest.raises(Rejection) as refused:
        _decide(firm, accepted, set_aside, because)
    assert refused.value.reason.code == code
    assert firm.states() == {"1": "rejected", "2": "rejected", "3": "waiting"}
    assert _told(firm) == []


@pytest.mark.spec("P8", "CT-19")
def test_an_invoice_that_is_being_sent_is_not_decided_on(firm: Firm) -> None:
    with closing(firm.company.store()) as holder, transaction(holder):
        record_id = transfers.record_of(holder, firm.name, Module.INVOICES, "2")
        assert transfers.hold(holder, [record_id]) == {record_id}
        with pytest.raises(Rejection) as refused:
            _decide(firm, ("F1", "F2"))
    assert refused.value.reason.code == "decision_overtaken"
    assert firm.states()["1"] == "rejected"


@pytest.mark.spec("P16", "X-7")
def test_what_is_set_aside_stays_so_through_changes_until_it_is_approved_anew(firm: Firm) -> None:
    _decide(firm, (), ("F1",), "Faktureret i hånden")
    firm.source('UPDATE "Invoice" SET "VatAmount" = 16.67, "GrossAmount" = 83.35 WHERE "InvoiceID" = 1')
    firm.company.deliver(Module.INVOICES, validated=False)
    assert (firm.states()["1"], firm.reasons()["1"]) == ("ignored", "set_aside_by_person")
    for approved in (0, 1):
        firm.source('UPDATE "Invoice" SET "ApprovalStatus" = %s WHERE "InvoiceID" = 1', approved)
        firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states()["1"] == "delivered"


@pytest.mark.spec("CT-19", "X-6")
def test_a_number_counts_before_an_id(firm: Firm) -> None:
    firm.source('UPDATE "Invoice" SET "InvoiceNumber" = \'2\' WHERE "InvoiceID" = 1')
    firm.company.deliver(Module.INVOICES, validated=False)
    _decide(firm, (), ("2",), "Makuleret")
    assert (firm.states()["1"], firm.states()["2"]) == ("ignored", "rejected")


@pytest.mark.spec("CT-19", "X-6")
def test_an_id_counts_where_the_number_is_that_of_a_settled_one(firm: Firm) -> None:
    firm.add((), [invoice(4, ASTA)])
    firm.source('UPDATE "Invoice" SET "InvoiceNumber" = \'2\' WHERE "InvoiceID" = 4')
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states()["4"] == "delivered"
    _decide(firm, (), ("2",), "Makuleret")
    assert firm.states()["2"] == "ignored"


@pytest.mark.spec("CT-19", "X-6")
def test_an_id_may_be_said_to_be_one(firm: Firm) -> None:
    firm.source('UPDATE "Invoice" SET "InvoiceNumber" = \'2\' WHERE "InvoiceID" = 1')
    firm.company.deliver(Module.INVOICES, validated=False)
    _decide(firm, (), ("id 2",), "Makuleret")
    assert (firm.states()["1"], firm.states()["2"]) == ("rejected", "ignored")


@pytest.mark.spec("CT-19", "X-6")
def test_a_number_that_two_open_ones_have_means_neither(firm: Firm) -> None:
    """It went from one to the other, and only one of the changes has been read."""
    firm.ours("UPDATE transfer SET content = replace(content, '\"F1\"', '\"F2\"')")
    with pytest.raises(Rejection) as refused:
        _decide(firm, (), ("F2",), "Makuleret")
    assert refused.value.reason.code == "decision_ambiguous"
    assert (firm.states()["1"], firm.states()["2"]) == ("rejected", "rejected")
    _decide(firm, (), ("2",), "Makuleret")
    assert (firm.states()["1"], firm.states()["2"]) == ("rejected", "ignored")


@pytest.mark.spec("CT-19")
@pytest.mark.parametrize("number", ["F_1", "F%", 'F"1', "F\\1"])
def test_a_number_means_itself(firm: Firm, number: str) -> None:
    firm.source('UPDATE "Invoice" SET "InvoiceNumber" = %s WHERE "InvoiceID" = 1', number)
    firm.company.deliver(Module.INVOICES, validated=False)
    _decide(firm, (), (number,), "Makuleret")
    assert (firm.states()["1"], firm.states()["2"]) == ("ignored", "rejected")
