"""What is booked otherwise than it should be is told where people look: on the overview, in the list, on its own page;
nowhere does it say that all is as it was approved."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from porch import Porch, opened

from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer, invoice

FREJA = customer(201, name="Freja Regnskab A/S")
AS_APPROVED = "som den blev godkendt"
HEADING = "Bogført, men værd at se efter"


def _misled(grounds: Grounds) -> Firm:
    """The company computes VAT otherwise than is documented: an øre more is posted than was foretold."""
    firm = grounds.firm([FREJA], [invoice(1, FREJA)], system="uniconta")
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.control.set_knobs(firm.agreement, vat_misses_by=1)
    firm.company.deliver(Module.INVOICES, validated=False)
    return firm


def _changed_afterwards(grounds: Grounds) -> Firm:
    firm = grounds.firm([FREJA], [invoice(1, FREJA)])
    for module in Module:
        firm.company.deliver(module, validated=False)
    firm.source('UPDATE "Invoice" SET "Heading" = %s, "UpdatedAt" = now()', "Rettet")
    firm.company.deliver(Module.INVOICES, validated=False)
    return firm


def _page(porch: Porch, path: str) -> str:
    with porch.client() as http:
        answer = http.get(path, headers={"Accept-Language": "da"})
    assert answer.status_code == 200
    return str(answer.text)


@pytest.mark.spec("X-4", "CT-19")
@pytest.mark.parametrize(
    ("made", "told"),
    [
        (_misled, "2.875,00 / 718,76 / 3.593,76 DKK; der blev regnet med 2.875,00 / 718,75 / 3.593,75"),
        (_changed_afterwards, "er ændret i tidssystemet, efter at den blev bogført"),
    ],
)
def test_it_is_told_wherever_people_look(grounds: Grounds, made: Callable[[Grounds], Firm], told: str) -> None:
    firm = made(grounds)
    ((record,),) = firm.ours("SELECT record_id FROM record WHERE module = 'invoices'")
    with opened(firm) as porch:
        own, overview = _page(porch, f"/{firm.name}/records/{record}"), _page(porch, "/")
        listed = _page(porch, f"/{firm.name}/transfers/invoices?tab=transferred")
    assert AS_APPROVED not in own
    assert "der skal ikke gøres noget" not in own
    assert "Alt, der er godkendt, er på plads" not in overview
    assert "Alt øvrigt, der er godkendt, er på plads" in overview
    assert all(told in page for page in (own, overview, listed))
    assert HEADING in overview


def test_where_all_is_as_it_was_approved_nothing_is_said_of_it(grounds: Grounds) -> None:
    firm = grounds.firm([FREJA], [invoice(1, FREJA)])
    for module in Module:
        firm.company.deliver(module, validated=False)
    ((record,),) = firm.ours("SELECT record_id FROM record WHERE module = 'invoices'")
    with opened(firm) as porch:
        overview = _page(porch, "/")
        assert HEADING not in overview
        assert "Alt, der er godkendt, er på plads" in overview
        assert AS_APPROVED in _page(porch, f"/{firm.name}/records/{record}")


@pytest.mark.spec("X-4")
def test_several_lead_to_the_list_of_just_these(grounds: Grounds) -> None:
    firm = grounds.firm([FREJA], [invoice(n, FREJA) for n in (1, 2, 3)])
    for module in Module:
        firm.company.deliver(module, validated=False)
    firm.source('UPDATE "Invoice" SET "Heading" = %s, "UpdatedAt" = now() WHERE "InvoiceID" > 1', "Rettet")
    firm.company.deliver(Module.INVOICES, validated=False)
    with opened(firm) as porch:
        overview = _page(porch, "/")
        path = f"/{firm.name}/transfers/invoices?tab=transferred&state=unchanged&code=invoice_changed_after_booking"
        assert path.replace("&", "&amp;") in overview
        listed = _page(porch, path)
    assert [f">{n}</a></th>" in listed for n in (1, 2, 3)] == [False, True, True]
