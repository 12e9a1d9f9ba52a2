"""P18: a database that goes away under load, ours or the source; afterwards one clean run, nothing doubled or lost.

The server is stopped, is killed, or loses a session, and with it all of them.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import psycopg2
import pytest
from accounts import assert_booked_once
from healing import clean_run, run
from own_databases import OwnServer, firm_with_its_own, sessions_of
from rounds import in_rounds
from scoreboard import Score
from workers import HAS_SENT, PATIENCE, kill, start_run, until

from ledgerbridge.records import Module
from sandbox.company import connect_plain
from sandbox.grounds import Firm, customer, invoice

NewFirm = Callable[..., Firm]

OLE = customer(901)
AT_ONCE = 8


def _goes_away(server: OwnServer, kind: str, ask: Callable[[], list[int]], sessions: list[int]) -> tuple[str, bool]:
    """How it went in the end, and whether anybody was there: where no session could be killed the server is stopped."""
    if kind == "session killed":
        if sessions and server.kill_session(sessions[0], ask):
            return kind, True
        kind, sessions = "stopped", ask()
    if kind == "stopped":
        server.stop()
    else:
        server.kill()
    return kind, bool(sessions)


def _is_there(dsn: str) -> bool:
    try:
        connect_plain(dsn).close()
    except psycopg2.OperationalError:
        return False
    return True


def _in_use(ask: Callable[[], list[int]], workers: Sequence[ForkServerProcess]) -> list[int]:
    """The sessions of the first moment at which there are any; none when the workers end without one.

    Without a pause in between: the source is read within a few hundredths of a second.
    """
    while any(worker.is_alive() for worker in workers):
        if sessions := ask():
            return sessions
    return []


def _under_load(firm: Firm, server: OwnServer, dsn: str, chance: random.Random, turn: str) -> tuple[str, bool]:
    """Two runs at once, the server gone in the middle; now and then a third that begins while it is.

    How it went, and whether anybody had a session there, or wanted one while it was away.
    """
    kind = chance.choice(("stopped", "killed", "session killed"))
    with sessions_of(dsn) as ask:
        workers = [start_run(firm, module, f"{turn}-{module}") for module in Module]
        if dsn == firm.company.addresses.store_dsn:
            # In the middle of reading or of sending.
            begun = chance.choice(("SELECT 1 FROM run WHERE run_id = %s", HAS_SENT, HAS_SENT))
            assert until(lambda: bool(firm.ours(begun, f"{turn}-invoices"))), f"{turn}: the run did not begin"
            time.sleep(chance.uniform(0, 0.2))
        sessions = _in_use(ask, workers)
        kind, struck = _goes_away(server, kind, ask, sessions)
    is_missed = chance.random() < 0.3
    if is_missed:
        workers.append(start_run(firm, Module.INVOICES, f"{turn}-while-away"))
    for worker in workers:
        worker.join(PATIENCE)
        is_stuck = worker.exitcode is None
        kill(worker)
        assert not is_stuck, f"{turn}, {kind}: a worker waited for a database that had gone"
    server.start()
    assert until(lambda: _is_there(dsn)), f"{turn}: the server did not come back"
    return kind, struck or is_missed


@pytest.mark.spec("P18", "P1", "P16")
@in_rounds(1, divisor=20)
@pytest.mark.parametrize("which", ["our database", "source"])
def test_a_database_that_goes_away_under_load(
    new_firm: NewFirm, tmp_path: Path, which: str, rounds: int, chance: random.Random, score: Score
) -> None:
    more = {"knobs": {"latency_ms": 10}, "loading": {"connections": 2, "timeout_seconds": 3, "chunk_size": 4}}
    with firm_with_its_own(which, new_firm, tmp_path, [OLE], **more) as (firm, server):
        addresses = firm.company.addresses
        dsn = addresses.store_dsn if which == "our database" else addresses.source_dsn
        made: list[str] = []
        for turn in score.turns(rounds):
            first = 10_000 + AT_ONCE * turn
            firm.add([customer(2000 + turn)], [invoice(first + n, OLE) for n in range(AT_ONCE)])
            made += [str(first + n) for n in range(AT_ONCE)]
            kind, struck = _under_load(firm, server, dsn, chance, f"round-{turn}")
            what = f"round {turn}: {which} {kind}"
            clean_run(firm)
            found = score.round(firm, what, struck=struck)
            assert found.is_healed, f"{what}: {found.stuck + found.waits_for_person}"
            assert_booked_once(firm, made)
        # What was booked while the source was away is written back by a run that has something to send; see below.
        firm.add((), [invoice(9_999, OLE)])
        clean_run(firm)
        score.reconciled(firm, agrees=True)


_AWAY = """
CREATE FUNCTION public.away() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'terminating connection due to administrator command' USING ERRCODE = 'admin_shutdown';
END $$;
CREATE TRIGGER away BEFORE UPDATE ON "Invoice" FOR EACH STATEMENT
    WHEN (current_setting('ledgerbridge.writing', true) = 'on') EXECUTE FUNCTION public.away();
"""


@pytest.mark.spec("P18", "CT-2")
def test_a_number_that_could_not_be_written_back_is_so_by_the_next_run(new_firm: NewFirm) -> None:
    firm = new_firm([OLE], [invoice(1, OLE)])
    run(firm.company, Module.CUSTOMERS)
    firm.source(_AWAY)
    run(firm.company, Module.INVOICES)
    ((number,),) = firm.ours("SELECT booked_number FROM archive")
    firm.source("DROP FUNCTION public.away() CASCADE")
    clean_run(firm)
    told = firm.source('SELECT "ForeignInvoiceNumber" FROM "Invoice"')
    assert told == [(str(number),)], f"the source has not been told the number {number}: {told}"
