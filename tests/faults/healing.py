"""Runs as Airflow would make them when tasks fail, and the clean run after a fault (P18)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from troubles import clear_faults

from ledgerbridge.delivery.loading import load_chunk
from ledgerbridge.delivery.settling import settle
from ledgerbridge.errors import LedgerbridgeError
from ledgerbridge.records import Module
from sandbox.company import Company
from sandbox.grounds import Firm

__all__ = ["clean_run", "everything_is_well_again", "run"]

_numbers = count(1)


def _now() -> datetime:
    return datetime.now(UTC)


def run(
    company: Company, module: Module, run_id: str | None = None, now: Callable[[], datetime] = _now
) -> LedgerbridgeError | None:
    """One run, from extract to settle; what stopped one of its tasks. Settle comes whatever became of the others."""
    run_id = run_id or f"{module}-in-turn-{next(_numbers)}"
    stopped_by: LedgerbridgeError | None = None
    with company.workplace(run_id, now=now) as workplace:
        try:
            company.prepare(workplace, module, validated=False)
            for chunk in company.chunks(run_id):
                stopped_by = load_chunk(workplace, chunk).stopped_by or stopped_by
        except LedgerbridgeError as error:
            stopped_by = error
        finally:
            settle(workplace)
    return stopped_by


def everything_is_well_again(firm: Firm) -> None:
    """No fault, a good grant with all its rights, and the day's calls are there again.

    Whoever renews a grant asks for preflight, and that looks whether the agreement may be called again. Runs by
    themselves do not always: see ``test_p06_grants_and_limits.py``.
    """
    clear_faults(firm)
    firm.books.restore()
    firm.books.give_rights()
    firm.ours("DELETE FROM agreement_calls")
    with firm.company.workplace("preflight", actor="Vibeke") as workplace, workplace.desk() as desk:
        workplace.gate.reopen(desk.target.probe, is_asked_for=True)


def clean_run(firm: Firm) -> None:
    """All is well again, and each module runs once. A credit note has its turn after its original was booked."""
    everything_is_well_again(firm)
    for module in Module:
        run(firm.company, module)
    if "original_held_back" in firm.reasons().values():
        run(firm.company, Module.INVOICES)
