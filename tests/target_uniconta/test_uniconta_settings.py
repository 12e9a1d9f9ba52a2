"""What an integration file says of Uniconta: read whole, and refused by name (CT-7)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ledgerbridge.integration import BrokenFile, Integration, load_file
from ledgerbridge.target.registry import daily_calls, limits_of, options_of, require_target
from sandbox.accounts.uniconta import uniconta_settings


def _loaded(tmp_path: Path, **changes: Any) -> Integration | BrokenFile:
    file = tmp_path / "firm.yaml"
    file.write_text(yaml.safe_dump(uniconta_settings("firm", 4711, **changes)), encoding="utf-8")
    return load_file(file, require_target)


def _told(tmp_path: Path, **changes: Any) -> str:
    loaded = _loaded(tmp_path, **changes)
    assert isinstance(loaded, BrokenFile)
    return " ".join(str(problem) for problem in loaded.problems)


@pytest.mark.spec("CT-7")
def test_a_right_file_is_taken(tmp_path: Path) -> None:
    options = {"dimensions": {"team": 2, "department": 1, "division": 0}, "customer_numbers": "any"}
    loaded = _loaded(tmp_path, target={"options": options})
    assert isinstance(loaded, Integration)
    assert options_of(loaded.target).dimensions.in_use() == {"team": 2, "department": 1}  # type: ignore[attr-defined]
    assert daily_calls(loaded.target) == 5000
    assert limits_of(loaded).locator == 20


WRONG: dict[str, tuple[dict[str, Any], list[str]]] = {
    "two on one dimension": (
        {"target": {"options": {"dimensions": {"team": 1, "department": 1}}}},
        ["target.options.dimensions", "three different dimensions"],
    ),
    "a sixth dimension": ({"target": {"options": {"dimensions": {"team": 6}}}}, ["target.options.dimensions.team"]),
    "an option that there is not": ({"target": {"options": {"colour": "red"}}}, ["target.options.colour"]),
    "the customer's own reference for our mark": (
        {"target": {"options": {"locator_field": "YourRef"}}},
        ["target.options", "YourRef", "ReferenceNumber"],
    ),
    "a number of ours": (
        {"invoicing": {"number_from": "source"}},
        ["invoicing.number_from: source"],
    ),
    "a zone that there is not": (
        {"invoicing": {"vat_zones": {"export": "3"}}},
        ["invoicing.vat_zones.export", "Abroad"],
    ),
    "letters in a payment id": (
        {
            "target": {"options": {"customer_numbers": "any"}},
            "invoicing": {"fi_payment_id": "account_and_invoice_number"},
        },
        ["invoicing.fi_payment_id", "digits"],
    ),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.spec("CT-7")
def test_a_wrong_one_is_told_by_name(tmp_path: Path, name: str) -> None:
    changes, words = WRONG[name]
    told = _told(tmp_path, **changes)
    for word in words:
        assert word in told


@pytest.mark.parametrize("missing", ["company_id", "company"])
@pytest.mark.spec("CT-7")
def test_a_missing_one_is_told_by_name(tmp_path: Path, missing: str) -> None:
    content = uniconta_settings("firm", 4711)
    del content["target"]["options"][missing]
    file = tmp_path / "firm.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    loaded = load_file(file, require_target)
    assert isinstance(loaded, BrokenFile)
    assert f"target.options.{missing}" in str(loaded.problems[0])


@pytest.mark.parametrize(
    ("number", "digits", "any_"),
    [
        ("1001", True, True),
        ("00404040", True, True),
        ("K1001", False, True),
        ("1" * 20, True, True),
        ("1" * 21, False, False),
        ("10 01", False, False),
        ("10;01", False, False),
        ("", False, False),
        ("1001\n", False, False),
    ],
)
@pytest.mark.spec("CT-5")
def test_numbers_for_creation(tmp_path: Path, number: str, digits: bool, any_: bool) -> None:
    for rule, is_good in (("digits", digits), ("any", any_)):
        loaded = _loaded(tmp_path, target={"options": {"customer_numbers": rule}})
        assert isinstance(loaded, Integration)
        assert limits_of(loaded).customer_numbers.take(number) is is_good
