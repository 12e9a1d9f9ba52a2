"""Disks that are full: a worker's, by a limit on its files; a table's, by the error that PostgreSQL gives then.

Neither needs the right to mount a small file system. A limit on the server's files would not do for the table: what
PostgreSQL says then is no disk_full (53100) but an internal error, which nobody meets on a disk.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from healing import run

from ledgerbridge.comparing.run import reconcile
from ledgerbridge.reconciliation.facts import Period
from ledgerbridge.records import Module
from sandbox.company import Company
from sandbox.grounds import Firm

__all__ = ["fill_up", "make_room", "no_room", "reconcile_all", "run_without_room"]

_NEXT_TO_NOTHING = 1024


def reconcile_all(company: Company, run_id: str) -> None:
    with company.workplace(run_id) as workplace:
        reconcile(workplace, Period(date(2000, 1, 1), None))


def run_without_room(company: Company, modules: Sequence[Module], run_id: str, told: Any) -> None:
    """Deliver and reconcile; what stopped each is put into ``told``, in words."""
    with no_room(_NEXT_TO_NOTHING):
        for module in modules:
            told.put(str(run(company, module, f"{run_id}-{module}")))
        try:
            reconcile_all(company, run_id)
        except Exception as error:  # noqa: BLE001 - each library has an error of its own for it
            told.put(f"{type(error).__name__}: {error}")
        else:
            told.put("None")


@contextmanager
def no_room(largest: int) -> Iterator[None]:
    """Whatever is started in this block can make no file larger than ``largest`` bytes, for as long as it lives."""
    soft, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, most))


def fill_up(firm: Firm, table: str) -> None:
    """From now on there is no room for another row, or for a larger one, in this table of ours."""
    firm.ours(
        "CREATE SEQUENCE ledgerbridge.no_room_met; "  # what a sequence has counted no rollback takes back
        "CREATE FUNCTION ledgerbridge.no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "PERFORM nextval('ledgerbridge.no_room_met'); "
        "RAISE EXCEPTION 'could not extend file: No space left on device' "
        "USING ERRCODE = 'disk_full', HINT = 'Check free disk space.'; END $$;"
        f"CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON ledgerbridge.{table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledgerbridge.no_room()"
    )


def make_room(firm: Firm) -> int:
    """How often the want of it was met."""
    ((met, is_called),) = firm.ours("SELECT last_value, is_called FROM ledgerbridge.no_room_met")
    firm.ours("DROP FUNCTION ledgerbridge.no_room() CASCADE; DROP SEQUENCE ledgerbridge.no_room_met")
    return int(met) if is_called else 0
