"""Agreement over time as a line in SVG, drawn without a script and without binary floats.

The axis does not start at zero, because shares between 99 and 100 % would then be one flat line; it
starts at the highest of a few round marks that leaves every point visible, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledgerbridge.reconciliation.compare import ReconciliationResult
from ledgerbridge.reconciliation.kinds import Standing
from ledgerbridge.reconciliation.wording import DANISH_TIME, Wording

__all__ = ["Chart", "Mark", "Point", "draw_chart"]

WIDTH, HEIGHT = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 56, 18, 18, 34
AXIS_STARTS = (9900, 9500, 9000, 8000, 5000, 0)  # in hundredths of a percent
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Point:
    """One reconciliation: where it stands in the drawing, and its figures in words."""

    x: int
    y: int
    day: str
    share: str
    agrees: str
    compared: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A horizontal line of the axis with its label."""

    y: int
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template draws; coordinates are whole units of the view box."""

    width: int
    height: int
    left: int
    right: int
    points: tuple[Point, ...]
    marks: tuple[Mark, ...]
    alternative: str

    @property
    def path(self) -> str:
        """The line through all points."""
        return " ".join(f"{point.x},{point.y}" for point in self.points)


def draw_chart(results: Sequence[ReconciliationResult], wording: Wording) -> Chart | None:
    """The chart over former reconciliations, oldest first; nothing with fewer than two to compare."""
    shown = [result for result in results if result.compared]
    if len(shown) < 2:
        return None
    shares = [_agreeing(result) * WHOLE // result.compared for result in shown]
    start = next(mark for mark in AXIS_STARTS if mark <= min(shares))
    height = HEIGHT - TOP - BOTTOM
    width = WIDTH - LEFT - RIGHT

    def y_of(share: int) -> int:
        return TOP + (WHOLE - share) * height // (WHOLE - start)

    points = tuple(
        Point(
            x=LEFT + place * width // (len(shown) - 1),
            y=y_of(share),
            day=wording.day(result.finished_at.astimezone(DANISH_TIME).date()),
            share=wording.permille(_agreeing(result), result.compared),
            agrees=wording.whole(_agreeing(result)),
            compared=wording.whole(result.compared),
        )
        for place, (result, share) in enumerate(zip(shown, shares, strict=True))
    )
    levels = (WHOLE, (WHOLE + start) // 2, start)
    return Chart(
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        points=points,
        marks=tuple(Mark(y_of(level), wording.permille(level, WHOLE)) for level in levels),
        alternative=wording.text(
            "history_alt",
            n=len(points),
            first=points[0].day,
            last=points[-1].day,
            low=points[shares.index(min(shares))].share,
            now=points[-1].share,
        ),
    )


def _agreeing(result: ReconciliationResult) -> int:
    return result.how_many(Standing.AGREES)
