"""The Airflow pools that the DAGs' tasks run in: one per agreement, made here where it is missing.

A task whose pool does not exist never starts, and the scheduler's log is the only place that says so. The
deployment's init job runs ``python -m ledgerbridge.airflow.pools`` after ``airflow db migrate``; run it again when an
integration file with a new agreement has been added. A pool that is there keeps the slots that people gave it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping

from ledgerbridge.airflow.integrations import integrations
from ledgerbridge.integration import Integration
from ledgerbridge.target.registry import target_kind

__all__ = ["SLOTS", "create_missing", "main", "slots_of"]

log = logging.getLogger(__name__)

SLOTS = 4
"""Tasks of one agreement at once. They share its ``loading.connections`` among them."""


def slots_of(integration: Integration) -> int:
    """One, where a second process that logs in would end the first one's session."""
    return 1 if target_kind(integration.target.system).has_one_session else SLOTS


def create_missing(wanted: Mapping[str, int]) -> list[str]:
    """Create those of the pools that are missing, with so many slots; which they were. Needs Airflow's database."""
    from airflow.models.pool import Pool  # noqa: PLC0415  (a program's business, never a task's)
    from airflow.utils.session import create_session  # noqa: PLC0415

    with create_session() as session:
        there = {pool.pool for pool in Pool.get_pools(session=session)}
        missing = sorted(wanted.keys() - there)
        for name in missing:
            words = "The calls of one accounting agreement"
            Pool.create_or_update_pool(name, wanted[name], words, include_deferred=False, session=session)
    return missing


def main() -> int:
    """Every pool that the integration files need."""
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    wanted = {integration.pool: slots_of(integration) for integration in integrations()}
    made = create_missing(wanted)
    log.info("pools: %d needed, %d made (%s)", len(wanted), len(made), ", ".join(made) or "none")
    return 0


if __name__ == "__main__":
    sys.exit(main())
