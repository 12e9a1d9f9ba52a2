"""Keys and names of dimensions must be the same on both sides (CT-15): what differs is told beforehand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing

from ledgerbridge.delivery.desk import Desk
from ledgerbridge.reasons import Reason
from ledgerbridge.target.contract import Check, CheckStatus, Preflight

__all__ = ["with_dimensions_compared"]

_MOST_TOLD = 10


def with_dimensions_compared(desk: Desk, found: Preflight) -> Preflight:
    """Preflight's list with an item for each dimension that the target was asked about.

    A value that is missing there is a warning: only invoices that carry it will be refused.
    """
    theirs = (found.resolved or {}).get("dimension_values") or {}
    if not theirs:
        return found
    source = desk.workplace.open_source()
    with closing(source.connection):
        ours = source.reader.dimension_values()
    checks = [check for name, values in theirs.items() for check in _compared(name, ours.get(name, {}), values)]
    return Preflight((*found.checks, *checks), found.resolved)


def _compared(name: str, ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[Check]:
    item = f"dimension_values_{name}"
    missing = [f"{key} {called}" for key, called in ours.items() if key not in theirs]
    differing = [
        f"{key}: {called} / {theirs[key]}"
        for key, called in ours.items()
        if key in theirs and called.strip().casefold() != theirs[key].strip().casefold()
    ]
    if missing:
        values = {"field": name, "missing": _listed(missing)}
        yield Check(item, CheckStatus.WARNING, Reason("preflight_dimension_values_missing", values))
    if differing:
        values = {"field": name, "differing": _listed(differing)}
        yield Check(item, CheckStatus.WARNING, Reason("preflight_dimension_names_differ", values))
    if not missing and not differing:
        yield Check(
            item, CheckStatus.OK, Reason("preflight_dimension_values", {"field": name, "count": str(len(ours))})
        )


def _listed(items: list[str]) -> str:
    more = len(items) - _MOST_TOLD
    return ", ".join(items[:_MOST_TOLD]) + (f" (+{more})" if more > 0 else "")
