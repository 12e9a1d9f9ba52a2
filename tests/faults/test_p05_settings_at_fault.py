"""P5: a failure of the system (its cause lies in settings or rights) stops the task at once and says what it is; ten
records that share a cause of their own (one missing product) do not stop the others."""

from __future__ import annotations

from typing import Any

import pytest
from accounts import assert_accounted
from healing import clean_run, run
from rounds import in_rounds
from scoreboard import Score

from ledgerbridge.errors import Refusal
from ledgerbridge.records import Module
from sandbox.clienttime.rows import CustomerRow, amount_line
from sandbox.grounds import Firm, Grounds, customer, invoice

CARL = customer(503)
# One connection meets ten refusals in a row; each further one may have a call under way when the tenth comes.
CONNECTIONS = 4
A_HANDFUL = 10 + CONNECTIONS


def _firm(grounds: Grounds) -> Firm:
    firm = grounds.firm([CARL], loading={"connections": CONNECTIONS})
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.control.mark(firm.agreement)
    return firm


def _calls(firm: Firm) -> int:
    return int(firm.control.counters(firm.agreement)["sinceMark"]["calls"])


@pytest.mark.spec("P5")
@in_rounds(20)
def test_a_layout_that_does_not_exist_stops_everything(grounds: Grounds, rounds: int, score: Score) -> None:
    """As when somebody deletes it after preflight has seen it. One round, of more invoices in the long form."""
    firm = _firm(grounds)
    firm.add((), [invoice(5200 + n, CARL) for n in range(rounds)])
    firm.ours("UPDATE preflight SET resolved = jsonb_set(resolved, '{layout}', '77')")
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert isinstance(delivered.stopped_by, Refusal), f"not stopped by a refusal but by {delivered.stopped_by!r}"
    told = str(delivered.stopped_by)
    assert "77" in told or "layout" in told.lower(), f"the refusal does not say what it is: {told}"
    tried = A_HANDFUL * len(firm.company.chunks(delivered.run_id))  # each load task finds out by itself
    assert _calls(firm) <= tried, f"{_calls(firm)} calls for one cause that lies in the settings"
    assert delivered.counts["waiting"] >= rounds - tried, f"too many were tried: {delivered.counts}"
    assert firm.writes() == {}
    assert_accounted(firm)
    firm.ours("UPDATE preflight SET resolved = jsonb_set(resolved, '{layout}', '19')")
    firm.company.clear(delivered.run_id)
    assert set(firm.states().values()) == {"delivered"}, f"not all went on after the mending: {firm.reasons()}"
    score.round(firm)


def _set_resolved(firm: Firm, name: str, value: int) -> None:
    firm.ours("UPDATE preflight SET resolved = jsonb_set(resolved, %s, %s::jsonb)", f"{{{name}}}", str(value))


def _resolved(firm: Firm, name: str) -> int:
    return int(firm.ours("SELECT resolved ->> %s FROM preflight", name)[0][0])


NAMED = {
    "payment terms of an invoice": (Module.INVOICES, "due_date_term"),
    "payment terms of a customer": (Module.CUSTOMERS, "due_date_term"),
    "layout of an invoice": (Module.INVOICES, "layout"),
}


@pytest.mark.spec("P5")
@pytest.mark.parametrize("named", NAMED)
def test_what_the_settings_name_and_the_target_lacks_stops_everything(grounds: Grounds, named: str) -> None:
    module, name = NAMED[named]
    firm = _firm(grounds)
    right = _resolved(firm, name)
    _set_resolved(firm, name, 77)
    _add(firm, module, 30)
    delivered = firm.company.deliver(module, validated=False)
    _assert_stopped_at_once(firm, delivered, 30)
    _set_resolved(firm, name, right)
    firm.company.clear(delivered.run_id)
    assert set(firm.states(module).values()) == {"delivered"}, f"not all went on: {firm.reasons(module)}"


@pytest.mark.spec("P5")
@pytest.mark.parametrize("named", ["default_debtor_group", "vat_zones"])
def test_a_group_or_zone_of_the_settings_that_is_gone_stops_everything(grounds: Grounds, named: str) -> None:
    """The file names them itself, and preflight has passed for this file: they went afterwards."""
    firm = _firm(grounds)
    value: Any = 88 if named == "default_debtor_group" else {"domestic": 88}
    changed = firm.with_settings(invoicing={named: value})
    digest = changed.company.integration.settings_hash()
    firm.ours("UPDATE preflight SET settings_hash = %s", digest)
    if named == "default_debtor_group":
        firm.ours("UPDATE preflight SET resolved = jsonb_set(resolved, '{customer_group}', '88')")
    _add(firm, Module.CUSTOMERS, 30)
    delivered = changed.company.deliver(Module.CUSTOMERS, validated=False)
    _assert_stopped_at_once(changed, delivered, 30)
    firm.ours("UPDATE preflight SET resolved = jsonb_set(resolved, '{customer_group}', '1')")
    firm.company.clear(delivered.run_id)
    assert set(firm.states(Module.CUSTOMERS).values()) == {"delivered"}, f"{firm.reasons(Module.CUSTOMERS)}"


def _assert_stopped_at_once(firm: Firm, delivered: Any, count: int) -> None:
    assert isinstance(delivered.stopped_by, Refusal), (
        f"not stopped by a refusal but by {delivered.stopped_by!r}: {delivered.counts} {delivered.trouble}"
    )
    told = str(delivered.stopped_by)
    assert any(value in told for value in ("77", "88")), f"the refusal does not name the value: {told}"
    assert _calls(firm) <= A_HANDFUL + 2, f"{_calls(firm)} calls for one cause that lies in the settings"
    assert delivered.counts["waiting"] >= count - A_HANDFUL, f"too many were tried: {delivered.counts}"
    assert_accounted(firm)


def _add(firm: Firm, module: Module, count: int) -> None:
    if module is Module.INVOICES:
        firm.add((), [invoice(5500 + n, CARL) for n in range(count)])
    else:
        firm.add([_distinct(6500 + n) for n in range(count)])


def _distinct(number: int) -> CustomerRow:
    """Customers that resemble nobody: each name is a word of its own."""
    letters = "".join(chr(ord("A") + int(digit)) for digit in str(number))
    return customer(number, name=f"{letters.lower()}{letters}{letters.lower()} ApS")


@pytest.mark.spec("P5", "X-3")
@pytest.mark.parametrize("cause", ["barred", "missing"])
@in_rounds(30)
def test_a_product_that_only_some_records_have_stops_nobody(
    grounds: Grounds, cause: str, rounds: int, score: Score
) -> None:
    """Fewer than half are exempt from VAT, and that product is gone or barred: those are refused one by one."""
    firm = _firm(grounds)
    exempt = amount_line("Gebyr", "1", "670", with_vat=False, unit="stk")
    firm.add((), [invoice(5300 + n, CARL, exempt) for n in range(rounds)])
    firm.add((), [invoice(5300 + rounds + n, CARL) for n in range(10)])
    if cause == "barred":
        _, product = firm.control.act(firm.agreement, "GET", "/products/2000")
        status, _ = firm.control.act(firm.agreement, "PUT", "/products/2000", {**product, "barred": True})
        assert status == 200, f"the stand-in did not bar the product: {status}"
    else:
        status, answer = firm.control.act(firm.agreement, "DELETE", "/products/2000")
        assert status in {200, 204}, f"the stand-in did not delete the product: {status} {answer}"
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    found = score.round(firm, cause)
    assert delivered.stopped_by is None, f"{rounds} records of their own stopped the others: {delivered.stopped_by}"
    assert delivered.counts == {"delivered": 10, "rejected": rounds}
    codes = set(delivered.trouble.values())
    assert codes == ({"economic_product_barred"} if cause == "barred" else codes)
    assert "unexpected_error" not in codes
    assert found.needs_a_person, f"the refused ones do not say what they need: {found.stuck}"


@pytest.mark.spec("P5", "P6", "P18")
def test_a_right_that_is_missing_is_told_once_and_healed_by_the_next_run(grounds: Grounds) -> None:
    firm = _firm(grounds)
    firm.control.set_roles(firm.agreement, "Bookkeeping")
    firm.add((), [invoice(5700 + n, CARL) for n in range(20)])
    stopped = run(firm.company, Module.INVOICES)
    assert isinstance(stopped, Refusal), f"not stopped by a refusal but by {stopped!r}"
    assert _calls(firm) <= CONNECTIONS + 1, f"{_calls(firm)} calls without the right to any of them"
    assert_accounted(firm)
    clean_run(firm)
    assert set(firm.states().values()) == {"delivered"}
