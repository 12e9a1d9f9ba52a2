"""No binary float in the library."""

from __future__ import annotations

from pathlib import Path

import pytest
from floats import floats_in

LIBRARY = Path(__file__).parents[1] / "include" / "ledgerbridge"


def test_the_library_has_none() -> None:
    found = [line for path in sorted(LIBRARY.rglob("*.py")) for line in floats_in(path)]
    assert found == []


@pytest.mark.parametrize("text", ["x = 1.5", "def f(a: float): ...", "x = round(y)", "import math", "y = float('1')"])
def test_the_rule_finds_them(tmp_path: Path, text: str) -> None:
    file = tmp_path / "module.py"
    file.write_text(text)
    assert len(list(floats_in(file))) == 1


def test_what_refuses_floats_may_name_them(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("isinstance(x, float)  # refuses floats")
    assert list(floats_in(file)) == []
