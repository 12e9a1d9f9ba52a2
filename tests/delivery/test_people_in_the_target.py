"""People work in the target too: they copy, delete, edit and book drafts (X-8, TL-10, TL-16)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from ledgerbridge.delivery import link_requests
from ledgerbridge.records import Module
from ledgerbridge.target.economic.client import Economic
from sandbox.accounts.economic import economic_customer
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import Firm, Grounds, customer, invoice

FREJA = customer(201)
_NOTHING = dict.fromkeys(("cvr", "address", "zip", "city", "phone", "email", "gln"))
OTHER = economic_customer({**_NOTHING, "number": 777, "name": "Skagen Net A/S", "country": "DK", "currency": "DKK"})
DRAFTS = "/invoices/drafts"


def _firm(grounds: Grounds, *rows: Any, **changes: Any) -> Firm:
    firm = grounds.firm([FREJA], rows, **changes)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.company.deliver(Module.INVOICES, validated=False)
    firm.control.mark(firm.agreement)
    return firm


def _drafts(grounds: Grounds, *rows: Any) -> Firm:
    return _firm(grounds, *rows, invoicing={"finish": "draft"})


def _off(number: int) -> Any:
    """An invoice whose VAT the target computes one øre lower."""
    lines = [amount_line(f"Kopi {n}", "1", "33.34", unit="stk") for n in range(2)]
    return invoice(number, FREJA, *lines, vat_amount=Decimal("16.68"))


def _change(firm: Firm, column: str, value: object, id_: int = 1) -> None:
    firm.source(f'UPDATE "Invoice" SET "{column}" = %s WHERE "InvoiceID" = %s', value, id_)


def _deliver(firm: Firm) -> dict[str, str]:
    return firm.company.deliver(Module.INVOICES, validated=False).trouble


def _draft(firm: Firm) -> dict[str, Any]:
    """The only draft, whole."""
    number = firm.ledger()["drafts"][0]["draftInvoiceNumber"]
    status, draft = firm.control.act(firm.agreement, "GET", f"{DRAFTS}/{number}")
    assert status == 200
    return dict(draft)


def _act(firm: Firm, method: str, path: str, body: Any = None) -> Any:
    """Do as a person does in the target's own pages."""
    status, answer = firm.control.act(firm.agreement, method, path, body)
    assert status < 300, answer
    return answer


def _rewrite(firm: Firm, **changes: Any) -> None:
    draft = _draft(firm) | changes
    _act(firm, "PUT", f"{DRAFTS}/{draft['draftInvoiceNumber']}", draft)


def _copy_and_delete(firm: Firm) -> int:
    draft = _draft(firm)
    copied = {name: value for name, value in draft.items() if name not in {"draftInvoiceNumber", "self"}}
    copy = _act(firm, "POST", DRAFTS, copied)
    _act(firm, "DELETE", f"{DRAFTS}/{draft['draftInvoiceNumber']}")
    firm.control.mark(firm.agreement)
    return int(copy["draftInvoiceNumber"])


def _book(firm: Firm, number: int) -> None:
    _act(firm, "POST", "/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": number}})


def _withdraw(firm: Firm) -> None:
    _change(firm, "ApprovalStatus", 0)


@pytest.mark.spec("X-8", "LK-5")
def test_a_held_draft_follows_its_customer_before_it_is_booked(grounds: Grounds) -> None:
    firm = _firm(grounds, _off(1), there=[OTHER], invoicing={"accepted_vat_rounding": "0.00"})
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.create(desk, "201")
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _deliver(firm) == {"1": "invoice_vat_differs"}
    assert _draft(firm)["customer"]["customerNumber"] == 201
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.unlink(desk, "201")
        link_requests.link(desk, "201", "777")
        firm = firm.with_settings(invoicing={"accepted_vat_rounding": "0.01"})
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        from ledgerbridge.delivery.invoice_decisions import decide

        decide(desk, ["1"], [], "")
    assert _deliver(firm) == {}
    assert [item["customer"]["customerNumber"] for item in firm.ledger()["booked"]] == [777]
    assert list(firm.locators().values()) == [1]


@pytest.mark.spec("X-7", "CT-19")
def test_clear_has_the_draft_computed_again(grounds: Grounds) -> None:
    firm = grounds.firm([FREJA], [_off(1)])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    red = firm.company.deliver(Module.INVOICES, validated=False)
    firm.control.mark(firm.agreement)
    assert firm.company.clear(red.run_id).trouble == {"1": "invoice_vat_differs"}
    assert firm.writes() == {"PUT /invoices/drafts/{draftInvoiceNumber}": 1}


@pytest.mark.spec("X-8", "P1")
@pytest.mark.parametrize("then", ["changed", "withdrawn"])
def test_a_copy_of_the_draft_is_the_draft(grounds: Grounds, then: str) -> None:
    firm = _drafts(grounds, invoice(1, FREJA))
    copy = _copy_and_delete(firm)
    if then == "withdrawn":
        _withdraw(firm)
        assert _deliver(firm) == {}
        assert firm.states() == {"1": "withdrawn"}
        assert firm.ledger()["drafts"] == []
        return
    _change(firm, "Heading", "Nyt")
    assert _deliver(firm) == {}
    assert [(item["draftInvoiceNumber"], item["notes"]["heading"]) for item in firm.ledger()["drafts"]] == [
        (copy, "Nyt")
    ]
    assert firm.writes() == {"PUT /invoices/drafts/{draftInvoiceNumber}": 1}


@pytest.mark.spec("X-8", "P1")
@pytest.mark.parametrize("written", ["PO 77 {}", "{} PO 77", "PO 77, {}, aftale 9"])
def test_the_mark_counts_wherever_it_stands_in_the_reference(grounds: Grounds, written: str) -> None:
    firm = _drafts(grounds, invoice(1, FREJA))
    mark = _draft(firm)["references"]["other"]
    _rewrite(firm, references={"other": written.format(mark)})
    _withdraw(firm)
    assert _deliver(firm) == {}
    assert firm.ledger()["drafts"] == []


@pytest.mark.spec("X-8")
def test_withdrawing_lets_go_of_a_draft_without_our_mark(grounds: Grounds) -> None:
    firm = _drafts(grounds, invoice(1, FREJA))
    _rewrite(firm, references={"other": "PO 1"})
    firm.control.mark(firm.agreement)
    _change(firm, "Heading", "Nyt")
    assert _deliver(firm) == {"1": "draft_is_not_ours"}
    _withdraw(firm)
    assert _deliver(firm) == {}
    assert (firm.states(), firm.reasons()) == ({"1": "withdrawn"}, {"1": "invoice_withdrawn_draft_left"})
    assert firm.writes() == {}
    _change(firm, "ApprovalStatus", 1)
    assert _deliver(firm) == {}
    assert firm.states() == {"1": "delivered"}
    assert sorted(item["references"]["other"][:4] for item in firm.ledger()["drafts"]) == ["#lb-", "PO 1"]


@pytest.mark.spec("X-8", "P1", "P16")
@pytest.mark.parametrize("finish", ["draft", "book"])
def test_a_document_of_another_invoice_is_not_taken_for_ours(grounds: Grounds, finish: str) -> None:
    """Somebody wrote the second invoice's mark onto the first one's draft, while the second was on its way."""
    firm = _drafts(grounds, invoice(1, FREJA))
    firm.add((), [invoice(2, FREJA)])
    rule = {"agreement": firm.agreement, "method": "POST", "path": f"{DRAFTS}$", "nth": 1}
    firm.control.add_fault("drop_before", match=rule)
    _deliver(firm)
    mark = _draft(firm)["references"]["other"].replace("-inv-1", "-inv-2")
    _rewrite(firm, references={"other": mark})
    firm = firm.with_settings(invoicing={"finish": finish})
    firm.control.mark(firm.agreement)
    assert _deliver(firm) == {"2": "document_of_another_invoice"}
    assert firm.writes() == {}


@pytest.mark.spec("X-8", "P1")
def test_a_list_that_still_shows_a_draft_that_is_gone_is_asked_again(
    grounds: Grounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = _drafts(grounds, invoice(1, FREJA))
    _change(firm, "Heading", "Nyt")
    with monkeypatch.context() as lists_run_late:
        lists_run_late.setattr(Economic, "draft", lambda *_: None)
        firm.company.deliver(Module.INVOICES, validated=False)
        assert firm.writes() == {}
        assert firm.states() != {"1": "delivered"}
    assert _deliver(firm) == {}
    assert firm.writes() == {"PUT /invoices/drafts/{draftInvoiceNumber}": 1}


@pytest.mark.spec("TL-10", "X-7")
def test_a_clear_brings_back_only_what_was_told_to_be_deleted(grounds: Grounds) -> None:
    """Two are red for their VAT, and one of their drafts is deleted on purpose before the Clear."""
    firm = grounds.firm([FREJA], [_off(1), _off(2)])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    red = firm.company.deliver(Module.INVOICES, validated=False)
    ((draft,),) = firm.ours("SELECT target_draft FROM transfer WHERE module = 'invoices' AND source_id = '2'")
    _act(firm, "DELETE", f"{DRAFTS}/{draft}")
    assert firm.company.clear(red.run_id).trouble == {"1": "invoice_vat_differs", "2": "draft_deleted_in_target"}
    assert len(firm.ledger()["drafts"]) == 1
    firm.company.clear(red.run_id)
    assert firm.reasons() == {"1": "invoice_vat_differs", "2": "invoice_vat_differs"}
    assert sorted(firm.locators().values()) == [1, 1]


@pytest.mark.spec("X-8", "X-7")
def test_clearing_an_old_run_sends_no_old_revision(grounds: Grounds) -> None:
    firm = _drafts(grounds)
    firm.add((), [invoice(1, FREJA, heading="A", vat_amount=Decimal("1.00"))])
    red = firm.company.deliver(Module.INVOICES, validated=False)
    assert red.trouble == {"1": "invoice_vat_differs"}
    firm.source('UPDATE "Invoice" SET "Heading" = \'B\', "VatAmount" = 718.75, "GrossAmount" = 3593.75')
    assert _deliver(firm) == {}
    firm.control.mark(firm.agreement)
    assert firm.company.clear(red.run_id).trouble == {}
    assert firm.writes() == {}
    assert _draft(firm)["notes"]["heading"] == "B"


def _edit_price(firm: Firm) -> None:
    draft = _draft(firm)
    priced = next(line for line in draft["lines"] if "unitNetPrice" in line)
    priced["unitNetPrice"] = 1200
    _rewrite(firm, lines=draft["lines"])


@pytest.mark.spec("CT-19", "P2", "P3")
def test_a_booking_in_doubt_is_not_repeated_over_an_edited_draft(grounds: Grounds) -> None:
    firm = _firm(grounds)
    firm.add((), [invoice(1, FREJA)])
    rule = {"agreement": firm.agreement, "method": "POST", "path": "/invoices/booked$", "nth": 1}
    firm.control.add_fault("drop_before", match=rule)
    assert _deliver(firm) == {"1": "economic_answer_unclear"}
    _edit_price(firm)
    assert _deliver(firm) == {"1": "invoice_net_differs"}
    assert firm.ledger()["booked"] == []


@pytest.mark.spec("CT-20", "P2", "P3")
def test_a_booking_in_doubt_is_not_repeated_when_drafts_are_wanted_now(grounds: Grounds) -> None:
    firm = _firm(grounds)
    firm.add((), [invoice(1, FREJA)])
    rule = {"agreement": firm.agreement, "method": "POST", "path": "/invoices/booked$", "nth": 1}
    firm.control.add_fault("drop_before", match=rule)
    _deliver(firm)
    firm = firm.with_settings(invoicing={"finish": "draft"})
    assert _deliver(firm) == {}
    assert firm.states() == {"1": "delivered"}
    assert (len(firm.ledger()["drafts"]), firm.ledger()["booked"]) == (1, [])


@pytest.mark.spec("P1", "P2")
@pytest.mark.parametrize("with_mark", [True, False])
def test_a_draft_that_a_person_booked_while_its_creation_was_in_doubt(grounds: Grounds, with_mark: bool) -> None:
    """Without the mark only the replayed answer names the draft that it was."""
    firm = _firm(grounds)
    firm.add((), [invoice(1, FREJA)])
    rule = {"agreement": firm.agreement, "method": "POST", "path": f"{DRAFTS}$", "nth": 1}
    firm.control.add_fault("drop_after_commit", match=rule)
    _deliver(firm)
    if not with_mark:
        _rewrite(firm, references={"other": "PO 1"})
    _book(firm, int(_draft(firm)["draftInvoiceNumber"]))
    assert _deliver(firm) == {}
    assert len(firm.ledger()["booked"]) == 1
    assert firm.ledger()["drafts"] == []
    assert firm.ours("SELECT booked_number FROM archive") == [(firm.ledger()["booked"][0]["bookedInvoiceNumber"],)]


@pytest.mark.spec("P1", "LK-5")
def test_a_draft_that_was_booked_is_found_though_its_customer_is_unlinked(grounds: Grounds) -> None:
    firm = _drafts(grounds, invoice(1, FREJA))
    _rewrite(firm, references={"other": "PO 1"})
    _book(firm, int(_draft(firm)["draftInvoiceNumber"]))
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.unlink(desk, "201")
    _withdraw(firm)
    assert _deliver(firm) == {}
    assert firm.reasons() == {"1": "invoice_withdrawn_after_booking"}


def _while_booking(firm: Firm, act: Callable[[], None]) -> None:
    """Deliver; ``act`` happens while the booking is on its way."""
    rule = {"agreement": firm.agreement, "method": "POST", "path": "/invoices/booked$", "nth": 1}
    fault = firm.control.add_fault("delay_before", match=rule, seconds=2)
    delivering = threading.Thread(target=_deliver, args=(firm,), daemon=True)
    delivering.start()
    pause = threading.Event()
    for _ in range(200):
        if any(item["id"] == fault and item["fired"] for item in firm.control.faults()):
            break
        pause.wait(0.05)
    act()
    delivering.join(30)
    assert not delivering.is_alive()


@pytest.mark.spec("P1", "X-8")
def test_a_draft_that_is_deleted_while_it_is_booked_is_told_and_not_made_again(grounds: Grounds) -> None:
    firm = _firm(grounds, loading={"timeout_seconds": 10})
    firm.add((), [invoice(1, FREJA)])
    _while_booking(firm, lambda: _act(firm, "DELETE", f"{DRAFTS}/{_draft(firm)['draftInvoiceNumber']}"))
    assert firm.reasons() == {"1": "draft_deleted_in_target"}
    assert firm.writes() == {"POST /invoices/drafts": 1}
    assert firm.locators() == {}


@pytest.mark.spec("P1", "X-8")
def test_a_draft_that_a_person_books_while_we_do(grounds: Grounds) -> None:
    firm = _firm(grounds, loading={"timeout_seconds": 10})
    firm.add((), [invoice(1, FREJA)])
    _while_booking(firm, lambda: _book(firm, int(_draft(firm)["draftInvoiceNumber"])))
    assert firm.states() == {"1": "delivered"}
    assert len(firm.ledger()["booked"]) == 1
    assert list(firm.locators().values()) == [1]


@pytest.mark.spec("CT-19")
def test_what_was_accepted_are_those_figures(grounds: Grounds) -> None:
    firm = _firm(grounds, _off(1))
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        from ledgerbridge.delivery.invoice_decisions import decide

        decide(desk, ["1"], [], "")
    firm.ours("UPDATE transfer SET accepted_target = '16.60 / 83.28' WHERE accepted_by IS NOT NULL")
    assert _deliver(firm) == {"1": "invoice_vat_differs"}
    assert firm.ledger()["booked"] == []
