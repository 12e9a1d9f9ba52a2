"""P18: a disk that is full: deliveries go on, or stop and say so, and nothing is lost.

What Ledgerbridge keeps (reports, archived answers, PDFs) is in its database; the only files that it writes itself are
those that a report is put together in, in the folder for temporary files. So there are two places that may be full: a
worker's folder, and our tables.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing, suppress

import psycopg2
import pytest
from accounts import assert_booked_once
from healing import clean_run, run
from no_room import fill_up, make_room, reconcile_all
from rounds import in_rounds
from scoreboard import Score
from workers import PATIENCE, start_without_room

from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.reports import ReportFormat, read_report
from ledgerbridge.records import Module
from ledgerbridge.target.registry import target_kind
from sandbox.grounds import Firm, customer, invoice

NewFirm = Callable[..., Firm]

OLE = customer(901)
ROUNDS_OF_A_FIRM = 18


def _report(firm: Firm) -> bytes:
    with closing(firm.company.store()) as store:
        return read_report(store, firm.name, Language.DANISH, ReportFormat.CSV)


@pytest.mark.spec("P18", "X-2")
def test_a_worker_without_room_for_files_delivers_and_makes_no_report(new_firm: NewFirm, score: Score) -> None:
    firm = new_firm([OLE], [invoice(1, OLE)])
    clean_run(firm)
    score.reconciled(firm)
    before = _report(firm)
    firm.add([customer(902)], [invoice(2 + n, OLE) for n in range(5)])
    worker, told = start_without_room(firm, list(Module), "no-room")
    worker.join(PATIENCE)
    assert worker.exitcode == 0, f"the worker ended with {worker.exitcode}"
    stopped = [told.get() for _ in range(len(Module) + 1)]
    assert stopped[:-1] == ["None", "None"], f"deliveries need no room for files, and were stopped by {stopped[:-1]}"
    assert "File too large" in stopped[-1], f"the report was made without room for it: {stopped[-1]}"
    assert_booked_once(firm, [str(1 + n) for n in range(6)])
    assert _report(firm) == before, "the former report was spoilt by the one that could not be made"
    score.round(firm, "worker without room")
    score.reconciled(firm, agrees=True)
    assert _report(firm) != before, "with room there is no new report"


@pytest.mark.spec("P18", "X-2")
def test_no_room_for_reports_stops_no_delivery(new_firm: NewFirm, score: Score) -> None:
    firm = new_firm([OLE], [invoice(1, OLE)])
    clean_run(firm)
    reconcile_all(firm.company, "first")
    before = _report(firm)
    fill_up(firm, "reconciliation_report")
    firm.add((), [invoice(2, OLE)])
    with pytest.raises(psycopg2.errors.DiskFull):
        reconcile_all(firm.company, "no-room")
    clean_run(firm)
    assert _report(firm) == before, "the former report was spoilt by the one that could not be kept"
    assert_booked_once(firm, ["1", "2"])
    make_room(firm)
    score.round(firm, "no room for reports")
    score.reconciled(firm, agrees=True)
    assert _report(firm) != before, "with room there is no new report"


# Besides the history, where what is about to be sent is written down first.
TABLES = ("record", "transfer", "chunk_member", "history_seal", "link", "archive", "run", "cursor_position")


@pytest.mark.spec("P18", "X-2", "X-4", "CT-2")
@in_rounds(4, divisor=5)
def test_no_room_in_any_of_our_tables(new_firm: NewFirm, rounds: int, chance: random.Random, score: Score) -> None:
    """Nothing is sent that could not be written down first; with room again the next run goes on."""
    order = ["history", *chance.sample(TABLES, len(TABLES))]
    for turn in score.turns(rounds):
        if turn % ROUNDS_OF_A_FIRM == 0:
            firm = new_firm([OLE], loading={"connections": 2})
            clean_run(firm)
        first = 100 + 10 * turn
        table = order[turn % len(order)]
        firm.add([customer(2000 + turn)], [invoice(first + n, OLE) for n in range(chance.randint(1, 4))])
        firm.control.mark(firm.agreement)
        fill_up(firm, table)
        for module in Module:
            with suppress(psycopg2.errors.DiskFull):
                run(firm.company, module)
        written = firm.writes()
        met = make_room(firm)
        clean_run(firm)
        found = score.round(firm, f"round {turn}, {table}", struck=met > 0)
        assert met, f"round {turn}: nothing was written to {table}, so that it was not missed"
        if table in {"record", "transfer", "chunk_member", "history", "run"}:
            assert written == {}, f"{table}: sent without a word of it being kept first: {written}"
        assert found.is_healed, f"round {turn}, {table}: {found.stuck + found.waits_for_person}"
        if target_kind(firm.company.integration.target.system).capabilities.gives_pdf:
            missing = firm.ours("SELECT count(*) FROM archive WHERE pdf IS NULL")
            assert missing == [(0,)], f"round {turn}, {table}: PDFs that found no room were not fetched again"
    score.reconciled(firm, agrees=True)
