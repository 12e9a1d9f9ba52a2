"""P5: a failure of the system (its cause lies in settings or rights) stops the task at once and says what it is; ten
records that share a cause of their own (one missing product) do not stop the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from accounts import assert_accounted
from healing import clean_run, run
from rounds import in_rounds
from scoreboard import Score
from systems import of

from ledgerbridge.errors import Refusal
from ledgerbridge.records import Module
from sandbox.clienttime.rows import CustomerRow, amount_line
from sandbox.grounds import SYSTEMS, Firm, customer, invoice

CARL = customer(503)
# One connection meets ten refusals in a row; each further one may have a call under way when the tenth comes.
CONNECTIONS = 4
A_HANDFUL = 10 + CONNECTIONS

NewFirm = Callable[..., Firm]


def _firm(new_firm: NewFirm, **changes: Any) -> Firm:
    firm = new_firm([CARL], loading={"connections": CONNECTIONS}, **changes)
    firm.company.deliver(Module.CUSTOMERS, validated=False)
    firm.control.mark(firm.agreement)
    return firm


def _calls(firm: Firm) -> int:
    return int(firm.control.counters(firm.agreement)["sinceMark"]["calls"])


def _set_resolved(firm: Firm, name: str, value: str) -> None:
    are_numbers = of(firm.company.integration.target.system).resolved_are_numbers
    written = value if value.isdigit() and are_numbers else f'"{value}"'
    firm.ours("UPDATE preflight SET resolved = jsonb_set(resolved, %s, %s::jsonb)", f"{{{name}}}", written)


def _most_calls(system: str) -> int:
    return of(system).calls_of_a_refused_record * A_HANDFUL + of(system).calls_besides


def _resolved(firm: Firm, name: str) -> str:
    return str(firm.ours("SELECT resolved ->> %s FROM preflight", name)[0][0])


LAYOUT = "layout of an invoice"
WITH_LAYOUT = [system for system in SYSTEMS if LAYOUT in of(system).named_by_settings]
NAMED = [(system, named) for system in SYSTEMS for named in of(system).named_by_settings]


@pytest.mark.spec("P5")
@pytest.mark.parametrize("system", WITH_LAYOUT, indirect=True)
@in_rounds(20)
def test_a_layout_that_does_not_exist_stops_everything(
    new_firm: NewFirm, system: str, rounds: int, score: Score
) -> None:
    """As when somebody deletes it after preflight has seen it. One round, of more invoices in the long form."""
    firm = _firm(new_firm, invoicing=of(system).layout)
    _, layout = of(system).named_by_settings[LAYOUT]
    right = _resolved(firm, layout)
    firm.add((), [invoice(5200 + n, CARL) for n in range(rounds)])
    _set_resolved(firm, layout, "77")
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    assert isinstance(delivered.stopped_by, Refusal), f"not stopped by a refusal but by {delivered.stopped_by!r}"
    told = str(delivered.stopped_by)
    assert "77" in told or "layout" in told.lower(), f"the refusal does not say what it is: {told}"
    chunks = len(firm.company.chunks(delivered.run_id))  # each load task finds out by itself
    assert _calls(firm) <= _most_calls(system) * chunks, f"{_calls(firm)} calls for one cause that lies in the settings"
    assert delivered.counts["waiting"] >= rounds - A_HANDFUL * chunks, f"too many were tried: {delivered.counts}"
    assert firm.books.drafts() == firm.books.booked() == []
    assert_accounted(firm)
    _set_resolved(firm, layout, right)
    firm.company.clear(delivered.run_id)
    assert set(firm.states().values()) == {"delivered"}, f"not all went on after the mending: {firm.reasons()}"
    score.round(firm)


@pytest.mark.spec("P5")
@pytest.mark.parametrize(("system", "named"), NAMED, ids=" ".join)
def test_what_the_settings_name_and_the_target_lacks_stops_everything(
    new_firm: NewFirm, system: str, named: str
) -> None:
    module, name = of(system).named_by_settings[named]
    firm = _firm(new_firm, invoicing=of(system).layout)
    right = _resolved(firm, name)
    _set_resolved(firm, name, "77")
    _add(firm, module, 30)
    delivered = firm.company.deliver(module, validated=False)
    _assert_stopped_at_once(firm, delivered, 30)
    _set_resolved(firm, name, right)
    firm.company.clear(delivered.run_id)
    assert set(firm.states(module).values()) == {"delivered"}, f"not all went on: {firm.reasons(module)}"


WRONG = [(system, named) for system in SYSTEMS for named in of(system).wrong]


@pytest.mark.spec("P5")
@pytest.mark.parametrize(("system", "named"), WRONG, ids=" ".join)
def test_a_group_or_zone_of_the_settings_that_is_gone_stops_everything(
    new_firm: NewFirm, system: str, named: str
) -> None:
    """The file names them itself, and preflight has passed for this file: they went afterwards."""
    firm = _firm(new_firm)
    changed = firm.with_settings(invoicing={named: of(system).wrong[named]})
    digest = changed.company.integration.settings_hash()
    firm.ours("UPDATE preflight SET settings_hash = %s", digest)
    if named == "default_debtor_group":
        _set_resolved(firm, of(system).group, "88")
        firm.ours("UPDATE preflight SET resolved = jsonb_set(resolved, '{debtor_groups}', '[\"1\", \"88\"]')")
    _add(firm, Module.CUSTOMERS, 30)
    delivered = changed.company.deliver(Module.CUSTOMERS, validated=False)
    _assert_stopped_at_once(changed, delivered, 30)
    _set_resolved(firm, of(system).group, "1")
    firm.company.clear(delivered.run_id)
    assert set(firm.states(Module.CUSTOMERS).values()) == {"delivered"}, f"{firm.reasons(Module.CUSTOMERS)}"


def _assert_stopped_at_once(firm: Firm, delivered: Any, count: int) -> None:
    assert isinstance(delivered.stopped_by, Refusal), (
        f"not stopped by a refusal but by {delivered.stopped_by!r}: {delivered.counts} {delivered.trouble}"
    )
    told = str(delivered.stopped_by)
    assert any(value in told for value in ("77", "88")), f"the refusal does not name the value: {told}"
    system = firm.company.integration.target.system
    assert _calls(firm) <= _most_calls(system), f"{_calls(firm)} calls for one cause that lies in the settings"
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
    new_firm: NewFirm, system: str, cause: str, rounds: int, score: Score
) -> None:
    """Fewer than half are exempt from VAT, and that product is gone or barred: those are refused one by one."""
    firm = _firm(new_firm)
    exempt = amount_line("Gebyr", "1", "670", with_vat=False, unit="stk")
    firm.add((), [invoice(5300 + n, CARL, exempt) for n in range(rounds)])
    firm.add((), [invoice(5300 + rounds + n, CARL) for n in range(10)])
    {"barred": firm.books.bar_product, "missing": firm.books.remove_product}[cause]("2000")
    delivered = firm.company.deliver(Module.INVOICES, validated=False)
    found = score.round(firm, cause)
    assert delivered.stopped_by is None, f"{rounds} records of their own stopped the others: {delivered.stopped_by}"
    assert delivered.counts == {"delivered": 10, "rejected": rounds}
    codes = set(delivered.trouble.values())
    if cause == "barred" and of(system).product_barred:
        assert codes == {of(system).product_barred}
    assert "unexpected_error" not in codes
    assert found.needs_a_person, f"the refused ones do not say what they need: {found.stuck}"


@pytest.mark.spec("P5", "P6", "P18")
def test_a_right_that_is_missing_is_told_once_and_healed_by_the_next_run(new_firm: NewFirm, system: str) -> None:
    firm = _firm(new_firm)
    firm.books.take_rights()
    firm.add((), [invoice(5700 + n, CARL) for n in range(20)])
    stopped = run(firm.company, Module.INVOICES)
    assert isinstance(stopped, Refusal), f"not stopped by a refusal but by {stopped!r}"
    assert _calls(firm) <= CONNECTIONS + of(system).reads_before_a_write, (
        f"{_calls(firm)} calls without the right to any of them"
    )
    assert_accounted(firm)
    clean_run(firm)
    assert set(firm.states().values()) == {"delivered"}
