"""Who takes part. The contestants are programs in an environment of their own; ours run in the product's."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["BARE", "ENTRANTS", "OURS", "WHOLE", "Entrant", "command_of"]

HERE = Path(__file__).parent
OTHERS_PYTHON = HERE.parents[1] / "var" / "benchmark" / "venv" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Entrant:
    """One column's owner. ``is_parallel``: whether it makes use of more than one connection."""

    key: str
    name: str
    is_parallel: bool = False
    is_ours: bool = False


BARE = Entrant("bare_httpx", "bare httpx client", is_parallel=True)
OURS = Entrant("ours", "Ledgerbridge, its delivery", is_parallel=True, is_ours=True)
WHOLE = Entrant("ours_whole", "Ledgerbridge, whole run", is_parallel=True, is_ours=True)
ENTRANTS = (
    BARE,
    OURS,
    WHOLE,
    Entrant("sequential_requests", "requests, one after the other"),
    Entrant("keyed_requests", "requests with an Idempotency-Key"),
    Entrant("looking_up_requests", "requests with look-up and key"),
    Entrant("dlt_default", "dlt destination, defaults"),
    Entrant("dlt_tuned", "dlt destination, tuned", is_parallel=True),
    Entrant("singer_target", "singer-sdk target"),
    Entrant("drt_target", "drt, with keys", is_parallel=True),
)


def command_of(entrant: Entrant) -> list[str]:
    """Its program."""
    if entrant.is_ours:
        return [sys.executable, str(HERE / "ours.py")]
    return [str(OTHERS_PYTHON), str(HERE / "contestants" / f"{entrant.key}.py")]
