"""Nobody outside a target's folder decides by a target's name: a target is a folder, found by the registry."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

import ledgerbridge
from sandbox.grounds import SYSTEMS

ROOM = Path(ledgerbridge.__file__).parent
PROJECT = Path(__file__).parents[1]
TARGETS = [kind.parent.name for kind in (ROOM / "target").glob("*/kind.py")]


def _files() -> Iterator[Path]:
    for file in ROOM.rglob("*.py"):
        if not any((ROOM / "target" / name) in file.parents for name in TARGETS):
            yield file


def _imported(node: ast.AST) -> Iterator[str]:
    """What an import names, whichever of its forms it has."""
    if isinstance(node, ast.Import):
        yield from (item.name for item in node.names)
    if isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{item.name}" for item in node.names)


def _named_in(code: str) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_a_targets(node.value):
            found.append((node.lineno, node.value))
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.extend((node.lineno, name) for name in _imported(node) if _is_of_a_target(name))
    return found


def _is_a_targets(text: str) -> bool:
    """Its name, or the code of one of its own sentences."""
    return any(text == target or re.fullmatch(rf"{target}_[a-z_]+", text) for target in TARGETS)


def _is_of_a_target(name: str) -> bool:
    return any(f"{name}.".startswith(f"ledgerbridge.target.{target}.") for target in TARGETS)


def test_there_are_targets() -> None:
    assert {"economic", "uniconta"} <= set(TARGETS)


def test_no_code_outside_its_folder_names_a_target() -> None:
    """Words in texts and docstrings may; its name, a code of its sentences, and an import of its folder may not."""
    found = {str(file): named for file in _files() if (named := _named_in(file.read_text(encoding="utf-8")))}
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        "if system == 'uniconta': pass",
        "reason.code == 'uniconta_busy'",
        "import ledgerbridge.target.uniconta.limits",
        "from ledgerbridge.target.uniconta import limits",
        "from ledgerbridge.target import economic",
        "from ledgerbridge.target.economic.limits import REMARK",
    ],
)
def test_a_name_is_seen_in_whichever_form_it_comes(code: str) -> None:
    assert _named_in(code) != []


@pytest.mark.parametrize("name", TARGETS)
def test_a_targets_sentences_say_by_their_codes_whose_they_are(name: str) -> None:
    """Then nobody takes them for sentences that hold for all."""
    told = yaml.safe_load((ROOM / "reasons" / f"{name}.yaml").read_text(encoding="utf-8"))
    assert [code for code in told if not code.startswith(f"{name}_")] == []


def test_every_target_has_a_stand_in_and_is_tested() -> None:
    assert set(TARGETS) == set(SYSTEMS), "SYSTEMS in include/sandbox/grounds.py"


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize(
    ("contract", "key", "written"),
    [
        ("targets", "forbidden_modules", "ledgerbridge.target.{}"),
        ("each-target", "modules", "ledgerbridge.target.{}"),
        ("stand-ins", "layers", "{}"),
    ],
)
def test_import_linter_is_told_of_every_target(name: str, contract: str, key: str, written: str) -> None:
    """What it is not told of, it does not hold."""
    told = ConfigParser()
    told.read(PROJECT / ".importlinter", encoding="utf-8")
    listed = told[f"importlinter:contract:{contract}"][key].replace("|", " ").split()
    assert written.format(name) in listed, f".importlinter: the contract {contract} lacks {written.format(name)}"
