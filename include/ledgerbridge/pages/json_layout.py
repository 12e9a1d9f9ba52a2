"""A body of JSON, laid out to be read: its numbers stay as they were written, to the last nought."""

from __future__ import annotations

import json
import re

__all__ = ["laid_out"]

_TOKENS = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_STEP = "  "


def laid_out(text: str | None) -> str:
    """The text with a line for each value where it is JSON; else as it is."""
    if not text:
        return ""
    try:
        json.loads(text, parse_float=str)  # refuses floats: it is only looked at
    except (ValueError, RecursionError):
        return text
    return _indented(_TOKENS.findall(text))


def _indented(tokens: list[str]) -> str:
    lines, depth, before = [""], 0, ""
    for sign in tokens:
        if sign in "}]":
            depth -= 1
            if before not in "{[":
                lines.append(_STEP * depth)
        elif before and before in "{[,":
            lines.append(_STEP * depth)
        lines[-1] += sign + (" " if sign == ":" else "")
        depth += sign in "{["
        before = sign
    return "\n".join(lines)
