"""The frame of the fault tests: the seed at the head, and the board at the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import pytest
from rounds import chance_of, told
from scoreboard import Board
from systems import of

from sandbox.grounds import Firm, Grounds

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


@pytest.fixture
def new_firm(request: pytest.FixtureRequest, grounds: Grounds, system: str) -> Callable[..., Firm]:
    """As the fixture for every folder; from one firm of a test to the next its accounts round VAT the other way.

    How it is done there the contract leaves open, and no promise may hang on it.
    """
    roundings = tuple(of(system).roundings)
    places = count(chance_of(f"rounding of {request.node.nodeid}").randrange(len(roundings)))

    def new(*rows: Any, knobs: Mapping[str, Any] | None = None, **more: Any) -> Firm:
        rounding = roundings[next(places) % len(roundings)]
        return grounds.firm(*rows, knobs={"vat_rounding": rounding, **(knobs or {})}, system=system, **more)

    return new
