"""How the tests share two workers, and the servers that several folders use.

Those that share an Airflow stay together, and the longest begin first.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from rounds import chance_of
from scoreboard import Score, score_of
from xdist.scheduler import LoadScopeScheduling

from sandbox.grounds import SYSTEMS, Firm, Grounds

TESTS = Path(__file__).parent
# One server of each kind per worker is dear; these folders keep theirs for all of their files.
TOGETHER = ("end_to_end", "platform", "faults", "delivery", "pages", "every_target")
LONGEST_FIRST = (*TOGETHER, "target_uniconta", "validation", "reconciliation", "sandbox_clienttime")


_HAS_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure, so that what it left behind can be looked at."""
    report = yield
    item.stash[_HAS_FAILED] = item.stash.get(_HAS_FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    """One PostgreSQL and one e-conomic sandbox for each worker."""
    with Grounds.opened(tmp_path_factory.mktemp("grounds")) as opened:
        yield opened


@pytest.fixture
def grounds(request: pytest.FixtureRequest, servers: Grounds) -> Iterator[Grounds]:
    """The servers; the companies on them are the test's own, and their databases stay when it fails."""
    yield servers
    servers.clear_away(keep_databases=request.node.stash.get(_HAS_FAILED, False))


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> str:
    """The target's folder: what asks for it holds for every target, and is run once for each."""
    return str(request.param)


@pytest.fixture
def new_firm(grounds: Grounds, system: str) -> Callable[..., Firm]:
    """As :meth:`Grounds.firm`, with this target."""
    return partial(grounds.firm, system=system)


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """What befalls a round: drawn from the seed and the test's id."""
    return chance_of(request.node.nodeid)


@pytest.fixture
def score(request: pytest.FixtureRequest) -> Score:
    """This test's line on the faults' scoreboard: that of the first promise which it cites."""
    return score_of(request.node)


class ByFolder(LoadScopeScheduling):
    """Whole folders where servers are shared, else whole files; of the many rounds of a fault each test by itself.

    Those take minutes to half an hour each, beside which another worker's servers are nothing.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        folder = file.removeprefix("tests/").split("/", 1)[0]
        if folder == "faults" and self.config.option.markexpr == "long":
            return nodeid
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
