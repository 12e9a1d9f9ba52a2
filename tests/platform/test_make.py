"""The two commands: what `make` offers, and what it installs."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TARGETS = {
    "demo", "test", "specs", "lint", "faults", "mutations", "bench", "bench-docs", "screenshots", "pins", "clean",
    "help",
}  # fmt: skip
NAMED_BY_THE_TASK = {"apache-airflow", "pandas", "requests", "psycopg2-binary", "great-expectations"}


def make(*arguments: str) -> str:
    done = subprocess.run(["make", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def names(file: str) -> list[str]:
    """The packages that a requirements file names."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return [re.split(r"[=<>\[; ]", line)[0].lower() for line in lines if line and not line.startswith("#")]


def test_make_alone_lists_what_there_is() -> None:
    told = dict(re.findall(r"^  make (\S+) +(.+)$", make(), re.MULTILINE))
    assert set(told) == TARGETS
    assert all(told.values())


def test_everything_is_written_below_the_checkout() -> None:
    for target in ("demo", "test"):
        for path in re.findall(r"(?<![\w.])/(?:home|tmp|usr|opt|root|etc)/\S*", make("--dry-run", target)):
            assert path.startswith(str(ROOT)), path


def test_an_old_python_is_told_in_words() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "(3, 11)" in makefile
    assert "needs Python 3.11 or newer" in makefile


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_version_is_pinned(file: str) -> None:
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        assert line.startswith(("#", "    #")) or re.match(r"^[A-Za-z0-9_.-]+==[^ ]+( ; .+)?$", line), line


@pytest.mark.parametrize(
    ("asked", "locked"), [("requirements", "requirements"), ("requirements-dev", "requirements-dev")]
)
def test_what_is_asked_for_is_locked(asked: str, locked: str) -> None:
    assert set(names(f"{asked}.in")) <= set(names(f"{locked}.txt"))


def test_the_packages_of_the_task_are_there() -> None:
    assert set(names("requirements.in")) >= NAMED_BY_THE_TASK


@pytest.mark.parametrize("file", ["requirements.in", "requirements-dev.in"])
def test_each_dependency_has_its_reason(file: str) -> None:
    reason = False
    for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            reason = True
        elif line:
            assert reason, f"{line} stands there without a word"
        else:
            reason = False


def test_no_index_and_no_machine_is_named() -> None:
    for file in (
        "Makefile",
        "requirements.txt",
        "requirements-dev.txt",
        "docker-compose.yaml",
        "Dockerfile",
        ".ci/run",
    ):
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not re.search(r"https?://[\w.-]*(pypi|index|mirror|proxy)", text), file
        assert not re.search(r"(^|[\s=\"'])/(work|home|root)/", text), file
