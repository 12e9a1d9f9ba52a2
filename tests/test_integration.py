"""Integration files: whole, checked, told in words; a wrong one stops no other."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from ledgerbridge.errors import SettingsInvalid
from ledgerbridge.integration import BrokenFile, Integration, load_all, load_file
from ledgerbridge.reasons import Language
from ledgerbridge.source.manifest import Capture, load_manifest, require_source
from ledgerbridge.target.registry import require_target, target_kind
from sandbox.integration_file import settings


def _write(folder: Path, name: str, content: Any) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")
    return path


def _without(section: str, key: str) -> dict[str, Any]:
    content = settings("nord")
    del content[section][key]
    return content


@pytest.mark.spec("CT-6", "X-11", "X-6")
@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (_without("invoicing", "default_debtor_group"), "setting_missing", ["invoicing.default_debtor_group"]),
        (_without("invoicing", "layout_from"), "setting_missing", ["invoicing.layout_from"]),
        (_without("source", "connection"), "setting_missing", ["source.connection"]),
        (settings("nord", invoicing={"days_of_credti": 8}), "setting_unknown", ["invoicing.days_of_credti", "8"]),
        (
            settings("nord", invoicing={"days_of_credit": 900}),
            "setting_invalid",
            ["invoicing.days_of_credit", "900", "365"],
        ),
        (settings("nord", invoicing={"finish": "maybe"}), "setting_invalid", ["invoicing.finish", "maybe", "book"]),
        (
            settings("nord", invoicing={"accepted_vat_rounding": 0.06}),
            "setting_invalid",
            ["accepted_vat_rounding", "0.05"],
        ),
        (settings("nord", invoicing={"fi_creditor_number": "123"}), "setting_invalid", ["fi_creditor_number", "123"]),
        (settings("nord", source={"system": "../etc"}), "setting_invalid", ["source.system", "../etc"]),
        (
            settings("nord", invoicing={"layout_from": "source"}),
            "setting_contradiction",
            ["invoicing", "fi_creditor_number"],
        ),
        (
            settings("nord", invoicing={"product_without_vat": "1000"}),
            "setting_contradiction",
            ["product_with_vat", "product_without_vat"],
        ),
        (
            settings("nord", source={"invoices_from": "2026-02-31"}),
            "setting_invalid",
            ["source.invoices_from", "2026-02-31", "a day that exists"],
        ),
        (settings("nord", loading={"settle_seconds": 20}), "setting_contradiction", ["loading", "timeout_seconds"]),
        (settings("NORD"), "setting_invalid", ["name", "NORD"]),
        (settings("nord", environment="Prod!"), "setting_invalid", ["environment", "Prod!"]),
        ("just: [text", "setting_file_unreadable", ["nord.yaml"]),
        ("- a\n- b\n", "setting_file_unreadable", ["nord.yaml"]),
        ("", "setting_file_unreadable", ["nord.yaml"]),
        (
            settings("nord", target={"agreement_grant_token": "s3cret-canary"}),
            "setting_is_secret",
            ["agreement_grant_token"],
        ),
    ],
)
def test_what_is_wrong_is_told_whole(tmp_path: Path, content: Any, code: str, told: list[str]) -> None:
    broken = load_file(_write(tmp_path, "nord", content))
    assert isinstance(broken, BrokenFile)
    assert broken.problems[0].reason.code == code
    for language in Language:
        sentence = broken.problems[0].reason.sentence(language)
        assert "nord.yaml" in sentence
        for word in told:
            assert word in sentence
        assert "canary" not in sentence


@pytest.mark.spec("S6")
@pytest.mark.parametrize(
    ("source", "told"),
    [
        ({"system": "nosuch"}, "nosuch"),
        ({"system": "sandbox.nosuch"}, "sandbox.nosuch"),
        ({"system": "ledgerbridge.target"}, "ledgerbridge.target"),
        ({"system": "os.path"}, "os.path"),
        ({"system": "json.tool"}, "json.tool"),
    ],
)
def test_a_source_that_is_none_is_told_when_the_file_is_read(tmp_path: Path, source: dict[str, str], told: str) -> None:
    _write(tmp_path, "other", settings("other"))
    _write(tmp_path, "nord", settings("nord", source=source))
    good, (broken,) = load_all(tmp_path, require_source)
    assert [integration.name for integration in good] == ["other"]
    assert broken.problems[0].reason.code == "setting_unfit"
    for language in Language:
        for word in ("nord.yaml", told):
            assert word in broken.problems[0].reason.sentence(language)


@pytest.mark.parametrize("system", ["nosuch", "http", "contract"])
def test_a_target_that_is_none_is_told_when_the_file_is_read(tmp_path: Path, system: str) -> None:
    _write(tmp_path, "other", settings("other"))
    _write(tmp_path, "nord", settings("nord", target={"system": system}))
    good, (broken,) = load_all(tmp_path, require_target)
    assert [integration.name for integration in good] == ["other"]
    for language in Language:
        for word in ("nord.yaml", system):
            assert word in broken.problems[0].reason.sentence(language)
    with pytest.raises(SettingsInvalid, match=system):
        target_kind(system)


@pytest.mark.spec("S6")
def test_a_source_of_somebody_elses_folder_is_taken(tmp_path: Path) -> None:
    _write(tmp_path, "case", settings("case", source={"system": "sandbox.sagsbog"}))
    good, broken = load_all(tmp_path, require_source)
    assert [item.source.system for item in good] == ["sandbox.sagsbog"]
    assert broken == []


def test_a_way_of_finding_changes_that_the_source_lacks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = load_manifest("clienttime").model_copy(update={"capture": Capture(polling=True)})
    monkeypatch.setattr("ledgerbridge.source.manifest.load_manifest", lambda _: manifest)
    _write(tmp_path, "nord", settings("nord"))
    _, (broken,) = load_all(tmp_path, require_source)
    assert "change_capture: triggers" in str(broken.problems[0])


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    content = _without("invoicing", "layout_from")
    content["invoicing"]["finish"] = "maybe"
    content["loading"] = {"chunk_size": 0}
    broken = load_file(_write(tmp_path, "nord", content))
    assert isinstance(broken, BrokenFile)
    assert len(broken.problems) == 3


def test_a_broken_file_stops_no_other(tmp_path: Path) -> None:
    _write(tmp_path, "a", settings("alfa"))
    _write(tmp_path, "b", "nonsense: [")
    _write(tmp_path, "c", settings("beta"))
    (tmp_path / "d.yaml").write_bytes(b"\xff\xfe\x00")
    good, broken = load_all(tmp_path)
    assert [integration.name for integration in good] == ["alfa", "beta"]
    assert [file.path.name for file in broken] == ["b.yaml", "d.yaml"]


def test_two_files_with_one_name_are_both_broken(tmp_path: Path) -> None:
    for name in ("one", "two"):
        _write(tmp_path, name, settings("same"))
    _write(tmp_path, "three", settings("other"))
    good, broken = load_all(tmp_path)
    assert [integration.name for integration in good] == ["other"]
    assert {file.problems[0].reason.code for file in broken} == {"setting_name_twice"}
    assert len(broken) == 2


@pytest.mark.spec("CT-19")
def test_amounts_in_a_file_are_decimals(tmp_path: Path) -> None:
    path = tmp_path / "nord.yaml"
    text = yaml.safe_dump(settings("nord")).replace(
        "vat_percentage: 25", "vat_percentage: 25.1\n  accepted_vat_rounding: 0.05"
    )
    path.write_text(text, encoding="utf-8")
    loaded = load_file(path)
    assert isinstance(loaded, Integration)
    assert loaded.invoicing.vat_percentage == Decimal("25.1")
    assert loaded.invoicing.accepted_vat_rounding == Decimal("0.05")


def test_the_hash_follows_what_preflight_checks() -> None:
    first = Integration.model_validate(settings("nord"))
    same = Integration.model_validate(settings("nord", loading={"connections": 8}))
    other = Integration.model_validate(settings("nord", invoicing={"layout": 20}))
    assert first.settings_hash() == same.settings_hash() != other.settings_hash()
    assert (first.pool, first.dag_id("invoices")) == ("ledgerbridge_nord_economic", "nord.invoices")
