"""Parts of a result that were measured at different times: which may stand together, and which on the page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from plan import plan

__all__ = [
    "FORMAT",
    "PARTS",
    "NotForThePageError",
    "check_for_the_page",
    "with_earlier",
]

FORMAT = 2
_PLANS = [json.loads(json.dumps(asdict(plan(is_full=is_full)))) for is_full in (False, True)]
PARTS = ("speed", "mishaps", "cost", "live", "size")


class NotForThePageError(RuntimeError):
    """The result is no measurement of a commit."""


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
    """Only what was measured whole, by the plans as they are, of commits as they stand in the history.

    The usual plan's parts and the full one's may stand together: the page says which is whose. No trial's.

    Raises:
        NotForThePageError: it was not.
    """
    parts: Mapping[str, Any] = result["parts"]
    wrong = [f"{part} was not measured" for part in PARTS if part not in parts]
    for name, part in parts.items():
        if part["commit"].endswith("-changed"):
            wrong.append(f"{name} was measured with uncommitted changes")
        if not any(_is_by(part["plan"], named) for named in _PLANS):
            wrong.append(f"{name} was measured by a plan that is a trial, or is not there any more")
    if wrong:
        raise NotForThePageError("; ".join(wrong))


def _is_by(measured: Mapping[str, Any], named: Mapping[str, Any]) -> bool:
    """Whether a part was measured by the plan of this name. What the plan has gained since is of later measurements."""
    return all(name in named and named[name] == value for name, value in measured.items())
