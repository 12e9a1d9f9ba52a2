"""What ``make demo`` was asked for, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from ledgerbridge.target.economic.connection import DEFAULT_APIS_URL

__all__ = ["Options", "read_options"]

DEMO_TOKEN = "demo"  # noqa: S105  (the public one of e-conomic's read-only demo)


@dataclass(frozen=True, slots=True)
class Options:
    """``economic_url`` is None where the stand-in is to be started."""

    once: bool
    folder: Path
    economic_url: str | None
    apis_url: str
    app_secret_token: str = field(repr=False)
    agreement_grant_token: str = field(repr=False)


def read_options() -> Options:
    """ONCE, ECONOMIC_URL, ECONOMIC_APIS_URL, ECONOMIC_APP_SECRET_TOKEN, ECONOMIC_AGREEMENT_GRANT_TOKEN."""
    given = os.environ.get
    return Options(
        once=given("ONCE", "") not in {"", "0"},
        folder=Path(given("LEDGERBRIDGE_DEMO_FOLDER") or Path(__file__).parents[3] / "var" / "demo"),
        economic_url=given("ECONOMIC_URL") or None,
        apis_url=given("ECONOMIC_APIS_URL") or DEFAULT_APIS_URL,
        app_secret_token=given("ECONOMIC_APP_SECRET_TOKEN") or DEMO_TOKEN,
        agreement_grant_token=given("ECONOMIC_AGREEMENT_GRANT_TOKEN") or DEMO_TOKEN,
    )
