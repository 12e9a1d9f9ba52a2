"""Invoices per second by connections, as bars in SVG; drawn without a library, readable on white and on black."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from xml.sax.saxutils import escape

from entrants import ENTRANTS
from trials import Rows, is_whole, rate, rows_of

__all__ = ["chart"]

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 760, 380, 56, 76, 44
_COLOURS = ("#8a8f98", "#0b6bcb", "#5aa9e6", "#c2570c", "#7a4fa3")


def chart(speed: Rows, latency_ms: int, invoices: int) -> str:
    """Those who make use of several connections, side by side; no bar where no delivery came to its end whole."""
    found = [row for row in rows_of(speed, latency_ms=latency_ms, invoices=invoices) if is_whole(row)]
    entrants = [entrant for entrant in ENTRANTS if entrant.is_parallel]
    connections = sorted({row["connections"] for row in found})
    rates = {
        (entrant.key, n): median(map(rate, trials))
        for entrant in entrants
        for n in connections
        if (trials := rows_of(found, entrant=entrant.key, connections=n))
    }
    top = _rounded_up(max(rates.values(), default=0))
    parts = [_head(latency_ms, invoices), *_grid(top)]
    group = (_WIDTH - _LEFT - 16) / len(connections)
    bar = group * 0.8 / len(entrants)
    for place, n in enumerate(connections):
        left = _LEFT + place * group + group * 0.1
        for number, (entrant, colour) in enumerate(zip(entrants, _COLOURS, strict=True)):
            if (entrant.key, n) in rates:
                parts.append(_bar(left + number * bar, bar - 3, rates[entrant.key, n], top, colour))
        parts.append(_text(left + group * 0.4, _HEIGHT - 18, f"{n} connection{'s' * (n > 1)}", "middle"))
    parts += _legend([entrant.name for entrant in entrants])
    return "\n".join([*parts, "</svg>", ""])


def _head(latency_ms: int, invoices: int) -> str:
    title = f"Invoices per second, {invoices:,} invoices, {latency_ms} ms latency, the median of the repetitions"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'font-family="system-ui, sans-serif" font-size="13" fill="#777">\n<title>{title}</title>\n'
        + _text(_LEFT, 20, title, "start")
    )


def _rounded_up(value: float) -> float:
    step = 50 if value > 100 else 10
    return float(step * (int(value // step) + 1))


def _y(value: float, top: float) -> float:
    return _HEIGHT - _BOTTOM - value / top * (_HEIGHT - _TOP - _BOTTOM)


def _grid(top: float) -> list[str]:
    lines = []
    for quarter in range(5):
        value = top * quarter / 4
        y = _y(value, top)
        lines.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}" stroke="#777" stroke-opacity=".3"/>'
        )
        lines.append(_text(_LEFT - 8, y + 4, f"{value:.0f}", "end"))
    return lines


def _bar(x: float, width: float, value: float, top: float, colour: str) -> str:
    y = _y(value, top)
    box = f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_HEIGHT - _BOTTOM - y:.1f}" fill="{colour}"/>'
    return box + _text(x + width / 2, y - 5, f"{value:.0f}", "middle")


def _legend(names: Sequence[str]) -> list[str]:
    """As many to a line as there is room for."""
    parts = []
    x, y = float(_LEFT), 32
    for name, colour in zip(names, _COLOURS, strict=True):
        width = 40 + 7.2 * len(name)
        if x + width > _WIDTH:
            x, y = float(_LEFT), y + 18
        parts.append(
            f'<rect x="{x:.0f}" y="{y}" width="12" height="12" fill="{colour}"/>' + _text(x + 18, y + 11, name, "start")
        )
        x += width
    return parts


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
