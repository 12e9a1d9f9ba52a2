"""``docs/settings.md`` and the example beside the integrations, held against the settings themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from ledgerbridge.integration import Integration, load_file
from ledgerbridge.target.registry import require_target, target_kind
from sandbox.grounds import SYSTEMS

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "include" / "integrations" / "example.yaml.txt"
GUIDE = (
    "DefaultDebtorGroupNumber", "FiCreditorNumber", "UseTimeViewInvoice", "PaymentInfo", "Token", "FooterText",
    "TermsOfPayment", "ProductNumber", "ProductNumberExVat", "VatPercentage",
)  # fmt: skip


def settings_of(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key that holds a value, with its dots."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from settings_of(field.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


SETTINGS = dict(settings_of(Integration))


@pytest.fixture(scope="module")
def rows() -> dict[str, list[str]]:
    """Each documented key with the cells after it: type, default, allowed, effect, the guide's name."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    found = [line.strip().strip("|").split(" | ") for line in text.splitlines() if line.startswith("| `")]
    return {cells[0].strip().strip("`"): [cell.strip() for cell in cells[1:]] for cells in found}


def test_every_setting_is_documented_and_nothing_else(rows: dict[str, list[str]]) -> None:
    assert set(rows) == set(SETTINGS)


@pytest.mark.parametrize("key", SETTINGS)
def test_the_default_is_told(key: str, rows: dict[str, list[str]]) -> None:
    field, told = SETTINGS[key], rows[key][1]
    if field.default is None:
        assert told == "none"
    elif field.default is PydanticUndefined:
        assert told == "required"
    else:
        assert told == f"`{_written(field.default)}`"


@pytest.mark.parametrize("key", SETTINGS)
def test_every_value_that_may_be_chosen_is_told(key: str, rows: dict[str, list[str]]) -> None:
    for value in _choices(SETTINGS[key].annotation):
        assert re.search(rf"`\"?{re.escape(value)}\"?`", rows[key][2]), f"{key}: {value} is not told"


@pytest.mark.spec("CT-6")
def test_each_setting_of_the_guide_has_its_counterpart(rows: dict[str, list[str]]) -> None:
    told = {cells[4].split()[0] for cells in rows.values()}
    assert set(GUIDE) <= told


@pytest.mark.spec("CT-6")
def test_the_example_is_a_right_integration_and_shows_every_setting() -> None:
    loaded = load_file(EXAMPLE)
    assert isinstance(loaded, Integration), [str(problem) for problem in loaded.problems]
    assert set(_keys(yaml.safe_load(EXAMPLE.read_text(encoding="utf-8")))) == set(SETTINGS)


def test_the_example_is_not_taken_for_an_integration() -> None:
    assert EXAMPLE.suffix != ".yaml"


def _written(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case Enum():
            return str(value.value)
        case Decimal() | int():
            return str(value)
        case _:
            return str(value) or '""'


def _choices(annotation: Any) -> Iterator[str]:
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation)
    elif getattr(annotation, "__origin__", None) is not None:
        yield from (choice for choice in get_args(annotation) if isinstance(choice, str))


def _keys(content: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in content.items():
        if isinstance(value, dict):
            yield from _keys(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


OF_THEIR_OWN = [system for system in SYSTEMS if target_kind(system).options.model_fields]
"""The targets that have options; the example for the others is the common one."""


@pytest.mark.spec("CT-7")
@pytest.mark.parametrize("system", OF_THEIR_OWN)
def test_the_example_for_a_target_is_right_and_shows_every_option(system: str) -> None:
    example = EXAMPLE.with_name(f"example-{system}.yaml.txt")
    loaded = load_file(example, require_target)
    assert isinstance(loaded, Integration), [str(problem) for problem in loaded.problems]
    told = yaml.safe_load(example.read_text(encoding="utf-8"))["target"]["options"]
    assert set(_keys(told)) == set(_options(target_kind(system).options))


def _options(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _options(field.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}"


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_target_is_among_those_that_can_be_chosen(system: str) -> None:
    (row,) = re.findall(r"^\| `target\.system` .*$", (ROOT / "docs" / "settings.md").read_text("utf-8"), re.MULTILINE)
    assert f"`{system}`" in row


def _section(system: str) -> str:
    """What settings.md says of a target's options."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    told = text.partition(f"### {target_kind(system).name}\n")[2]
    return re.split(r"^#{2,3} ", told, maxsplit=1, flags=re.MULTILINE)[0]


@pytest.mark.spec("CT-7")
@pytest.mark.parametrize("system", OF_THEIR_OWN)
def test_every_option_of_a_target_is_documented_with_its_default(system: str) -> None:
    told = _section(system)
    assert told, f"docs/settings.md has no heading «### {target_kind(system).name}»"
    for name, field in target_kind(system).options.model_fields.items():
        assert f"`{name}" in told, name
        if not field.is_required() and not isinstance(field.default, BaseModel):
            default = str(field.default).lower() if isinstance(field.default, bool) else str(field.default)
            assert default in told.partition(f"`{name}")[2].partition("\n- ")[0], name


@pytest.mark.spec("CT-7")
@pytest.mark.parametrize(
    "name",
    [
        "Username", "Password", "FiCreditorNumber", "TermsOfPayment", "FooterText", "ProductNumber",
        "ProductNumberExVat", "Company", "PaymentInfo", "VatPercentage", "UseTimeViewInvoice", "TeamDimension",
        "DepartmentDimension", "DivisionDimension",
    ],
)  # fmt: skip
def test_each_setting_of_unicontas_guide_has_its_counterpart(name: str) -> None:
    assert name in _section("uniconta")
