"""The DAG files as on-call and Airflow meet them: they parse, quickly; each DAG and task says what to do."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from folder import DAGS, Parsed

from sandbox.grounds import SYSTEMS

TARGETS = {
    "alfa": "alfa_economic",
    "beta": "beta_economic",
    "gamma": "gamma_economic",
    "delta": "delta_uniconta",
}
GOOD = tuple(TARGETS)
KINDS = ("customers", "invoices", "link_customers", "preflight", "reconciliation", "requests")
MODULES = ("customers", "invoices")
HEAVY = {"pandas", "numpy", "great_expectations", "requests", "asyncpg", "xlsxwriter", "alembic", "rapidfuzz"}
SCREEN = 50
SECONDS = 2


def test_every_target_has_a_file_among_these() -> None:
    told = {name.rpartition("_")[2] for name in TARGETS.values()}
    assert told == set(SYSTEMS), "a file in tests/dags/conftest.py, and its line in TARGETS"


def test_there_are_no_import_errors(parsed: Parsed) -> None:
    assert parsed.errors == {}


def test_every_good_integration_has_its_dags(parsed: Parsed) -> None:
    wanted = {f"{name}.{kind}" for name in GOOD for kind in KINDS}
    assert {dag_id for dag_id in parsed.dags if not dag_id.endswith(".settings_invalid")} == wanted


def test_parsing_connects_to_nothing(parsed: Parsed) -> None:
    assert parsed.connected == []


def test_parsing_imports_nothing_heavy(parsed: Parsed) -> None:
    assert {name.partition(".")[0] for name in parsed.modules} & HEAVY == set()


def test_each_file_parses_within_its_time(parsed: Parsed) -> None:
    """CPU seconds, so that a busy machine does not count; what Airflow itself imports is not in them."""
    assert {name: seconds for name, seconds in parsed.seconds.items() if Decimal(seconds) > SECONDS} == {}


@pytest.mark.parametrize("file", sorted(DAGS.glob("*.py")), ids=lambda file: file.name)
def test_each_file_reads_in_one_screen(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) < SCREEN


def test_each_dag_has_owner_tags_limits_and_words(parsed: Parsed) -> None:
    for dag_id, dag in parsed.dags.items():
        assert "ledgerbridge" in dag["tags"], dag_id
        assert not dag["catchup"], dag_id
        assert len(dag["doc"]) > 100, dag_id
        if dag_id.startswith("alfa."):
            assert dag["owner"] == "finance-it"
            assert "alfa" in dag["tags"]
        if not dag_id.endswith(".settings_invalid"):
            assert dag["max_active_runs"] == 1, dag_id
            assert dag["timeout"], dag_id


def test_the_modules_dags_tell_on_call_what_to_do(parsed: Parsed) -> None:
    for kind in MODULES:
        doc = parsed.dags[f"alfa.{kind}"]["doc"]
        assert "On-call" in doc
        assert "**Clear**" in doc


def test_each_task_has_owner_retries_limit_pool_and_words(parsed: Parsed) -> None:
    for dag_id, dag in parsed.dags.items():
        is_broken = dag_id.endswith(".settings_invalid")
        for task_id, task in dag["tasks"].items():
            place = f"{dag_id}.{task_id}"
            assert task["owner"] in {"finance-it", "ledgerbridge"}, place
            assert task["limit"] != "None", place
            assert len(task["doc"]) > 80, place
            name = dag_id.split(".")[0]
            assert task["pool"] == ("default_pool" if is_broken else f"ledgerbridge_{TARGETS[name]}")
            assert task["retries"] == 0 if is_broken else task["retries"] > 0, place
            assert is_broken or task["retry_policy"] == "ByKindOfError", place


@pytest.mark.parametrize("module", MODULES)
def test_a_record_goes_from_extract_to_settle(parsed: Parsed, module: str) -> None:
    tasks = parsed.dags[f"alfa.{module}"]["tasks"]
    assert {task_id: task["upstream"] for task_id, task in tasks.items()} == {
        "extract": [],
        "validate": ["extract"],
        "transform": ["validate"],
        "load": ["transform"],
        "settle": ["load"],
        "closed": ["settle"],
    }
    assert [task_id for task_id, task in tasks.items() if task["is_mapped"]] == ["load"]
    assert [task_id for task_id, task in tasks.items() if task["is_teardown"]] == ["settle"]


def test_only_the_invoices_take_a_persons_decisions(parsed: Parsed) -> None:
    assert parsed.dags["alfa.invoices"]["params"] == ["accept_vat_difference_for", "because", "set_aside"]
    assert parsed.dags["alfa.customers"]["params"] == []
    assert parsed.dags["alfa.preflight"]["params"] == ["confirm"]
    assert parsed.dags["alfa.link_customers"]["params"] == ["action", "customer_number", "target_number"]
