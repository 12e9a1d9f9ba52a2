"""One sandbox for all tests; every test gets an agreement of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.economic.control import Control

from .server import SANDBOX, Api, Sandbox, customer

Opener = Callable[..., Api]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A running sandbox."""
    data: Path = tmp_path_factory.mktemp("economic") / "data"
    with SANDBOX.running(data) as started:
        yield started


@pytest.fixture
def control(sandbox: Sandbox) -> Iterator[Control]:
    """The control address; whatever a test set for everybody is taken back."""
    yield sandbox.control
    sandbox.control.clear_faults()
    sandbox.control.set_clock_offset(0)


@pytest.fixture
def open_agreement(sandbox: Sandbox, control: Control) -> Iterator[Opener]:
    """Opens agreements and closes their connections afterwards."""
    opened: list[Api] = []

    def opener(preset: str = "standard", **more: Any) -> Api:
        more.setdefault("customers", [customer()] if preset == "standard" else [])
        more.setdefault("knobs", {"rate_limit_tokens": 10**9})
        api = Api(sandbox.url, control.create_agreement(preset, **more))
        opened.append(api)
        return api

    yield opener
    for api in opened:
        api.session.close()


@pytest.fixture
def api(open_agreement: Opener) -> Api:
    """A standard agreement with customer 1."""
    return open_agreement()
