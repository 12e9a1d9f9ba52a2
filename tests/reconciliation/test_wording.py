"""Amounts, dates and shares in the reader's own way."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.reconciliation.kinds import CustomerClass, InvoiceClass
from ledgerbridge.reconciliation.wording import Wording, texts
from ledgerbridge.store.transfers import State

DANISH = Wording(Language.DANISH, "ClientTime", "e-conomic")
ENGLISH = Wording(Language.ENGLISH, "ClientTime", "e-conomic")


@pytest.mark.parametrize(
    ("value", "danish", "english"),
    [
        ("1234.56", "1.234,56", "1,234.56"),
        ("-1234567.8", "-1.234.567,80", "-1,234,567.80"),
        ("0", "0,00", "0.00"),
        ("0.125", "0,125", "0.125"),  # nothing is rounded away
        ("90071992547409930.01", "90.071.992.547.409.930,01", "90,071,992,547,409,930.01"),
    ],
)
def test_amounts(value: str, danish: str, english: str) -> None:
    assert DANISH.amount(Decimal(value)) == danish
    assert ENGLISH.amount(Decimal(value)) == english


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_an_amount_says_exactly_what_it_is(value: Decimal) -> None:
    assert Decimal(ENGLISH.amount(value).replace(",", "")) == value
    assert Decimal(DANISH.amount(value).replace(".", "").replace(",", ".")) == value


def test_rates_dates_and_moments() -> None:
    assert DANISH.rate(Decimal("743.914941")) == "743,914941"
    assert DANISH.rate(Decimal("100.000000")) == "100,00"
    assert DANISH.day(date(2026, 3, 9)) == "09-03-2026"
    assert ENGLISH.day(date(2026, 3, 9)) == "9 Mar 2026"
    # Danish local time, summer and winter; the date may be another one than in UTC.
    assert DANISH.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == "02-07-2026 kl. 00.30"
    assert ENGLISH.moment(datetime(2026, 12, 1, 5, 30, tzinfo=UTC)) == "1 Dec 2026 06:30"


def test_a_hundred_percent_means_all() -> None:
    assert DANISH.permille(99_999, 100_000) == "99,9 %"
    assert DANISH.permille(5, 5) == "100 %"
    assert ENGLISH.permille(0, 0) == "0%"


def test_periods() -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert DANISH.period(Period()) == "alle datoer"
    assert DANISH.period(Period(first)) == "fra 01-11-2026"
    assert DANISH.period(Period(None, last)) == "til og med 30-11-2026"
    assert DANISH.period(Period(first, last)) == "01-11-2026 – 30-11-2026"
    assert last in Period(first, last)
    assert date(2026, 12, 1) not in Period(first, last)


@pytest.mark.spec("X-6")
def test_every_text_is_in_both_languages_with_the_same_values() -> None:
    for name, entry in texts().items():
        fields = [
            {field for _, field, _, _ in string.Formatter().parse(entry[language]) if field} for language in Language
        ]
        assert fields[0] == fields[1], name
        assert all(entry[language].strip() for language in Language), name


def test_every_class_and_state_has_a_name() -> None:
    for wording in (DANISH, ENGLISH):
        assert all(wording.class_name(each) for classes in (InvoiceClass, CustomerClass) for each in classes)
        assert all(wording.text(f"state_{state}") for state in State)
    assert DANISH.field_name("zip") == "Postnummer"
    assert DANISH.field_name("something_new") == "something_new"
