"""``python -m sandbox.economic --data DIR``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.economic.api import Api
from sandbox.economic.control_server import control_app
from sandbox.economic.fault_effects import FAULTS
from sandbox.economic.pipeline import Pipeline
from sandbox.economic.store import Store
from sandbox.standin.command import StandIn, run
from sandbox.standin.faults import Faults


def _opened(folder: Path) -> StandIn:
    store = Store(folder)
    pipeline = Pipeline(store)
    faults = Faults(store.settings, FAULTS)
    return StandIn(Api(pipeline, faults), control_app(store, pipeline, faults), store.database)


def main(argv: Sequence[str]) -> None:
    """Start both listeners and serve until told to stop."""
    run(argv, program="sandbox.economic", name="e-conomic sandbox", opened=_opened)


if __name__ == "__main__":
    main(sys.argv[1:])
