"""``make mutations``: each promise's mechanism is switched off in a copy, and the promise's test must turn red.

A mutation is a patch in ``tests/faults/mutations/``. What stands before its first ``diff`` says which promise it
breaks, what it does, which test must see it, and in what words (a regular expression)::

    Promise: P1
    What: the intention is not committed before the request leaves
    Red: tests/faults/test_p01_killed_workers.py::test_killed_while_the_request_is_on_its_way
    Says: before a word of it was committed

A test that cannot be run at all (an import that fails) has not turned red, nor has one that fails for another reason.
Each test is run without a mutation first, by the same chance: one that is red by itself shows nothing.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MUTATIONS", "Mutation", "applies", "is_seen", "read_mutations"]

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = Path(__file__).resolve().parent / "mutations"
_FAILED = re.compile(r"\b(\d+) failed\b")
_SECONDS = 900
# One chance for all, so that a mutation that is seen today is seen tomorrow.
_SEED = os.environ.get("SEED") or "20260302"


@dataclass(frozen=True, slots=True)
class Mutation:
    """One patch and what it says of itself."""

    path: Path
    promise: str
    what: str
    red: str
    says: str


def read_mutations() -> list[Mutation]:
    """All of them, by promise."""
    found = [_read(path) for path in sorted(MUTATIONS.glob("*.patch"))]
    return sorted(found, key=lambda mutation: (int(mutation.promise[1:]), mutation.path.name))


def _read(path: Path) -> Mutation:
    lead = path.read_text(encoding="utf-8").partition("\ndiff ")[0]
    said = dict(re.findall(r"^(Promise|What|Red|Says): (.+)$", lead, re.MULTILINE))
    return Mutation(path, said["Promise"], said["What"], said["Red"], said["Says"])


def applies(mutation: Mutation, to: Path, *, only_check: bool) -> bool:
    """Apply it to the tree at ``to``; whether it could be."""
    arguments = ["git", "apply", *(["--check"] if only_check else []), str(mutation.path)]
    # Not as a part of the repository around it: then paths would count from its root.
    environment = {**os.environ, "GIT_CEILING_DIRECTORIES": str(to.parent)}
    return subprocess.run(arguments, cwd=to, env=environment, check=False).returncode == 0


def _copied(to: Path) -> None:
    """The files of the working tree as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def _fresh_copy(to: Path) -> Path:
    if to.exists():
        shutil.rmtree(to)
    _copied(to)
    return to


def _tested(copy: Path, test: str, output: Path) -> tuple[int | None, str]:
    """Exit code and output of the test in this copy; no exit code when it came to no end."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not long", test]
    environment = {**os.environ, "PYTHONPATH": str(copy / "include"), "SEED": _SEED}
    environment.pop("ROUNDS", None)  # the short forms
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None, ""
    output.write_text(done.stdout + done.stderr, encoding="utf-8")
    return done.returncode, done.stdout


def is_seen(mutation: Mutation, exit_code: int | None, output: str) -> tuple[bool, str]:
    """Whether the test has failed, and for the reason that it is there for; in words as well."""
    if exit_code is None:
        return False, f"no end after {_SECONDS} s"
    if exit_code != 1 or not _FAILED.search(output):
        return False, f"survived (exit code {exit_code})"
    if not re.search(mutation.says, output, re.MULTILINE):
        return False, f"red for another reason: nothing says {mutation.says!r}"
    return True, "red"


def _turns_red(mutation: Mutation, folder: Path) -> tuple[bool, str]:
    copy = _fresh_copy(folder / mutation.path.stem)
    if not applies(mutation, copy, only_check=False):
        return False, "the patch does not apply"
    output = folder / f"{mutation.path.stem}.txt"
    is_red, said = is_seen(mutation, *_tested(copy, mutation.red, output))
    if not is_red:
        return False, f"{said}; see {output}"
    shutil.rmtree(copy)
    return True, said


def _green(tests: Iterable[str], folder: Path) -> set[str]:
    """Those of the tests that pass without a mutation."""
    copy = _fresh_copy(folder / "without")
    green = set()
    for number, test in enumerate(sorted(set(tests))):
        output = folder / f"without-{number}.txt"
        exit_code, _ = _tested(copy, test, output)
        if exit_code == 0:
            green.add(test)
        else:
            print(f"{test} is red without any mutation (exit code {exit_code}); see {output}", flush=True)
    shutil.rmtree(copy)
    return green


def run(mutations: Iterable[Mutation], folder: Path) -> int:
    """Every one of them; how many survived."""
    survivors = 0
    chosen = list(mutations)
    green = _green((mutation.red for mutation in chosen), folder)
    for mutation in chosen:
        began = time.monotonic()
        if mutation.red in green:
            is_red, said = _turns_red(mutation, folder)
        else:
            is_red, said = False, "shows nothing: its test is red without it"
        survivors += not is_red
        print(f"{mutation.promise:<4} {mutation.path.stem:<44} {said}  ({time.monotonic() - began:.0f} s)", flush=True)
    return survivors


def main(arguments: list[str]) -> int:
    """Exit code 1 when one survived."""
    parser = argparse.ArgumentParser(prog="make mutations")
    parser.add_argument("names", nargs="*", help="parts of the names of those to run; all when none is given")
    names = parser.parse_args(arguments).names
    chosen = [item for item in read_mutations() if not names or any(name in item.path.name for name in names)]
    folder = ROOT / "var" / "mutations"
    folder.mkdir(parents=True, exist_ok=True)
    survivors = run(chosen, folder)
    promises = len({mutation.promise for mutation in chosen})
    print(f"{len(chosen)} mutations of {promises} promises by SEED={_SEED}, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
