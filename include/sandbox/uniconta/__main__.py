"""``python -m sandbox.uniconta --data DIR``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.standin.command import StandIn, run
from sandbox.standin.faults import Faults
from sandbox.uniconta.api import Api
from sandbox.uniconta.control_server import control_app
from sandbox.uniconta.fault_effects import FAULTS
from sandbox.uniconta.pipeline import Pipeline
from sandbox.uniconta.store import Store


def _opened(folder: Path) -> StandIn:
    store = Store(folder)
    pipeline = Pipeline(store)
    faults = Faults(store.settings, FAULTS)
    return StandIn(Api(pipeline, faults), control_app(store, pipeline, faults), store.database)


def main(argv: Sequence[str]) -> None:
    """Start both listeners and serve until told to stop."""
    run(argv, program="sandbox.uniconta", name="Uniconta sandbox", opened=_opened)


if __name__ == "__main__":
    main(sys.argv[1:])
