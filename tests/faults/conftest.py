"""The frame of the fault tests: the seed at the head, and the board at the end."""

from __future__ import annotations

import pytest
from rounds import told
from scoreboard import Board

_BOARD = "fault-board"


def pytest_configure(config: pytest.Config) -> None:
    """A plugin of its own, because it must hear of the tests of other folders as well."""
    if not config.pluginmanager.has_plugin(_BOARD):
        config.pluginmanager.register(Board(), _BOARD)


def pytest_report_header() -> str:
    """The seed, so that the run can be had again."""
    return told()


@pytest.fixture(autouse=True)
def _seed_is_told() -> None:
    """Also where only a failed test's own output is kept."""
    print(told())  # pytest shows it when the test fails
