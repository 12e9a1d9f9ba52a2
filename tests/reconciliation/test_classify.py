"""Every pair has exactly one main class, and the class says what is the matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerbridge.reasons import Language, Reason, catalogue
from ledgerbridge.reconciliation.classify import classify_invoice
from ledgerbridge.reconciliation.facts import (
    Amounts,
    Delivered,
    SourceInvoiceFact,
    State,
    TargetInvoiceFact,
    VatGroup,
    VatPart,
)
from ledgerbridge.reconciliation.kinds import NOT_DELIVERED, CustomerClass, InvoiceClass, Standing, main_class, standing
from ledgerbridge.reconciliation.wording import Wording

from . import sample
from .strategies import source_facts, targets_of

IN_DANISH = Wording(Language.DANISH, "ClientTime", "e-conomic")
IN_ENGLISH = Wording(Language.ENGLISH, "ClientTime", "e-conomic")


def main_of(
    source: SourceInvoiceFact | None, *targets: TargetInvoiceFact, booking_expected: bool = True
) -> InvoiceClass:
    main = classify_invoice(source, targets, booking_expected=booking_expected).main
    assert isinstance(main, InvoiceClass)
    return main


@pytest.mark.spec("X-1")
@settings(deadline=None)
@given(
    pair=source_facts().flatmap(lambda fact: st.tuples(st.just(fact), targets_of(fact))), booking_expected=st.booleans()
)
def test_every_pair_has_one_main_class_that_is_the_weightiest_of_all(
    pair: tuple[SourceInvoiceFact, list[TargetInvoiceFact]], booking_expected: bool
) -> None:
    source, targets = pair
    judgement = classify_invoice(source, targets, booking_expected=booking_expected)
    order = list(InvoiceClass)
    assert judgement.main is main_class(judgement.classes)
    assert all(order.index(judgement.main) <= order.index(each) for each in judgement.classes)
    assert len(set(judgement.classes)) == len(judgement.classes)
    assert (judgement.main is InvoiceClass.AGREES) == (not judgement.findings)
    for finding in judgement.findings:
        for wording in (IN_DANISH, IN_ENGLISH):
            told = wording.reason(finding.reason)
            assert told.text
            assert told.do


@settings(deadline=None)
@given(source=source_facts().filter(lambda fact: fact.state in NOT_DELIVERED))
def test_what_is_not_delivered_is_always_listed_with_its_reason(source: SourceInvoiceFact) -> None:
    judgement = classify_invoice(source, [])
    assert judgement.not_delivered
    assert source.state
    assert judgement.has(NOT_DELIVERED[source.state])


@settings(deadline=None)
@given(source=source_facts(), amount=st.decimals("0.01", "9999999999999.99", places=2))
def test_a_difference_of_any_size_is_found(source: SourceInvoiceFact, amount: Decimal) -> None:
    source = replace(source, state=State.DELIVERED, accepted_difference=Decimal("0.00"))
    changed = replace(source.amounts, net=source.amounts.net + amount, gross=source.amounts.gross + amount)
    judgement = classify_invoice(source, [sample.target(source, number="1", is_draft=False, amounts=changed)])
    assert judgement.has(InvoiceClass.AMOUNT) or judgement.has(InvoiceClass.EDITED_IN_TARGET)


def test_the_order_has_every_class_once_and_each_has_a_standing() -> None:
    for classes in (InvoiceClass, CustomerClass):
        assert len(set(classes)) == len(list(classes))
        assert {standing(each) for each in classes} == set(Standing)
    assert standing(InvoiceClass.MISSING_IN_SOURCE) is Standing.DIFFERENCE
    assert standing(CustomerClass.MISSING_IN_SOURCE) is Standing.OUTSIDE  # the same text, another thing


BASE = sample.source(1, sample.dkk("1000.00"))
DRAFT = replace(BASE, number_in_source=None, delivered=Delivered(draft_number="501", amounts=BASE.amounts))
UNSENT = replace(BASE, number_in_source=None, state=None, delivered=None, was_sent=False)
MORE = sample.dkk("1100.00")
ONE_ORE_LESS = Amounts(BASE.amounts.net, Decimal("249.99"), Decimal("1249.99"))
EXPORT = (VatPart(group=VatGroup.EXPORT, net=BASE.amounts.net, vat=BASE.amounts.vat),)


@pytest.mark.spec("X-1")
@pytest.mark.parametrize(
    ("source", "changes", "expected"),
    [
        (BASE, {}, InvoiceClass.AGREES),
        (replace(BASE, state=State.UNCHANGED), {}, InvoiceClass.AGREES),
        (BASE, {"amounts": MORE}, InvoiceClass.EDITED_IN_TARGET),
        (replace(BASE, delivered=None), {"amounts": MORE}, InvoiceClass.AMOUNT),
        (replace(BASE, delivered=replace(BASE.delivered, amounts=MORE)), {"amounts": MORE}, InvoiceClass.AMOUNT),
        (replace(BASE, delivered=None), {"amounts": ONE_ORE_LESS}, InvoiceClass.AMOUNT),
        (
            replace(BASE, accepted_difference=Decimal("0.01")),
            {"amounts": ONE_ORE_LESS},
            InvoiceClass.ACCEPTED_DIFFERENCE,
        ),
        (replace(BASE, accepted_difference=Decimal("9.99")), {"amounts": MORE}, InvoiceClass.EDITED_IN_TARGET),
        (BASE, {"vat_parts": EXPORT}, InvoiceClass.AMOUNT),
        (BASE, {"base_amounts": MORE}, InvoiceClass.AMOUNT),
        (BASE, {"base_amounts": None}, InvoiceClass.AGREES),
        (replace(BASE, exchange_rate=Decimal("743.91")), {"exchange_rate": Decimal("743.914941")}, InvoiceClass.AMOUNT),
        (replace(BASE, exchange_rate=Decimal("629.9600")), {"exchange_rate": Decimal("629.96")}, InvoiceClass.AGREES),
        (BASE, {"currency": "EUR", "amounts": MORE}, InvoiceClass.CURRENCY),
        (BASE, {"customer_number": "9"}, InvoiceClass.CUSTOMER),
        (replace(BASE, target_customer_number=None), {"customer_number": "9"}, InvoiceClass.CUSTOMER),
        (replace(BASE, target_customer_number="77"), {"customer_number": "77"}, InvoiceClass.AGREES),  # CT-16
        (BASE, {"number": "8"}, InvoiceClass.NUMBER),
        (replace(BASE, number_in_source=None), {}, InvoiceClass.NUMBER),
        (BASE, {"invoice_date": date(2026, 10, 31)}, InvoiceClass.DATE),
        (BASE, {"due_date": date(2027, 1, 1)}, InvoiceClass.DATE),
        (BASE, {"due_date": None}, InvoiceClass.AGREES),
        (DRAFT, {}, InvoiceClass.STILL_DRAFT),
        (replace(DRAFT, is_approved=False), {}, InvoiceClass.STILL_DRAFT),
        (replace(BASE, is_current=False), {}, InvoiceClass.CHANGED_IN_SOURCE_AFTER_BOOKING),
        (replace(BASE, is_approved=False), {}, InvoiceClass.CHANGED_IN_SOURCE_AFTER_BOOKING),
        (replace(DRAFT, is_current=False), {"amounts": MORE}, InvoiceClass.AMOUNT),
        (replace(BASE, state=State.IN_DOUBT), {}, InvoiceClass.IN_DOUBT),
        (UNSENT, {}, InvoiceClass.UNKNOWN_HERE),
        (UNSENT, {"is_draft": True}, InvoiceClass.UNKNOWN_HERE),
        (replace(UNSENT, state=State.WAITING), {}, InvoiceClass.UNKNOWN_HERE),
        (replace(UNSENT, state=State.STAGED), {"is_draft": True}, InvoiceClass.UNKNOWN_HERE),
        (replace(UNSENT, state=State.IGNORED), {"is_draft": True}, InvoiceClass.UNKNOWN_HERE),
        (replace(UNSENT, state=State.WAITING, was_sent=True), {"is_draft": True}, InvoiceClass.STILL_DRAFT),
        (replace(UNSENT, state=State.REJECTED, was_sent=True), {"is_draft": True}, InvoiceClass.STILL_DRAFT),
        (replace(UNSENT, state=State.IN_DOUBT, was_sent=True), {"is_draft": True}, InvoiceClass.STILL_DRAFT),
        (replace(UNSENT, state=State.SENDING, was_sent=True), {"is_draft": True}, InvoiceClass.STILL_DRAFT),
        (replace(DRAFT, state=State.IGNORED), {}, InvoiceClass.IGNORED),
        (replace(DRAFT, state=State.IGNORED), {"amounts": MORE}, InvoiceClass.IGNORED),
        (replace(DRAFT, state=State.IGNORED), {"amounts": MORE, "is_draft": False}, InvoiceClass.EDITED_IN_TARGET),
    ],
)
def test_two_sides(source: SourceInvoiceFact, changes: dict[str, object], expected: InvoiceClass) -> None:
    assert main_of(source, sample.target(source, **changes)) is expected


@pytest.mark.spec("X-1")
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (BASE, InvoiceClass.MISSING_IN_TARGET),
        (DRAFT, InvoiceClass.DELETED_IN_TARGET),
        (replace(BASE, delivered=None), InvoiceClass.MISSING_IN_TARGET),
        (replace(BASE, state=None, delivered=None), InvoiceClass.MISSING_IN_TARGET),
        (replace(BASE, state=State.STAGED, delivered=None), InvoiceClass.MISSING_IN_TARGET),
        (replace(BASE, state=State.WAITING, delivered=None), InvoiceClass.WAITING),
        (replace(BASE, state=State.REJECTED, delivered=None), InvoiceClass.REJECTED),
        (replace(BASE, state=State.IN_DOUBT, delivered=None), InvoiceClass.IN_DOUBT),
        (replace(BASE, state=State.IGNORED, delivered=None), InvoiceClass.IGNORED),
        (replace(BASE, state=State.WITHDRAWN, delivered=None, is_approved=False), InvoiceClass.WITHDRAWN),
        (replace(BASE, state=None, delivered=None, is_approved=False), InvoiceClass.WITHDRAWN),
        # A booked one that is gone is worse than whatever became of its newest revision.
        (replace(BASE, state=State.REJECTED), InvoiceClass.MISSING_IN_TARGET),
    ],
)
def test_only_the_source_has_it(source: SourceInvoiceFact, expected: InvoiceClass) -> None:
    assert main_of(source) is expected


@pytest.mark.spec("X-1")
def test_only_the_target_has_it() -> None:
    ours = sample.target(BASE)
    assert main_of(None, ours) is InvoiceClass.MISSING_IN_SOURCE
    assert main_of(None, ours, replace(ours, number="7")) is InvoiceClass.TWICE_IN_TARGET
    assert main_of(None, replace(ours, locator=None)) is InvoiceClass.MADE_IN_TARGET
    with pytest.raises(ValueError, match="at least one side"):
        classify_invoice(None, [])


def test_a_locator_that_stands_twice_is_the_first_thing_to_say() -> None:
    draft = sample.target(BASE, number="900", is_draft=True, amounts=MORE)
    judgement = classify_invoice(BASE, [sample.target(BASE), draft])
    assert judgement.main is InvoiceClass.TWICE_IN_TARGET
    text = IN_DANISH.reason(judgement.findings[0].reason).text
    assert "30001, 900 (kladde)" in text
    assert "30001, 900 (draft)" in IN_ENGLISH.reason(judgement.findings[0].reason).text


def test_what_our_own_records_have_lost_is_told_with_nothing_beside_it() -> None:
    """Any other next step (it is booked by the next run, the number is written back) would be a wrong one."""
    booked = sample.target(BASE, customer_number="9", amounts=MORE)
    judgement = classify_invoice(UNSENT, [booked])
    assert judgement.classes == (InvoiceClass.UNKNOWN_HERE,)
    assert judgement.standing is Standing.DIFFERENCE
    danish, english = (wording.reason(judgement.findings[0].reason) for wording in (IN_DANISH, IN_ENGLISH))
    assert "nr. 30001 på 1.375,00 DKK med vores mærke (prod-nordlys-inv-1)" in danish.text
    assert "Start ingen DAG" in danish.do
    assert "Start no DAG" in english.do
    twice = classify_invoice(UNSENT, [booked, replace(booked, number="30950")])
    assert twice.classes == (InvoiceClass.UNKNOWN_HERE, InvoiceClass.TWICE_IN_TARGET)


def test_a_set_aside_invoice_is_no_difference_while_only_its_draft_stands_there() -> None:
    reason = Reason("set_aside_by_person", {"actor": "anna", "why": "dobbelt"})
    aside = replace(DRAFT, state=State.IGNORED, reason=reason)
    judgement = classify_invoice(aside, [sample.target(aside, amounts=MORE)])
    assert judgement.standing is Standing.NOT_DELIVERED
    assert judgement.classes == (InvoiceClass.IGNORED,)
    told = IN_DANISH.reason(judgement.findings[0].reason)
    assert "Anna har lagt den til side: dobbelt" in told.text
    assert "Kladde nr. 501 ligger stadig i regnskabet" in told.text
    assert "slet kladden" in told.do
    assert "Anna has set it aside: dobbelt" in IN_ENGLISH.reason(judgement.findings[0].reason).text
    two = [sample.target(aside), sample.target(aside, number="502")]
    assert main_of(aside, *two) is InvoiceClass.TWICE_IN_TARGET


def test_a_number_comes_back_only_where_the_integration_books() -> None:
    by_hand, by_us = (sample.target(DRAFT, is_draft=False, number="30001"), sample.target(BASE))
    codes = {
        (source, booking_expected): classify_invoice(fact, [target], booking_expected=booking_expected)
        .findings[0]
        .reason.code
        for source, fact, target in (
            ("draft", DRAFT, by_hand),
            ("booked", replace(BASE, number_in_source=None), by_us),
        )
        for booking_expected in (True, False)
    }
    not_yet, never = "reconciliation_number_not_written_back", "reconciliation_number_booked_by_hand"
    assert codes == {
        ("draft", True): not_yet,
        ("draft", False): never,
        ("booked", True): not_yet,
        ("booked", False): not_yet,  # booked by the integration before the setting was changed
    }


def test_a_draft_is_where_it_should_be_when_the_integration_does_not_book() -> None:
    assert main_of(DRAFT, sample.target(DRAFT), booking_expected=False) is InvoiceClass.AWAITS_BOOKING
    assert (
        main_of(replace(DRAFT, is_approved=False), sample.target(DRAFT), booking_expected=False)
        is InvoiceClass.STILL_DRAFT
    )


@pytest.mark.spec("TL-16")
def test_an_edited_draft_is_told_with_both_totals_and_as_no_error() -> None:
    judgement = classify_invoice(BASE, [sample.target(BASE, amounts=MORE)])
    assert judgement.classes == (InvoiceClass.EDITED_IN_TARGET,)
    told = IN_DANISH.reason(judgement.findings[0].reason)
    assert "leveret 1.250,00 DKK, nu 1.375,00 DKK (forskel 125,00)" in told.text
    assert "ikke en fejl" in told.do


@pytest.mark.spec("X-8")
def test_a_change_after_booking_needs_a_credit_note() -> None:
    changed = replace(BASE, is_current=False, amounts=MORE)
    judgement = classify_invoice(changed, [sample.target(changed, amounts=BASE.amounts)])
    assert judgement.main is InvoiceClass.CHANGED_IN_SOURCE_AFTER_BOOKING
    told = IN_ENGLISH.reason(judgement.findings[0].reason)
    assert "Booked: 1,250.00 DKK. In the time system now: 1,375.00 DKK." in told.text
    assert "credit note" in told.do


def test_an_accepted_difference_is_listed_and_covers_vat_only() -> None:
    accepted = replace(BASE, accepted_difference=Decimal("0.05"))
    judgement = classify_invoice(accepted, [sample.target(BASE, amounts=ONE_ORE_LESS)])
    assert judgement.standing is Standing.NOTICE
    assert "-0,01 DKK" in IN_DANISH.reason(judgement.findings[0].reason).text
    net_off = Amounts(Decimal("999.99"), Decimal("250.00"), Decimal("1249.99"))
    assert classify_invoice(accepted, [sample.target(BASE, amounts=net_off)]).standing is Standing.DIFFERENCE


def test_a_credit_note_keeps_its_sign() -> None:
    credit = sample.source(2, sample.dkk("-1000.00"))
    assert main_of(credit, sample.target(credit)) is InvoiceClass.AGREES
    positive = replace(credit.amounts, net=-credit.amounts.net, vat=-credit.amounts.vat, gross=-credit.amounts.gross)
    judgement = classify_invoice(replace(credit, delivered=None), [sample.target(credit, amounts=positive)])
    assert judgement.main is InvoiceClass.AMOUNT
    assert IN_DANISH.reason(judgement.findings[0].reason).text.startswith("Kreditnota F-2 har andre beløb")


def test_a_transfers_own_reason_is_the_one_that_is_told() -> None:
    reason = Reason("setting_missing", {"file": "x.yaml", "key": "send"})
    judgement = classify_invoice(replace(BASE, state=State.REJECTED, delivered=None, reason=reason), [])
    assert judgement.findings[0].reason == reason


@pytest.mark.spec("X-6")
def test_every_reason_of_this_room_is_in_both_languages() -> None:
    ours = {code: texts for code, texts in catalogue().items() if code.startswith("reconciliation_")}
    assert len(ours) > 40
    for texts in ours.values():
        danish, english = texts[Language.DANISH], texts[Language.ENGLISH]
        assert danish.text != english.text
        assert danish.do != english.do
        assert _names(danish.text) == _names(english.text)
        assert _names(danish.do) == _names(english.do)


def _names(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}
