"""One sandbox for all tests; every test gets a company of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.uniconta.control import Control

from .server import SANDBOX, Api, Sandbox, debtor

Opener = Callable[..., Api]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A running sandbox."""
    data: Path = tmp_path_factory.mktemp("uniconta") / "data"
    with SANDBOX.running(data) as started:
        yield started


@pytest.fixture
def control(sandbox: Sandbox) -> Iterator[Control]:
    """The control address; whatever a test set for everybody is taken back."""
    yield sandbox.control
    sandbox.control.clear_faults()
    sandbox.control.set_clock_offset(0)


@pytest.fixture
def open_company(sandbox: Sandbox, control: Control) -> Iterator[Opener]:
    """Opens companies and closes their connections afterwards."""
    opened: list[Api] = []

    def opener(preset: str = "standard", **more: Any) -> Api:
        more.setdefault("debtors", [debtor()])
        knobs = {"daily_limit": 10**9} | dict(more.pop("knobs", {}))
        api = Api(sandbox.url, control.create_company(preset, knobs=knobs, **more))
        opened.append(api)
        return api

    yield opener
    for api in opened:
        api.session.close()


@pytest.fixture
def api(open_company: Opener) -> Api:
    """A standard company with customer 1001."""
    return open_company()
