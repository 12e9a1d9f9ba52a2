"""Orders and their lines are several calls: whichever of them fails, nothing stands twice and nothing is doubled."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgerbridge.records import Module
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import TODAY, Firm, Grounds, customer, invoice

FREJA, GERDA = customer(201), customer(202)
GROSS = Decimal("3593.75")


def _firm(grounds: Grounds, invoices: Any = (), **changes: Any) -> Firm:
    firm = grounds.firm([FREJA, GERDA], invoices, system="uniconta", **changes)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm


def _run(firm: Firm, times: int = 1) -> Any:
    for _ in range(times):
        delivered = firm.company.deliver(Module.INVOICES, validated=False)
    return delivered


def _fail(firm: Firm, effect: str, path: str, nth: int, **more: Any) -> None:
    firm.control.add_fault(effect, match=firm.books.match(path=path, nth=nth), **more)


def _change(firm: Firm, entity: str, name: str, value: str, **fields: Any) -> None:
    row = firm.by_hand_list("POST", f"/Query/Get/{entity}", [{"PropertyName": name, "FilterValue": value}])[0]
    firm.by_hand("PUT", f"/api/Entities/Update/{entity}", **{**row, **fields})


TROUBLES: dict[str, dict[str, Any]] = {
    "slow down": {"effect": "refusal", "text": "SlowDown"},
    "no rights": {"effect": "refusal", "text": "NoRights"},
    "could not find": {"effect": "refusal", "text": "CouldNotFind"},
    "too many": {"effect": "refusal", "text": "ToManyCreatesInOneDay"},
    "429": {"effect": "status", "status": 429, "retryAfter": 0},
    "404": {"effect": "status", "status": 404},
    "503": {"effect": "status", "status": 503},
    "lost before": {"effect": "drop_before"},
    "lost after": {"effect": "drop_after_commit"},
}
# What is lost says by its name whether that is before the deed or after it.
MOMENTS = [
    (trouble, when) for trouble in TROUBLES for when in ((None,) if trouble.startswith("lost") else ("before", "after"))
]
# One call of each kind that a group makes, from its customers to what is read back.
CALLS = ("Get/DebtorClient$", "List/DebtorOrderClient$", "Get/DebtorOrderClient$", "List/DebtorOrderLineClient$",
         "Get/DebtorOrderLineClient$")  # fmt: skip


@pytest.mark.spec("P1", "P2", "P18", "X-2")
@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize(("trouble", "when"), MOMENTS)
def test_whichever_call_of_a_group_fails(grounds: Grounds, trouble: str, when: str | None, path: str) -> None:
    """Both are one customer's, so that nothing of it is read together. A refusal may come after the deed."""
    told = TROUBLES[trouble] | ({} if when is None else {"when": when})
    effect = told.pop("effect")
    firm = _firm(grounds, [invoice(1, FREJA), invoice(2, FREJA)], invoicing={"finish": "draft"})
    _fail(firm, effect, path, 1, **told)
    _run(firm)
    firm.control.clear_faults()
    _run(firm, 3)
    assert firm.states() == {"1": "delivered", "2": "delivered"}
    assert set(firm.locators().values()) == {1}
    assert len(firm.books.drafts()) == 2
    assert [len(draft.lines) for draft in firm.books.drafts()] == [1, 1]


@pytest.mark.spec("P2", "P12", "X-2")
def test_lines_that_were_not_taken_away_are_not_posted_beside_the_new_ones(grounds: Grounds) -> None:
    """A proxy answers the deletion with an empty 200."""
    firm = _firm(grounds, [invoice(1, FREJA)])
    _fail(firm, "drop_after_commit", "/InsertList/DebtorOrderLineClient$", 1)
    _run(firm)
    firm.source('UPDATE "Invoice" SET "Heading" = %s WHERE "InvoiceID" = 1', "B")
    _fail(firm, "empty", "/DeleteList/DebtorOrderLineClient$", 1, when="before")
    _run(firm)
    assert firm.books.booked() == []
    _run(firm, 2)
    assert [item.gross for item in firm.books.booked()] == [GROSS]


@pytest.mark.spec("P2", "X-2")
def test_of_two_orders_with_one_mark_none_is_posted(grounds: Grounds) -> None:
    """Somebody has copied an order in Uniconta while its invoice was in doubt."""
    firm = _firm(grounds, [invoice(1, FREJA)])
    _fail(firm, "drop_after_commit", "/InsertList/DebtorOrderLineClient$", 1)
    _run(firm)
    (order,) = firm.ledger()["orders"]
    kept = {name: order[name] for name in ("Account", "InvoiceDate", "Currency", "ReferenceNumber")}
    firm.by_hand("POST", "/Crud/Insert/DebtorOrderClient", **kept)
    _run(firm, 2)
    assert firm.books.booked() == []
    assert firm.states() == {"1": "in_doubt"}
    assert firm.reasons() == {"1": "uniconta_mark_twice"}
    firm.books.remove_draft(max(draft.number for draft in firm.books.drafts()))
    _run(firm, 2)
    assert [item.gross for item in firm.books.booked()] == [GROSS]


@pytest.mark.spec("X-8", "P12", "CT-9")
@pytest.mark.parametrize("update_omitted", ["cleared", "kept"])
def test_a_new_revision_keeps_nothing_of_the_former_one(grounds: Grounds, update_omitted: str) -> None:
    first = invoice(
        1, FREJA, due_date=TODAY + timedelta(days=17), your_reference="Vibeke", currency="EUR",
        exchange_rate=Decimal("745.50"),
    )  # fmt: skip
    firm = _firm(grounds, [first], invoicing={"finish": "draft"}, knobs={"update_omitted": update_omitted})
    _run(firm)
    firm.source(
        'UPDATE "Invoice" SET "DueDate" = %s, "YourReference" = NULL, "CurrencyCode" = %s, "ExchangeRate" = 100',
        TODAY + timedelta(days=14),
        "DKK",
    )
    _run(firm)
    assert firm.states() == {"1": "delivered"}
    firm.books.book_draft(firm.books.drafts()[0].number)
    (posted,) = firm.ledger()["invoices"]
    assert posted["DueDate"][:10] == (TODAY + timedelta(days=14)).isoformat()
    assert not posted.get("YourRef")
    assert (posted["Currency"], posted["AmountLocalCur"]) == ("DKK", GROSS)


@pytest.mark.spec("CT-19", "P12")
@pytest.mark.parametrize("fields", [{"EndDiscountPct": 10}, {"PricesInclVat": True}])
def test_what_an_order_would_take_from_its_customer_changes_no_amount(grounds: Grounds, fields: dict[str, Any]) -> None:
    firm = _firm(grounds, knobs={"order_takes_from_debtor": True})
    _change(firm, "DebtorClient", "Account", "201", **fields)
    firm.add((), [invoice(1, FREJA)])
    _run(firm)
    assert [item.gross for item in firm.books.booked()] == [GROSS]


@pytest.mark.spec("CT-19", "P12")
def test_a_discount_that_somebody_gives_an_order_is_seen_before_it_is_posted(grounds: Grounds) -> None:
    firm = _firm(grounds, [invoice(1, FREJA, amount_line("Timer", "2", "100"))], invoicing={"finish": "draft"})
    _run(firm)
    (draft,) = firm.books.drafts()
    _change(firm, "DebtorOrderClient", "OrderNumber", str(draft.number), EndDiscountPct=10)
    booking = firm.with_settings(invoicing={"finish": "book"})
    with booking.company.workplace("look") as workplace, workplace.desk() as desk:
        seen = desk.target.draft(draft.number)
        assert seen is not None
        assert not seen.totals_are_sure
        assert desk.target.with_sure_totals(seen).net == Decimal("180.00")
