"""``make specs``: each part of the specification, the tests that prove it, and how they ended.

Runs every test that carries ``@pytest.mark.spec("…")``, once, in two processes. Exits 1 when an id that this release
claims (``spec_ids.txt``) has no passed test, when one of its tests failed, or when a mark cites an id that is not
listed. ``--collect`` only looks which ids have tests. Further arguments go to pytest.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

HERE = Path(__file__).resolve().parent
if __name__ == "__main__":
    # Folders in here are named after rooms; none of them may be taken for a module (`platform` is one of Python's).
    sys.path[:] = [entry for entry in sys.path if Path(entry or ".").resolve() != HERE]

import pytest  # noqa: E402

__all__ = ["Item", "Proof", "Result", "known_items", "main", "proofs", "table", "verdict"]

LISTED = HERE / "spec_ids.txt"
_SHOWN = 4
_IN_TWO = ("-m", "spec and not long", "-n", "2", "--dist", "loadscope", "--no-loadscope-reorder")
_NOT_AT_ITS_END = {pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR}


class Result(StrEnum):
    """How a test ended, the worst last."""

    COLLECTED = "collected"
    PASSED = "passed"
    SKIPPED = "skipped"
    FAILED = "failed"


_WORST = list(Result).index


@dataclass(frozen=True, slots=True)
class Item:
    """One part of the specification."""

    id: str
    is_claimed: bool
    title: str


@dataclass(slots=True, eq=False)  # pytest keeps its plugins in a set
class Seen:
    """What pytest met: a pytest plugin."""

    ids_of: dict[str, tuple[str, ...]] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    not_collected: list[str] = field(default_factory=list)

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the tests that carry the mark, and of those what CI has time for."""
        kept, left = [], []
        for item in items:
            ids = tuple(str(cited) for mark in item.iter_markers("spec") for cited in mark.args)
            if ids and item.get_closest_marker("long") is None:
                kept.append(item)
                self.ids_of[item.nodeid] = ids
                self.results[item.nodeid] = Result.COLLECTED
            else:
                left.append(item)
        items[:] = kept
        config.hook.pytest_deselected(items=left)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read proves nothing."""
        if report.failed:
            self.not_collected.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The worst of set-up, call and tear-down counts."""
        if report.outcome == "passed" and report.when != "call":
            return
        now = Result(report.outcome)
        self.results[report.nodeid] = max(self.results.get(report.nodeid, now), now, key=_WORST)


@dataclass(frozen=True, slots=True)
class Proof:
    """An id with its tests: how each function of them ended, and of how many cases."""

    item: Item
    tests: Mapping[str, tuple[Result, int]]
    passed: int

    @property
    def outcome(self) -> str:
        """One word for the table."""
        results = {result for result, _ in self.tests.values()}
        if Result.FAILED in results:
            return "FAILED"
        if self.passed:
            return "proved"
        if Result.COLLECTED in results:
            return "has tests"
        if results:
            return "skipped"
        return "NO TEST" if self.item.is_claimed else "not yet"


def known_items(text: str | None = None) -> list[Item]:
    """What ``spec_ids.txt`` lists.

    Raises:
        ValueError: a line is not understood, or an id stands twice.
    """
    found: dict[str, Item] = {}
    for line in (LISTED.read_text(encoding="utf-8") if text is None else text).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, claim, title = line.split(None, 2)
        if claim not in {"claimed", "later"} or name in found:
            message = f"{LISTED.name}: {line!r}"
            raise ValueError(message)
        found[name] = Item(name, claim == "claimed", title)
    return list(found.values())


def proofs(items: Iterable[Item], seen: Seen) -> list[Proof]:
    """Each id with the tests that cite it; the cases of one test function are one line."""
    proved = []
    for item in items:
        tests: dict[str, tuple[Result, int]] = {}
        passed = 0
        for nodeid, ids in seen.ids_of.items():
            if item.id not in ids:
                continue
            result = seen.results[nodeid]
            passed += result is Result.PASSED
            function = nodeid.split("[", 1)[0]
            before, cases = tests.get(function, (result, 0))
            tests[function] = max(before, result, key=_WORST), cases + 1
        proved.append(Proof(item, tests, passed))
    return proved


def verdict(found: Sequence[Proof], seen: Seen, *, only_collected: bool = False) -> list[str]:
    """Everything that is wrong; nothing when each claimed id is proved."""
    known = {proof.item.id for proof in found}
    cited = {name: nodeid for nodeid, ids in seen.ids_of.items() for name in ids}
    wrong = [f"{cited[name]} cites {name}, which {LISTED.name} does not list" for name in sorted(set(cited) - known)]
    wrong += [f"{nodeid} could not be read" for nodeid in seen.not_collected]
    good = {"proved", "has tests"} if only_collected else {"proved"}
    wrong += [
        f"{proof.item.id} is claimed, and stands at: {proof.outcome} ({proof.item.title})"
        for proof in found
        if proof.item.is_claimed and proof.outcome not in good
    ]
    return wrong


def table(found: Iterable[Proof]) -> list[str]:
    """Lines for people: id, outcome, title; below each its tests."""
    lines = []
    for proof in found:
        mark = "claimed" if proof.item.is_claimed else "       "
        lines.append(f"{proof.item.id:<6} {mark} {proof.outcome:<10} {proof.item.title}")
        shown = list(proof.tests.items())
        for function, (result, cases) in shown[:_SHOWN]:
            lines.append(f"{'':<26}{result:<9} {function}{f' ({cases} cases)' if cases > 1 else ''}")
        if len(shown) > _SHOWN:
            lines.append(f"{'':<26}… and {len(shown) - _SHOWN} more")
    return lines


def main(arguments: Sequence[str] | None = None, say: Callable[[str], None] = print) -> int:
    """Run, tell, and answer with the exit code."""
    parser = argparse.ArgumentParser(prog="make specs", description=__doc__)
    parser.add_argument("--collect", action="store_true", help="only list which ids have tests")
    chosen, more = parser.parse_known_args(arguments)
    seen = Seen()
    options = ["--quiet", "--no-header", "--continue-on-collection-errors", f"--rootdir={HERE.parent}"]
    code = pytest.main([*options, "--collect-only", "-qq", str(HERE), *more], plugins=[seen])
    if not chosen.collect and code not in _NOT_AT_ITS_END:
        # Whoever hands tests to other processes does not see what they cite; that is known by now.
        code = pytest.main([*options, *_IN_TWO, str(HERE), *more], plugins=[seen])
    found = proofs(known_items(), seen)
    say("\n" + "\n".join(table(found)))
    failed = sorted(nodeid for nodeid, result in seen.results.items() if result is Result.FAILED)
    for nodeid in failed:
        say(f"failed: {nodeid}")
    wrong = verdict(found, seen, only_collected=chosen.collect)
    for line in wrong:
        say(f"WRONG: {line}")
    claimed = [proof for proof in found if proof.item.is_claimed]
    good = sum(proof.outcome in {"proved", "has tests"} for proof in claimed)
    say(f"\n{good} of {len(claimed)} claimed ids {'have tests' if chosen.collect else 'are proved'}; "
        f"{len(seen.ids_of)} tests carry a mark, {len(failed)} of them failed.")  # fmt: skip
    stopped = code in _NOT_AT_ITS_END
    if stopped and not seen.not_collected:
        say(f"pytest itself did not come to its end (exit code {int(code)}).")
    return 1 if wrong or stopped else 0


if __name__ == "__main__":
    sys.exit(main())
