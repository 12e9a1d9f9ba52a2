"""A result as tables in Markdown, for the docs and for whoever runs it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median, quantiles
from typing import Any

from entrants import BARE, ENTRANTS
from trials import Rows, is_whole, rate, rows_of

__all__ = ["filled", "tables"]

_MARKED = re.compile(r"(<!-- table: (\w+) -->).*?(<!-- end -->)", re.DOTALL)

# In these nothing has to strike: a replay has no mishap, and who heeds the target's headers meets no 429.
_MAY_MISS = {"replay", "429"}


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


def _facts(result: Mapping[str, Any]) -> str:
    """Where and of what it was measured, part by part."""
    machine = result["machine"]
    where = f"{machine['cores']} cores, {machine['memory_gib']:.0f} GiB, {machine['system']}"
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    parts = result["parts"]
    minutes = sum(part["seconds"] for part in parts.values()) / 60
    rows = [
        [name, part["measured_at"][:10], f"`{part['commit']}`", part["plan"]["name"], f"{part['seconds'] / 60:.1f}"]
        for name, part in parts.items()
    ]
    return f"Measured on {where}; it took {minutes:.0f} minutes. {versions}.\n\n" + _table(
        ["part", "measured", "commit", "plan", "minutes"], rows
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def _settings(speed: Rows) -> list[tuple[int, int]]:
    return sorted({(row["latency_ms"], row["invoices"]) for row in speed})


def _spread(values: Sequence[float], digits: int = 1) -> str:
    """The median, and from where to where they went."""
    middle = f"{median(values):.{digits}f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.{digits}f}–{max(values):.{digits}f})"


def _speed(speed: Rows, latency_ms: int, invoices: int) -> str:
    here = rows_of(speed, latency_ms=latency_ms, invoices=invoices)
    connections = sorted({row["connections"] for row in here})
    rows = []
    for entrant in ENTRANTS:
        row = [entrant.name]
        for n in connections:
            bare = _rates(rows_of(here, entrant=BARE.key, connections=n))
            row.append(_speed_cell(rows_of(here, entrant=entrant.key, connections=n), bare))
        rows.append(row)
    if latency_ms:
        rows.append(["*connections ÷ latency*", *(f"*{n * 1000 / latency_ms:.0f}*" for n in connections)])
    head = [f"{latency_ms} ms, {invoices:,} invoices"]
    for n in connections:
        repeats = Counter(row["entrant"] for row in rows_of(here, connections=n)).values()
        told = f"n = {max(repeats)}" + (f", some {min(repeats)}" if min(repeats) < max(repeats) else "")
        head.append(f"{n} connection{'s' * (n > 1)} ({told})")
    return _table(head, rows)


def _rates(found: Rows) -> list[float]:
    return [rate(row) for row in found if is_whole(row)]


def _speed_cell(found: Rows, bare: Sequence[float]) -> str:
    """The rate, per cent of the bare client's, and how many deliveries did not come to their end whole."""
    if not found:
        return "–"
    rates = _rates(found)
    parts = [_spread(rates)] if rates else []
    if rates and bare:
        parts.append(f"{100 * median(rates) / median(bare):.0f} %")
    if len(rates) < len(found):
        parts.append(f"{len(found) - len(rates)} of {len(found)} failed")
    return " · ".join(parts)


def _load(speed: Rows) -> str:
    """What a thousand invoices cost of this machine, at the one setting in which everybody takes part."""
    if not speed:
        return ""
    setting = {name: min(row[name] for row in speed) for name in ("connections", "invoices")}
    latencies = sorted({row["latency_ms"] for row in speed})
    setting["latency_ms"] = latencies[len(latencies) // 2]
    rows = []
    for entrant in ENTRANTS:
        found = [row for row in rows_of(speed, entrant=entrant.key, **setting) if is_whole(row)]
        if not found:
            rows.append([entrant.name, "0", "–", "–", "–"])
            continue
        cpu = [1000 * row["cpu_seconds"] / row["invoices"] for row in found]
        database = [1000 * row["database_cpu_seconds"] / row["invoices"] for row in found]
        memory = [row["peak_mib"] for row in found]
        rows.append([entrant.name, str(len(found)), f"{median(cpu):.1f}",
                     f"{median(database):.1f}" if entrant.is_ours else "–", f"{max(memory):.0f}"])  # fmt: skip
    connections = f"{setting['connections']} connection{'s' * (setting['connections'] > 1)}"
    head = f"{setting['latency_ms']} ms, {setting['invoices']:,} invoices, {connections}"
    return _table([head, "n", "CPU s per 1,000", "its database's CPU s per 1,000", "peak memory, MiB"], rows)


def _mishaps(mishaps: Rows) -> str:
    names = list(dict.fromkeys(row["mishap"] for row in mishaps))
    rows = []
    for entrant in ENTRANTS:
        found = {name: rows_of(mishaps, entrant=entrant.key, mishap=name) for name in names}
        if any(found.values()):
            rows.append([entrant.name, *(_told(name, found[name]) for name in names)])
    repeats = len({row["repeat"] for row in mishaps})
    return _table([f"duplicated / lost, the sum of n = {repeats}", *names], rows) if rows else ""


def _told(name: str, found: Rows) -> str:
    """The sums of one mishap's repetitions."""
    if not found:
        return "–"
    sums = {what: sum(row[what] for row in found) for what in ("duplicated", "lost", "first_run", "wanted", "writes")}
    told = f"{sums['duplicated']} / {sums['lost']}"
    if name == "poison":
        told += f" ({sums['first_run']} of {sums['wanted']} at once)"
    if name == "replay":
        told += f" ({sums['writes']} writes)"
    struck = sum(row["struck"] > 0 for row in found)
    if struck < len(found) and name not in _MAY_MISS:
        told += f" (struck in {struck} of {len(found)})"
    return told


def _cost(cost: Rows) -> str:
    names = {entrant.key: "Ledgerbridge" if entrant.is_ours else entrant.name for entrant in ENTRANTS}
    head = ["calls for each invoice (n = 1)", "", "first sync", "steady state", "replay", "writes at the replay"]
    rows = []
    for row in cost:
        steady = "–" if row["steady_state"] is None else f"{row['steady_state']:.2f}"
        calls = [f"{row['first_sync']:.2f}", steady, f"{row['replay']:.2f}"]
        rows.append([names[row["entrant"]], row["what"], *calls, str(row["replay_writes"])])
    return _table(head, rows) if rows else ""


def _live(live: Rows) -> str:
    """Each module by itself: together they would be two populations."""
    if not live:
        return ""
    rows, where = [], []
    for module in sorted({row["module"] for row in live}):
        found = rows_of(live, module=module)
        rows.append([module, str(len(found)), *_percentiles([row["seconds"] for row in found])])
        for name in dict.fromkeys(name for row in found for name in row["spans"]):
            seconds = [row["spans"][name] for row in found if name in row["spans"]]
            where.append([module, name, str(len(seconds)), *_percentiles(seconds)])
    head = ["n", "p50", "p95", "longest"]
    whole = _table(["seconds from commit to target", *head], rows)
    return whole + "\n\n" + _table(["", "of which, seconds", *head], where)


def _percentiles(values: Sequence[float]) -> list[str]:
    p95 = quantiles(values, n=20, method="inclusive")[18] if len(values) > 1 else values[0]
    return [f"{value:.2f}" for value in (median(values), p95, max(values))]


def _size(size: Rows) -> str:
    rows = []
    for what in dict.fromkeys(row["what"] for row in size):
        for records in sorted({row["records"] for row in size if row["what"] == what}):
            found = rows_of(size, what=what, records=records)
            columns: list[tuple[str, Callable[[Sequence[float]], str]]] = [
                ("seconds", lambda values: _spread(values, 2)),
                ("calls", lambda values: f"{median(values):.0f}"),
                ("peak_mib", lambda values: f"{max(values):.0f}"),
            ]
            rows.append(
                [what, f"{records:,}", str(len(found)), *(show([row[name] for row in found]) for name, show in columns)]
            )
    return _table(["", "records there", "n", "seconds", "calls", "peak memory, MiB"], rows) if rows else ""
