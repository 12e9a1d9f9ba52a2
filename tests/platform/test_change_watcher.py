"""The watcher on a real PostgreSQL: nothing committed goes unnoticed, and a burst makes few events."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing
from typing import Any

import psycopg2
import pytest
from airflow.sdk import Asset
from airflow.triggers.base import BaseEventTrigger, TriggerEvent
from airflow.triggers.shared_stream import SharedStreamManager

from ledgerbridge.airflow import source_changes
from ledgerbridge.airflow.source_changes import CHANNEL, SourceChangeTrigger, module_asset
from sandbox.airflow_stack import postgres_connection
from sandbox.postgres import EmbeddedPostgres

SOURCE = "watched_source"
LISTENERS = "FROM pg_stat_activity WHERE application_name = 'ledgerbridge listener' AND datname = current_database()"
ENOUGH_SECONDS = 20.0


class Source:
    """The source's side: it notifies, and sees who listens."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg2.connect(dsn)
        self._connection.autocommit = True

    def close(self) -> None:
        self._connection.close()

    def ask(self, statement: str, *values: object) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchone()[0]  # type: ignore[index]

    def notify(self, module: str = "customers", **more: object) -> None:
        self.ask("SELECT pg_notify(%s, %s)", CHANNEL, json.dumps({"module": module, **more}))

    def listeners(self) -> int:
        return int(self.ask(f"SELECT count(*) {LISTENERS}"))


@pytest.fixture
def source(postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Source]:
    """Also sets shorter waits, so that a test takes seconds."""
    if not postgres.has_database(SOURCE):  # a database of its own: to another one the session's Airflow listens
        postgres.create_database(SOURCE)
    dsn = postgres.dsn(SOURCE)
    monkeypatch.setenv(f"AIRFLOW_CONN_{SOURCE.upper()}", json.dumps(postgres_connection(dsn)))
    monkeypatch.setattr(source_changes, "GATHER_SECONDS", 0.05)
    monkeypatch.setattr(source_changes, "BETWEEN_SECONDS", 0.6)
    monkeypatch.setattr(source_changes, "RETRY_SECONDS", (0.05, 0.1))
    with closing(Source(dsn)) as opened:
        yield opened


class Watched:
    """What one watcher has told."""

    def __init__(self) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.at: list[float] = []
        self._more = asyncio.Event()

    async def collect(self, events: AsyncIterator[TriggerEvent]) -> None:
        async for event in events:
            self.payloads.append(event.payload)
            self.at.append(time.monotonic())
            self._more.set()

    async def until(self, condition: Callable[[list[dict[str, Any]]], bool]) -> None:
        async with asyncio.timeout(ENOUGH_SECONDS):
            while not condition(self.payloads):
                self._more.clear()
                await self._more.wait()

    def reasons(self) -> list[str]:
        return [payload["reason"] for payload in self.payloads]


@asynccontextmanager
async def watching(module: str = "customers", connection_id: str = SOURCE) -> AsyncIterator[Watched]:
    watched = Watched()
    trigger = SourceChangeTrigger(connection_id, module, "nordlys")
    task = asyncio.create_task(watched.collect(trigger.run()))
    try:
        yield watched
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def run(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def test_a_commit_is_told_with_its_module_and_its_time(source: Source) -> None:
    async def scenario() -> None:
        async with watching() as watched:
            await watched.until(lambda told: len(told) == 1)
            source.notify()
            await watched.until(lambda told: len(told) == 2)
        assert watched.reasons() == ["connected", "notified"]
        told = watched.payloads[1]
        assert (told["module"], told["integration"], told["count"]) == ("customers", "nordlys", 1)
        assert told["notified_at"].endswith("+00:00")

    run(scenario)


def test_another_modules_changes_are_not_told_but_those_that_name_none_are(source: Source) -> None:
    async def scenario() -> None:
        async with watching("invoices") as watched:
            await watched.until(lambda told: len(told) == 1)
            source.notify("customers")
            source.ask("SELECT pg_notify(%s, %s)", CHANNEL, "not json")
            await watched.until(lambda told: len(told) == 2)
            source.notify("invoices")
            await watched.until(lambda told: len(told) == 3)
        assert [payload["count"] for payload in watched.payloads] == [0, 1, 1]

    run(scenario)


def test_ten_thousand_notifications_make_a_handful_of_events_and_the_last_one_counts(source: Source) -> None:
    async def scenario() -> None:
        async with watching() as watched:
            await watched.until(lambda told: len(told) == 1)
            for batch in range(20):
                # Different payloads: equal ones of one transaction are made one by PostgreSQL itself.
                statement = "SELECT count(pg_notify(%s, format(%s, n))) FROM generate_series(1, 500) AS n"
                payload = json.dumps({"module": "customers", "batch": batch, "n": "%s"})
                await asyncio.to_thread(source.ask, statement, CHANNEL, payload)
            await watched.until(lambda told: sum(payload["count"] for payload in told) == 10_000)
        assert len(watched.payloads) <= 6
        told_at = watched.at[1:]
        assert all(later - earlier > 0.5 for earlier, later in itertools.pairwise(told_at))

    run(scenario)


def test_a_change_right_after_an_event_is_told_by_the_next_one(source: Source) -> None:
    async def scenario() -> None:
        async with watching() as watched:
            await watched.until(lambda told: len(told) == 1)
            source.notify()
            await watched.until(lambda told: len(told) == 2)
            source.notify()
            await watched.until(lambda told: len(told) == 3)
        assert 0.5 < watched.at[2] - watched.at[1] < 5

    run(scenario)


def test_a_connection_that_was_ended_is_made_again_and_tells_what_was_missed(source: Source) -> None:
    async def scenario() -> None:
        async with watching() as watched:
            await watched.until(lambda told: len(told) == 1)
            source.ask(f"SELECT count(pg_terminate_backend(pid)) {LISTENERS}")
            source.notify()
            await watched.until(lambda told: len(told) >= 2)
            source.notify()
            await watched.until(lambda told: told[-1]["reason"] == "notified")
        assert watched.reasons()[:2] == ["connected", "connected"]
        assert source.listeners() == 0

    run(scenario)


def test_a_database_that_is_away_is_awaited(
    source: Source, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = postgres_connection(postgres.dsn(SOURCE))
    name = f"AIRFLOW_CONN_{SOURCE.upper()}"
    monkeypatch.setenv(name, json.dumps(there | {"port": 1}))

    async def scenario() -> None:
        async with watching() as watched:
            await asyncio.sleep(0)
            assert watched.payloads == []
            monkeypatch.setenv(name, json.dumps(there))
            await watched.until(lambda told: len(told) == 1)
        assert watched.reasons() == ["connected"]

    run(scenario)


def test_a_connection_that_has_silently_died_is_noticed(
    source: Source, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source_changes, "KEEP_ALIVE_SECONDS", 0.3)
    there = postgres_connection(postgres.dsn(SOURCE))

    async def scenario() -> None:
        cut = asyncio.Event()

        async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, held: asyncio.Event) -> None:
            while data := await reader.read(65536):
                if not held.is_set():  # held: the line is dead, and neither side is told
                    writer.write(data)
                    await writer.drain()

        async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            held = asyncio.Event() if cut.is_set() else cut  # only the first connection dies
            far_reader, far_writer = await asyncio.open_connection(str(there["host"]), int(str(there["port"])))
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await asyncio.gather(copy(reader, far_writer, held), copy(far_reader, writer, held))
            far_writer.close()
            writer.close()

        line = await asyncio.start_server(pass_on, "127.0.0.1", 0)
        port = line.sockets[0].getsockname()[1]
        monkeypatch.setenv(f"AIRFLOW_CONN_{SOURCE.upper()}", json.dumps(there | {"port": port}))
        async with watching() as watched:
            await watched.until(lambda told: len(told) == 1)
            cut.set()
            await watched.until(lambda told: len(told) == 2)
        line.close()
        assert watched.reasons() == ["connected", "connected"]

    run(scenario)


def test_watchers_of_one_database_share_one_connection_and_each_is_told_of_it(source: Source) -> None:
    async def scenario() -> None:
        manager = SharedStreamManager()
        told: dict[str, Watched] = {}
        tasks = []
        for number, module in enumerate(["customers", "invoices"]):
            if number == 1:  # joins a stream that listens already
                await told["customers"].until(lambda payloads: len(payloads) == 1)
            trigger = SourceChangeTrigger(SOURCE, module, "nordlys")
            stream = manager.subscribe(trigger_id=number, trigger=trigger, key=trigger.shared_stream_key())
            told[module] = Watched()
            tasks.append(asyncio.create_task(told[module].collect(trigger.filter_shared_stream(stream))))
        await told["invoices"].until(lambda payloads: len(payloads) == 1)
        assert source.listeners() == 1
        source.notify("invoices")
        await told["invoices"].until(lambda payloads: len(payloads) == 2)
        assert told["customers"].reasons() == ["connected"]
        assert told["invoices"].reasons() == ["connected", "notified"]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await manager.stop_all()
        assert source.listeners() == 0

    run(scenario)


def test_the_asset_of_a_module_carries_its_watcher() -> None:
    asset = module_asset("nordlys", "nordlys_source", "invoices")
    assert isinstance(asset, Asset)
    assert (asset.name, asset.uri) == ("nordlys.invoices.changed", "ledgerbridge://nordlys/invoices")
    [watcher] = asset.watchers
    path, arguments = watcher.trigger.serialize()
    assert path == "ledgerbridge.airflow.source_changes.SourceChangeTrigger"
    assert SourceChangeTrigger(**arguments).serialize() == (path, arguments)
    other = module_asset("nordlys", "nordlys_source", "customers").watchers[0].trigger
    assert watcher.trigger.shared_stream_key() == other.shared_stream_key()
    assert BaseEventTrigger.hash(path, arguments) != BaseEventTrigger.hash(path, other.serialize()[1])
