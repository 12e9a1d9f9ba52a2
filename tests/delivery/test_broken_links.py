"""A link whose number another company has now: nothing is sent over it before a person has decided (LK-7)."""

from __future__ import annotations

import pytest

from ledgerbridge.comparing.customers import target_customers
from ledgerbridge.delivery import link_requests
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

ONE = customer(101, name="Nordlys Tømrer ApS", cvr="13748136")


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """A firm whose one customer is created and linked, and whose number is then another company's."""
    firm = grounds.firm([ONE])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    _, there = firm.control.act(firm.agreement, "GET", "/customers/101", None)
    changed = {**there, "name": "Vestjysk Fiskeeksport A/S", "corporateIdentificationNumber": "24256790"}
    firm.control.act(firm.agreement, "PUT", "/customers/101", changed)
    return firm


def _look_at_all_customers(firm: Firm) -> None:
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        list(target_customers(desk))


@pytest.mark.spec("LK-7")
def test_a_change_is_not_sent_to_another_company(firm: Firm) -> None:
    firm.source('UPDATE "Customer" SET "City" = %s WHERE "CustomerID" = 101', "Esbjerg")
    firm.control.mark(firm.agreement)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert firm.states(Module.CUSTOMERS) == {"101": "waiting"}
    assert firm.reasons(Module.CUSTOMERS) == {"101": "link_broken"}
    assert firm.writes() == {}


@pytest.mark.spec("LK-7")
def test_its_invoices_wait_until_a_person_has_linked_it_again(firm: Firm) -> None:
    _look_at_all_customers(firm)
    firm.add(invoices=[invoice(9001, ONE)])
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"9001": "waiting"}
    assert firm.reasons() == {"9001": "customer_link_broken"}
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.link(desk, "101", "101")
    firm.company.deliver(Module.INVOICES, validated=False)
    assert firm.states() == {"9001": "delivered"}


@pytest.mark.spec("LK-7")
def test_a_customer_that_is_gone_breaks_its_link(firm: Firm) -> None:
    firm.control.act(firm.agreement, "DELETE", "/customers/101", None)
    _look_at_all_customers(firm)
    assert firm.ours("SELECT broken_at IS NOT NULL FROM link") == [(True,)]


@pytest.mark.spec("LK-7")
def test_a_new_name_under_the_same_cvr_number_breaks_nothing(grounds: Grounds) -> None:
    firm = grounds.firm([ONE])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    _, there = firm.control.act(firm.agreement, "GET", "/customers/101", None)
    firm.control.act(firm.agreement, "PUT", "/customers/101", {**there, "name": "Nordlys Byg ApS"})
    _look_at_all_customers(firm)
    assert firm.ours("SELECT broken_at FROM link") == [(None,)]
