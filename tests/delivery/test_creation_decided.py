"""A person's «create» is carried out by the next run, whatever the customer waited for (CT-10, CT-12)."""

from __future__ import annotations

import pytest

from ledgerbridge.delivery import link_requests
from ledgerbridge.records import Module
from sandbox.accounts.economic import economic_customer
from sandbox.grounds import Grounds, customer

STRANGER = economic_customer(
    {
        "number": 900,
        "name": "Vestjysk Fiskeeksport A/S",
        "cvr": None,
        "address": None,
        "zip": None,
        "city": None,
        "country": "DK",
        "phone": None,
        "email": None,
        "gln": None,
        "currency": "DKK",
    }
)


@pytest.mark.spec("CT-10", "CT-12")
def test_it_does_not_wait_for_the_linking_to_be_confirmed(grounds: Grounds) -> None:
    firm = grounds.firm([customer(101), customer(102)], there=[STRANGER])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert firm.reasons(Module.CUSTOMERS) == dict.fromkeys(("101", "102"), "linking_not_confirmed")
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.create(desk, "101")
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert firm.states(Module.CUSTOMERS) == {"101": "delivered", "102": "waiting"}
