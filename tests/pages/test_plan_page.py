"""The dry run's page: made, gone through field by field, applied; refused when something has moved (X-5)."""

from __future__ import annotations

import pytest
from porch import Porch, carry_out
from reading import text_of

from ledgerbridge.pages.works import Right
from sandbox.grounds import Firm, customer

pytestmark = pytest.mark.spec("X-5")


def _press(porch: Porch, firm: Firm, action: str, **more: str) -> str:
    with porch.client(Right.ACT) as http:
        answer = http.post(f"/{firm.name}/plan", data={"action": action, **more})
        carry_out(firm)
        return text_of(http.get(answer.headers["location"]).text)


def _plan_id(firm: Firm) -> str:
    ((plan_id,),) = firm.ours("SELECT max(plan_id) FROM plan")
    return str(plan_id)


def test_made_and_applied(porch: Porch, firm: Firm) -> None:
    with porch.client(Right.READ) as http:
        assert "No dry run has been made yet" in text_of(http.get(f"/{firm.name}/plan").text)
    firm.add([customer(704, name="Dorte Dal")])
    shown = _press(porch, firm, "plan")
    assert "1 would be created" in shown
    assert "Customer 704 Dorte Dal" in shown
    assert "Name – Dorte Dal" in shown
    assert "Start the runs" in shown
    applied = _press(porch, firm, "apply", plan_id=_plan_id(firm))
    assert "still holds" in applied
    assert "Applied by Vibeke" in applied


def test_refused_when_something_has_moved(porch: Porch, firm: Firm) -> None:
    _press(porch, firm, "plan")
    firm.add([customer(704)])
    assert "Something has changed since" in _press(porch, firm, "apply", plan_id=_plan_id(firm))
    assert "newer dry run" in _press(porch, firm, "apply", plan_id="nonsense")
    assert firm.ours("SELECT count(*) FROM plan WHERE applied_at IS NOT NULL") == [(0,)]
