"""``make mutations``: each promise's mechanism is switched off in a copy, and the promise's test must turn red.

A mutation is a patch in ``tests/faults/mutations/``. What stands before its first ``diff`` says which promise it
breaks, what it does, and which test must see it::

    Promise: P1
    What: the intention is not committed before the request leaves
    Red: tests/faults/test_p01_killed_workers.py::test_killed_at_every_write_of_a_booking

A test that cannot be run at all (an import that fails) has not turned red.
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

__all__ = ["MUTATIONS", "Mutation", "applies", "read_mutations"]

ROOT = Path(__file__).resolve().parents[2]
MUTATIONS = Path(__file__).resolve().parent / "mutations"
_FAILED = re.compile(r"\b(\d+) failed\b")
_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Mutation:
    """One patch and what it says of itself."""

    path: Path
    promise: str
    what: str
    red: str


def read_mutations() -> list[Mutation]:
    """All of them, by promise."""
    found = [_read(path) for path in sorted(MUTATIONS.glob("*.patch"))]
    return sorted(found, key=lambda mutation: (int(mutation.promise[1:]), mutation.path.name))


def _read(path: Path) -> Mutation:
    lead = path.read_text(encoding="utf-8").partition("\ndiff ")[0]
    said = dict(re.findall(r"^(Promise|What|Red): (.+)$", lead, re.MULTILINE))
    return Mutation(path, said["Promise"], said["What"], said["Red"])


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


def _turns_red(mutation: Mutation, folder: Path) -> tuple[bool, str]:
    copy = folder / mutation.path.stem
    if copy.exists():
        shutil.rmtree(copy)
    _copied(copy)
    if not applies(mutation, copy, only_check=False):
        return False, "the patch does not apply"
    test = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not long", mutation.red]
    environment = {**os.environ, "PYTHONPATH": str(copy / "include")}
    try:
        done = subprocess.run(
            test, cwd=copy, env=environment, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return False, f"no end after {_SECONDS} s"
    (folder / f"{mutation.path.stem}.txt").write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode == 1 and _FAILED.search(done.stdout):
        shutil.rmtree(copy)
        return True, "red"
    return False, f"survived (exit code {done.returncode}); see {folder / mutation.path.stem}.txt"


def run(mutations: Iterable[Mutation], folder: Path) -> int:
    """Every one of them; how many survived."""
    survivors = 0
    for mutation in mutations:
        began = time.monotonic()
        is_red, said = _turns_red(mutation, folder)
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
    print(f"{len(chosen)} mutations of {promises} promises, {survivors} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
