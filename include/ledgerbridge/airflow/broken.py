"""A wrong integration file in the Airflow UI: a DAG whose page, and whose task's log, say everything that is wrong."""

from __future__ import annotations

import logging

from airflow.sdk import task

from ledgerbridge.integration import BrokenFile
from ledgerbridge.reasons import Language

__all__ = ["say_what_is_wrong", "words"]

log = logging.getLogger(__name__)


def words(file: BrokenFile) -> str:
    """The page: every problem in both languages."""
    sentences = (problem.reason.sentence(language) for problem in file.problems for language in Language)
    return "\n".join([f"**{file.path.name} is not used.**", "", *(f"- {sentence}" for sentence in sentences)])


@task
def say_what_is_wrong(name: str) -> None:
    """Fail with what is wrong with the file now; succeed once it is right.

    Raises:
        SettingsInvalid: the first problem; all of them are logged.
    """
    from ledgerbridge.airflow.integrations import broken_files  # noqa: PLC0415

    for file in broken_files():
        if file.name == name:
            for problem in file.problems:
                log.error("%s", problem)
                log.error("%s", problem.reason.sentence(Language.DANISH))
            raise file.problems[0]
    log.info("%s.yaml is right now; its DAGs appear with the next parse.", name)
