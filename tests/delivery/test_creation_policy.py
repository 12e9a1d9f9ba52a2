"""Who creates and links customers: a person, or the settings where they say so (TL-3, LK-6)."""

from __future__ import annotations

import pytest

from ledgerbridge.delivery import link_requests
from ledgerbridge.records import Module
from sandbox.accounts.economic import economic_customer
from sandbox.clienttime.rows import CustomerRow
from sandbox.grounds import Firm, Grounds, customer, invoice

CVR = "13585628"


def _there(number: int, name: str, **more: object) -> dict[str, object]:
    empty = dict.fromkeys(("cvr", "address", "zip", "city", "phone", "email", "gln"))
    row = {**empty, "number": number, "name": name, "country": "DK", "currency": "DKK", **more}
    return economic_customer(row)


def _links(firm: Firm) -> dict[str, str]:
    query = "SELECT source_id, target_id FROM link JOIN record USING (record_id) WHERE link.module = 'customers'"
    return dict(firm.ours(query))


def _firm(grounds: Grounds, ours: list[CustomerRow], *theirs: dict[str, object], **settings: object) -> Firm:
    firm = grounds.firm(ours, [invoice(1, ours[0])], there=theirs, linking=settings)
    firm.ours("UPDATE preflight SET resolved = resolved || '{\"customers_at_start\": 0}'")
    for module in Module:
        firm.company.deliver(module, validated=False)
    return firm


@pytest.mark.spec("TL-3")
def test_by_hand_nothing_is_created_until_a_person_asks_for_it(grounds: Grounds) -> None:
    firm = _firm(grounds, [customer(1), customer(2)], creation="manual")
    assert firm.reasons(Module.CUSTOMERS) == dict.fromkeys(("1", "2"), "customer_creation_manual")
    assert firm.states() == {"1": "waiting"}
    assert firm.ledger()["customers"] == []
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.create(desk, "1")
    for module in Module:
        firm.company.deliver(module, validated=False)
    assert _links(firm) == {"1": "1"}
    assert firm.states() == {"1": "delivered"}


@pytest.mark.spec("TL-3")
def test_by_itself_a_new_customer_is_there_before_its_first_invoice(grounds: Grounds) -> None:
    firm = _firm(grounds, [customer(1)], creation="automatic")
    assert firm.states() == {"1": "delivered"}


@pytest.mark.spec("LK-6")
def test_without_the_setting_the_same_cvr_number_links_nothing(grounds: Grounds) -> None:
    firm = _firm(grounds, [customer(1, cvr=CVR)], _there(900, "Nordlys", cvr=CVR))
    assert _links(firm) == {}
    assert firm.reasons(Module.CUSTOMERS) == {"1": "customer_resembles"}


@pytest.mark.spec("LK-6")
def test_with_it_the_two_are_linked_and_the_invoice_goes_on(grounds: Grounds) -> None:
    firm = _firm(grounds, [customer(1, cvr=f"DK {CVR}")], _there(900, "Nordlys", cvr=CVR), by_exact_cvr=True)
    assert _links(firm) == {"1": "900"}
    assert firm.states() == {"1": "delivered"}
    assert firm.ours("SELECT made_by FROM link WHERE module = 'customers'") == [("linking.by_exact_cvr",)]
    assert firm.ours("SELECT count(*) FROM history WHERE event = 'linked'") == [(1,)]
    assert firm.source('SELECT "ForeignDebitorSystemIdentification" FROM "Customer"') == [("900",)]


@pytest.mark.spec("LK-6", "P13")
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param([customer(1, cvr=CVR), customer(2, cvr=CVR)], [_there(900, "A", cvr=CVR)], id="two of ours"),
        pytest.param(
            [customer(1, cvr=CVR)], [_there(900, "A", cvr=CVR), _there(901, "B", cvr=CVR)], id="two of theirs"
        ),
        pytest.param([customer(1, cvr="12345678")], [_there(900, "Kunde 1", cvr="12345678")], id="no CVR number"),
        pytest.param([customer(1)], [_there(900, "Kunde 1 ApS")], id="the name alone"),
    ],
)
def test_what_is_not_just_one_on_either_side_waits_for_a_person(
    grounds: Grounds, ours: list[CustomerRow], theirs: list[dict[str, object]]
) -> None:
    firm = _firm(grounds, ours, *theirs, by_exact_cvr=True)
    assert _links(firm) == {}
    assert set(firm.states(Module.CUSTOMERS).values()) == {"waiting"}


@pytest.mark.spec("LK-6", "LK-5")
def test_what_a_person_has_undone_is_not_linked_again(grounds: Grounds) -> None:
    firm = _firm(grounds, [customer(1, cvr=CVR)], _there(900, "Nordlys", cvr=CVR), by_exact_cvr=True)
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.unlink(desk, "1")
    firm.source('UPDATE "Customer" SET "City" = %s, "UpdatedAt" = now() WHERE "CustomerID" = 1', "Skagen")
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _links(firm) == {}
    assert firm.reasons(Module.CUSTOMERS) == {"1": "customer_undecided"}


@pytest.mark.spec("LK-6", "LK-2")
def test_a_refused_pair_does_not_link_itself(grounds: Grounds) -> None:
    firm = _firm(grounds, [customer(1, cvr=CVR)], _there(900, "Nordlys", cvr=CVR))
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.refuse(desk, "1", "900")
    changed = firm.with_settings(linking={"by_exact_cvr": True})
    firm.source('UPDATE "Customer" SET "City" = %s, "UpdatedAt" = now() WHERE "CustomerID" = 1', "Skagen")
    changed.company.deliver(Module.CUSTOMERS, validated=False)
    assert _links(firm) == {"1": "1"}, "they are two customers, so the new one is created"


@pytest.mark.spec("LK-6")
def test_a_number_that_a_linked_customer_has_as_well_is_not_unique(grounds: Grounds) -> None:
    firm = _firm(grounds, [customer(1, cvr=CVR)], _there(900, "Nordlys", cvr=CVR), by_exact_cvr=True)
    firm.control.act(firm.agreement, "POST", "/customers", {**_there(901, "Nordlys Syd", cvr=CVR)})
    firm.add([customer(2, cvr=CVR)])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _links(firm) == {"1": "900"}
