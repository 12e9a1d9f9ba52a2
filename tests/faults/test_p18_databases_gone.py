"""P18: a database that goes away under load, ours or the source; afterwards one clean run, nothing doubled or lost.

The server is stopped, is killed, or loses a session, and with it all of them.
"""

from __future__ import annotations

import random
import time
from pathlib import Path

import psycopg2
import pytest
from accounts import assert_booked_once
from healing import clean_run, run
from own_databases import OwnServer, firm_with_its_own
from rounds import in_rounds
from scoreboard import Score
from workers import PATIENCE, kill, start_run, until

from ledgerbridge.records import Module
from sandbox.company import connect_plain
from sandbox.grounds import Firm, Grounds, customer, invoice

OLE = customer(901)
AT_ONCE = 8


_HAS_SENT = "SELECT 1 FROM history WHERE run_id = %s AND event = 'sent' LIMIT 1"


def _goes_away(server: OwnServer, dsn: str, kind: str) -> None:
    match kind:
        case "stopped":
            server.stop()
        case "killed":
            server.kill()
        case "session killed":
            server.kill_a_session(dsn)


def _is_there(dsn: str) -> bool:
    try:
        connect_plain(dsn).close()
    except psycopg2.OperationalError:
        return False
    return True


def _under_load(firm: Firm, server: OwnServer, dsn: str, chance: random.Random, turn: str) -> str:
    """Two runs at once, the server gone in the middle; now and then a third that begins while it is."""
    kind = chance.choice(("stopped", "killed", "session killed"))
    workers = [start_run(firm, module, f"{turn}-{module}") for module in Module]
    # In the middle of reading or of sending.
    begun = chance.choice(("SELECT 1 FROM run WHERE run_id = %s", _HAS_SENT, _HAS_SENT))
    assert until(lambda: bool(firm.ours(begun, f"{turn}-invoices"))), f"{turn}: the run did not begin"
    time.sleep(chance.uniform(0, 0.2))
    _goes_away(server, dsn, kind)
    if chance.random() < 0.3:
        workers.append(start_run(firm, Module.INVOICES, f"{turn}-while-away"))
    for worker in workers:
        worker.join(PATIENCE)
        is_stuck = worker.exitcode is None
        kill(worker)
        assert not is_stuck, f"{turn}, {kind}: a worker waited for a database that had gone"
    server.start()
    assert until(lambda: _is_there(dsn)), f"{turn}: the server did not come back"
    return kind


@pytest.mark.spec("P18", "P1", "P16")
@in_rounds(1, divisor=20)
@pytest.mark.parametrize("which", ["our database", "source"])
def test_a_database_that_goes_away_under_load(
    grounds: Grounds, tmp_path: Path, which: str, rounds: int, chance: random.Random, score: Score
) -> None:
    more = {"knobs": {"latency_ms": 10}, "loading": {"connections": 2, "timeout_seconds": 3, "chunk_size": 4}}
    with firm_with_its_own(which, grounds, tmp_path, [OLE], **more) as (firm, server):
        addresses = firm.company.addresses
        dsn = addresses.store_dsn if which == "our database" else addresses.source_dsn
        made: list[str] = []
        for turn in range(rounds):
            first = 10_000 + AT_ONCE * turn
            firm.add([customer(2000 + turn)], [invoice(first + n, OLE) for n in range(AT_ONCE)])
            made += [str(first + n) for n in range(AT_ONCE)]
            what = f"round {turn}: {which} {_under_load(firm, server, dsn, chance, f'round-{turn}')}"
            clean_run(firm)
            found = score.round(firm, what)
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
def test_a_number_that_could_not_be_written_back_is_so_by_the_next_run(grounds: Grounds) -> None:
    firm = grounds.firm([OLE], [invoice(1, OLE)])
    run(firm.company, Module.CUSTOMERS)
    firm.source(_AWAY)
    run(firm.company, Module.INVOICES)
    ((number,),) = firm.ours("SELECT booked_number FROM archive")
    firm.source("DROP FUNCTION public.away() CASCADE")
    clean_run(firm)
    told = firm.source('SELECT "ForeignInvoiceNumber" FROM "Invoice"')
    assert told == [(str(number),)], f"the source has not been told the number {number}: {told}"
