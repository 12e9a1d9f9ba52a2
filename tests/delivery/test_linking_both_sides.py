"""A link is made, moved and undone on both sides or on neither (LK-5, CT-21)."""

from __future__ import annotations

import psycopg2
import pytest

from ledgerbridge.delivery import link_requests
from ledgerbridge.errors import LedgerbridgeError, Rejection
from ledgerbridge.records import Module
from sandbox.grounds import Firm, Grounds, customer

_REFUSE = """
CREATE FUNCTION refuse_link() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now'; END $$;
CREATE TRIGGER refuse_link BEFORE UPDATE OF "ForeignDebitorSystemIdentification" ON "Customer"
    FOR EACH ROW EXECUTE FUNCTION refuse_link()
"""


def _unlink(firm: Firm) -> None:
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.unlink(desk, "401")


def _link(firm: Firm, target_number: str) -> None:
    with firm.company.workplace() as workplace, workplace.desk() as desk:
        link_requests.link(desk, "401", target_number)


def _links(firm: Firm) -> tuple[int, str | None]:
    """How many links we keep, and what the source's row names."""
    ((count,),) = firm.ours("SELECT count(*) FROM link WHERE module = 'customers'")
    ((named,),) = firm.source('SELECT "ForeignDebitorSystemIdentification" FROM "Customer"')
    return count, named


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    firm = grounds.firm([customer(401)])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _links(firm) == (1, "401")
    return firm


@pytest.mark.spec("LK-5", "CT-21")
def test_it_does_not_come_back_with_the_next_change(firm: Firm) -> None:
    _unlink(firm)
    assert _links(firm) == (0, None)
    firm.source('UPDATE "Customer" SET "City" = \'Vejle\'')
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    assert _links(firm) == (0, None)
    with pytest.raises(Rejection):
        _unlink(firm)


@pytest.mark.spec("LK-5", "CT-21")
def test_a_source_that_cannot_be_written_leaves_the_link_whole(firm: Firm) -> None:
    firm.source(_REFUSE)
    with pytest.raises((LedgerbridgeError, psycopg2.Error)):
        _unlink(firm)
    assert _links(firm) == (1, "401")
    assert firm.ours("SELECT count(*) FROM history WHERE event = 'unlinked'") == [(0,)]
    firm.source('DROP TRIGGER refuse_link ON "Customer"')
    _unlink(firm)
    assert _links(firm) == (0, None)


@pytest.mark.spec("LK-5", "CT-21")
def test_nor_is_a_link_moved_on_one_side_only(firm: Firm) -> None:
    other = {"name": "Skagen Net A/S", "customerNumber": 777, "currency": "DKK", "vatZone": {"vatZoneNumber": 1}}
    other |= {"customerGroup": {"customerGroupNumber": 1}, "paymentTerms": {"paymentTermsNumber": 1}}
    status, answer = firm.control.act(firm.agreement, "POST", "/customers", other)
    assert status == 201, answer
    _unlink(firm)
    firm.source(_REFUSE)
    with pytest.raises((LedgerbridgeError, psycopg2.Error)):
        _link(firm, "777")
    assert _links(firm) == (0, None)
    firm.source('DROP TRIGGER refuse_link ON "Customer"')
    _link(firm, "777")
    assert _links(firm) == (1, "777")
