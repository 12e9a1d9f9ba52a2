"""The reconciliations, their files, and the evidence pack (X-1, TL-11, P19)."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from contextlib import closing

import pytest
from porch import Porch
from reading import rows_in, text_of

from ledgerbridge.comparing.run import reconcile
from ledgerbridge.pages.works import Right
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.store import history
from sandbox.grounds import Firm


def _compare(firm: Firm) -> int:
    with firm.company.workplace("reconciliation/1") as workplace:
        return reconcile(workplace, Period(None, None)).invoices.reconciliation_id


def test_before_the_first(porch: Porch, firm: Firm) -> None:
    with porch.client(Right.READ) as http:
        assert "not been compared yet" in text_of(http.get(f"/{firm.name}/reconciliation").text)


@pytest.mark.spec("X-1", "TL-11")
def test_the_newest_and_the_former_ones_with_their_files(porch: Porch, firm: Firm) -> None:
    first = _compare(firm)
    firm.control.act(firm.agreement, "DELETE", "/invoices/drafts/1")
    second = _compare(firm)
    with porch.client(Right.READ) as http:
        page = http.get(f"/{firm.name}/reconciliation").text
        assert f"Comparison {second}" in text_of(page)
        assert len([row for row in rows_in(page) if row[-1] in {"agrees", "does not agree"}]) == 2
        assert f"Comparison {first}" in text_of(http.get(f"/{firm.name}/reconciliation/{first}").text)
        for extension, beginning in (("html", b"<!DOCTYPE html>"), ("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
            answer = http.get(f"/{firm.name}/reconciliation/{second}/report.{extension}")
            assert answer.status_code == 200
            assert answer.content.startswith(beginning), extension
        english = http.get(f"/{firm.name}/reconciliation/{second}/report.html").text
        danish = http.get(f"/{firm.name}/reconciliation/{second}/report.html", headers={"Accept-Language": "da"}).text
    assert 'lang="en"' in english
    assert 'lang="da"' in danish


@pytest.mark.spec("X-1", "P19")
def test_the_evidence_pack_proves_what_it_holds(porch: Porch, firm: Firm) -> None:
    number = _compare(firm)
    with closing(firm.company.store()) as store:
        history.seal(store)
        seal = history.last_seal(store)
    with porch.client(Right.READ) as http:
        answer = http.get(f"/{firm.name}/reconciliation/{number}/evidence.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        told = json.loads(pack.read("evidence.json"))
        assert set(pack.namelist()) - {"evidence.json"} == set(told["files"])
        assert len(told["files"]) == 6
        for name, digest in told["files"].items():
            assert hashlib.sha256(pack.read(name)).hexdigest() == digest
    assert seal is not None
    assert told["history"]["chain_hash"] == seal["chain_hash"]
    assert told["reconciliation"] == number
    assert told["counts"]


def _shown(porch: Porch, firm: Firm, **query: str) -> str:
    with porch.client(Right.READ) as http:
        answer = http.get(f"/{firm.name}/reconciliation", params=query)
    assert answer.status_code == 200, answer.text
    return answer.text.split('id="pairs"')[1].split('id="over-time"')[0].split("<h2>")[0]


def _titles(section: str) -> list[str]:
    return [text.split(" <", 1)[0] for text in re.findall(r'rowgroup" colspan="\d+">(.*?)<', section)]


@pytest.mark.spec("X-1", "TL-11")
def test_the_pairs_stand_side_by_side_and_are_filtered(porch: Porch, firm: Firm) -> None:
    """One agrees, one is held for its VAT, one waits for its customer."""
    _compare(firm)
    differing = _shown(porch, firm)
    assert [title.strip() for title in _titles(differing)] == ["Invoice 2", "Invoice 3"]
    assert [title.strip() for title in _titles(_shown(porch, firm, of="everything"))] == [
        "Invoice 1",
        "Invoice 2",
        "Invoice 3",
    ]
    agreeing = _shown(porch, firm, of="agrees")
    ((booked,),) = firm.ours("SELECT booked_number FROM archive")
    sides = rows_in(agreeing)
    assert sides[1][:3] == ["ClientTime", str(booked), "Delivered"]
    assert sides[2][:3] == ["e-conomic", str(booked), "Booked"]
    assert sides[1][7:] == sides[2][7:] == ["2,875.00", "718.75", "3,593.75"]
    assert _titles(_shown(porch, firm, of="waiting")) == ["Invoice 3 "]
    assert _titles(_shown(porch, firm, of="nonsense")) == _titles(differing)


@pytest.mark.spec("X-1")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"words": "bo &"}, ["3"]),
        ({"words": "702"}, ["3"]),
        ({"words": "%"}, []),
        ({"first_day": "02-03-2026", "last_day": "2026-03-02"}, ["2", "3"]),
        ({"first_day": "03-03-2026"}, []),
        ({"last_day": "01-03-2026"}, []),
        ({"words": "Asta", "of": "everything"}, ["1", "2"]),
    ],
)
def test_pairs_are_found_by_name_number_and_day(
    porch: Porch, firm: Firm, query: dict[str, str], found: list[str]
) -> None:
    _compare(firm)
    shown = _shown(porch, firm, **query)
    assert [title.split()[1] for title in _titles(shown)] == found
    assert ("Nothing here." in text_of(f"<main>{shown}</main>")) == (not found)


def test_a_day_that_is_none_is_told(porch: Porch, firm: Firm) -> None:
    _compare(firm)
    shown = _shown(porch, firm, first_day="yesterday")
    assert 'aria-invalid="true"' in shown
    assert len(_titles(shown)) == 2


@pytest.mark.spec("X-1", "TL-4")
def test_customers_stand_field_by_field(porch: Porch, firm: Firm) -> None:
    firm.by_hand("PUT", "/customers/701", **_as_there(firm, 701), name="Asta Smed & Datter")
    _compare(firm)
    shown = _shown(porch, firm, kind="customers", of="field_differs")
    assert ["701", "701", "Name", "Asta Smed ApS", "Asta Smed & Datter (differs)"] in [
        row[:5] for row in rows_in(shown)
    ]
    assert "Asta Smed" not in _shown(porch, firm, kind="customers", of="unlinked")
    assert "first_day" not in shown


def _as_there(firm: Firm, number: int) -> dict[str, object]:
    (found,) = (item for item in firm.ledger()["customers"] if item["customerNumber"] == number)
    wanted = ("currency", "customerGroup", "paymentTerms", "vatZone", "city")
    return {name: found[name] for name in wanted}


@pytest.mark.spec("X-1")
def test_pairs_come_in_pages_beyond_the_last_is_the_last(porch: Porch, firm: Firm) -> None:
    number = _compare(firm)
    firm.ours(
        "INSERT INTO reconciliation_item SELECT reconciliation_id, position + 1000 * n, main_class, classes, standing,"
        " source, targets, reasons FROM reconciliation_item, generate_series(1, 60) n WHERE reconciliation_id = %s"
        " AND main_class = 'waiting'",
        number,
    )
    first, last = (_titles(_shown(porch, firm, of="waiting", page=page)) for page in ("1", "9"))
    assert (len(first), len(last)) == (50, 11)


@pytest.mark.spec("X-1")
def test_agreement_over_time_is_drawn_from_the_second_on(porch: Porch, firm: Firm) -> None:
    _compare(firm)
    with porch.client(Right.READ) as http:
        assert "over-time" not in http.get(f"/{firm.name}/reconciliation").text
        _compare(firm)
        page = http.get(f"/{firm.name}/reconciliation").text
    assert page.count("<circle") == 2
    assert 'role="img" aria-label="' in page
