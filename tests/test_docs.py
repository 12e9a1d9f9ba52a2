"""The documents, held against what they speak of: links, commands, DAGs, settings, files, promises."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from specs import Result, Seen, known_items, proofs, table, verdict
from test_settings_docs import settings_of

from ledgerbridge.integration import Integration
from ledgerbridge.reasons import catalogue
from ledgerbridge.store.transfers import State
from sandbox.page_pictures import LANGUAGES, STEPS, THEMES
from sandbox.page_pictures import PAGES as PAGES_SHOWN

ROOT: Final = Path(__file__).resolve().parents[1]
PASSED_OVER: Final = {"var", ".venv", "node_modules", ".pytest_cache", ".hypothesis"}
MADE_LATER: Final = {"docs/pictures/reconciliation.png", "docs/pictures/dags.png", "docs/pictures/red-task.png"}
"""Pictures that `make screenshots` makes."""

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
NOT_YET = "not yet promised"


def pages() -> list[Path]:
    """Every document of the project."""
    found = (path for path in ROOT.rglob("*.md") if not PASSED_OVER & set(path.relative_to(ROOT).parts))
    return sorted(path for path in found if "golden" not in path.parts)


PAGES: Final = pages()
NAMES: Final = [page.relative_to(ROOT).as_posix() for page in PAGES]


@cache
def text_of(name: str) -> str:
    """A page, without its blocks of code."""
    return re.sub(r"^```.*?^```", "", whole(name), flags=re.MULTILINE | re.DOTALL)


@cache
def whole(name: str) -> str:
    """A page as it is."""
    return (ROOT / name).read_text(encoding="utf-8")


def code_in(name: str) -> list[str]:
    """What stands in code, in the line or in blocks."""
    blocks: list[str] = re.findall(r"^```\w*\n(.*?)^```", whole(name), re.MULTILINE | re.DOTALL)
    return [*re.findall(r"`([^`\n]+)`", text_of(name)), *blocks]


def anchors(name: str) -> set[str]:
    """What a link may name behind ``#``."""
    titles = re.findall(r"^#+ (.+)$", text_of(name), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", NAMES)
def test_links_inside_the_project_lead_somewhere(name: str) -> None:
    for target in LINK.findall(text_of(name)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = ((ROOT / name).parent / path).resolve() if path else ROOT / name
        assert file.exists() or file.relative_to(ROOT).as_posix() in MADE_LATER, f"{name}: {target}"
        if anchor:
            assert anchor in anchors(file.relative_to(ROOT).as_posix()), f"{name}: {target}"


@pytest.mark.parametrize("name", NAMES)
def test_files_that_are_named_are_there(name: str) -> None:
    for path in re.findall(r"`((?:include|dags|docs|tests|plugins)/[\w./-]*)`", text_of(name)):
        assert (ROOT / path).exists(), f"{name}: {path}"


@pytest.mark.parametrize("name", NAMES)
def test_commands_that_are_named_are_there(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"^make ([a-z]+)", "\n".join(code_in(name)), re.MULTILINE))
    assert named <= targets
    for module in re.findall(r"python -m (sandbox[\w.]*)", whole(name)):
        assert importlib.util.find_spec(module) is not None, f"{name}: {module}"


def dag_names() -> set[str]:
    """What stands behind the integration's name in a DAG's id, as the DAG files have it."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "dags").glob("*.py"))
    modules = {name.lower() for name in re.findall(r"Module\.(\w+)", text)}
    return modules | set(re.findall(r'form_dag\(integration, "(\w+)"', text)) | {"settings_invalid"}


@pytest.mark.parametrize("name", NAMES)
def test_dags_that_are_named_are_there(name: str) -> None:
    named = re.findall(r"`<(?:name|navn|file)>\.(\w+)`", text_of(name))
    assert set(named) <= dag_names() | {"yaml"}


@pytest.mark.parametrize("name", NAMES)
def test_settings_that_are_named_are_there(name: str) -> None:
    keys = {key for key, _ in settings_of(Integration)}
    sections = {key.rsplit(".", 1)[0] for key in keys}
    for named in re.findall(r"`((?:source|target|invoicing|linking|schedule|loading)\.[a-z_.]+)`", text_of(name)):
        assert named in keys | sections, f"{name}: {named}"


def test_reasons_that_on_call_reads_of_are_there() -> None:
    rows = re.findall(r"^\| `load`, (.+?) \|", whole("docs/operating.md"), re.MULTILINE)
    codes = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
    assert codes
    assert codes <= set(catalogue())


def test_tables_that_are_described_are_there() -> None:
    described = re.search(r"## Looking into the database(.*?)\n## ", whole("docs/operating.md"), re.DOTALL)
    assert described is not None
    rows = re.findall(r"^\| (`.+?`) \|", described[1], re.MULTILINE)
    named = {table for row in rows for table in re.findall(r"`(\w+)`", row)}
    migrations = (ROOT / "include" / "ledgerbridge" / "store" / "migrations").rglob("*.sql")
    made = {table for file in migrations for table in re.findall(r"CREATE TABLE (\w+)", file.read_text("utf-8"))}
    assert named
    assert named <= made


def test_every_state_is_explained() -> None:
    section = re.search(r"## States(.*?)\n## ", whole("docs/concepts.md"), re.DOTALL)
    assert section is not None
    explained = re.findall(r"^\| `(\w+)` \|", section[1], re.MULTILINE)
    assert sorted(explained) == sorted(state.value for state in State)


def promises(name: str) -> dict[str, str]:
    """Each promise of a page, with what its last cell says of its test."""
    found: dict[str, str] = {}
    for ids, test in re.findall(r"^\| ((?:P\d+(?:, )?)+) \|.*\| ([^|]+) \|$", whole(name), re.MULTILINE):
        found |= dict.fromkeys(ids.split(", "), test)
    return found


@pytest.mark.parametrize("name", ["README.md", "docs/promises.md"])
def test_a_promise_names_a_test_that_exists_or_is_not_made(name: str) -> None:
    made = promises(name)
    assert set(made) == {f"P{number}" for number in range(1, 21)}
    for promise, test in made.items():
        files = re.findall(r"tests/[\w/]+\.py", test)
        assert test == NOT_YET or files, f"{promise}: {test}"
        for file in files:
            assert (ROOT / file).is_file(), f"{promise}: {file}"


def test_the_readme_promises_what_the_page_on_promises_does() -> None:
    made = {promise for promise, test in promises("README.md").items() if test != NOT_YET}
    assert made == {promise for promise, test in promises("docs/promises.md").items() if test != NOT_YET}


def test_decisions_are_numbered_and_whole() -> None:
    found = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [page.name[:4] for page in found] == [f"{number:04d}" for number in range(1, len(found) + 1)]
    for page in found:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]} ")
        for part in ("Context", "Decision", "What it costs", "Rejected"):
            assert f"**{part}.**" in text, f"{page.name} lacks {part}"


def test_marks_cite_what_the_specification_has() -> None:
    known = {item.id for item in known_items()}
    for file in sorted((ROOT / "tests").rglob("test_*.py")):
        for cited in re.findall(r"^\s*@pytest\.mark\.spec\((.*)\)$", file.read_text(encoding="utf-8"), re.MULTILINE):
            unknown = set(re.findall(r'"([^"]+)"', cited)) - known
            assert not unknown, f"{file.relative_to(ROOT)} cites {sorted(unknown)}"


def test_the_licence_is_the_one_that_the_project_names() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


LISTED = """
A-1 claimed Proved by a passed test
A-2 claimed Its only test was skipped
A-3 claimed One of its tests failed
A-4 claimed Nothing cites it
A-5 later   Nothing cites it, and nothing has to
"""


def test_make_specs_says_of_each_claimed_id_whether_it_is_proved() -> None:
    seen = Seen(
        ids_of={"t.py::a[1]": ("A-1",), "t.py::a[2]": ("A-1",), "t.py::b": ("A-2",), "t.py::c": ("A-3", "B-9")},
        results={
            "t.py::a[1]": Result.PASSED,
            "t.py::a[2]": Result.SKIPPED,
            "t.py::b": Result.SKIPPED,
            "t.py::c": Result.FAILED,
        },
    )
    found = proofs(known_items(LISTED), seen)
    outcomes = {proof.item.id: proof.outcome for proof in found}
    assert outcomes == {"A-1": "proved", "A-2": "skipped", "A-3": "FAILED", "A-4": "NO TEST", "A-5": "not yet"}
    wrong = verdict(found, seen)
    assert [line.split()[0] for line in wrong] == ["t.py::c", "A-2", "A-3", "A-4"]
    assert "B-9" in wrong[0]
    assert any("t.py::a (2 cases)" in line for line in table(found))


def test_a_file_that_pytest_cannot_read_proves_nothing() -> None:
    seen = Seen(not_collected=["tests/test_broken.py"])
    assert verdict(proofs(known_items("A-5 later Nothing"), seen), seen) == ["tests/test_broken.py could not be read"]


@pytest.mark.parametrize("text", ["A-1 perhaps A word that is not known", "A-1 later Once\nA-1 later Twice"])
def test_a_list_of_ids_that_is_wrong_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="A-1"):
        known_items(text)


def test_every_page_has_its_pictures() -> None:
    folder = ROOT / "docs" / "pictures"
    wanted = {
        f"pages/{page}.{language}.{theme}.png" for page in PAGES_SHOWN for language in LANGUAGES for theme in THEMES
    }
    wanted |= {f"walk/{step}{end}.png" for step in STEPS for end in ("", ".da")}
    there = {path.relative_to(folder).as_posix() for name in ("pages", "walk") for path in (folder / name).glob("*")}
    assert there == wanted, "run `make screenshots`"
