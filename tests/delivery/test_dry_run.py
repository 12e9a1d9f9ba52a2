"""The dry run: what would be created and changed, field by field; looking changes nothing, a plan is held to (X-5)."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Any

import pytest

from ledgerbridge.delivery import dry_run
from ledgerbridge.delivery.dry_run import Action
from ledgerbridge.errors import Refusal, Rejection
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Module
from ledgerbridge.store import plans
from ledgerbridge.store.plans import Plan, PlanItem
from sandbox.grounds import Firm, Grounds, customer, invoice

pytestmark = pytest.mark.spec("X-5")

ASTA, BO = customer(701, name="Asta Smed ApS", phone="22334455"), customer(702)
TABLES = [
    "record",
    "transfer",
    "link",
    "history",
    "run",
    "chunk_member",
    "cursor_position",
    "customer_decision",
    "archive",
]


def _look(firm: Firm) -> Plan:
    with firm.company.workplace("plan", actor="Vibeke") as workplace, workplace.desk() as desk:
        dry_run.look_ahead(desk)
        plan = plans.newest(desk.store, firm.name)
    assert plan is not None
    return plan


def _apply(firm: Firm, plan: Plan) -> Reason:
    with firm.company.workplace("plan", actor="Vibeke") as workplace, workplace.desk() as desk:
        return dry_run.apply(desk, plan.plan_id)


def _everything(firm: Firm) -> list[Any]:
    return [sorted(map(str, firm.ours(f"SELECT * FROM {table}"))) for table in TABLES]


def _deliver(firm: Firm) -> None:
    for module in Module:
        firm.company.deliver(module, validated=False)


def _of(plan: Plan, module: Module, source_id: str) -> PlanItem:
    (item,) = [item for item in plan.items if (item.module, item.source_id) == (module, source_id)]
    return item


def test_the_first_run_is_seen_before_it_is_made(grounds: Grounds) -> None:
    stranger = customer(703, code="A-17")
    firm = grounds.firm([ASTA, BO, stranger], [invoice(1, ASTA), invoice(2, BO), invoice(3, stranger)])
    before, source = _everything(firm), firm.source('SELECT * FROM "Customer" ORDER BY 1')
    firm.control.mark(firm.agreement)
    plan = _look(firm)
    assert plan.counts == {"create": 2, "book": 2, "not_sent": 2}
    asta = _of(plan, Module.CUSTOMERS, "701")
    assert asta.action == Action.CREATE
    assert ("name", None, "Asta Smed ApS") in asta.changes
    assert ("phone", None, "22334455") in asta.changes
    booked = _of(plan, Module.INVOICES, "1")
    assert booked.action == Action.BOOK
    assert ("customer_number", None, "701") in booked.changes
    assert ("lines 1 · product_number", None, "1000") in booked.changes
    assert any(after in {"1150", "1150.00"} for _, _, after in booked.changes)
    refused = _of(plan, Module.CUSTOMERS, "703")
    assert refused.reason is not None
    assert refused.reason.code == "customer_number_not_allowed"
    assert _everything(firm) == before, "looking has changed our own database"
    assert firm.source('SELECT * FROM "Customer" ORDER BY 1') == source
    assert firm.writes() == {}


def test_what_was_foretold_comes_true_and_then_there_is_nothing(grounds: Grounds) -> None:
    firm = grounds.firm([ASTA, BO], [invoice(1, ASTA), invoice(2, BO)])
    plan = _look(firm)
    assert _look(firm).plan_hash == plan.plan_hash
    firm.control.mark(firm.agreement)
    _deliver(firm)
    assert sum(firm.writes().values()) == 6, "two customers, two drafts, two bookings"
    after = _look(firm)
    assert after.counts == {}
    assert after.items == ()


def test_a_changed_customer_shows_just_its_changed_fields(grounds: Grounds) -> None:
    firm = grounds.firm([ASTA, BO])
    _deliver(firm)
    firm.source('UPDATE "Customer" SET "City" = %s, "UpdatedAt" = now() WHERE "CustomerID" = 701', "Skagen")
    plan = _look(firm)
    (item,) = plan.items
    assert (item.action, item.changes) == (Action.CHANGE, (("city", "Odense C", "Skagen"),))


def test_a_draft_that_would_be_replaced_and_one_that_would_be_deleted(grounds: Grounds) -> None:
    firm = grounds.firm([ASTA], [invoice(1, ASTA), invoice(2, ASTA)], invoicing={"finish": "draft"})
    _deliver(firm)
    firm.source('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = 1', "Ny overskrift")
    firm.source('UPDATE "Invoice" SET "ApprovalStatus" = 0 WHERE "InvoiceID" = 2')
    plan = _look(firm)
    changed = _of(plan, Module.INVOICES, "1")
    assert changed.action == Action.CHANGE
    assert changed.changes == (("heading", None, "Ny overskrift"),)
    assert _of(plan, Module.INVOICES, "2").action == Action.DELETE_DRAFT
    assert len(firm.locators()) == 2


def test_what_waits_or_is_rejected_is_told_with_why(grounds: Grounds) -> None:
    stranger = customer(703, code="A-17")
    firm = grounds.firm([ASTA, stranger], [invoice(1, ASTA)])
    _deliver(firm)
    firm.add([], [invoice(2, stranger), invoice(3, ASTA, due_date=date(2026, 1, 1))])
    plan = _look(firm)
    reasons = {item.source_id: item.reason.code if item.reason else None for item in plan.items}
    assert reasons == {"2": "customer_not_linked", "3": "due_date_before_invoice_date"}
    assert plan.counts == {"not_sent": 2}


def test_a_plan_is_applied_only_while_it_holds(grounds: Grounds) -> None:
    firm = grounds.firm([ASTA], [invoice(1, ASTA)])
    plan = _look(firm)
    firm.add([BO])
    with pytest.raises(Rejection, match="plan_moved"):
        _apply(firm, plan)
    newer = _look(firm)
    with pytest.raises(Rejection, match="plan_not_newest"):
        _apply(firm, plan)
    assert _apply(firm, newer).code == "plan_applied"
    with closing(firm.company.store()) as store:
        kept = plans.newest(store, firm.name)
    assert kept is not None
    assert kept.applied_by == "Vibeke"


def test_the_target_may_be_what_has_moved(grounds: Grounds) -> None:
    firm = grounds.firm([ASTA])
    _deliver(firm)
    firm.source('UPDATE "Customer" SET "City" = %s, "UpdatedAt" = now() WHERE "CustomerID" = 701', "Skagen")
    plan = _look(firm)
    (there,) = firm.ledger()["customers"]
    status, _ = firm.control.act(firm.agreement, "PUT", "/customers/701", {**there, "city": "Thisted"})
    assert status == 200
    with pytest.raises(Rejection, match="plan_moved"):
        _apply(firm, plan)


def test_it_takes_a_check_to_look_and_an_activation_to_apply(
    grounds: Grounds,
) -> None:
    firm = grounds.firm([ASTA])
    firm.ours("DELETE FROM confirmation")
    plan = _look(firm)
    assert plan.counts == {"create": 1}
    with pytest.raises(Refusal, match="not_activated"):
        _apply(firm, plan)
    firm.ours("DELETE FROM preflight")
    with pytest.raises(Refusal, match="not_activated"):
        _look(firm)


def test_what_stands_there_now_is_what_was_sent_and_nothing_later(grounds: Grounds) -> None:
    """A revision that was prepared and overtaken before anybody sent it is not what the draft shows."""
    firm = grounds.firm([ASTA], [invoice(1, ASTA, heading="Første")], invoicing={"finish": "draft"})
    _deliver(firm)
    firm.source('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = 1', "Anden")
    with firm.company.workplace("cut off") as workplace:
        firm.company.prepare(workplace, Module.INVOICES)
    firm.ours("UPDATE transfer SET state = 'withdrawn' WHERE module = 'invoices' AND revision = 2")
    firm.ours("UPDATE run SET settled_at = now()")
    firm.source('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = 1', "Tredje")
    (item,) = _look(firm).items
    assert item.changes == (("heading", "Første", "Tredje"),)
