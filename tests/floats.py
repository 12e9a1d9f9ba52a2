"""A lint rule of our own: no binary float in the library (`python tests/floats.py include/ledgerbridge`).

Named: the type ``float`` anywhere, literals with a fraction, ``round``, and ``math``'s functions. A line that must
name ``float`` to refuse one says so with ``# refuses floats``; a file whose floats are all seconds says
``# floats here are seconds``.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

REFUSES = "# refuses floats"
SECONDS = "# floats here are seconds"


def floats_in(path: Path) -> Iterator[str]:
    """Every place of a file that could bring in a float, as ``file:line: what``."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    if SECONDS in lines:
        return
    for node in ast.walk(ast.parse(text)):
        what = _what(node)
        line = getattr(node, "lineno", 0)
        if what and REFUSES not in lines[line - 1]:
            yield f"{path}:{line}: {what}"


def _what(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id="float"):
            return "the type float"
        case ast.Name(id="round"):
            return "round(): money rounds in one place, ledgerbridge.money"
        case ast.Constant(value=float()):
            return f"the literal {node.value!r}"
        case ast.Import(names=names) if any(name.name == "math" for name in names):
            return "the module math"
        case _:
            return None


def main(folders: list[str]) -> int:
    """Print what was found; 1 when there was anything."""
    found = [line for folder in folders for path in sorted(Path(folder).rglob("*.py")) for line in floats_in(path)]
    print("\n".join(found) or "no binary floats")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
