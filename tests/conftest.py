"""How the tests share two workers, and the servers that several folders use.

Those that share an Airflow stay together, and the longest begin first.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from sandbox.grounds import Grounds

TESTS = Path(__file__).parent
# One server of each kind per worker is dear; these folders keep theirs for all of their files.
TOGETHER = ("end_to_end", "platform", "faults", "delivery")
LONGEST_FIRST = (*TOGETHER, "validation", "reconciliation", "sandbox_clienttime")


@pytest.fixture(scope="session")
def _servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    with Grounds.opened(tmp_path_factory.mktemp("grounds")) as opened:
        yield opened


@pytest.fixture
def grounds(_servers: Grounds) -> Iterator[Grounds]:
    """One PostgreSQL and one e-conomic sandbox for each worker; the companies on them are the test's own."""
    yield _servers
    _servers.clear_away()


class ByFolder(LoadScopeScheduling):
    """Whole folders where servers are shared, else whole files."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        folder = file.removeprefix("tests/").split("/", 1)[0]
        return folder if folder in TOGETHER else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFolder:
    """Used with ``-n``."""
    return ByFolder(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that take longest."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(TESTS).parts[0]
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)
