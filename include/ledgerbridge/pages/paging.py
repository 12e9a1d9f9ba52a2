"""Lists in pages of fifty."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ROWS", "Paging"]

ROWS = 50


@dataclass(frozen=True, slots=True)
class Paging:
    """Page ``number`` (from 1) of a list of ``rows``."""

    number: int
    rows: int

    @classmethod
    def of(cls, wanted: int, rows: int) -> Paging:
        """The wanted page, or the last one there is."""
        last = max(1, -(-rows // ROWS))
        return cls(min(max(1, wanted), last), rows)

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.rows // ROWS))

    @property
    def offset(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * ROWS

    @property
    def first_row(self) -> int:
        """The first row's number, from 1; 0 of an empty list."""
        return self.offset + 1 if self.rows else 0

    @property
    def last_row(self) -> int:
        """The last row's number."""
        return min(self.rows, self.offset + ROWS)
