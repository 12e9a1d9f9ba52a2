"""Nobody outside a target's folder decides by a target's name: a target is a folder, found by the registry."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import ledgerbridge

ROOM = Path(ledgerbridge.__file__).parent
TARGETS = [kind.parent.name for kind in (ROOM / "target").glob("*/kind.py")]


def _files() -> Iterator[Path]:
    for file in ROOM.rglob("*.py"):
        if not any((ROOM / "target" / name) in file.parents for name in TARGETS):
            yield file


def test_there_are_targets() -> None:
    assert "economic" in TARGETS


def test_no_code_outside_its_folder_names_a_target() -> None:
    """Words in texts and docstrings may; a string that is a target's name, or an import of its folder, may not."""
    found = []
    for file in _files():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in TARGETS:
                found.append((file.name, node.lineno, node.value))
            if isinstance(node, ast.ImportFrom) and any(f"target.{name}" in (node.module or "") for name in TARGETS):
                found.append((file.name, node.lineno, node.module))
    assert found == []
