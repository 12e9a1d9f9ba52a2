"""P4, X-3: one bad record is set aside with its reason; the rest is delivered, and the run says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from accounts import assert_accounted
from systems import of
from workers import prepared

from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.delivery.settling import settle
from ledgerbridge.records import Module
from sandbox.grounds import Firm, customer, invoice

CARL = customer(503)
NewFirm = Callable[..., Firm]


def _firm(new_firm: NewFirm) -> Firm:
    firm = new_firm([CARL], loading={"connections": 4})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    return firm


@pytest.mark.spec("P4", "X-3", "X-7")
def test_one_poison_among_many(new_firm: NewFirm, system: str) -> None:
    firm = _firm(new_firm)
    many = [invoice(5000 + n, CARL) for n in range(60)]
    many[31] = invoice(5031, CARL, invoice_date=date(2024, 12, 17))
    firm.add((), many)
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert delivered.counts == {"delivered": 59, "rejected": 1}
    assert delivered.trouble == {"5031": of(system).refused}
    assert delivered.stopped_by is None
    assert_accounted(firm)
    again = firm.company.deliver(Module.INVOICES, validated=False)
    assert again.trouble == {}


@pytest.mark.spec("X-3", "P4")
@pytest.mark.parametrize(
    ("damage", "text"), [("content", '{"x": '), ("content", '{"customer_source_id": "\\u0000"}'), ("payload", '{"x": ')]
)
def test_a_mistake_of_our_own_is_told_on_its_record(new_firm: NewFirm, system: str, damage: str, text: str) -> None:
    firm = _firm(new_firm)
    firm.add((), [invoice(5100 + n, CARL) for n in range(6)])
    run_id = prepared(firm)
    firm.ours(f"UPDATE transfer SET {damage} = %s WHERE source_id = '5102'", text)
    with firm.company.workplace(run_id) as workplace:
        outcome = load_chunk(workplace, 0)
        settle(workplace)
    assert outcome.counts == {"delivered": 5, "rejected": 1}
    expected = of(system).bad_payload if damage == "payload" else "unexpected_error"
    assert {item.source_id: item.reason.code for item in outcome.trouble} == {"5102": expected}
    assert set(firm.locators().values()) == {1}
