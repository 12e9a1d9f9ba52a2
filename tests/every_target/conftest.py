"""Every test here holds for every target: it is run once for each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from sandbox.grounds import SYSTEMS, Firm, Grounds


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> str:
    """The target's folder."""
    return str(request.param)


@pytest.fixture
def new_firm(grounds: Grounds, system: str) -> Callable[..., Firm]:
    """As :meth:`Grounds.firm`, with this target."""
    return partial(grounds.firm, system=system)
