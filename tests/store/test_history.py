"""The history is append-only and a changed or missing row shows (P19, X-4)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from random import Random

import psycopg2
import pytest

from ledgerbridge.records import Module
from ledgerbridge.store import history
from ledgerbridge.store.database import transaction
from sandbox.grounds import Firm, Grounds, customer, invoice


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    gerda = customer(701)
    firm = grounds.firm([gerda], [invoice(1, gerda), invoice(2, gerda)])
    for module in Module:
        firm.company.deliver(module, validated=False)
    return firm


def _check(firm: Firm) -> list[tuple[int, str]]:
    with closing(firm.company.store()) as store:
        return [(broken.entry_id, broken.what) for broken in history.check(store)]


@pytest.mark.spec("X-4", "P19")
@pytest.mark.parametrize("change", ["UPDATE history SET actor = 'x'", "DELETE FROM history", "TRUNCATE history"])
@pytest.mark.parametrize("table", ["history", "history_seal"])
def test_the_database_refuses_to_change_it(firm: Firm, change: str, table: str) -> None:
    statement = change.replace("history", table).replace(
        "actor = 'x'", "entry_id = 1" if "seal" in table else "actor = 'x'"
    )
    with pytest.raises(psycopg2.errors.InsufficientPrivilege, match="append-only"):
        firm.ours(statement)


@pytest.mark.spec("X-4")
def test_it_tells_a_transfers_whole_story(firm: Firm) -> None:
    events = firm.ours(
        "SELECT event, actor, run_id FROM history WHERE module = 'invoices' AND source_id = '1' ORDER BY entry_id"
    )
    assert [event for event, *_ in events] == ["sent", "answered", "draft", "sent", "answered", "booked"]
    assert all(actor and run_id for _, actor, run_id in events)
    bodies = firm.ours("SELECT sent, answered FROM history WHERE event IN ('sent', 'answered') AND source_id = '1'")
    assert all(sent or answered for sent, answered in bodies)


@pytest.mark.spec("P19")
def test_an_entry_that_commits_late_is_sealed_as_well(firm: Firm) -> None:
    with closing(firm.company.store()) as slow, closing(firm.company.store()) as quick:
        with transaction(slow):
            history.append(slow, integration=firm.name, event="late", actor="x")
            history.append(quick, integration=firm.name, event="early", actor="x")
            assert history.seal(quick) == 1
        assert history.seal(quick) == 1
        assert history.check(quick) == []


def _whole_to(firm: Firm) -> int:
    ((entry_id,),) = firm.ours("SELECT whole_to FROM history_reach")
    return int(entry_id)


@pytest.mark.spec("P19")
def test_a_late_entry_is_sealed_however_much_was_sealed_meanwhile(firm: Firm) -> None:
    with closing(firm.company.store()) as slow, closing(firm.company.store()) as quick:
        history.seal(quick)
        with transaction(slow):
            history.append(slow, integration=firm.name, event="late", actor="x")
            for _ in range(4):
                history.append(quick, integration=firm.name, event="early", actor="x")
                assert history.seal(quick) == 1
            before = _whole_to(firm)
        ((late,),) = firm.ours("SELECT entry_id FROM history WHERE event = 'late'")
        assert before < late, "what is not committed yet was taken for sealed"
        assert history.seal(quick) == 1
        assert history.check(quick) == []


@pytest.mark.spec("P19")
def test_the_seal_does_not_go_through_the_whole_history_again(firm: Firm) -> None:
    with closing(firm.company.store()) as store:
        for _ in range(3):
            history.append(store, integration=firm.name, event="early", actor="x")
            history.seal(store)
    ((newest, sealed),) = firm.ours("SELECT max(entry_id), count(*) FROM history JOIN history_seal USING (entry_id)")
    assert sealed > 10
    assert newest - 1 <= _whole_to(firm) < newest


@pytest.mark.spec("P19")
@pytest.mark.parametrize(
    "insert",
    [
        "INSERT INTO history (integration, event, actor) VALUES ('a', 'b', 'c')",
        "INSERT INTO history (integration, event, actor) SELECT integration, 'b', 'c' FROM record",
        """WITH moved AS (UPDATE record SET locator = locator RETURNING integration), noted AS (
        INSERT INTO history (integration, event, actor) SELECT integration, 'b', 'c' FROM moved) SELECT FROM moved""",
    ],
    ids=["values", "select", "with what it is about"],
)
def test_an_entry_has_its_transaction_before_its_number(firm: Firm, insert: str) -> None:
    """Else one could be drawn, and its transaction be younger than those that are waited for."""
    plan = firm.ours(f"EXPLAIN (VERBOSE) {insert}")
    (output,) = [line for (line,) in plan if "Output:" in line and "nextval(" in line]
    assert 0 < output.index("pg_current_xact_id()") < output.index("nextval(")


@pytest.mark.spec("P19")
def test_what_is_sealed_long_after_it_was_written_is_as_honest(
    grounds: Grounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Airflow was away, or the day's calls were spent: hours may lie between writing and sealing."""
    monkeypatch.setattr(history, "_BATCH", 3)
    firm = grounds.firm()
    firm.ours("SET session_replication_role = replica; UPDATE history SET at = at - interval '1 day'")
    for hours in (9, 9, 9, 9, 5, 5, 1):
        firm.ours(
            "INSERT INTO history (at, integration, event, actor) "
            "VALUES (now() - make_interval(hours => %s), %s, 'x', 'x')",
            hours,
            firm.name,
        )
    with closing(firm.company.store()) as store:
        for _ in range(2):
            assert history.seal(store) > 0
            assert history.check(store) == []
            history.append(store, integration=firm.name, event="after", actor="x")


@pytest.mark.spec("P19")
def test_a_copy_in_another_cluster_is_sealed_to_its_end(firm: Firm) -> None:
    """After a restore the transactions' numbers begin anew, lower than those that the copy remembers."""
    with closing(firm.company.store()) as store:
        history.seal(store)
        firm.ours("UPDATE history_reach SET next_after = '9000000000'")
        for _ in range(3):
            history.append(store, integration=firm.name, event="after", actor="x")
            assert history.seal(store) == 1
        assert history.check(store) == []
    ((newest,),) = firm.ours("SELECT max(entry_id) FROM history")
    assert _whole_to(firm) == newest - 1


@pytest.mark.spec("P19")
def test_two_who_seal_at_once_under_a_stricter_default(firm: Firm) -> None:
    ((name,),) = firm.ours("SELECT current_database()")
    firm.ours(f"ALTER DATABASE \"{name}\" SET default_transaction_isolation = 'repeatable read'")
    with closing(firm.company.store()) as one, closing(firm.company.store()) as other:
        for _ in range(20):
            history.append(one, integration=firm.name, event="at once", actor="x")
            with ThreadPoolExecutor(2) as threads:
                assert sum(threads.map(history.seal, (one, other))) == 1
        assert history.check(one) == []


@pytest.mark.spec("P19")
def test_several_who_write_and_seal_at_once_leave_a_whole_history(firm: Firm) -> None:
    """A look that was overtaken by another's must not say that more is whole than was."""

    def write_and_seal(number: int) -> None:
        chance = Random(number)
        with closing(firm.company.store()) as store:
            for _ in range(30):
                with transaction(store):
                    for _ in range(chance.randint(1, 3)):
                        history.append(store, integration=firm.name, event="at once", actor="x")
                if chance.random() < 0.5:
                    history.seal(store)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write_and_seal, range(4)))
    with closing(firm.company.store()) as store:
        for _ in range(2):
            history.seal(store)
            assert history.check(store) == []


def test_it_is_not_sealed_inside_somebody_elses_transaction(firm: Firm) -> None:
    with closing(firm.company.store()) as store, transaction(store), pytest.raises(RuntimeError, match="of its own"):
        history.seal(store)


@pytest.mark.spec("P19")
def test_whoever_writes_while_others_seal_is_sealed_in_the_end(firm: Firm) -> None:
    writers, transactions = 4, 40

    def write(number: int) -> None:
        chance = Random(number)
        with closing(firm.company.store()) as store:
            for _ in range(transactions):
                with transaction(store):
                    for _ in range(chance.randint(1, 3)):
                        history.append(store, integration=firm.name, event="at once", actor="x")

    with ThreadPoolExecutor(writers) as threads, closing(firm.company.store()) as store:
        under_way = [threads.submit(write, number) for number in range(writers)]
        while not all(writing.done() for writing in under_way):
            history.seal(store)
        for writing in under_way:
            writing.result()
        history.seal(store)
        assert history.check(store) == []
        assert history.seal(store) == 0
    ((unsealed,),) = firm.ours(
        "SELECT count(*) FROM history h WHERE NOT EXISTS (SELECT 1 FROM history_seal s WHERE s.entry_id = h.entry_id)"
    )
    assert unsealed == 0


def test_a_transaction_that_failed_leaves_the_connection_usable(firm: Firm) -> None:
    with closing(firm.company.store()) as store:
        with pytest.raises(psycopg2.errors.DivisionByZero), transaction(store), store.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        history.append(store, integration=firm.name, event="after", actor="x")
    assert firm.ours("SELECT count(*) FROM history WHERE event = 'after'") == [(1,)]
