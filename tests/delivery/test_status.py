"""After a run: how many were delivered and how many failed, and the reason of each (CT-11)."""

from __future__ import annotations

import pytest

from ledgerbridge.reasons import Language, Reason
from ledgerbridge.records import Module
from sandbox.grounds import Grounds, customer


@pytest.mark.spec("CT-11")
def test_a_run_says_how_many_were_delivered_and_how_many_failed_and_why(grounds: Grounds) -> None:
    firm = grounds.firm([customer(101), customer(102), customer(103, code="K-103")])
    firm.company.deliver(Module.CUSTOMERS)
    ((counts,),) = firm.ours("SELECT counts FROM run WHERE settled_at IS NOT NULL")
    assert counts == {"delivered": 2, "rejected": 1}
    ((source_id, reason),) = firm.ours("SELECT source_id, reason FROM transfer WHERE state = 'rejected'")
    assert source_id == "103"
    for language in Language:
        assert "K-103" in Reason.from_json(reason).sentence(language)
    events = [event for (event,) in firm.ours("SELECT event FROM history WHERE source_id = '103'")]
    assert "rejected" in events
