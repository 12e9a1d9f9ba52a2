"""The audit itself: each thing that no fault may bring about is brought about by hand, and it is seen."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from accounts import audit
from healing import run

from ledgerbridge.delivery import invoice_decisions
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

KAJ, LISE = customer(531), customer(532, name="Gartneriet Vest I/S", city="Ribe")


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """The first invoice has its draft, the second waits for its customer."""
    firm = grounds.firm([KAJ], invoicing={"finish": "draft"})
    run(firm.company, Module.CUSTOMERS)
    firm.add([LISE], [invoice(1, KAJ), invoice(2, LISE)])
    run(firm.company, Module.INVOICES)
    assert firm.states() == {"1": "delivered", "2": "waiting"}
    return firm


def _stands(firm: Firm, source_id: str, state: str, code: str, operation: str = "deliver") -> None:
    firm.ours(
        "UPDATE transfer SET state = %s, reason = %s, waits_for = NULL, operation = %s "
        "WHERE module = 'invoices' AND source_id = %s",
        *(state, json.dumps(Reason(code).to_json()), operation, source_id),
    )


def _withdrawn_by_mistake(firm: Firm) -> None:
    _stands(firm, "2", "withdrawn", "invoice_withdrawn")


def _ignored_by_nobody(firm: Firm) -> None:
    _stands(firm, "2", "ignored", "invoice_withdrawn")


def _gone_from_the_target(firm: Firm) -> None:
    (draft,) = firm.ledger()["drafts"]
    firm.control.act(firm.agreement, "DELETE", f"/invoices/drafts/{draft['draftInvoiceNumber']}")


def _made_again_without_our_mark(firm: Firm) -> None:
    (draft,) = firm.ledger()["drafts"]
    named = ("date", "dueDate", "currency", "paymentTerms", "customer", "recipient", "layout", "lines")
    status, answer = firm.control.act(firm.agreement, "POST", "/invoices/drafts", {name: draft[name] for name in named})
    assert status == 201, answer


def _unknown_to_us(firm: Firm) -> None:
    firm.ours("DELETE FROM link WHERE module = 'invoices'")


def _left_behind(firm: Firm) -> None:
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 1')
    _stands(firm, "1", "withdrawn", "invoice_withdrawn", "withdraw")


def _never_taken_back(firm: Firm) -> None:
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 1')


def _changed_unread(firm: Firm) -> None:
    firm.source('UPDATE "Invoice" SET "GrossAmount" = "GrossAmount" + 1 WHERE "InvoiceID" = 1')


SEEN: dict[Callable[[Firm], None], tuple[str, str]] = {
    _withdrawn_by_mistake: ("lost", "invoices 2 is approved, and stands withdrawn"),
    _ignored_by_nobody: ("lost", "no person has set it aside"),
    _gone_from_the_target: ("lost", "the target does not have it"),
    _made_again_without_our_mark: ("duplicated", "carries no mark"),
    _unknown_to_us: ("duplicated", "our database knows of no document of it"),
    _left_behind: ("differing", "its document is still there"),
    _never_taken_back: ("differing", "is approved no more, and stands delivered"),
    _changed_unread: ("differing", "our copy of it"),
}


@pytest.mark.spec("P16", "P17")
@pytest.mark.parametrize("deed", SEEN, ids=lambda deed: deed.__name__.strip("_"))
def test_it_is_seen(firm: Firm, deed: Callable[[Firm], None]) -> None:
    kind, words = SEEN[deed]
    assert audit(firm).wrong == {}
    deed(firm)
    wrong = audit(firm).wrong
    assert any(words in line for line in wrong.get(kind, [])), f"not seen as {kind}: {wrong}"


@pytest.mark.spec("P16")
def test_what_a_person_has_set_aside_is_not_lost(firm: Firm) -> None:
    with firm.company.workplace("form", actor="Vibeke") as workplace, workplace.desk() as desk:
        invoice_decisions.decide(desk, (), ("2",), "Makuleret")
    assert firm.states()["2"] == "ignored"
    assert audit(firm).wrong == {}
