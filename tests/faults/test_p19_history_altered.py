"""P19: the history cannot be changed unseen.

The database's owner goes behind the triggers' back: entries are altered (in any column), removed, exchanged, put in.
The check names exactly those. Each try is rolled back, so that the next one meets a whole history.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from healing import clean_run, run
from rounds import in_rounds
from scoreboard import Score

from ledgerbridge.records import Module
from ledgerbridge.store import history
from ledgerbridge.store.database import Connection
from sandbox.grounds import Firm, Grounds, customer, invoice

GERDA = customer(701)
# Each gives another value, whatever stood there.
ALTERED = {
    "written_in": "(written_in::text::numeric + 1)::text::xid8",
    "at": "at + interval '1 microsecond'",
    "integration": "integration || 'x'",
    "module": "coalesce(module, '') || 'x'",
    "source_id": "coalesce(source_id, '') || '0'",
    "transfer_id": "coalesce(transfer_id, 0) + 1",
    "event": "event || ' '",
    "run_id": "coalesce(run_id, '') || 'x'",
    "actor": "actor || 'x'",
    "detail": "detail || '{\"x\": 1}'",
    "sent": "coalesce(sent, '') || ' '",
    "answered": "coalesce(answered, '') || ' '",
}


@pytest.fixture
def firm(grounds: Grounds) -> Firm:
    firm = grounds.firm([GERDA], [invoice(number, GERDA) for number in range(1, 5)])
    for module in Module:
        run(firm.company, module)
    return firm


@contextmanager
def _owner(firm: Firm) -> Iterator[Connection]:
    """With the triggers switched off; nothing of it stays."""
    with closing(firm.company.store()) as store, store.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield store
        cursor.execute("ROLLBACK")


def _do(store: Connection, statement: str, *values: object) -> None:
    with store.cursor() as cursor:
        cursor.execute(statement, values or None)
        assert cursor.rowcount > 0, f"nothing was changed by {statement!r} with {values}"


def _named(store: Connection) -> set[tuple[int, str]]:
    return {(broken.entry_id, broken.what) for broken in history.check(store)}


def _ids(firm: Firm) -> list[int]:
    return [entry_id for (entry_id,) in firm.ours("SELECT entry_id FROM history_seal ORDER BY position")]


def _is_whole(firm: Firm) -> bool:
    with closing(firm.company.store()) as store:
        return history.check(store) == []


def _exchange(store: Connection, first: int, second: int) -> None:
    """Each stands where the other stood."""
    columns = ", ".join(ALTERED)
    _do(
        store,
        f"UPDATE history AS one SET ({columns}) = (SELECT {columns} FROM history AS other WHERE other.entry_id = "
        "CASE one.entry_id WHEN %s THEN %s ELSE %s END) WHERE entry_id IN (%s, %s)",
        *(first, second, first, first, second),
    )


@pytest.mark.spec("P19", "X-4")
def test_altered_and_removed_rows_are_named_whatever_becomes_of_their_seals(firm: Firm) -> None:
    ids = _ids(firm)
    with _owner(firm) as store:
        _do(store, "UPDATE history SET sent = coalesce(sent, '{}') || ' ' WHERE entry_id = %s", ids[3])
        _do(store, "DELETE FROM history WHERE entry_id = %s", ids[5])
        assert _named(store) == {(ids[3], "altered"), (ids[5], "missing")}
        _do(store, "DELETE FROM history_seal WHERE entry_id = %s", ids[5])
        assert _named(store) == {(ids[3], "altered"), (ids[6], "chain")}


@pytest.mark.spec("P19")
def test_no_column_may_be_altered(firm: Firm) -> None:
    for column, value in ALTERED.items():
        for entry_id in _ids(firm)[::3]:
            with _owner(firm) as store:
                _do(store, f"UPDATE history SET {column} = {value} WHERE entry_id = %s", entry_id)
                assert _named(store) == {(entry_id, "altered")}, f"{column} of entry {entry_id} was altered unseen"


@pytest.mark.spec("P19")
@in_rounds(15)
def test_entries_altered_removed_and_exchanged_at_random(
    firm: Firm, rounds: int, chance: random.Random, score: Score
) -> None:
    ids = _ids(firm)
    assert len(ids) > 20, f"the history is too short to be tried on: {len(ids)}"
    for turn in range(rounds):
        chosen = chance.sample(ids, chance.randint(1, 6))
        expected: set[tuple[int, str]] = set()
        done = []
        with _owner(firm) as store:
            while chosen:
                entry_id = chosen.pop()
                deed = chance.choice(("alter", "remove", "exchange")) if chosen else chance.choice(("alter", "remove"))
                done.append(f"{deed} {entry_id}")
                if deed == "alter":
                    column = chance.choice(list(ALTERED))
                    _do(store, f"UPDATE history SET {column} = {ALTERED[column]} WHERE entry_id = %s", entry_id)
                    expected.add((entry_id, "altered"))
                elif deed == "remove":
                    _do(store, "DELETE FROM history WHERE entry_id = %s", entry_id)
                    expected.add((entry_id, "missing"))
                else:
                    other = chosen.pop()
                    _exchange(store, entry_id, other)
                    expected |= {(entry_id, "altered"), (other, "altered")}
            assert _named(store) == expected, f"round {turn}: {done}"
    assert _is_whole(firm), "the tries were not rolled back"
    score.add(rounds=rounds, healed=rounds)


_PUT_IN = (
    "INSERT INTO history (integration, event, actor, detail) OVERRIDING USER VALUE "
    "VALUES (%s, 'booked', 'nobody', '{}') RETURNING entry_id"
)


@pytest.mark.spec("P19")
@pytest.mark.parametrize("place", ["at the end", "in the middle"])
def test_an_entry_put_in_with_a_seal_of_its_own_breaks_the_chain(firm: Firm, place: str) -> None:
    """Whoever does not compute the chain anew from there on."""
    ids = _ids(firm)
    at = len(ids) if place == "at the end" else len(ids) // 2
    with _owner(firm) as store:
        with store.cursor() as cursor:
            cursor.execute(_PUT_IN, (firm.name,))
            (row,) = [dict(found) for found in cursor.fetchall()]
        forged = int(row["entry_id"])
        if at < len(ids):
            _do(store, "UPDATE history_seal SET position = -position WHERE position > %s", at)
            _do(store, "UPDATE history_seal SET position = 1 - position WHERE position < 0")
        _do(
            store,
            "INSERT INTO history_seal (position, entry_id, entry_hash, chain_hash) "
            "SELECT %s, %s, encode(sha256(convert_to(h::text, 'UTF8')), 'hex'), repeat('0', 64) "
            "FROM history h WHERE entry_id = %s",
            *(at + 1, forged, forged),
        )
        named = _named(store)
        assert (forged, "chain") in named, f"a seal that was made up was believed: {named}"
        neighbours = {forged, *ids[at : at + 1]}
        assert {entry_id for entry_id, _ in named} <= neighbours, f"others than it and the next are blamed: {named}"


@pytest.mark.spec("P19")
def test_an_entry_put_in_further_back_without_a_seal_is_named(firm: Firm) -> None:
    """With a time of its own place, so that only the place tells."""
    clean_run(firm)
    firm.ours(
        "SET session_replication_role = replica; INSERT INTO history (entry_id, at, integration, event, actor) "
        "OVERRIDING SYSTEM VALUE VALUES (-7, (SELECT min(at) FROM history), %s, 'booked', 'nobody')",
        firm.name,
    )
    clean_run(firm)
    with closing(firm.company.store()) as store:
        assert [(broken.entry_id, broken.what) for broken in history.check(store)] == [(-7, "backdated")]


@pytest.mark.spec("P19")
def test_an_entry_put_in_at_the_end_with_an_old_time_is_named(firm: Firm) -> None:
    """The next run takes it for new and seals it; but then it is older than the seals before its own."""
    ((forged,),) = firm.ours(
        "INSERT INTO history (at, integration, event, actor) "
        "VALUES (now() - interval '3 days', %s, 'booked', 'nobody') RETURNING entry_id",
        firm.name,
    )
    clean_run(firm)
    with closing(firm.company.store()) as store:
        assert [(broken.entry_id, broken.what) for broken in history.check(store)] == [(forged, "backdated")]


@pytest.mark.spec("P19")
@pytest.mark.parametrize("kept", [0, 1, -6], ids=["nothing", "the first one", "all but the last six"])
def test_a_history_whose_end_was_cut_off_with_its_seals_is_named(firm: Firm, kept: int) -> None:
    clean_run(firm)
    ids = _ids(firm)
    gone = ids[kept:]
    with closing(firm.company.store()) as store, store.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("history", "history_seal"):
            cursor.execute(f"DELETE FROM {table} WHERE entry_id = ANY(%s)", (gone,))
            assert cursor.rowcount == len(gone)
        assert _named(store) == {(ids[-1], "missing")}


@pytest.mark.spec("P19", "P18")
def test_what_was_altered_stays_named_after_later_runs(firm: Firm) -> None:
    entry_id = _ids(firm)[2]
    firm.ours(
        "SET session_replication_role = replica; UPDATE history SET actor = 'nobody' WHERE entry_id = %s", entry_id
    )
    firm.add((), [invoice(9, GERDA)])
    for module in Module:
        run(firm.company, module)
    with closing(firm.company.store()) as store:
        assert [(broken.entry_id, broken.what) for broken in history.check(store)] == [(entry_id, "altered")]
