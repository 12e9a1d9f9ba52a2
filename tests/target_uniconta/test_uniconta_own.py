"""What only Uniconta asks for: decimals, groups, dimensions, numbers that change, its one session (CT-13 to CT-17)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgerbridge.delivery import activation, loading
from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.reasons import Language
from ledgerbridge.reasons.field_names import CHECK_ITEMS
from ledgerbridge.records import Module
from ledgerbridge.target.contract import CheckStatus, Preflight
from sandbox.clienttime.rows import amount_line
from sandbox.grounds import TODAY, Firm, Grounds, customer, invoice

FREJA = customer(201)


def _firm(grounds: Grounds, customers: Any = (FREJA,), invoices: Any = (), **changes: Any) -> Firm:
    return grounds.firm(customers, invoices, system="uniconta", **changes)


def _both(firm: Firm) -> Any:
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm.company.deliver(Module.INVOICES, validated=False)


def _checked(firm: Firm) -> Preflight:
    with firm.company.workplace("preflight", actor="set up") as workplace, workplace.desk() as desk:
        return activation.check_now(desk)


def _told(found: Preflight, item: str) -> tuple[CheckStatus, str]:
    assert item in CHECK_ITEMS, "an item without words"
    check = next(check for check in found.checks if check.item == item)
    return check.status, check.reason.sentence(Language.DANISH)


def _row(firm: Firm, entity: str, name: str, value: str) -> dict[str, Any]:
    return dict(firm.by_hand_list("POST", f"/Query/Get/{entity}", [{"PropertyName": name, "FilterValue": value}])[0])


def _change(firm: Firm, entity: str, name: str, value: str, **fields: Any) -> None:
    firm.by_hand("PUT", f"/api/Entities/Update/{entity}", **{**_row(firm, entity, name, value), **fields})


# Before anything is sent.


@pytest.mark.spec("CT-13")
@pytest.mark.parametrize("decimals", [0, 1, 3])
def test_an_item_without_two_decimals_is_found_before_the_first_invoice(grounds: Grounds, decimals: int) -> None:
    firm = _firm(grounds)
    _change(firm, "InvItemClient", "Item", "1000", Decimals=decimals)
    found = _checked(firm)
    assert not found.passed
    status, told = _told(found, "product_with_vat")
    assert status is CheckStatus.FAILED
    assert f"{decimals} decimaler" in told
    _change(firm, "InvItemClient", "Item", "1000", Decimals=2)
    assert _checked(firm).passed


@pytest.mark.spec("X-11", "CT-7")
def test_another_companys_number_is_found_by_the_name(grounds: Grounds) -> None:
    firm = _firm(grounds)
    firm.control.set_facts(firm.agreement, CompanyName="Et helt andet firma ApS")
    status, told = _told(_checked(firm), "agreement")
    assert status is CheckStatus.FAILED
    assert "Et helt andet firma ApS" in told


@pytest.mark.spec("X-11", "CT-6", "CT-18", "CT-20")
@pytest.mark.parametrize(
    ("item", "changes"),
    [
        ("layout", {"layout": "Findes ikke"}),
        ("due_date_term", {"due_date_term": "Netto 77"}),
        ("customer_group", {"default_debtor_group": "99"}),
        ("product_with_vat", {"product_with_vat": "nope/%"}),
        ("product_with_vat", {"product_with_vat": "2000", "product_without_vat": "2010"}),
        ("product_without_vat", {"product_without_vat": "1010"}),
        ("product_with_vat", {"vat_percentage": 22}),
        ("base_currency", {"base_currency": "EUR"}),
    ],
)
def test_each_setting_that_the_company_does_not_bear_out_is_told(
    grounds: Grounds, item: str, changes: dict[str, Any]
) -> None:
    found = _checked(_firm(grounds).with_settings(invoicing=changes))
    assert [check.item for check in found.checks if check.status is CheckStatus.FAILED] == [item]


@pytest.mark.spec("CT-18", "X-11")
def test_a_zone_that_would_charge_vat_of_foreigners_is_found(grounds: Grounds) -> None:
    firm = _firm(grounds)
    _change(firm, "InvGroupClient", "Group", "1", SalesVat1="U25")
    assert _told(_checked(firm), "product_with_vat")[0] is CheckStatus.FAILED


@pytest.mark.spec("CT-15", "CT-7")
def test_dimensions_are_compared_on_both_sides(grounds: Grounds) -> None:
    firm = _firm(grounds, target={"options": {"dimensions": {"department": 1, "team": 2}}})
    found = _checked(firm)
    assert found.passed, "a missing value stops only the invoices that carry it"
    status, told = _told(found, "dimension_values_team")
    assert status is CheckStatus.WARNING
    assert told.startswith("Hold: "), "the reader's word for a team"
    assert "NORD Hold Nord" in told
    assert _told(found, "customer_group")[1] == "invoicing.default_debtor_group er 1.", "it has no name there"
    assert "(8 dage/days)" in _told(found, "due_date_term")[1]


@pytest.mark.spec("CT-7")
def test_a_dimension_with_one_value_is_advised_against(grounds: Grounds) -> None:
    firm = _firm(grounds, target={"options": {"dimensions": {"division": 3}}})
    rows = firm.by_hand_list("POST", "/Query/Get/GLDimType3Client", [{}])
    firm.by_hand_list("DELETE", "/Crud/DeleteList/GLDimType3Client", rows[1:])
    status, told = _told(_checked(firm), "dimension_division")
    assert status is CheckStatus.WARNING
    assert f"har kun værdierne {rows[0]['Dimension']}." in told


# Customers.


@pytest.mark.spec("CT-14")
def test_groups_go_by_name_and_a_blank_one_is_the_usual(grounds: Grounds) -> None:
    foreign = customer(202, debtor_group="2")
    unknown = customer(203, debtor_group="Findes ikke")
    firm = _firm(grounds, [FREJA, foreign, unknown])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    groups = {row["Account"]: row["Group"] for row in firm.ledger()["debtors"]}
    assert groups == {"201": "1", "202": "2"}
    assert firm.reasons(Module.CUSTOMERS)["203"] == "uniconta_group_missing"
    _change(firm, "DebtorClient", "Account", "201", Group="2")
    firm.source('UPDATE "Customer" SET "City" = \'Vejle\' WHERE "CustomerID" = 201')
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _row(firm, "DebtorClient", "Account", "201")["Group"] == "2", "the accounts own it after the creation"


@pytest.mark.spec("CT-16")
def test_a_number_that_changes_in_the_source_changes_in_the_accounts(grounds: Grounds) -> None:
    firm = _firm(grounds, [FREJA], [invoice(1, FREJA)])
    _both(firm)
    row_id = _row(firm, "DebtorClient", "Account", "201")["RowId"]
    firm.source('UPDATE "Customer" SET "CustomerCode" = \'2201\', "Name" = \'Freja & Søn\' WHERE "CustomerID" = 201')
    firm.add([], [invoice(2, customer(201, code="2201"))])
    _both(firm)
    (there,) = firm.books.customers()
    assert (there.number, there.name) == ("2201", "Freja & Søn")
    assert _row(firm, "DebtorClient", "Account", "2201")["RowId"] == row_id
    assert [item.customer for item in firm.books.booked()] == ["2201", "2201"], "documents have followed"
    assert firm.ours("SELECT target_id, source_number FROM link WHERE target_kind = 'customer'") == [("2201", "2201")]
    linked = firm.source('SELECT "ForeignDebitorSystemIdentification" FROM "Customer" WHERE "CustomerID" = 201')
    assert linked == [("2201",)]


@pytest.mark.spec("CT-16", "P2")
@pytest.mark.parametrize("effect", ["drop_after_commit", "drop_before"])
def test_a_new_number_that_was_not_answered_is_found_again(grounds: Grounds, effect: str) -> None:
    """Its name is a new one as well, and an invoice of the customer waits until the number is known."""
    firm = _firm(grounds, [FREJA], [invoice(1, FREJA)])
    _both(firm)
    firm.source('UPDATE "Customer" SET "CustomerCode" = \'2201\', "Name" = \'Søn A/S\' WHERE "CustomerID" = 201')
    firm.add([], [invoice(2, customer(201, code="2201"))])
    method, path = firm.books.calls.update_customer
    firm.control.add_fault(effect, match=firm.books.match(method=method, path=path, nth=1))
    _both(firm)
    assert firm.states(Module.CUSTOMERS) == {"201": "in_doubt"}
    assert firm.reasons() == {"1": None, "2": "customer_in_doubt"}
    _both(firm)
    assert [(item.number, item.name) for item in firm.books.customers()] == [("2201", "Søn A/S")]
    assert firm.states(Module.CUSTOMERS)["201"] in {"delivered", "unchanged"}
    assert firm.ours("SELECT target_id FROM link WHERE target_kind = 'customer'") == [("2201",)]
    assert firm.states() == {"1": "delivered", "2": "delivered"}


@pytest.mark.spec("CT-16", "P2")
def test_an_invoice_that_was_ready_when_the_number_came_into_doubt_waits(grounds: Grounds) -> None:
    firm = _firm(grounds, [FREJA], [invoice(1, FREJA)])
    _both(firm)
    firm.add([], [invoice(2, FREJA), invoice(3, FREJA)])
    with firm.company.workplace("ready") as workplace:
        firm.company.prepare(workplace, Module.INVOICES, validated=False)
        firm.source('UPDATE "Customer" SET "CustomerCode" = \'2201\' WHERE "CustomerID" = 201')
        method, path = firm.books.calls.update_customer
        firm.control.add_fault("drop_after_commit", match=firm.books.match(method=method, path=path, nth=1))
        firm.company.deliver(Module.CUSTOMERS, validated=False)
        for chunk in firm.company.chunks("ready"):
            assert load_chunk(workplace, chunk).trouble == ()
    assert set(firm.reasons().values()) == {None, "customer_in_doubt"}
    _both(firm)
    assert [item.customer for item in firm.books.booked()] == ["2201"] * 3


@pytest.mark.spec("CT-16", "P2")
@pytest.mark.parametrize("is_given_away", [False, True])
def test_a_lost_new_number_stays_in_doubt_until_it_has_been_looked_for(
    grounds: Grounds, *, is_given_away: bool
) -> None:
    """The run that should look is cut off; meanwhile somebody may have got the old number."""
    firm = _firm(grounds, [FREJA])
    _both(firm)
    firm.source('UPDATE "Customer" SET "CustomerCode" = \'2201\' WHERE "CustomerID" = 201')
    method, path = firm.books.calls.update_customer
    firm.control.add_fault("drop_after_commit", match=firm.books.match(method=method, path=path, nth=1))
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.control.add_fault("drop_before", match=firm.books.match(path="/Query/Get/DebtorClient"))
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.control.clear_faults()
    if is_given_away:
        firm.books.add_customer("201", "Helt anden A/S")
    firm.add([], [invoice(1, customer(201, code="2201"))])
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.reasons() == {"1": "customer_in_doubt"}
    _both(firm)
    assert [item.customer for item in firm.books.booked()] == ["2201"]


@pytest.mark.spec("CT-16")
def test_a_new_number_that_is_taken_leaves_both_as_they_are(grounds: Grounds) -> None:
    firm = _firm(grounds, [FREJA])
    _both(firm)
    firm.books.add_customer("2201", "En anden ApS")
    firm.source('UPDATE "Customer" SET "CustomerCode" = \'2201\' WHERE "CustomerID" = 201')
    _both(firm)
    assert firm.reasons(Module.CUSTOMERS) == {"201": "customer_number_taken"}
    assert {item.number for item in firm.books.customers()} == {"201", "2201"}


@pytest.mark.spec("CT-16")
def test_a_customer_linked_to_another_number_keeps_it(grounds: Grounds) -> None:
    firm = _firm(grounds, [FREJA])
    _both(firm)
    firm.ours("UPDATE link SET source_number = '555' RETURNING 1")
    firm.source('UPDATE "Customer" SET "CustomerCode" = \'2201\' WHERE "CustomerID" = 201')
    _both(firm)
    assert [item.number for item in firm.books.customers()] == ["201"]


# Invoices.


@pytest.mark.spec("CT-15", "CT-7")
def test_team_department_and_division_go_to_their_dimensions(grounds: Grounds) -> None:
    firm = _firm(
        grounds, [FREJA], [invoice(1, FREJA)], target={"options": {"dimensions": {"department": 1, "team": 2}}}
    )
    for value, name in (("NORD", "Hold Nord"),):
        firm.by_hand("POST", "/Crud/Insert/GLDimType2Client", Dimension=value, Name=name)
    _both(firm)
    (booked,) = firm.ledger()["invoices"]
    assert (booked["Dimension1"], booked["Dimension2"], booked.get("Dimension3")) == ("10", "NORD", None)
    assert {line["Dimension2"] for line in firm.ledger()["invoiceLines"] if line.get("Item")} == {"NORD"}


@pytest.mark.spec("CT-15", "X-3")
def test_a_dimension_that_is_missing_there_is_told_and_holds_back_nobody(grounds: Grounds) -> None:
    syd = customer(202, team=2)
    firm = _firm(grounds, [FREJA, syd], [invoice(1, FREJA), invoice(2, syd), invoice(3, FREJA)],
                 target={"options": {"dimensions": {"team": 2}}})  # fmt: skip
    firm.by_hand("POST", "/Crud/Insert/GLDimType2Client", Dimension="NORD", Name="Hold Nord")
    _both(firm)
    assert firm.states() == {"1": "delivered", "2": "rejected", "3": "delivered"}
    ((told,),) = firm.ours("SELECT reason -> 'values' FROM transfer WHERE source_id = '2' AND module = 'invoices'")
    assert "SYD" in str(told)
    assert firm.books.drafts() == []


@pytest.mark.spec("CT-9")
def test_the_term_that_ends_on_the_due_date_is_taken_else_the_date_itself(grounds: Grounds) -> None:

    odd = invoice(2, FREJA, due_date=TODAY + timedelta(days=17))
    firm = _firm(grounds, [FREJA], [invoice(1, FREJA, due_date=TODAY + timedelta(days=8)), odd])
    _both(firm)
    due = {row["InvoiceNumber"]: (row.get("Payment"), row["DueDate"][:10]) for row in firm.ledger()["invoices"]}
    assert set(due.values()) == {
        ("Netto 8", (TODAY + timedelta(days=8)).isoformat()),
        ("Netto 8", (TODAY + timedelta(days=17)).isoformat()),
    }
    strict = _firm(grounds, [FREJA], [odd], target={"options": {"due_date_on_order": False}})
    _both(strict)
    assert strict.states() == {"2": "rejected"}


@pytest.mark.spec("CT-19", "P12")
@pytest.mark.parametrize("rounding", ["half_up", "half_even"])
def test_a_half_oere_is_asked_for_and_never_guessed(grounds: Grounds, rounding: str) -> None:
    """0.02 at 25 % is half an øre: 0.01 or 0.00, and ClientTime says 0.01."""
    small = invoice(1, FREJA, amount_line("Gebyr", "1", "0.02"))
    firm = _firm(grounds, [FREJA], [small, invoice(2, FREJA)], knobs={"vat_rounding": rounding})
    _both(firm)
    if rounding == "half_up":
        assert firm.states() == {"1": "delivered", "2": "delivered"}
        return
    assert firm.states() == {"1": "rejected", "2": "delivered"}
    assert firm.reasons()["1"] == "invoice_vat_differs"
    assert len(firm.books.booked()) == 1
    covered = firm.with_settings(invoicing={"accepted_vat_rounding": "0.01"})
    covered.company.switch_on()
    firm.ours("UPDATE transfer SET state = 'staged' WHERE source_id = '1' AND module = 'invoices' RETURNING 1")
    covered.company.deliver(Module.INVOICES, validated=False)
    assert {item.gross for item in firm.books.booked()} == {Decimal("0.02"), Decimal("3593.75")}


@pytest.mark.spec("CT-19", "P12", "TL-10")
@pytest.mark.parametrize(("rounding", "state"), [("half_up", "delivered"), ("half_even", "rejected")])
def test_a_half_oere_of_an_order_that_people_post_is_asked_for_as_well(
    grounds: Grounds, rounding: str, state: str
) -> None:
    small = invoice(1, FREJA, amount_line("Gebyr", "1", "0.02"))
    firm = _firm(grounds, [FREJA], [small], knobs={"vat_rounding": rounding}, invoicing={"finish": "draft"})
    _both(firm)
    assert firm.states() == {"1": state}


@pytest.mark.spec("CT-19", "P4", "P5")
def test_a_simulation_that_is_refused_is_its_invoices_own(grounds: Grounds) -> None:
    """Half an øre on a date that is closed: the others go on."""
    fee = amount_line("Gebyr", "1", "0.02")
    closed = invoice(1, FREJA, fee, invoice_date=date(2024, 12, 17))
    firm = _firm(grounds, [FREJA], [closed, invoice(2, FREJA, fee), invoice(3, FREJA)])
    assert _both(firm).stopped_by is None
    assert firm.states() == {"1": "rejected", "2": "delivered", "3": "delivered"}
    assert firm.reasons()["1"] == "uniconta_refused"


@pytest.mark.spec("CT-18", "P12")
def test_an_invoice_that_its_customers_zone_would_give_vat_is_held(grounds: Grounds) -> None:
    """An order has no zone of its own: the customer's decides."""
    firm = _firm(grounds, [FREJA], [invoice(1, FREJA, treatment="EU"), invoice(2, FREJA)])
    _both(firm)
    assert firm.states() == {"1": "rejected", "2": "delivered"}
    ((told,),) = firm.ours("SELECT reason FROM transfer WHERE module = 'invoices' AND source_id = '1'")
    assert (told["code"], told["values"]["target"]) == ("invoice_vat_differs", "718.75 / 3593.75")


@pytest.mark.spec("CT-19", "P12")
def test_where_a_simulation_shows_nothing_the_half_oere_is_held(grounds: Grounds) -> None:
    small = invoice(1, FREJA, amount_line("Gebyr", "1", "0.02"))
    firm = _firm(grounds, [FREJA], [small], knobs={"simulation_shows_header": False})
    _both(firm)
    assert firm.reasons() == {"1": "invoice_vat_differs"}
    ((told,),) = firm.ours("SELECT reason -> 'values' ->> 'target' FROM transfer WHERE module = 'invoices'")
    assert "±" in told


# Its one session, and its limits.


@pytest.mark.spec("P6", "P7")
def test_a_session_that_somebody_else_ended_is_begun_anew(grounds: Grounds) -> None:
    firm = _firm(grounds, [FREJA], [invoice(n, FREJA) for n in range(1, 4)])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    with firm.company.workplace("one") as workplace, workplace.desk() as desk:
        assert desk.target.customer("201") is not None
        with firm.company.workplace("another") as beside, beside.desk() as other:
            assert other.target.customer("201") is not None
        assert desk.target.customer("201") is not None
        firm.control.expire_tokens(firm.company.tokens.user, refresh=True)
        assert desk.target.customer("201") is not None
    assert firm.company.deliver(Module.INVOICES, validated=False).counts == {"delivered": 3}


@pytest.mark.spec("P7")
def test_slow_down_is_for_later_and_does_nothing(grounds: Grounds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading.time, "sleep", lambda _: None)
    firm = _firm(grounds, [FREJA], [invoice(1, FREJA)])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    made = int(firm.control.counters(firm.agreement)["calls"])
    firm.control.set_knobs(firm.agreement, over_limit="slow_down", daily_limit=made + 2)
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states()["1"] in {"waiting", "in_doubt"}
    firm.control.set_knobs(firm.agreement, daily_limit=5000)
    _both(firm)
    _both(firm)
    assert firm.states() == {"1": "delivered"}
    assert len(firm.books.booked()) == 1


@pytest.mark.spec("X-2", "P1")
def test_a_field_that_does_not_keep_our_mark_stops_everything(grounds: Grounds) -> None:
    firm = _firm(grounds, [FREJA], [invoice(1, FREJA)], target={"options": {"locator_field": "CustomsNo"}})
    _both(firm)
    assert firm.books.booked() == []
    assert firm.books.drafts() == [], "what was made was taken away again"
    ((code,),) = firm.ours("SELECT reason #>> '{cause,code}' FROM transfer WHERE module = 'invoices'")
    assert code == "uniconta_locator_not_kept"
