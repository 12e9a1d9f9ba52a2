"""Parts of a result that were measured at different times: which may stand together, and which on the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from plan import Plan

__all__ = [
    "FORMAT",
    "PARTS",
    "MixedPlansError",
    "NotForThePageError",
    "check_for_the_page",
    "check_plan",
    "with_earlier",
]

FORMAT = 2
PARTS = ("speed", "mishaps", "cost", "live", "size")


class MixedPlansError(RuntimeError):
    """What is kept of an earlier time followed another plan."""


class NotForThePageError(RuntimeError):
    """The result is no measurement of a commit."""


def check_plan(chosen: Plan, parts: Iterable[str], file: Path) -> None:
    """Before anything is measured: would parts of another plan stand beside it?

    Raises:
        MixedPlansError: they would.
    """
    wanted = json.loads(json.dumps(asdict(chosen)))
    measured = set(parts)
    others = [name for name, part in _earlier(file).items() if name not in measured and part["plan"] != wanted]
    if others:
        message = f"{file} has {', '.join(others)} of another plan: measure everything, or move that file away"
        raise MixedPlansError(message)


def with_earlier(result: dict[str, Any], file: Path) -> dict[str, Any]:
    """The parts that were not measured now, as an earlier time had them: here, with the same of everything else."""
    if not file.exists():
        return result
    earlier = json.loads(file.read_text(encoding="utf-8"))
    if any(earlier.get(what) != result[what] for what in ("format", "machine", "versions")):
        return result
    kept = {part: earlier[part] for part in earlier["parts"] if part not in result["parts"]}
    return {**result, **kept, "parts": {**earlier["parts"], **result["parts"]}}


def check_for_the_page(result: Mapping[str, Any]) -> None:
    """Only what was measured whole, by one plan that is no trial, of commits as they stand in the history.

    Raises:
        NotForThePageError: it was not.
    """
    parts: Mapping[str, Any] = result["parts"]
    wrong = [f"{part} was not measured" for part in PARTS if part not in parts]
    for name, part in parts.items():
        if part["commit"].endswith("-changed"):
            wrong.append(f"{name} was measured with uncommitted changes")
        if part["plan"]["name"] == "trial":
            wrong.append(f"{name} is a trial")
    if any(part["plan"] != other["plan"] for part in parts.values() for other in parts.values()):
        wrong.append("the parts followed different plans")
    if wrong:
        raise NotForThePageError("; ".join(wrong))


def _earlier(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    result = json.loads(file.read_text(encoding="utf-8"))
    # Of another form, it is not kept in any case.
    parts: dict[str, Any] = result["parts"] if result.get("format") == FORMAT else {}
    return parts
