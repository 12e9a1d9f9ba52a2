"""Rows of a result, and what is counted of them: only a delivery that came to its end whole is a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["Rows", "is_whole", "rate", "rows_of"]

Rows = Sequence[Mapping[str, Any]]


def rows_of(rows: Rows, **wanted: Any) -> list[Mapping[str, Any]]:
    """Those with these values."""
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def is_whole(row: Mapping[str, Any]) -> bool:
    """Whether a speed trial delivered every invoice once and ended as it should: else its time means nothing."""
    is_well = bool(row["has_ended"]) and row["exit_code"] == 0 and row["failed"] == 0
    return is_well and row["delivered"] == row["invoices"]


def rate(row: Mapping[str, Any]) -> float:
    """Invoices for each second."""
    return float(row["invoices"] / row["seconds"])
