"""One PostgreSQL and one e-conomic sandbox for the folder; a company of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.grounds import Grounds


@pytest.fixture(scope="session")
def grounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    """The servers."""
    with Grounds.opened(tmp_path_factory.mktemp("grounds")) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _usual_weather(grounds: Grounds) -> Iterator[None]:
    """Whatever a test set for everybody is taken back."""
    yield
    grounds.control.clear_faults()
    grounds.control.set_clock_offset(0)
