"""The lists: what is not transferred, transferred, set aside; by state, customer, number, period and amount (TL-9)."""

from __future__ import annotations

import pytest
from porch import Porch
from reading import rows_in, text_of

from ledgerbridge.pages.works import Right
from sandbox.grounds import Firm

pytestmark = pytest.mark.spec("CT-11")


def _numbers(porch: Porch, firm: Firm, query: str, module: str = "invoices") -> list[str]:
    with porch.client(Right.READ) as http:
        answer = http.get(f"/{firm.name}/transfers/{module}?{query}")
    assert answer.status_code == 200, answer.text
    return [row[1] for row in rows_in(answer.text)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["3", "2"]),
        ("tab=open", ["3", "2"]),
        ("tab=transferred", ["1"]),
        ("tab=aside", []),
        ("tab=nonsense", ["3", "2"]),
        ("state=rejected", ["2"]),
        ("state=delivered", ["3", "2"]),  # belongs to another list
        ("code=invoice_vat_differs", ["2"]),
        ("name=smed", ["2"]),
        ("name=Bo+%26+S", ["3"]),
        ("name=%25", []),
        ("name=_", []),
        ("number=2", ["2"]),
        ("number=%00", ["3", "2"]),
        ("first_day=2026-03-02&last_day=02-03-2026", ["3", "2"]),
        ("first_day=2026-03-03", []),
        ("least=83%2C36&most=83.36", ["2"]),
        ("least=1.000", ["3"]),
        ("least=1%2C000.00", ["3"]),
        ("least=83.37&name=smed", []),
        ("page=99", ["3", "2"]),
        ("page=-1", ["3", "2"]),
        ("page=" + "9" * 40, ["3", "2"]),
    ],
)
def test_what_a_search_finds(porch: Porch, firm: Firm, query: str, found: list[str]) -> None:
    assert _numbers(porch, firm, query) == found


def test_a_booked_invoice_is_found_by_its_number_in_the_accounts(porch: Porch, firm: Firm) -> None:
    ((number,),) = firm.ours("SELECT booked_number FROM archive")
    assert _numbers(porch, firm, f"tab=transferred&number={number}") == ["1"]


def test_what_cannot_be_read_is_told_and_left_out(porch: Porch, firm: Firm) -> None:
    with porch.client(Right.READ) as http:
        page = http.get(f"/{firm.name}/transfers/invoices?first_day=31-02-2026&least=mange").text
    assert "was left out of the search" in text_of(page)
    assert page.count('aria-invalid="true"') == 2
    assert [row[1] for row in rows_in(page)] == ["3", "2"]


@pytest.mark.spec("X-6")
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("da", ["afvist", "venter", "3.593,75 DKK", "02-03-2026", "83,36"]),
        ("en", ["rejected", "waiting", "3,593.75 DKK", "2 Mar 2026", "83.36"]),
    ],
)
def test_in_the_readers_language(porch: Porch, firm: Firm, language: str, words: list[str]) -> None:
    with porch.client(Right.READ, **{"Accept-Language": f"xx,{language};q=0.8"}) as http:
        shown = text_of(http.get(f"/{firm.name}/transfers/invoices").text)
        for word in words:
            assert word in shown, shown
        http.post("/language", data={"language": "en" if language == "da" else "da", "back_to": "/"})
        assert words[0] not in text_of(http.get(f"/{firm.name}/transfers/invoices").text), "the choice comes first"


def test_fifty_on_a_page(porch: Porch, firm: Firm) -> None:
    firm.ours(
        "WITH made AS (INSERT INTO record (integration, module, source_id, locator)"
        " SELECT %(name)s, 'invoices', (1000 + n)::text, 'made-' || n FROM generate_series(1, 118) n RETURNING *)"
        " INSERT INTO transfer (record_id, integration, module, source_id, locator, revision, content_hash, operation,"
        " content, run_id, state, shown_number) SELECT record_id, integration, module, source_id, locator, 1, '',"
        " 'deliver', '', 'x', 'waiting', 'M' || source_id FROM made",
        {"name": firm.name},
    )
    pages = [_numbers(porch, firm, f"page={number}") for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({number for page in pages for number in page}) == 120
    with porch.client(Right.READ) as http:
        middle = http.get(f"/{firm.name}/transfers/invoices?page=2&state=&name=&number=").text
    assert "51 to 100 of 120" in text_of(middle)
    assert 'rel="prev"' in middle
    assert 'rel="next"' in middle


def test_the_overview_leads_to_what_needs_a_person(porch: Porch, firm: Firm) -> None:
    with porch.client(Right.READ) as http:
        page = http.get("/").text
        shown = text_of(page)
        assert "1 invoice" in shown
        assert "VAT" in shown
        for state in ("rejected", "waiting"):
            assert state in shown
        rows = {row[0]: row for row in rows_in(page)}
    assert rows["Invoices"][-4:] == ["1", "1", "1", "0"]
    assert rows["Invoices"][1] == "on"
    assert rows["Customers"][-4:] == ["1", "1", "0", "0"]
