"""From ClientTime to the accounts and back, the same for every target (CT-1 to CT-22, X-1 to X-13)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from systems import of

from ledgerbridge.comparing.run import Reconciled, reconcile
from ledgerbridge.delivery.dry_run import look_ahead
from ledgerbridge.delivery.link_requests import link
from ledgerbridge.reasons import Language, Reason
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from ledgerbridge.store import history
from ledgerbridge.store.transfers import accept_vat_difference
from ledgerbridge.target.registry import target_kind
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import SYSTEMS, TODAY, Firm, customer, invoice

FREJA = customer(201, cvr="12345674", address_1="Algade 4", zip="4000", phone="46351200")
GERDA = customer(202)

NewFirm = Callable[..., Firm]


def both(firm: Firm, **how: Any) -> Any:
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm.company.deliver(Module.INVOICES, **{"validated": False, **how})


def reconciled(firm: Firm) -> Reconciled:
    with firm.company.workplace(f"reconciling-{firm.name}") as workplace:
        return reconcile(workplace, Period(date(2000, 1, 1), None))


@pytest.mark.spec("CT-1", "CT-2", "CT-3", "CT-9", "X-1")
def test_an_approved_invoice_is_booked_archived_and_written_back(new_firm: NewFirm, system: str) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA, your_reference="Vibeke", heading="Marts")])
    both(firm)
    (booked,) = firm.books.booked()
    assert (booked.net, booked.vat, booked.gross) == (Decimal("2875.00"), Decimal("718.75"), Decimal("3593.75"))
    assert (booked.date, booked.due_date, booked.customer) == (TODAY, TODAY + timedelta(days=14), "201")
    assert (booked.reference, booked.text.splitlines()[0]) == ("Vibeke", "Marts")
    assert firm.books.drafts() == []
    kept = firm.ours(
        "SELECT booked_number, net_amount, vat_amount, gross_amount, due_date, is_foretold, pdf IS NOT NULL, "
        "vat_breakdown, keep_until::text FROM archive"
    )
    share = [{"rate": "25", "net": "2875.00", "vat": "718.75"}]
    has_pdf = target_kind(system).capabilities.gives_pdf
    assert [(*row[:7], row[8]) for row in kept] == [
        (booked.number, booked.net, booked.vat, booked.gross, booked.due_date, False, has_pdf, "2031-12-31")
    ]
    assert [{name: f"{Decimal(value):f}" for name, value in item.items()} for item in kept[0][7]] == [
        {name: f"{Decimal(value):f}" for name, value in item.items()} for item in share
    ]
    row = firm.source('SELECT "ForeignInvoiceNumber" FROM "Invoice" WHERE "InvoiceID" = 1')
    assert row == [(str(booked.number),)]
    linked = firm.source('SELECT "ForeignDebitorSystemIdentification" FROM "Customer" WHERE "CustomerID" = 201')
    assert linked == [("201",)]
    assert both(firm).counts == {}, "nothing is sent again"


@pytest.mark.spec("CT-3", "CT-22", "X-2")
def test_a_changed_customer_reaches_the_accounts_and_an_unchanged_one_costs_no_write(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA, GERDA])
    both(firm)
    firm.source(
        'UPDATE "Customer" SET "Name" = \'Freja & Søn A/S\', "Address1" = \'Nygade 9\' WHERE "CustomerID" = 201'
    )
    firm.control.mark(firm.agreement)
    both(firm)
    there = {item.number: item for item in firm.books.customers()}
    assert (there["201"].name, there["201"].fields["address"]) == ("Freja & Søn A/S", "Nygade 9")
    assert sum(firm.writes().values()) == 1
    both(firm)
    assert sum(firm.writes().values()) == 1


@pytest.mark.spec("X-8", "CT-19", "TL-10")
def test_a_draft_follows_its_invoice_and_goes_with_its_approval(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA, heading="A")], invoicing={"finish": "draft"})
    both(firm)
    (first,) = firm.books.drafts()
    firm.source('UPDATE "Invoice" SET "Heading" = \'B\' WHERE "InvoiceID" = 1')
    both(firm)
    (second,) = firm.books.drafts()
    assert (second.number, second.text.splitlines()[0], len(second.lines)) == (first.number, "B", len(first.lines))
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 1')
    both(firm)
    assert (firm.books.drafts(), firm.states()) == ([], {"1": "withdrawn"})


@pytest.mark.spec("X-8", "X-1")
def test_once_booked_nothing_is_resent_and_the_change_is_a_difference(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)])
    both(firm)
    firm.source('UPDATE "Invoice" SET "Heading" = \'B\' WHERE "InvoiceID" = 1')
    both(firm)
    assert firm.reasons() == {"1": "invoice_changed_after_booking"}
    assert len(firm.books.booked()) == 1


@pytest.mark.spec("X-8", "TL-16", "P12", "P18")
def test_a_held_draft_that_a_person_books_there_is_told_with_both_figures(new_firm: NewFirm) -> None:
    """At once, and also where the source says in the end what it said when the draft was made."""
    firm = new_firm([FREJA], [invoice(1, FREJA, vat_amount=Decimal("718.76"))])
    both(firm)
    assert firm.reasons() == {"1": "invoice_vat_differs"}
    firm.books.book_draft(firm.books.drafts()[0].number)
    firm.source('UPDATE "Invoice" SET "VatAmount" = 718.75, "GrossAmount" = 3593.75')
    both(firm)
    firm.source('UPDATE "Invoice" SET "VatAmount" = 718.76, "GrossAmount" = 3593.76')
    both(firm)
    assert (firm.states(), firm.reasons()) == ({"1": "unchanged"}, {"1": "invoice_booked_with_difference"})
    ((told,),) = firm.ours("SELECT reason FROM transfer WHERE is_newest AND module = 'invoices'")
    sentence = Reason.from_json(told).sentence(Language.DANISH)
    for figures in ("2875.00 / 718.75 / 3593.75", "2875.00 / 718.76 / 3593.76"):
        assert figures in sentence
    assert not reconciled(firm).invoices.agrees
    assert len(firm.books.booked()) == 1


@pytest.mark.spec("X-8", "P12")
def test_a_held_draft_that_a_person_books_there_is_told_when_it_is_cleared(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA, vat_amount=Decimal("718.76"))])
    held = both(firm)
    firm.books.book_draft(firm.books.drafts()[0].number)
    firm.company.clear(held.run_id)
    assert firm.reasons() == {"1": "invoice_booked_with_difference"}
    accepted = firm.with_settings(invoicing={"accepted_vat_rounding": "0.01"})
    accepted.company.switch_on()
    assert both(accepted).counts == {}, "nothing is sent again"


@pytest.mark.spec("X-8", "TL-16")
def test_what_a_person_books_there_is_noticed(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)], invoicing={"finish": "draft"})
    both(firm)
    number = firm.books.book_draft(firm.books.drafts()[0].number)
    firm.source('UPDATE "Invoice" SET "Heading" = \'B\' WHERE "InvoiceID" = 1')
    both(firm)
    assert firm.ours("SELECT booked_number FROM archive") == [(number,)]
    assert firm.reasons() == {"1": "invoice_changed_after_booking"}


@pytest.mark.spec("TL-10", "X-7", "X-8")
def test_a_draft_that_a_person_deleted_is_made_again_only_when_asked(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)], invoicing={"finish": "draft"})
    both(firm)
    firm.books.remove_draft(firm.books.drafts()[0].number)
    firm.source('UPDATE "Invoice" SET "Heading" = \'B\' WHERE "InvoiceID" = 1')
    delivered = both(firm)
    assert (firm.reasons(), firm.books.drafts()) == ({"1": "draft_deleted_in_target"}, [])
    firm.company.clear(delivered.run_id)
    assert [item.text.splitlines()[0] for item in firm.books.drafts()] == ["B"]


@pytest.mark.spec("CT-19", "P12")
def test_totals_that_differ_are_held_before_booking_with_both_figures(new_firm: NewFirm) -> None:
    off = invoice(1, FREJA, vat_amount=Decimal("718.76"))
    firm = new_firm([FREJA], [off, invoice(2, FREJA)])
    both(firm)
    assert (firm.states()["2"], firm.reasons()["1"]) == ("delivered", "invoice_vat_differs")
    assert [item.gross for item in firm.books.booked()] == [Decimal("3593.75")]
    ((told,),) = firm.ours("SELECT reason -> 'values' FROM transfer WHERE source_id = '1' AND module = 'invoices'")
    assert (told["source"], told["target"]) == ("718.76 / 3593.76", "718.75 / 3593.75")
    with closing(firm.company.store()) as store:
        assert accept_vat_difference(store, firm.name, "1", "Vibeke") is not None
    both(firm)
    assert len(firm.books.booked()) == 2
    result = reconciled(firm)
    assert result.invoices.totals.is_complete


@pytest.mark.spec("CT-19")
def test_a_net_that_differs_is_never_booked(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)], invoicing={"finish": "draft"})
    both(firm)
    firm.books.add_line_to_draft(firm.books.drafts()[0].number, "Kørsel", Decimal("100.00"))
    booking = firm.with_settings(invoicing={"finish": "book"})
    booking.company.switch_on()
    firm.ours("UPDATE transfer SET state = 'staged' RETURNING 1")
    delivered = booking.company.deliver(Module.INVOICES, validated=False)
    assert delivered.counts == {"rejected": 1}, booking.reasons()
    assert booking.reasons() == {"1": "invoice_net_differs"}
    assert firm.books.booked() == []


@pytest.mark.spec("X-3", "CT-5", "X-9")
def test_one_bad_record_holds_back_nobody(new_firm: NewFirm) -> None:
    odd = customer(203, code="K203")
    firm = new_firm(
        [FREJA, odd], [invoice(1, FREJA), invoice(2, odd), invoice(3, FREJA, due_date=TODAY - timedelta(days=3))]
    )
    firm.company.deliver(Module.CUSTOMERS)
    delivered = firm.company.deliver(Module.INVOICES)
    assert firm.states(Module.CUSTOMERS) == {"201": "delivered", "203": "rejected"}
    assert firm.states() == {"1": "delivered", "2": "waiting", "3": "rejected"}
    assert delivered.trouble.keys() == {"3"}
    assert [item.number for item in firm.books.customers()] == ["201"]


@pytest.mark.spec("X-7", "X-3")
def test_what_was_refused_there_goes_on_when_it_is_mended_and_cleared(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.books.block_customer("201")
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert delivered.trouble.keys() == {"1"}
    assert firm.states() == {"1": "rejected"}
    assert firm.books.booked() == []
    firm.books.unblock_customer("201")
    firm.company.clear(delivered.run_id)
    assert firm.states() == {"1": "delivered"}
    assert len(firm.books.booked()) == 1
    assert firm.books.drafts() == []


@pytest.mark.spec("P14", "X-1", "CT-9")
def test_a_credit_note_waits_for_its_invoice_and_gives_it_back(new_firm: NewFirm) -> None:
    credit = invoice(
        2, FREJA, amount_line("Assistance", "-2.5", "1150"), is_credit_note=True, original_id=1, due_date=None
    )
    firm = new_firm([FREJA], [invoice(1, FREJA, vat_amount=Decimal("718.00")), credit])
    both(firm)
    assert firm.states() == {"1": "rejected", "2": "waiting"}
    firm.source('UPDATE "Invoice" SET "VatAmount" = 718.75, "GrossAmount" = 3593.75 WHERE "InvoiceID" = 1')
    both(firm)
    both(firm)
    assert firm.states() == {"1": "delivered", "2": "delivered"}
    assert sorted(item.gross for item in firm.books.booked()) == [Decimal("-3593.75"), Decimal("3593.75")]
    given_back = next(item for item in firm.books.booked() if item.gross < 0)
    asked_for = next(item for item in firm.books.booked() if item.gross > 0)
    assert f"Kreditnota til faktura {asked_for.number}" in given_back.text
    assert given_back.due_date == given_back.date


@pytest.mark.spec("CT-10", "LK-8", "TL-13")
def test_a_target_with_customers_waits_for_the_linking_step(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)])
    firm.books.add_customer("777", "En anden ApS")
    firm.company.switch_on()
    firm.ours("UPDATE preflight SET resolved = resolved || '{\"customers_at_start\": 1}' RETURNING 1")
    both(firm)
    assert firm.states(Module.CUSTOMERS) == {"201": "waiting"}
    assert firm.states() == {"1": "waiting"}
    assert [item.number for item in firm.books.customers()] == ["777"]


@pytest.mark.spec("CT-5", "TL-13", "LK-8")
def test_a_taken_number_is_never_adopted_nor_answered_with_another(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)])
    firm.books.add_customer("201", "En ganske anden A/S")
    both(firm)
    assert firm.states(Module.CUSTOMERS) == {"201": "waiting"}
    assert firm.reasons(Module.CUSTOMERS) == {"201": "customer_number_taken"}
    assert [(item.number, item.name) for item in firm.books.customers()] == [("201", "En ganske anden A/S")]
    assert firm.books.booked() == []


@pytest.mark.spec("LK-7", "CT-16")
def test_a_link_whose_customer_is_gone_is_broken_and_nothing_is_sent(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA])
    both(firm)
    firm.books.remove_customer("201")
    firm.source('UPDATE "Customer" SET "City" = \'Køge\' WHERE "CustomerID" = 201')
    firm.add([], [invoice(1, FREJA)])
    both(firm)
    assert firm.reasons(Module.CUSTOMERS) == {"201": "linked_customer_missing"}
    assert (firm.states(), firm.books.customers()) == ({"1": "waiting"}, [])


@pytest.mark.spec("X-12")
def test_a_customer_deleted_in_the_source_stays_in_the_accounts(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA])
    both(firm)
    firm.source('DELETE FROM "Customer" WHERE "CustomerID" = 201')
    both(firm)
    assert [item.number for item in firm.books.customers()] == ["201"]


@pytest.mark.spec("X-13", "CT-20")
def test_another_currency_goes_with_its_rate(new_firm: NewFirm) -> None:
    pound = customer(204, currency="EUR", country="Tyskland")
    sold = invoice(1, pound, currency="EUR", exchange_rate=Decimal("745.50"), treatment="EU")
    firm = new_firm([pound], [sold])
    both(firm)
    (booked,) = firm.books.booked()
    assert (booked.currency, booked.net, booked.vat) == ("EUR", Decimal("2875.00"), Decimal("0.00"))
    result = reconciled(firm)
    assert result.invoices.agrees, result.invoices.counts


@pytest.mark.spec("X-1", "CT-19", "P17")
def test_reconciliation_agrees_and_finds_what_people_change(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA, GERDA], [invoice(n, FREJA if n % 2 else GERDA) for n in range(1, 9)])
    both(firm)
    result = reconciled(firm)
    assert result.invoices.agrees, result.invoices.counts
    assert result.customers.agrees, result.customers.counts
    firm.books.change_customer("201", city="Skagen")
    firm.source('UPDATE "Invoice" SET "NetAmount" = 1, "GrossAmount" = 1.25, "VatAmount" = 0.25 WHERE "InvoiceID" = 3')
    again = reconciled(firm)
    assert not again.invoices.agrees
    assert not again.customers.agrees


@pytest.mark.spec("X-5")
def test_a_dry_run_changes_nothing(new_firm: NewFirm) -> None:

    firm = new_firm([FREJA], [invoice(1, FREJA)])
    firm.control.mark(firm.agreement)
    with firm.company.workplace("dry") as workplace, workplace.desk() as desk:
        look_ahead(desk)
    assert firm.writes() == {}
    assert (firm.books.customers(), firm.books.drafts(), firm.books.booked()) == ([], [], [])


@pytest.mark.spec("CT-2", "P7")
def test_what_invoices_cost_in_calls(new_firm: NewFirm, system: str) -> None:
    """Booked, read and with their PDFs; the calls that we count are those that the target counts."""
    firm = new_firm([FREJA], [invoice(n, FREJA) for n in range(1, 41)], loading={"connections": 4})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.control.mark(firm.agreement)
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {str(n): "delivered" for n in range(1, 41)}
    assert delivered.pdfs == (40 if target_kind(system).capabilities.gives_pdf else 0)
    calls = firm.control.counters(firm.agreement)["sinceMark"]["calls"]
    assert delivered.calls == calls
    assert calls <= 40 * 3.2


@pytest.mark.spec("CT-18", "CT-20")
def test_which_product_and_zone_each_kind_of_line_and_recipient_gets(new_firm: NewFirm) -> None:
    german, american = customer(205, country="Tyskland"), customer(206, country="USA")
    mixed = invoice(1, FREJA, amount_line("Rådgivning", "1", "100"), amount_line("Kursus", "1", "50", with_vat=False))
    rows = [mixed, invoice(2, german, treatment="EU"), invoice(3, american, treatment="EXPORT")]
    firm = new_firm([FREJA, german, american], rows)
    both(firm)
    assert firm.states() == {"1": "delivered", "2": "delivered", "3": "delivered"}, firm.reasons()
    booked = {item.customer: item for item in firm.books.booked()}
    assert [line.product for line in booked["201"].lines if line.product] == ["1000", "2000"]
    assert booked["201"].vat == Decimal("25.00")
    for foreigner in ("205", "206"):
        assert [line.product for line in booked[foreigner].lines] == ["1000"]
        assert booked[foreigner].vat == Decimal("0.00")


@pytest.mark.spec("CT-8")
def test_with_the_sources_own_layout_the_payment_line_goes_back(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)], invoicing={"layout_from": "source", "fi_creditor_number": "81234567"})
    both(firm)
    (booked,) = firm.books.booked()
    ((line,),) = firm.source('SELECT "FiPaymentLine" FROM "Invoice" WHERE "InvoiceID" = 1')
    assert line.startswith("+71<")
    assert line.endswith("+81234567<")
    assert line[4:18] == f"{booked.number:014}"


@pytest.mark.spec("CT-12", "LK-3", "LK-8")
def test_a_customer_that_a_person_links_takes_its_invoices_along(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)])
    firm.books.add_customer("777", "Freja Regnskab", cvr_number="12345674")
    firm.company.switch_on()
    both(firm)
    assert (firm.states(Module.CUSTOMERS), firm.states()) == ({"201": "waiting"}, {"1": "waiting"})
    assert firm.reasons(Module.CUSTOMERS) == {"201": "customer_resembles"}
    with firm.company.workplace("form", actor="Vibeke") as workplace, workplace.desk() as desk:
        link(desk, "201", "777")
    both(firm)
    both(firm)
    assert [item.customer for item in firm.books.booked()] == ["777"]
    assert [item.number for item in firm.books.customers()] == ["777"]


@pytest.mark.spec("X-4", "CT-11", "X-6")
def test_every_step_is_in_the_history_with_what_was_sent_and_answered(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA), invoice(2, FREJA, due_date=TODAY - timedelta(days=1))])
    firm.company.deliver(Module.CUSTOMERS)
    delivered = firm.company.deliver(Module.INVOICES)
    events = [event for (event,) in firm.ours("SELECT event FROM history WHERE source_id = '1' ORDER BY entry_id")]
    assert [event for event in events if event in {"sent", "answered", "draft", "booked"}] == [
        "sent", "answered", "draft", "sent", "answered", "booked"
    ]  # fmt: skip
    sent = firm.ours("SELECT sent FROM history WHERE source_id = '1' AND event = 'sent' ORDER BY entry_id")
    assert "Assistance" in str(sent[0][0])
    assert delivered.counts == {"delivered": 1, "rejected": 1}
    assert delivered.trouble == {"2": "due_date_before_invoice_date"}
    with closing(firm.company.store()) as store:
        assert list(history.check(store)) == []


@pytest.mark.spec("LK-6", "CT-5")
def test_an_exact_cvr_match_links_itself_only_where_it_may(new_firm: NewFirm) -> None:
    firm = new_firm([FREJA], [invoice(1, FREJA)], linking={"by_exact_cvr": True})
    firm.books.add_customer("777", "Freja Regnskab", cvr_number="12345674")
    both(firm)
    both(firm)
    assert [item.customer for item in firm.books.booked()] == ["777"]


@pytest.mark.spec("CT-2", "P7")
@pytest.mark.parametrize(
    "system", [name for name in SYSTEMS if target_kind(name).capabilities.gives_pdf], indirect=True
)
def test_documents_leave_a_fifth_of_the_days_calls_to_what_is_approved_later(new_firm: NewFirm, system: str) -> None:
    calls = of(system).calls_of_a_day
    firm = new_firm([FREJA], [invoice(n, FREJA) for n in range(1, 41)], target={"daily_calls": calls})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {str(n): "delivered" for n in range(1, 41)}
    with firm.company.workplace("looking") as workplace:
        left = workplace.gate.left_today()
    assert (left, 0 < delivered.pdfs < 40) == (calls // 5, True)
    later = firm.with_settings(target={"daily_calls": 1000})
    later.company.deliver(Module.INVOICES, validated=False)
    assert firm.ours("SELECT count(*) FROM archive WHERE pdf IS NULL") == [(0,)]
