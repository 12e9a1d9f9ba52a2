"""The batch as a whole: order, purity of amounts, reasons in words, and what running it costs."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_records import customer, integration, invoice, line, one_line, validate

from ledgerbridge.money import line_net, percent_of, total
from ledgerbridge.reasons import Language, Reason, catalogue
from ledgerbridge.records import Invoice, InvoiceLine, Module
from ledgerbridge.target.economic.limits import LIMITS as ECONOMIC
from ledgerbridge.target.registry import limits_of
from ledgerbridge.validation.customers import customer_expectations
from ledgerbridge.validation.frames import document_rows, line_rows
from ledgerbridge.validation.invoices import document_expectations, line_expectations
from ledgerbridge.validation.suite import broken_rules, great_expectations, rejects

INCLUDE = Path(__file__).parents[2] / "include"


def test_an_empty_batch_is_an_empty_answer() -> None:
    assert validate(Module.CUSTOMERS, [], integration()).checked == ()
    assert validate(Module.INVOICES, [], integration()).checked == ()


@pytest.mark.spec("X-3")
def test_bad_records_do_not_hold_back_the_good_and_order_is_kept() -> None:
    batch = [invoice(source_id=str(row), currency="DKK" if row % 7 else "kr") for row in range(50)]
    validated = validate(Module.INVOICES, batch, integration())
    assert [entry.record for entry in validated.checked] == batch
    assert [entry.record.source_id for entry in validated.rejected] == [str(row) for row in range(0, 50, 7)]
    assert len(validated.passed) + len(validated.rejected) == 50


def test_a_batch_of_the_wrong_kind_is_a_fault() -> None:
    with pytest.raises(TypeError):
        validate(Module.INVOICES, [customer()], integration())


def test_limits_are_known_for_every_target_that_settings_allow() -> None:
    assert limits_of(integration()) is ECONOMIC


def test_other_limits_can_be_given() -> None:
    tight = replace(ECONOMIC, customer_city=3)
    (entry,) = validate(Module.CUSTOMERS, [customer()], integration(), limits=tight).checked
    assert [reason.values["limit"] for reason in entry.warnings] == ["3"]


@pytest.mark.spec("X-6")
def test_every_rules_reason_has_both_texts_and_all_their_values() -> None:
    gxe = great_expectations().expectations
    rules = [
        *customer_expectations(gxe, ECONOMIC),
        *document_expectations(gxe, ECONOMIC),
        *line_expectations(gxe, integration().invoicing, ECONOMIC),
        *line_expectations(gxe, integration(inexact_lines="reject").invoicing, ECONOMIC),
    ]
    for rule in rules:
        values = {name: f"<{name}>" for name in rule.meta["columns"]} | rule.meta["constants"]
        reason = Reason(rule.meta["code"], values)
        for language in Language:
            assert "?" not in reason.sentence(language), reason.code
            assert reason.text(language)
            assert reason.do(language)


def test_every_column_of_a_rule_is_one_that_rows_have() -> None:
    gxe = great_expectations().expectations
    documents, lines = [invoice()], [invoice(lines=(line(),))]
    known = set(document_rows(documents, integration().invoicing)[0])
    for rule in document_expectations(gxe, ECONOMIC):
        assert _columns(rule) <= known
    known = set(line_rows(lines, integration().invoicing)[0])
    for rule in line_expectations(gxe, integration().invoicing, ECONOMIC):
        assert _columns(rule) <= known


def _columns(rule: Any) -> set[str]:
    named = {getattr(rule, name, None) for name in ("column", "column_A", "column_B")} - {None}
    return {str(name) for name in named} | set(rule.meta["columns"])


def test_texts_are_whole_sentences() -> None:
    for name in ("customers.yaml", "invoices.yaml"):
        for code in yaml.safe_load((INCLUDE / "ledgerbridge" / "reasons" / name).read_text(encoding="utf-8")):
            for text in catalogue()[code].values():
                assert text.text.endswith("."), code
                assert text.do.endswith("."), code


def test_no_row_holds_a_float() -> None:
    rows = [
        *document_rows([invoice(), invoice(currency="EUR", exchange_rate=Decimal("745.1"))], integration().invoicing),
        *line_rows([invoice()], integration().invoicing),
    ]
    assert not [row for row in rows for cell in row.values() if isinstance(cell, float)]
    assert isinstance(rows[0]["net"], Decimal)


@pytest.mark.spec("P12")
def test_validation_leaves_amounts_as_they_were() -> None:
    batch = [invoice(), one_line(line("0.10", quantity=Decimal("0.1"), unit_price=Decimal(1)))]
    before = [repr(record) for record in batch]
    checked = validate(Module.INVOICES, batch, integration()).checked
    assert [repr(entry.record) for entry in checked] == before
    assert not list(_floats([entry.record for entry in checked]))


def _floats(value: object) -> list[float]:
    if isinstance(value, float):
        return [value]
    if isinstance(value, list | tuple):
        return [found for item in value for found in _floats(item)]
    if is_dataclass(value):
        return [found for field in fields(value) for found in _floats(getattr(value, field.name))]
    return []


def test_a_rule_that_cannot_be_checked_is_a_fault_and_not_a_pass() -> None:
    gxe = great_expectations().expectations
    rule = gxe.ExpectColumnValuesToMatchRegex(column="name", regex="(", meta=rejects("currency_invalid", "currency"))
    with pytest.raises(RuntimeError, match="currency_invalid"):
        broken_rules([{"record": 0, "name": "x"}], [rule])


_cents = st.integers(min_value=-10_000_000, max_value=10_000_000).map(lambda cents: Decimal(cents) / 100)
_positive_cents = st.integers(min_value=1, max_value=1_000_000).map(lambda cents: Decimal(cents) / 100)


@st.composite
def _exact_invoices(draw: st.DrawFn) -> Invoice:
    """Invoices that agree with themselves to the øre."""
    lines: list[InvoiceLine] = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        quantity, price = draw(_positive_cents), draw(_positive_cents)
        discount = Decimal(draw(st.integers(0, 10_000))) / 100
        lines.append(
            InvoiceLine(
                line_number=number, description="Time", quantity=quantity, unit_price=price,
                discount_percentage=discount, net_amount=line_net(quantity, price, discount),
            )
        )  # fmt: skip
    net = total(item.net_amount for item in lines)
    vat = percent_of(net, Decimal(25))
    return invoice(lines=tuple(lines), net_amount=net, vat_amount=vat, gross_amount=net + vat)


@pytest.mark.spec("CT-19")
@settings(max_examples=5, deadline=None)
@given(batch=st.lists(_exact_invoices(), min_size=10, max_size=30))
def test_documents_that_agree_with_themselves_pass(batch: list[Invoice]) -> None:
    for entry in validate(Module.INVOICES, batch, integration()).checked:
        assert entry.passed
        assert {reason.code for reason in entry.warnings} <= {"total_is_zero"}


@pytest.mark.spec("CT-19")
@settings(max_examples=5, deadline=None)
@given(batch=st.lists(st.tuples(_exact_invoices(), st.sampled_from(["0.01", "-0.01"])), min_size=10, max_size=30))
def test_a_single_cent_is_found(batch: list[tuple[Invoice, str]]) -> None:
    off = [replace(record, net_amount=record.net_amount + Decimal(cent)) for record, cent in batch]
    for entry in validate(Module.INVOICES, off, integration()).checked:
        assert {"lines_do_not_sum", "vat_does_not_add_up"} <= {reason.code for reason in entry.reasons}


_any_figure = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True),
    st.decimals(min_value=-(10**12), max_value=10**12, places=9),
    st.sampled_from([Decimal("sNaN"), Decimal("-0"), Decimal("1e-40"), Decimal("999999999999.99")]),
)


@settings(max_examples=5, deadline=None)
@given(figures=st.lists(st.tuples(*[_any_figure] * 8), min_size=10, max_size=30))
def test_no_figure_breaks_the_batch(figures: list[tuple[Decimal, ...]]) -> None:
    batch = [
        invoice(
            currency="EUR", net_amount=net, vat_amount=vat, gross_amount=gross, exchange_rate=rate,
            lines=(line(quantity=quantity, unit_price=price, discount_percentage=discount, net_amount=amount),),
        )
        for net, vat, gross, rate, quantity, price, discount, amount in figures
    ]  # fmt: skip
    good = invoice(source_id="good")
    assert validate(Module.INVOICES, [*batch, good], integration()).checked[-1].passed


@settings(max_examples=5, deadline=None)
@given(texts=st.lists(st.tuples(*[st.text(max_size=300)] * 7), min_size=10, max_size=40))
def test_no_text_breaks_the_batch(texts: list[tuple[str, ...]]) -> None:
    batch = [
        customer(
            customer_number=number, name=name, email=email, gln=gln, cvr_number=cvr, country=country, currency=currency
        )
        for number, name, email, gln, cvr, country, currency in texts
    ]
    good = customer(source_id="good", customer_number="999999998")
    assert validate(Module.CUSTOMERS, [*batch, good], integration()).checked[-1].passed


def test_the_heavy_packages_are_imported_only_when_something_is_validated() -> None:
    script = (
        "import sys, ledgerbridge.validation; "
        "print([name for name in ('great_expectations', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=INCLUDE, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_first_batch_is_quiet_and_writes_no_files(tmp_path: Path) -> None:
    script = f"""
import sys
sys.path[:0] = [{str(INCLUDE)!r}, {str(Path(__file__).parent)!r}]
from sample_records import customer, integration, validate
from ledgerbridge.records import Module
assert not validate(Module.CUSTOMERS, [customer(name="")], integration()).checked[0].passed
import os
assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-B", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.rglob("*")) == []


def test_a_thousand_invoices_take_less_than_five_seconds() -> None:
    batch = [invoice(source_id=str(row), lines=(line("500.00"), line("500.00", line_number=2))) for row in range(1000)]
    validate(Module.INVOICES, batch[:1], integration())
    started = time.process_time()
    validate(Module.INVOICES, batch, integration())
    assert time.process_time() - started < 5


def test_a_single_record_is_quick() -> None:
    validate(Module.INVOICES, [invoice()], integration())
    started = time.process_time()
    validate(Module.INVOICES, [invoice()], integration())
    assert time.process_time() - started < 1
