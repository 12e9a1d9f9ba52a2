"""How the tests share two workers: those that share an Airflow stay together, and the longest begin first."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
# One server of each kind per worker is dear; these folders keep theirs for all of their files.
TOGETHER = ("end_to_end", "platform", "faults", "delivery")


# First: xdist reads the groups in the same hook.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name each test's group, and begin with the groups that take longest."""
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        group = folder if folder in TOGETHER else str(item.path.relative_to(TESTS))
        item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    folder = item.path.relative_to(TESTS).parts[0]
    return TOGETHER.index(folder) if folder in TOGETHER else len(TOGETHER)
