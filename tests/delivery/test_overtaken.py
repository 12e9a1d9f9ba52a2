"""A transfer that is over is not sent by whoever still has it in hand (P8, X-2)."""

from __future__ import annotations

import pytest

from ledgerbridge.delivery import writing
from ledgerbridge.delivery.writing import Step
from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.records import Module
from ledgerbridge.store import chunks, transfers
from ledgerbridge.store.transfers import State
from sandbox.grounds import Firm, Grounds, customer, invoice

NORA = customer(901)


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    """An invoice that is ready to be sent by the run «ready»."""
    firm = grounds.firm([NORA])
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.add((), [invoice(1, NORA)])
    with firm.company.workplace("ready") as workplace:
        firm.company.prepare(workplace, Module.INVOICES, validated=False)
    firm.control.mark(firm.agreement)
    return firm


@pytest.mark.spec("P8", "X-2")
@pytest.mark.parametrize("state", [State.WITHDRAWN, State.IGNORED, State.DELIVERED, State.UNCHANGED])
def test_nothing_is_sent_and_its_state_stays(firm: Firm, state: State) -> None:
    with firm.company.workplace("ready") as workplace, workplace.desk() as desk:
        (transfer,) = chunks.members(desk.store, "ready")
        transfers.set_state(desk.store, transfer.transfer_id, state)
        with pytest.raises(writing.Overtaken):
            writing.send(desk, transfer, Step.CREATE_DRAFT, desk.target.create_draft(transfer.payload or ""))
    assert not issubclass(writing.Overtaken, LedgerbridgeError)  # or it would be told as trouble
    assert firm.states() == {"1": state.value}
    assert firm.writes() == {}
    assert firm.ours("SELECT count(*) FROM history WHERE event = 'sent' AND module = 'invoices'") == [(0,)]
