"""A record's page: why it stands there, what was sent and answered, and what can be done (X-4, TL-10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from porch import Porch, carry_out, opened
from reading import text_of

from ledgerbridge.pages.works import Right
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice


def _record(firm: Firm, source_id: str, module: str = "invoices") -> int:
    ((record_id,),) = firm.ours("SELECT record_id FROM record WHERE source_id = %s AND module = %s", source_id, module)
    return int(record_id)


def _page(porch: Porch, firm: Firm, record_id: int, right: Right = Right.ACT) -> str:
    with porch.client(right) as http:
        answer = http.get(f"/{firm.name}/records/{record_id}")
    assert answer.status_code == 200, answer.text
    return answer.text


def _press(porch: Porch, firm: Firm, record_id: int, action: str, **more: str) -> str:
    """Press a button, have it carried out, and read the answer on the page."""
    with porch.client(Right.ACT) as http:
        shown = http.get(f"/{firm.name}/records/{record_id}").text
        for name in ("transfer_id", "target"):
            found = re.search(rf'name="{name}" value="([^"]*)"', shown)
            more = {name: found[1] if found else "", **more}
        answer = http.post(f"/{firm.name}/records/{record_id}", data={"action": action, **more})
        assert answer.status_code == 303, answer.text
        awaited = http.get(answer.headers["location"])
        assert 'http-equiv="refresh"' in awaited.text
        assert "Vibeke has asked for" in text_of(awaited.text)
        carry_out(firm)
        shown = http.get(answer.headers["location"])
    assert 'http-equiv="refresh"' not in shown.text
    return text_of(shown.text)


@pytest.mark.spec("X-4")
def test_the_whole_story_of_a_booked_invoice(porch: Porch, firm: Firm) -> None:
    page = _page(porch, firm, _record(firm, "1"))
    shown = text_of(page)
    ((booked,),) = firm.ours("SELECT booked_number FROM archive")
    for words in (f"Booked no. {booked}", "net 2,875.00, VAT 718.75, in all 3,593.75 DKK", "Sent", "Answered"):
        assert words in shown, words
    assert "What was sent: create the draft" in shown
    assert "&#34;unitNetPrice&#34;: 1150.00" in page
    assert "718.75" in page
    token = firm.company.tokens
    assert token.grant not in page
    assert token.app_secret not in page
    assert "Try again" not in shown
    with porch.client(Right.READ) as http:
        pdf = http.get(f"/{firm.name}/records/{_record(firm, '1')}/booked.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.headers["content-disposition"].startswith("attachment")


@pytest.mark.spec("X-10")
def test_who_may_only_read_is_offered_nothing(porch: Porch, firm: Firm) -> None:
    page = _page(porch, firm, _record(firm, "2"), Right.READ)
    assert "Try again" not in page
    assert "ask for the right to act" in page


@pytest.mark.spec("CT-19", "X-10")
def test_the_difference_in_vat_is_accepted_and_the_invoice_booked(porch: Porch, firm: Firm) -> None:
    record_id = _record(firm, "2")
    assert "Accept the difference in VAT" in _page(porch, firm, record_id)
    assert "Vibeke" in _press(porch, firm, record_id, "accept_vat")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states()["2"] == "delivered"
    assert ("vat_difference_accepted", "Vibeke") in firm.ours("SELECT event, actor FROM history")


@pytest.mark.spec("P16")
def test_set_aside_with_why_and_taken_up_again(porch: Porch, firm: Firm) -> None:
    record_id = _record(firm, "2")
    assert "why" in _press(porch, firm, record_id, "set_aside")
    assert firm.states()["2"] == "rejected"
    assert "Makuleret" in _press(porch, firm, record_id, "set_aside", because="Makuleret")
    assert firm.states()["2"] == "ignored"
    assert "to be sent again" in _press(porch, firm, record_id, "try_again")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons()["2"] == "invoice_vat_differs"


@pytest.mark.spec("X-7")
def test_tried_again_after_the_source_was_mended(porch: Porch, firm: Firm) -> None:
    firm.source('UPDATE "Invoice" SET "VatAmount" = 16.67, "GrossAmount" = 83.35 WHERE "InvoiceID" = 2')
    assert "to be sent again" in _press(porch, firm, _record(firm, "2"), "try_again")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states()["2"] == "delivered"


@pytest.mark.spec("X-2")
@pytest.mark.parametrize(
    ("action", "words"), [("try_again", "nothing to try again"), ("send_again", "not delivered as a draft")]
)
def test_what_is_booked_is_not_sent_again(porch: Porch, firm: Firm, action: str, words: str) -> None:
    before = firm.ledger()
    assert words in _press(porch, firm, _record(firm, "1"), action)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.ledger() == before


@pytest.fixture
def drafts(grounds: Grounds) -> Iterator[tuple[Firm, Porch]]:
    """Two invoices that were delivered as drafts."""
    asta = customer(701)
    firm = grounds.firm([asta], [invoice(1, asta), invoice(2, asta)], invoicing={"finish": "draft"})
    for module in Module:
        firm.company.deliver(module, validated=False)
    with opened(firm) as porch:
        yield firm, porch


def _draft_of(firm: Firm, source_id: str) -> int:
    ((number,),) = firm.ours(
        "SELECT target_id FROM link JOIN record USING (record_id) WHERE source_id = %s AND link.module = 'invoices'",
        source_id,
    )
    return int(number)


@pytest.mark.spec("TL-10", "X-2")
def test_a_draft_that_is_still_there_is_not_sent_twice(drafts: tuple[Firm, Porch]) -> None:
    firm, porch = drafts
    told = _press(porch, firm, _record(firm, "1"), "send_again")
    assert f"still in the accounts as draft {_draft_of(firm, '1')}" in told
    firm.company.deliver(Module.INVOICES, validated=False)
    assert set(firm.locators().values()) == {1}


@pytest.mark.spec("TL-10")
def test_a_draft_that_was_deleted_is_sent_again_once(drafts: tuple[Firm, Porch]) -> None:
    firm, porch = drafts
    gone = _draft_of(firm, "1")
    firm.control.act(firm.agreement, "DELETE", f"/invoices/drafts/{gone}")
    assert len(firm.locators()) == 1
    assert f"Draft {gone} is no longer in the accounts" in _press(porch, firm, _record(firm, "1"), "send_again")
    for _ in range(2):
        firm.company.deliver(Module.INVOICES, validated=False)
    assert set(firm.locators().values()) == {1}
    assert len(firm.locators()) == 2
    assert _draft_of(firm, "1") != gone
    events = [event for (event,) in firm.ours("SELECT event FROM history WHERE actor = 'Vibeke' ORDER BY entry_id")]
    assert events == ["asked_to_send_again"]


@pytest.mark.spec("TL-10", "X-2")
def test_a_draft_that_a_person_booked_is_not_sent_again(drafts: tuple[Firm, Porch]) -> None:
    firm, porch = drafts
    draft = {"draftInvoiceNumber": _draft_of(firm, "1")}
    status, _ = firm.control.act(firm.agreement, "POST", "/invoices/booked", {"draftInvoice": draft})
    assert status == 201
    assert "is booked in the accounts as" in _press(porch, firm, _record(firm, "1"), "send_again")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert set(firm.locators().values()) == {1}


@pytest.mark.spec("TL-10", "P2")
def test_nothing_is_sent_again_while_the_accounts_do_not_answer(drafts: tuple[Firm, Porch]) -> None:
    firm, porch = drafts
    firm.control.act(firm.agreement, "DELETE", f"/invoices/drafts/{_draft_of(firm, '1')}")
    firm.control.revoke(firm.agreement)
    before = _draft_of(firm, "1")
    _press(porch, firm, _record(firm, "1"), "send_again")
    assert _draft_of(firm, "1") == before, "the link stands until it is known that the draft is gone"


@pytest.mark.spec("LK-5")
def test_a_link_is_undone_on_the_customer(porch: Porch, firm: Firm) -> None:
    record_id = _record(firm, "701", "customers")
    assert "no longer linked" in _press(porch, firm, record_id, "unlink")
    assert firm.ours("SELECT count(*) FROM link WHERE module = 'customers'") == [(0,)]
    assert firm.source('SELECT "ForeignDebitorSystemIdentification" FROM "Customer" WHERE "CustomerID" = 701') == [
        (None,)
    ]


@pytest.mark.spec("P6", "TL-1")
def test_whoever_asks_has_a_held_agreement_asked_whether_it_answers_again(porch: Porch, firm: Firm) -> None:
    """From a red lamp to a booked invoice with one press, once the grant is there again."""
    firm.source('UPDATE "Invoice" SET "VatAmount" = 16.67, "GrossAmount" = 83.35 WHERE "InvoiceID" = 2')
    firm.control.revoke(firm.agreement)
    firm.company.deliver(Module.INVOICES, validated=False)
    with porch.client(Right.ACT) as http:
        assert "Connection: stopped" in text_of(http.get("/").text)
        _press(porch, firm, _record(firm, "2"), "try_again")
        assert "Connection: stopped" in text_of(http.get("/").text), "the grant is still gone"
        firm.control.restore(firm.agreement)
        _press(porch, firm, _record(firm, "2"), "try_again")
        assert "Connection: in order" in text_of(http.get("/").text)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states()["2"] == "delivered"


@pytest.mark.spec("CT-19")
def test_a_difference_that_is_another_one_by_now_is_not_accepted(porch: Porch, firm: Firm) -> None:
    record_id = _record(firm, "2")
    with porch.client(Right.ACT) as http:
        old = re.search(r'name="transfer_id" value="(\d+)"', http.get(f"/{firm.name}/records/{record_id}").text)
        assert old
        firm.source('UPDATE "Invoice" SET "VatAmount" = 60.00, "GrossAmount" = 126.68 WHERE "InvoiceID" = 2')
        firm.company.deliver(Module.INVOICES, validated=False)
        told = _press(porch, firm, record_id, "accept_vat", transfer_id=old[1])
    assert "no longer holds" in told
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states()["2"] == "rejected"


@pytest.mark.spec("X-8")
def test_a_held_draft_that_a_person_booked_is_not_told_as_changed(porch: Porch, firm: Firm) -> None:
    ((draft,),) = firm.ours("SELECT target_id FROM link WHERE target_kind = 'draft_invoice'")
    body = {"draftInvoice": {"draftInvoiceNumber": int(draft)}}
    assert firm.control.act(firm.agreement, "POST", "/invoices/booked", body)[0] == 201
    _press(porch, firm, _record(firm, "2"), "try_again")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons()["2"] == "invoice_booked_with_difference"
    assert "the time system has" in text_of(_page(porch, firm, _record(firm, "2")))


@pytest.mark.spec("X-3")
def test_a_row_that_cannot_be_read_is_told_again_and_holds_back_no_other(porch: Porch, firm: Firm) -> None:
    firm.source('UPDATE "Invoice" SET "VatTreatment" = %s WHERE "InvoiceID" = 2', "XX")
    firm.company.deliver(Module.INVOICES, validated=False)
    record_id = _record(firm, "2")
    _press(porch, firm, record_id, "set_aside", because="Ulæselig")
    _press(porch, firm, record_id, "try_again")
    assert firm.states()["2"] == "ignored", "it still cannot be read, so nothing was changed"
    firm.add([], [invoice(9, customer(701))])
    firm.company.deliver(Module.INVOICES)
    assert firm.states()["9"] == "delivered"
    assert set(firm.states().values()).isdisjoint({"staged", "sending"})


@pytest.mark.spec("TL-10")
def test_what_is_no_longer_approved_is_not_sent_again(drafts: tuple[Firm, Porch]) -> None:
    firm, porch = drafts
    firm.control.act(firm.agreement, "DELETE", f"/invoices/drafts/{_draft_of(firm, '1')}")
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 1')
    assert "no longer approved" in _press(porch, firm, _record(firm, "1"), "send_again")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert len(firm.locators()) == 1


@pytest.mark.spec("LK-5")
def test_the_link_of_the_very_customer_is_undone_whoever_has_its_number_now(porch: Porch, firm: Firm) -> None:
    record_id = _record(firm, "701", "customers")
    firm.source('UPDATE "Customer" SET "CustomerCode" = %s WHERE "CustomerID" = 701', "799")
    firm.source('UPDATE "Customer" SET "CustomerCode" = %s WHERE "CustomerID" = 702', "701")
    assert "no longer linked" in _press(porch, firm, record_id, "unlink")
    assert firm.ours("SELECT count(*) FROM link JOIN record USING (record_id) WHERE source_id = '701'") == [(0,)]
