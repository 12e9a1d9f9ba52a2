"""A wrong integration file: a DAG that says what is wrong, in both languages; the others are all there."""

from __future__ import annotations

import pytest
from folder import Parsed


@pytest.mark.spec("CT-6", "X-6")
def test_a_wrong_value_is_told_with_file_key_value_and_what_is_allowed(parsed: Parsed) -> None:
    doc = parsed.dags["no_number.settings_invalid"]["doc"]
    english, danish = (line for line in sorted(doc.splitlines(), reverse=False) if line.startswith("- I"))
    for line in (english, danish):
        for words in ("no_number.yaml", "invoicing.days_of_credit", "fjorten", "valid integer"):
            assert words in line
    assert {english[:5], danish[:5]} == {"- I n", "- In "}


def test_a_file_that_is_no_yaml_is_told(parsed: Parsed) -> None:
    doc = parsed.dags["no_yaml.settings_invalid"]["doc"]
    assert "cannot be read" in doc
    assert "kan ikke læses" in doc


@pytest.mark.spec("P15")
def test_a_secret_in_a_file_is_told_without_being_shown(parsed: Parsed) -> None:
    doc = parsed.dags["secret.settings_invalid"]["doc"]
    assert "grant_token" in doc
    assert "hemmelig-xyz" not in str(parsed.dags)


def test_it_has_one_task_that_a_person_can_start(parsed: Parsed) -> None:
    dag = parsed.dags["no_number.settings_invalid"]
    assert list(dag["tasks"]) == ["say_what_is_wrong"]
    assert dag["timetable"] == "NullTimetable"
