"""``docs/reasons.md`` is made of the catalogue of reasons.

    LEDGERBRIDGE_WRITE_DOCS=1 python -m pytest tests/test_reason_docs.py

writes it anew; without the switch the file on disk must be what would be written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from ledgerbridge.reasons import Language, catalogue

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reasons.md"
SWITCH = "LEDGERBRIDGE_WRITE_DOCS"
SUBJECTS = {
    "delivery": "Delivery",
    "invoices": "Rules for invoices",
    "customers": "Rules for customers",
    "linking": "Linking customers",
    "economic": "e-conomic's answers",
    "preflight": "Preflight",
    "source": "The source's database",
    "settings": "Integration files",
    "airflow": "Airflow connections and tasks",
    "reconciliation": "Reconciliation",
}
HEAD = """# Reasons

Every reason that a person can read, by its code, in Danish and English: first the value and the cause, then what to do.
`{names}` are filled in. This page is made of the catalogue in `include/ledgerbridge/reasons/`; do not edit it
(`tests/test_reason_docs.py` says how it is written anew).
"""


def _by_subject() -> Mapping[str, list[str]]:
    """The codes of each file of the catalogue; files without a title here come last."""
    found = {}
    for file in files("ledgerbridge.reasons").iterdir():
        if file.name.endswith(".yaml"):
            found[file.name.removesuffix(".yaml")] = list(yaml.safe_load(file.read_text(encoding="utf-8")))
    order = [*SUBJECTS, *sorted(set(found) - set(SUBJECTS))]
    return {subject: found[subject] for subject in order if subject in found}


def page() -> str:
    """The page as it must stand."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD.rstrip("\n")
    for subject, codes in _by_subject().items():
        yield f"\n## {SUBJECTS.get(subject, subject.capitalize())}"
        for code in sorted(codes):
            yield f"\n### `{code}`\n"
            for language in Language:
                text = catalogue()[code][language]
                yield f"- {language}: {' '.join(f'{text.text} {text.do}'.split())}"


def test_the_page_is_what_the_catalogue_says() -> None:
    if os.environ.get(SWITCH):
        PAGE.write_text(page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(), f"run this test with {SWITCH}=1 and look at the difference"


@pytest.mark.spec("X-6")
def test_every_reason_has_both_languages_and_each_its_own_words() -> None:
    for code, texts in catalogue().items():
        for language in Language:
            assert texts[language].text.strip(), f"{code} says nothing in {language}"
        assert texts[Language.DANISH] != texts[Language.ENGLISH], code
