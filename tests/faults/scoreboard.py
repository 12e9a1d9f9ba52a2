"""What the rounds came to, promise by promise: a table at the end of ``make faults``, and ``scoreboard.json``.

Each test keeps its figures in ``user_properties``, which travel with its reports: so they survive a test that fails,
and the way from a worker of pytest-xdist to the process that prints.
"""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from accounts import Audit, assert_reconciled, audit
from rounds import ROUNDS, SEED, are_asked_for, told

from sandbox.grounds import Firm

__all__ = ["FIGURES", "Board", "Score", "score_of"]

PROPERTY = "faults"
FIGURES = ("rounds", "struck", "duplicated", "lost", "unexplained", "healed", "needs_a_person", "not_healed")
_HEADINGS = ("promise", *(name.replace("_", " ") for name in FIGURES))
# A round in which nothing struck is drawn again, so many times for each that is wanted and a few besides: where most
# rounds are empty, the test does not bring about what it is named after.
_DRAWS, _DRAWS_BESIDES = 4, 8
_PACKAGES = ("apache-airflow", "great-expectations", "hypothesis", "pandas", "psycopg2-binary", "pytest", "requests")


class Score:
    """One test's rounds. A round is counted before it is judged, so that a bad one shows on the board as well.

    *Rounds* are all that were begun, *struck* those of them in which a fault is known to have struck. Only these can
    come to be healed; what is found wrong counts always.
    """

    def __init__(self, node: pytest.Item, promise: str) -> None:
        self._node = node
        self._lines: dict[str, dict[str, int | str]] = {}
        self._promise = promise
        self._struck = 0
        self._is_open = False

    def turns(self, rounds: int) -> Iterator[int]:
        """The numbers of the rounds, until something has struck in ``rounds`` of them. Each is begun by being drawn.

        It fails when too many had to be drawn again, and when a round was neither judged nor counted.
        """
        most = rounds * _DRAWS + _DRAWS_BESIDES
        wanted, turn = self._struck + rounds, 0
        while self._struck < wanted:
            assert turn < most, f"in {turn} rounds something struck only {self._struck + rounds - wanted} times"
            assert not self._is_open, f"round {turn - 1} was begun and not counted"
            self._count(rounds=1)
            self._is_open = True
            yield turn
            turn += 1

    def round(self, firm: Firm, what: str = "", *, struck: bool = True) -> Audit:
        """Audit after the clean run that ends a round, count it, and fail if it is bad.

        ``struck``: whether the round's fault is known to have struck; a test that has asserted so need not say it.
        """
        found = audit(firm)
        self.ended(
            struck=struck,
            duplicated=len(found.duplicated),
            lost=len(found.lost),
            unexplained=len(found.unexplained),
            healed=int(found.is_healed and not found.wrong),
            needs_a_person=int(found.needs_a_person and not found.wrong),
            not_healed=int(bool(found.stuck or found.wrong)),
        )
        found.must_be_clean(what)
        assert not found.stuck, f"{what}: neither healed nor a person's: {found.stuck}"
        return found

    def ended(self, *, struck: bool = True, **outcome: int) -> None:
        """Count the round that :meth:`turns` began, or else one more, by what a test found out itself."""
        good = {"healed", "needs_a_person"}
        counted = {name: number for name, number in outcome.items() if struck or name not in good}
        self._count(rounds=int(not self._is_open), struck=int(struck), **counted)
        self._is_open = False
        self._struck += struck

    def reconciled(self, firm: Firm, *, agrees: bool = False) -> None:
        """P17 has a line of its own: whatever a round was about, its end must add up."""
        self._count("P17", rounds=1, struck=1, unexplained=1)
        assert_reconciled(firm, agrees=agrees)
        self._count("P17", unexplained=-1, healed=1)

    def add(self, *, rounds: int, **more: int) -> None:
        """Count rounds of a promise that is not about invoices, where the test itself asserts that each struck."""
        self._count(rounds=rounds, **{"struck": rounds, **more})

    def _count(self, promise: str | None = None, /, **more: int) -> None:
        line = self._line(promise or self._promise)
        for name, number in more.items():
            before = line[name]
            line[name] = number + (before if isinstance(before, int) else 0)

    def _line(self, promise: str) -> dict[str, int | str]:
        if promise not in self._lines:
            self._lines[promise] = {"promise": promise, **dict.fromkeys(FIGURES, 0)}
            self._node.user_properties.append((PROPERTY, self._lines[promise]))
        return self._lines[promise]


def score_of(node: pytest.Item) -> Score:
    """The line of a test: that of the first promise which it cites."""
    cited = [str(name) for mark in node.iter_markers("spec") for name in mark.args]
    return Score(node, next(name for name in cited if name.startswith("P")))


class Board:
    """Gathers what the tests' reports bring: a pytest plugin."""

    def __init__(self) -> None:
        self._promises: dict[str, dict[str, int]] = {}
        self._failed: dict[str, None] = {}
        self._expected: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Every phase may fail; the last one brings the figures."""
        if report.failed:
            self._failed[report.nodeid] = None
        if hasattr(report, "wasxfail"):
            self._expected[report.nodeid] = str(report.wasxfail)
        if report.when != "teardown":
            return
        for name, figures in report.user_properties:
            if name == PROPERTY and isinstance(figures, Mapping):
                total = self._promises.setdefault(str(figures["promise"]), dict.fromkeys(FIGURES, 0))
                for figure in FIGURES:
                    total[figure] += int(figures[figure])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
        """The table, and the file. Nothing in the short form, and nothing in a worker of pytest-xdist."""
        if not are_asked_for() or not self._promises or hasattr(config, "workerinput"):
            return
        terminalreporter.section(told())
        for line in self.table():
            terminalreporter.write_line(line)
        place = config.rootpath / "var" / "faults" / "scoreboard.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(self.content(config.rootpath), indent=2) + "\n", encoding="utf-8")
        terminalreporter.write_line(f"written to {place.relative_to(config.rootpath)}")

    def table(self) -> Iterable[str]:
        """Lines for people."""
        rows = [_HEADINGS, *((promise, *map(str, figures.values())) for promise, figures in self._sorted())]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
        for row in rows:
            yield "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))

    def content(self, root: Path) -> dict[str, object]:
        """For programs, and for whoever compares two runs."""
        return {
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "seed": SEED,
            "rounds_asked_for": ROUNDS,
            "commit": _commit(root),
            "versions": {"python": platform.python_version(), "system": platform.platform(), **_versions()},
            "promises": dict(self._sorted()),
            "failed": list(self._failed),
            "expected_to_fail": self._expected,
        }

    def _sorted(self) -> list[tuple[str, dict[str, int]]]:
        return sorted(self._promises.items(), key=lambda item: int(item[0].removeprefix("P")))


def _commit(root: Path) -> str | None:
    try:
        asked = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None  # a copy without git
    return asked.stdout.strip()


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
