"""Every awkward case as its golden file has it (P14, CT-9, CT-17 to CT-19, X-9, X-13), and accepted by the sandbox."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from payloads import GOLDEN, SETTINGS, cases

from sandbox.grounds import Grounds


@pytest.fixture(scope="module")
def made(servers: Grounds) -> dict[str, str]:
    return dict(cases(servers.postgres))


@pytest.mark.spec("P14", "CT-9", "CT-17", "CT-18", "X-9", "X-13", "CT-22")
def test_payloads_are_the_golden_ones(made: dict[str, str]) -> None:
    golden = {file.stem: file.read_text(encoding="utf-8") for file in GOLDEN.glob("*.json")}
    assert made.keys() == golden.keys()
    changed = [name for name in made if made[name] != golden[name]]
    assert not changed, f"{changed}: run tests/target_economic/payloads.py and read the diff"


def _payload(made: dict[str, str], name: str) -> Any:
    return json.loads(made[name])["payload"]


@pytest.mark.spec("P14", "CT-9")
def test_a_credit_note_keeps_sign_reference_and_its_own_date(made: dict[str, str]) -> None:
    payload = _payload(made, "credit_note")
    assert payload["lines"][0]["quantity"] == "<-10.00>"
    assert payload["lines"][0]["unitNetPrice"] == "<1150.00>"
    assert payload["notes"]["heading"].startswith("Kreditnota til faktura 90019")
    assert payload["dueDate"] == payload["date"]


@pytest.mark.spec("CT-9")
def test_without_a_due_date_the_days_of_credit_count(made: dict[str, str]) -> None:
    content = json.loads(made["invoice_no_due_date"])
    assert content["source"]["due_date"] is None
    issued, due = (date.fromisoformat(content["payload"][name]) for name in ("date", "dueDate"))
    assert due == issued + timedelta(days=SETTINGS.invoicing.days_of_credit)


@pytest.mark.spec("CT-17", "CT-18")
def test_a_combined_line_goes_as_its_parts(made: dict[str, str]) -> None:
    lines = _payload(made, "invoice_combined")["lines"]
    assert [line["product"]["productNumber"] for line in lines] == ["1000", "2000"]


@pytest.mark.spec("CT-18")
@pytest.mark.parametrize(
    ("name", "zone", "product"),
    [
        ("invoice_vat_free", 1, "2000"),
        ("invoice_eu_reverse_charge", 2, "1000"),
        ("invoice_export", 3, "1000"),
        ("invoice_faroe_islands", 3, "1000"),
        ("invoice_one_cent", 1, "1000"),
    ],
)
def test_products_and_zones(made: dict[str, str], name: str, zone: int, product: str) -> None:
    payload = _payload(made, name)
    assert payload["recipient"]["vatZone"] == {"vatZoneNumber": zone}
    assert {line["product"]["productNumber"] for line in payload["lines"]} == {product}


@pytest.mark.spec("X-13")
def test_the_sources_exchange_rate_is_sent_when_it_has_one(made: dict[str, str]) -> None:
    assert _payload(made, "invoice_eur")["exchangeRate"] in {"<746.0300>", "<746.03>"}
    assert "exchangeRate" not in _payload(made, "invoice_eur_without_rate")


@pytest.mark.spec("X-9")
def test_texts_that_are_too_long(made: dict[str, str]) -> None:
    heading = json.loads(made["invoice_long_heading"])
    assert len(heading["payload"]["notes"]["heading"]) <= 250
    assert heading["payload"]["notes"]["heading"].endswith("…")
    assert [item["code"] for item in heading["warnings"]] == ["text_cut"]
    reference = _payload(made, "invoice_long_reference")["references"]["other"]
    assert len(reference) <= 250
    assert reference.endswith(
        "… #lb-demo-golden-inv-" + json.loads(made["invoice_long_reference"])["source"]["source_id"]
    )
    lines = _payload(made, "invoice_long_line_text")["lines"]
    assert len(lines) > 1
    assert all(len(line["description"]) <= 2500 for line in lines)
    assert ["product" in line for line in lines] == [True] + [False] * (len(lines) - 1)


@pytest.mark.spec("CT-19")
def test_no_line_without_quantity_is_a_product_line(made: dict[str, str]) -> None:
    """e-conomic refuses a quantity of 0; such lines stand as text, or as one times their amount."""
    for name, content in made.items():
        for line in (json.loads(content).get("payload") or {}).get("lines", ()):
            assert line.get("quantity") not in {"<0>", "<0.00>"}, name
