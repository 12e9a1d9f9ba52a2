"""Bad input, as a table: each failure has value, cause and next step in both languages in its own task's log (X-6).

Every time, the other integration's run succeeds, and each invoice is accounted for (X-3, P16).
"""

from __future__ import annotations

import re

import pytest
from branch import NORD, SYD, VEST
from office import Office

from ledgerbridge.reasons import Language, catalogue
from ledgerbridge.reasons.field_names import field_path
from sandbox.airflow_client import DagRun
from sandbox.grounds import invoice

NONSENSE = ("html", "empty", "cut_answer", "wrong_types")

ROWS = {
    "due_date_before_invoice_date": ("\"DueDate\" = '2026-01-05'", "2026-01-05"),
    "invoice_without_lines": ("\"Text\" = ''", ""),
    "lines_do_not_sum": ('"NetAmount" = 1, "VatAmount" = 0, "GrossAmount" = 1', "1.00"),
    "vat_does_not_add_up": ('"GrossAmount" = 77777.77', "77777.77"),
    "vat_under_reverse_charge": ("\"VatTreatment\" = 'EU', \"RecipientCountry\" = 'Tyskland'", "718.75"),
    "vat_on_export": ("\"VatTreatment\" = 'EXPORT'", "718.75"),
    "source_field_empty": ("\"RecipientName\" = ' '", "recipient_name"),
    "gln_invalid": ("\"RecipientEAN\" = '5790000000001'", "5790000000001"),
    "currency_invalid": ("\"CurrencyCode\" = 'kroner'", "kroner"),
    "exchange_rate_not_positive": ('"CurrencyCode" = \'EUR\', "ExchangeRate" = 0', "EUR"),
    "invoice_total_negative": ('"NetAmount" = -2875, "VatAmount" = -718.75, "GrossAmount" = -3593.75', "-2875.00"),
}
"""The rule that a row breaks → how it comes to do so, and the value that must be named."""

LINES = {
    "invoice_without_lines": 'DELETE FROM "InvoiceLine"',
    "invoice_total_negative": 'UPDATE "InvoiceLine" SET "Quantity" = -2.5, "NetAmount" = -2875',
}
"""What also happens to the lines."""


def assert_told(log: str, code: str, value: str = "") -> None:
    """The code, the value and the next step, in English and in Danish."""
    told = [line for line in log.splitlines() if f"[{code}]" in line]
    assert len(told) >= 2, f"{code} is not told twice:\n{log}"
    for language in Language:
        step = max(catalogue()[code][language].do.replace("{", "}").split("}"), key=len).strip()
        worded = field_path(value, language)
        assert any(step in line and worded in line for line in told), f"{language}: {step!r}, {worded!r}:\n{log}"


def _goes_well(office: Office, name: str) -> None:
    """The other integration's run succeeds."""
    branch = office[name]
    draft = branch.drafts()[-1]
    assert office.next_run(f"{name}.invoices", lambda: branch.approve(draft)).state == "success"
    assert branch.newest_of(str(draft))[0] == "delivered"


def _first_try_over(office: Office, run: DagRun, task: str) -> str:
    office.until(
        lambda: office.tasks(run, task)[0].state,
        lambda state: state in {"failed", "up_for_retry"},
        f"{task}'s first try",
    )
    return office.log(run, task)


@pytest.mark.spec("X-6", "X-3", "P18")
def test_a_source_that_does_not_answer(synced: Office) -> None:
    office = synced
    dag_id = f"{VEST}.customers"
    office.client.set_paused(dag_id, paused=False)  # which starts its first run
    run = office.until(lambda: office.runs(dag_id), bool, "its first run")[-1]
    log = _first_try_over(office, run, "extract")
    office.client.set_paused(dag_id, paused=True)
    assert_told(log, "source_unreachable", ":9" if ":9" in log else "9")
    assert office.tasks(run, "extract")[0].state == "up_for_retry"  # it may pass by itself
    _goes_well(office, NORD)


@pytest.mark.spec("X-6", "CT-6")
def test_an_integration_file_that_is_wrong(synced: Office) -> None:
    office = synced
    office.client.set_paused("oestkyst.settings_invalid", paused=False)
    run = office.run("oestkyst.settings_invalid")
    assert run.state == "failed"
    log = office.log(run, "say_what_is_wrong")
    assert_told(log, "setting_invalid", "fjorten")
    for words in ("oestkyst.yaml", "invoicing.days_of_credit", "valid integer"):
        assert words in log
    assert len(office.tasks(run, "say_what_is_wrong")) == 1
    assert office.tasks(run, "say_what_is_wrong")[0].try_number == 1


@pytest.fixture(scope="module")
def red_run(synced: Office) -> DagRun:
    """One run over all the rows that break a rule, and one that breaks none."""
    south = synced[SYD]
    synced.quiet(SYD)
    synced.client.set_paused(f"{SYD}.invoices", paused=True)
    for place, (code, (change, _)) in enumerate(ROWS.items()):
        number = 6301 + place
        south.add(invoices=[invoice(number, south.rows.customers[1], is_approved=False)])
        south.source(f'UPDATE "Invoice" SET {change} WHERE "InvoiceID" = {number}')
        if code in LINES:
            south.source(f'{LINES[code]} WHERE "InvoiceID" = {number}')
        south.approve(number)
    south.approve(6104)
    synced.client.set_paused(f"{SYD}.invoices", paused=False)
    run = synced.run(f"{SYD}.invoices")
    before = [item for item in synced.runs(f"{SYD}.invoices") if item.state == "failed"]
    return before[0] if synced.states(run)["extract"] == {"skipped"} else run


@pytest.mark.spec("X-6", "X-3", "P4", "P16")
@pytest.mark.parametrize("code", ROWS)
def test_a_row_that_breaks_a_rule(synced: Office, red_run: DagRun, code: str) -> None:
    south = synced[SYD]
    number = str(6301 + list(ROWS).index(code))
    assert south.newest_of(number) == ("rejected", code)
    log = synced.log(red_run, "load", map_index=0)
    # A row that could not be read has no number that people know it by.
    assert re.search(rf"rejected ({number} \(id {number}\)|id {number}): \[{code}\]", log)
    assert_told(log, code, ROWS[code][1])


@pytest.mark.spec("X-3", "P4")
def test_the_good_row_among_them_is_delivered(synced: Office, red_run: DagRun) -> None:
    south = synced[SYD]
    assert red_run.state == "failed"
    assert synced.states(red_run)["load"] == {"failed"}
    assert synced.states(red_run)["settle"] == {"success"}
    assert south.newest_of("6104")[0] == "delivered"
    _goes_well(synced, NORD)
    south.accounted()


@pytest.mark.spec("P2", "X-2", "X-6")
def test_nonsense_in_answer_to_writes_is_asked_about_and_settled(synced: Office) -> None:
    office, south = synced, synced[SYD]
    office.quiet(SYD)
    drafts = (6105, 6106, 6107, 6108)
    for path in ("/invoices/drafts$", "/invoices/booked$"):
        for effect in NONSENSE:
            match = {"agreement": south.agreement, "method": "POST", "path": path, "nth": 1}
            office.control.add_fault(effect, match=match, when="after")
    south.mark()
    run = office.next_run(f"{SYD}.invoices", lambda: south.approve(*drafts))
    assert [fault["fired"] for fault in office.control.faults()] == [1] * 8
    assert run.state == "success"
    assert_told(office.log(run, "load", map_index=0), "economic_answer_unclear", "POST /invoices/drafts")
    assert {south.newest_of(str(draft))[0] for draft in drafts} == {"delivered"}
    assert south.writes() == {"POST /invoices/drafts": 4, "POST /invoices/booked": 4}
    south.accounted()
    _goes_well(office, NORD)


@pytest.mark.spec("X-6")
@pytest.mark.parametrize("effect", NONSENSE)
def test_nonsense_in_answer_to_a_read_is_told(synced: Office, effect: str) -> None:
    office, south = synced, synced[SYD]
    match = {"agreement": south.agreement, "method": "GET", "path": "/self$"}
    fault = office.control.add_fault(effect, match=match)
    run = office.client.trigger(f"{SYD}.preflight")
    log = _first_try_over(office, run, "preflight")
    office.control.clear_faults(fault)
    if effect == "cut_answer":  # the connection broke off: no answer was read
        assert_told(log, "economic_not_reached")
    else:
        assert_told(log, "economic_answer_unclear", "/self")
    assert office.clear(run, "preflight").state == "success"
