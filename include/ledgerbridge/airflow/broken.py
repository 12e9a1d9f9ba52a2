"""A wrong integration file in the Airflow UI: a DAG whose page, and whose task's log, say everything that is wrong."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, task

from ledgerbridge.airflow import task_docs
from ledgerbridge.airflow.telling import in_both_languages, tell
from ledgerbridge.integration import BrokenFile
from ledgerbridge.reasons import Language

__all__ = ["broken_dag", "say_what_is_wrong", "words"]

log = logging.getLogger(__name__)


def words(file: BrokenFile) -> str:
    """The page: every problem in both languages."""
    sentences = (problem.reason.sentence(language) for problem in file.problems for language in Language)
    return "\n".join([f"**{file.path.name} is not used.**", "", *(f"- {sentence}" for sentence in sentences)])


def broken_dag(file: BrokenFile) -> DAG:
    """The DAG that stands where the integration's own would be."""
    defaults: dict[str, Any] = {"owner": "ledgerbridge", "retries": 0, "execution_timeout": timedelta(minutes=5)}
    return DAG(
        f"{file.name}.settings_invalid",
        description=f"{file.path.name} is not used",
        doc_md=words(file),
        schedule=None,
        catchup=False,
        default_args=defaults,
        tags=["ledgerbridge", "broken"],
    )


@task(doc_md=task_docs.BROKEN)
def say_what_is_wrong(name: str) -> None:
    """Fail with what is wrong with the file now; succeed once it is right.

    Raises:
        SettingsInvalid: the first problem; all of them are logged.
    """
    from ledgerbridge.airflow.integrations import broken_files  # noqa: PLC0415

    for file in broken_files():
        if file.name == name:
            for problem in file.problems[1:]:
                tell(problem.reason)
            with in_both_languages():
                raise file.problems[0]
    log.info("%s.yaml is right now; its DAGs appear with the next parse.", name)
