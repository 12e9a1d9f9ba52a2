"""Amounts, dates and shares in the reader's own way."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerbridge.reasons import Language, Reason, catalogue
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


AMOUNTS_AND_MORE = [
    # code, its values, what the Danish sentence has, what the English one has
    (
        "invoice_vat_differs",
        {"source": "250.00 / 1250.00", "target": "250.01 / 1250.01", "currency": "DKK", "draft": "1234"},
        ["moms / i alt 250,00 / 1.250,00 DKK", "beregner 250,01 / 1.250,01.", "Kladde 1234 er"],
        ["VAT / gross 250.00 / 1,250.00 DKK", "compute 250.01 / 1,250.01.", "Draft 1234 was"],
    ),
    (
        "invoice_net_differs",
        {"source": "1000.00", "target": "1E+3", "currency": "DKK", "draft": "7"},
        ["siger 1.000,00 DKK netto", "beregner 1.000,00."],
        ["says 1,000.00 DKK net", "compute 1,000.00."],
    ),
    (
        "due_date_before_invoice_date",
        {"due_date": "2026-11-02", "invoice_date": "2026-11-30"},
        ["Forfaldsdatoen 02-11-2026 ligger før fakturadatoen 30-11-2026"],
        ["The due date 2 Nov 2026 lies before the invoice date 30 Nov 2026"],
    ),
    (
        "vat_does_not_add_up",
        {"net": "10000.00", "vat": "2500.00", "net_and_vat": "12500.00", "gross": "12500.01", "currency": "EUR"},
        ["netto 10.000,00 plus moms 2.500,00 er 12.500,00 EUR, men der står 12.500,01 EUR i alt"],
        ["net 10,000.00 plus VAT 2,500.00 is 12,500.00 EUR, but gross says 12,500.01 EUR"],
    ),
    (
        "line_not_exact",
        {
            "line": "3",
            "description": "Fase 1.50, 2026-11-02",
            "quantity": "7.333",
            "unit_price": "1250.00",
            "discount": "2.50",
            "net": "9166.25",
            "currency": "DKK",
        },
        ["Linje 3 (»Fase 1.50, 2026-11-02«)", "7,333 × 1.250,00 med 2,50 % rabat er ikke 9.166,25 DKK"],
        ["Line 3 (“Fase 1.50, 2026-11-02”)", "7.333 × 1,250.00 less 2.50 % is not 9,166.25 DKK"],
    ),
    (
        "exchange_rate_too_fine",
        {"exchange_rate": "745.1234567", "currency": "EUR", "limit": "6"},
        ["Valutakursen 745,1234567 for EUR har flere end de 6 decimaler"],
        ["The exchange rate 745.1234567 for EUR has more than the 6 decimals"],
    ),
    (
        "name_will_be_cut",
        {"name": "1234.50 ApS", "limit": "1000"},
        ["»1234.50 ApS« er længere end de 1.000 tegn"],
        ["“1234.50 ApS” is longer than the 1,000 characters"],
    ),
    (
        "customer_not_linked",
        {"number": "1234.50", "name": "2026-11-02"},
        ["kunde 1234.50 (2026-11-02)"],
        ["customer 1234.50 (2026-11-02)"],
    ),
    (
        "link_broken",
        {"number": "100000", "name": "Nord", "target": "1234.50", "target_name": "Syd 12.50"},
        ["Kunde 100000 (Nord) er knyttet til 1234.50 i regnskabet", "»Syd 12.50«"],
        ["Customer 100000 (Nord) is linked to 1234.50 in the accounts", "“Syd 12.50”"],
    ),
    (
        "invoice_number_not_allowed",
        {"number": "2026-11-02", "largest": "999999999"},
        ["»2026-11-02«", "1 til 999999999"],
        ["“2026-11-02”", "1 to 999999999"],
    ),
    (
        "invoice_vat_rounding_accepted",
        {"source": "0.25 / 1.25", "target": "0.26 / 1.26", "currency": "DKK", "by": "accepted_vat_rounding"},
        ["er 0,25 / 1,25 DKK", "accepteret (efter indstillingen accepted_vat_rounding)"],
        ["are 0.25 / 1.25 DKK", "accepted (by the setting accepted_vat_rounding)"],
    ),
    (
        "booked_otherwise",
        {
            "number": "1234",
            "target": "2875.00 / 718.76 / 3593.76",
            "expected": "2875.00 / 718.75 / 3593.75",
            "currency": "DKK",
        },
        ["Faktura 1234 er", "2.875,00 / 718,76 / 3.593,76 DKK; der blev regnet med 2.875,00 / 718,75 / 3.593,75."],
        ["Invoice 1234 was", "2,875.00 / 718.76 / 3,593.76 DKK; 2,875.00 / 718.75 / 3,593.75 was reckoned with."],
    ),
    (
        "invoice_booked_with_difference",
        {
            "booked": "1234",
            "target": "2875.00 / 718.76 / 3593.76",
            "source": "2875.00 / 718.75 / 3593.75",
            "currency": "DKK",
        },
        ["som 1234 med", "2.875,00 / 718,76 / 3.593,76 DKK, men tidssystemet har 2.875,00 / 718,75 / 3.593,75."],
        ["as 1234 with", "2,875.00 / 718.76 / 3,593.76 DKK, but the time system has 2,875.00 / 718.75 / 3,593.75."],
    ),
    (
        "calls_made_for_records",
        {"calls": "3788", "records": "2000", "each": "1.89", "left": "1212", "limit": "5000"},
        ["3.788 kald til regnskabet for 2.000 leverede poster: 1,89 pr. post. 1.212 af dagens 5.000 kald"],
        ["3,788 calls to the accounts for 2,000 delivered records: 1.89 each. 1,212 of the day's 5,000 calls"],
    ),
    (
        "uniconta_company_differs",
        {"number": "4711", "name": "1000 Ting", "wanted": "1000"},
        ["Firma 4711 hedder »1000 Ting«, men indstillingen siger »1000«."],
        ["Company 4711 is called “1000 Ting”, but the setting says “1000”."],
    ),
    (
        "agreement_held",
        {"since": "2026-07-01 22:30 UTC", "why": "401 since 2026-07-01 22:30 UTC"},
        ["siden 02-07-2026 kl. 00.30: 401 since 2026-07-01 22:30 UTC"],
        ["since 2 Jul 2026 00:30: 401 since 2026-07-01 22:30 UTC"],
    ),
    (
        "daily_budget_spent",
        {"used": "50000", "limit": "50000"},
        ["50.000 af 50.000 kald"],
        ["50,000 of 50,000 calls"],
    ),
    (
        "source_field_empty",
        {"field": "lines 3 · vat_code"},
        ["Feltet Linje 3 · Momskode er tomt"],
        ["The field Line 3 · VAT code is empty"],
    ),
    (
        "source_not_a_date",
        {"field": "due_date", "value": "2026-13-45"},
        ["»2026-13-45« i feltet Forfaldsdato"],
        ["“2026-13-45” in the field Due date"],
    ),
    ("outcome_unknown", {"step": "create-draft"}, ["»opret kladden«"], ["“create the draft”"]),
    ("economic_refused", {"problems": "x"}, ["e-conomic afviste posten: x."], ["e-conomic refused the record: x."]),
]


@pytest.mark.spec("X-6")
@pytest.mark.parametrize(
    ("code", "values", "danish", "english"), AMOUNTS_AND_MORE, ids=[case[0] for case in AMOUNTS_AND_MORE]
)
def test_every_rooms_reasons_are_told_in_the_readers_way(
    code: str, values: dict[str, str], danish: list[str], english: list[str]
) -> None:
    for wording, expected in ((DANISH, danish), (ENGLISH, english)):
        told = wording.reason(Reason(code, values))
        for words in expected:
            assert words in f"{told.text} {told.do}"


def test_the_reason_behind_a_reason_is_told_in_the_readers_way() -> None:
    spent = Reason("daily_budget_spent", {"used": "50000", "limit": "50000"})
    stopped = Reason("run_stopped", cause=spent)
    assert "blev sendt: Aftalens dagskvote er brugt: 50.000 af 50.000 kald" in DANISH.reason(stopped).text
    assert "was sent: The agreement's daily budget is spent: 50,000 of 50,000 calls" in ENGLISH.reason(stopped).text


REWRITTEN = {
    *("net", "vat", "gross", "net_and_vat", "lines_net", "parts_net", "expected_vat", "unit_price"),
    *("quantity", "discount", "exchange_rate", "vat_rate", "vat_percentage", "rate"),
    *("count", "limit", "length", "seconds", "wait", "used", "due_date", "invoice_date", "today", "since"),
    *("field", "step"),
}
"""What the values are called that may be rewritten wherever they stand; the rest must stay as it is."""

REWRITTEN_BY_CODE = {
    "invoice_net_differs": {"source", "target"},
    "invoice_vat_differs": {"source", "target"},
    "invoice_vat_rounding_accepted": {"source", "target"},
    "invoice_booked_with_difference": {"source", "target"},
    "booked_otherwise": {"target", "expected"},
    "preflight_rate_differs": {"wanted"},
    "uniconta_rate_differs": {"wanted"},
    "product_has_other_vat": {"wanted"},
    "preflight_invoices_from": {"date"},
    "uniconta_no_term_for_days": {"due"},
    "calls_made": {"calls", "left"},
    "calls_made_for_records": {"calls", "left", "records", "each"},
    "linking_confirmed": {"undecided"},
    "linking_listed": {"linked", "unlinked", "with_candidates", "only_there"},
    "linking_looked": {"targets", "unlinked", "suggested"},
    "plan_made": {"create", "change", "book", "delete_draft", "not_sent"},
}
"""What else is rewritten in the reasons that mean a figure or a day by it."""

LIKE_FIGURES = ["0", "-12.50", "1234.5", "100000", "1.00 / 2.00", "1E+3", "2026-11-02", "2026-11-02 13:45 UTC"]
LIKE_NAMES = ["vat_code", "create-draft", "", "–", "(draft)"]
TRAPS = st.one_of(
    st.text(),
    st.from_regex(r"-?[0-9]{1,7}(\.[0-9]{1,4})?", fullmatch=True),
    st.dates().map(date.isoformat),
)


def names_in(code: str) -> set[str]:
    texts_of = catalogue()[code][Language.DANISH]
    return {name for _, name, _, _ in string.Formatter().parse(texts_of.text + texts_of.do) if name}


KEPT = sorted(
    (code, name)
    for code in catalogue()
    if not code.startswith("reconciliation_")
    for name in names_in(code) - REWRITTEN - REWRITTEN_BY_CODE.get(code, set())
)


def _is_kept(code: str, name: str, value: str, wording: Wording) -> bool:
    reason = Reason(code, {name: value})
    told = wording.reason(reason)
    return (told.text, told.do) == (reason.text(wording.language), reason.do(wording.language))


@pytest.mark.parametrize("value", LIKE_FIGURES + LIKE_NAMES)
def test_numbers_codes_and_texts_are_never_rewritten(value: str) -> None:
    rewritten = [
        (code, name, wording.language.value)
        for code, name in KEPT
        for wording in (DANISH, ENGLISH)
        if not _is_kept(code, name, value, wording)
    ]
    assert rewritten == []


@settings(max_examples=300)
@given(st.sampled_from(KEPT), TRAPS, st.sampled_from([DANISH, ENGLISH]))
def test_no_text_at_all_is_rewritten_where_no_figure_stands(
    place: tuple[str, str], value: str, wording: Wording
) -> None:
    assert _is_kept(*place, value, wording)


def test_every_figure_of_one_reason_alone_is_rewritten_there() -> None:
    """The table above names what the catalogue has, and nothing that stays as it is."""
    forgotten = [
        (code, name)
        for code, names in REWRITTEN_BY_CODE.items()
        for name in names
        if name not in names_in(code) or all(_is_kept(code, name, value, DANISH) for value in LIKE_FIGURES)
    ]
    assert forgotten == []


@settings(max_examples=300)
@given(st.sampled_from(sorted(catalogue())), st.data())
def test_a_reason_is_always_told(code: str, data: st.DataObject) -> None:
    is_ours = code.startswith("reconciliation_")
    kinds = {"document", "document_inside", "target_document"}
    values = {
        name: data.draw(st.sampled_from(["invoice", "credit_note"]) if is_ours and name in kinds else st.text())
        for name in names_in(code)
        if not (is_ours and name == "parts")
    }
    for wording in (DANISH, ENGLISH):
        assert wording.reason(Reason(code, values)).text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15), max_value=10**15))
def test_an_amount_in_a_reason_says_exactly_what_it_is(value: Decimal) -> None:
    values = {"source": f"{value} / {value}", "target": f"{value:.2f}", "currency": "DKK", "draft": "1"}
    reason = Reason("invoice_vat_differs", values)
    assert f"{DANISH.amount(value)} / {DANISH.amount(value)} DKK" in DANISH.reason(reason).text
    assert f"{ENGLISH.amount(value)} / {ENGLISH.amount(value)} DKK" in ENGLISH.reason(reason).text


def test_what_looks_wrong_stays_as_it_is() -> None:
    for name, value in [("due_date", "2026-02-30"), ("net", "12,50"), ("net", "1.00 / "), ("limit", "-3")]:
        assert DANISH._value("any", name, value) == value


@pytest.mark.parametrize(
    ("n", "danish", "english"), [(1, "1 forskel", "1 difference"), (2, "2 forskelle", "2 differences")]
)
def test_one_is_singular(n: int, danish: str, english: str) -> None:
    for wording, said in ((DANISH, danish), (ENGLISH, english)):
        assert f"{wording.whole(n)} {wording.count_text('figure_difference', n)}" == said
