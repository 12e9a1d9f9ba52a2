"""A result as tables in Markdown, for the docs and for whoever runs it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from entrants import BARE, ENTRANTS, OURS

__all__ = ["filled", "tables"]

_MARKED = re.compile(r"(<!-- table: (\w+) -->).*?(<!-- end -->)", re.DOTALL)

Rows = Sequence[Mapping[str, Any]]


def tables(result: Mapping[str, Any]) -> dict[str, str]:
    """Name → table."""
    made = {
        "speed": "\n\n".join(_speed(result["speed"], *setting) for setting in _settings(result["speed"])),
        "load": _load(result["speed"]),
        "mishaps": _mishaps(result["mishaps"]),
        "cost": _cost(result["cost"]),
        "live": _live(result["live"]),
        "size": _size(result["size"]),
    }
    return {name: table for name, table in made.items() if table}


def filled(page: str, result: Mapping[str, Any]) -> str:
    """The page with each table between its marks, ``<!-- table: speed -->`` and ``<!-- end -->``."""
    made = {**tables(result), "facts": _facts(result)}

    def table(mark: re.Match[str]) -> str:
        return f"{mark[1]}\n\n{made[mark[2]]}\n\n{mark[3]}"

    return _MARKED.sub(table, page)


def _commits(parts: Mapping[str, Any]) -> str:
    measured = {name: part["commit"] for name, part in parts.items()}
    if len(set(measured.values())) == 1:
        return f"commit `{next(iter(measured.values()))}`"
    return "commits " + ", ".join(f"`{commit}` ({name})" for name, commit in measured.items())


def _facts(result: Mapping[str, Any]) -> str:
    """Where and of what it was measured."""
    machine = result["machine"]
    where = f"{machine['cores']} cores, {machine['memory_gib']:.0f} GiB, {machine['system']}"
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    parts = result["parts"].values()
    minutes = sum(part["seconds"] for part in parts) / 60
    return (
        f"Measured {min(part['measured_at'] for part in parts)[:10]} on {where}; {_commits(result['parts'])}; it took "
        f"{minutes:.0f} minutes. {versions}."
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def _settings(speed: Rows) -> list[tuple[int, int]]:
    return sorted({(row["latency_ms"], row["invoices"]) for row in speed})


def _of(rows: Rows, **wanted: Any) -> list[Mapping[str, Any]]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def _rate(row: Mapping[str, Any]) -> float:
    return float(row["invoices"] / row["seconds"])


def _spread(values: Sequence[float], digits: int = 1) -> str:
    """The median, and from where to where they went."""
    middle = f"{median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def _speed(speed: Rows, latency_ms: int, invoices: int) -> str:
    here = _of(speed, latency_ms=latency_ms, invoices=invoices)
    connections = sorted({row["connections"] for row in here})
    bare = {n: median(map(_rate, _of(here, entrant=BARE.key, connections=n))) for n in connections}
    rows = []
    for entrant in ENTRANTS:
        row = [entrant.name]
        for n in connections:
            found = [_rate(item) for item in _of(here, entrant=entrant.key, connections=n)]
            row.append(f"{_spread(found)} · {100 * median(found) / bare[n]:.0f} %" if found else "–")
        rows.append(row)
    if latency_ms:
        rows.append(["*connections ÷ latency*", *(f"*{n * 1000 / latency_ms:.0f}*" for n in connections)])
    head = [f"{latency_ms} ms, {invoices:,} invoices", *(f"{n} connection{'s' * (n > 1)}" for n in connections)]
    return _table(head, rows)


def _load(speed: Rows) -> str:
    """What a thousand invoices cost of this machine, over all settings of the middle latency."""
    rows = []
    for entrant in ENTRANTS:
        found = _of(speed, entrant=entrant.key)
        if not found:
            continue
        cpu = [1000 * row["cpu_seconds"] / row["invoices"] for row in found]
        database = [1000 * row["database_cpu_seconds"] / row["invoices"] for row in found]
        memory = [row["peak_mib"] for row in found]
        rows.append([entrant.name, f"{median(cpu):.1f}", f"{median(database):.1f}" if entrant is OURS else "–",
                     f"{max(memory):.0f}"])  # fmt: skip
    return _table(["", "CPU s per 1,000", "its database's CPU s per 1,000", "peak memory, MiB"], rows) if rows else ""


def _mishaps(mishaps: Rows) -> str:
    names = list(dict.fromkeys(row["mishap"] for row in mishaps))
    rows = []
    for entrant in ENTRANTS:
        found = {row["mishap"]: row for row in _of(mishaps, entrant=entrant.key)}
        if found:
            rows.append([entrant.name, *(_told(found[name]) for name in names)])
    return _table(["duplicated / lost", *names], rows) if rows else ""


def _told(row: Mapping[str, Any]) -> str:
    told = f"{row['duplicated']} / {row['lost']}"
    if row["mishap"] == "poison":
        return f"{told} ({row['first_run']} of {row['wanted']} at once)"
    return f"{told} ({row['writes']} writes)" if row["mishap"] == "replay" else told


def _cost(cost: Rows) -> str:
    names = {entrant.key: entrant.name for entrant in ENTRANTS}
    head = ["calls for each invoice", "", "first sync", "steady state", "replay", "writes at the replay"]
    return _table(
        head,
        [
            [names[row["entrant"]], row["what"], f"{row['first_sync']:.2f}", f"{row['steady_state']:.2f}",
             f"{row['replay']:.2f}", str(row["replay_writes"])]
            for row in cost
        ],
    ) if cost else ""  # fmt: skip


def _live(live: Rows) -> str:
    if not live:
        return ""
    rows = []
    for module in sorted({row["module"] for row in live}):
        seconds = [row["seconds"] for row in live if row["module"] == module]
        rows.append([module, str(len(seconds)), *_percentiles(seconds)])
    rows.append(["both", str(len(live)), *_percentiles([row["seconds"] for row in live])])
    spans = list(dict.fromkeys(name for row in live for name in row["spans"]))
    where = [[name, *_percentiles([row["spans"][name] for row in live if name in row["spans"]])] for name in spans]
    head = ["p50", "p95", "longest"]
    whole = _table(["seconds from commit to target", "changes", *head], rows)
    return whole + "\n\n" + _table(["of which, seconds", *head], where)


def _percentiles(values: Sequence[float]) -> list[str]:
    p95 = quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else values[0]
    return [f"{value:.2f}" for value in (median(values), p95, max(values))]


def _size(size: Rows) -> str:
    rows = []
    for what in dict.fromkeys(row["what"] for row in size):
        for records in sorted({row["records"] for row in size if row["what"] == what}):
            found = _of(size, what=what, records=records)
            columns: list[tuple[str, Callable[[Sequence[float]], str]]] = [
                ("seconds", lambda values: _spread(values, 2)),
                ("calls", lambda values: f"{median(values):.0f}"),
                ("peak_mib", lambda values: f"{max(values):.0f}"),
            ]
            rows.append([what, f"{records:,}", *(show([row[name] for row in found]) for name, show in columns)])
    return _table(["", "records there", "seconds", "calls", "peak memory, MiB"], rows) if rows else ""
