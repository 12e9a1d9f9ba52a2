"""One Airflow, one PostgreSQL and a stand-in for each accounting system; four integrations, each with its own books."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from branch import FYN, NORD, SYD
from office import Office, opened_office

HERE = Path(__file__).parent


@pytest.fixture(scope="package")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Everything is up; nothing is activated."""
    with opened_office(tmp_path_factory.mktemp("office")) as opened:
        yield opened


@pytest.fixture(scope="package")
def synced(office: Office) -> Office:
    """Activated, and the first sync is over; whoever did that before need not do it again."""
    office.activate()
    for name in (NORD, SYD, FYN):
        office.first_sync(name)
    return office


@pytest.fixture(autouse=True)
def _usual_weather(office: Office) -> Iterator[None]:
    """Whatever a test did to the agreements is taken back."""
    yield
    for branch in office.branches.values():
        branch.control.clear_faults()
        branch.books.restore()
        branch.control.set_knobs(branch.agreement, latency_ms=0)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The story's beginning first, the search for secrets last; the long rounds only when their mark is asked for."""
    ours = [item for item in items if item.path.parent == HERE]
    for item in ours:
        if item.get_closest_marker("long") is not None and "long" not in config.option.markexpr:
            item.add_marker(pytest.mark.skip(reason="many rounds: run with -m long"))
    place = {"test_first_sync": 0, "test_secrets": 2}
    ours.sort(key=lambda item: place.get(item.path.stem, 1))
    order = iter(ours)
    items[:] = [next(order) if item.path.parent == HERE else item for item in items]
