"""A change in the source's database becomes an asset event: one LISTEN per database, a nudge per module.

The source's triggers NOTIFY in the transaction that writes the change (``pg_notify``), so a nudge
comes after the commit and never before. A nudge says only "look at the change table": it is gathered
(10,000 notifications make a handful of events), may be doubled and may be lost. What was committed
while nobody listened is found because every (re)connection nudges every module, and the module's own
interval finds what even that missed.

All watchers of one source database share one connection (Airflow's shared event streams), in the
triggerer. It goes to the database itself or to a pooler in session mode: LISTEN does not pass one in
transaction mode, and a standby refuses it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Hashable, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final
from urllib.parse import urlencode

from airflow.sdk import Asset, AssetWatcher, BaseHook
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

if TYPE_CHECKING:
    import asyncpg

__all__ = ["CHANNEL", "SourceChangeTrigger", "module_asset"]

log = logging.getLogger(__name__)

# floats here are seconds

CHANNEL: Final = "ledgerbridge"

GATHER_SECONDS: Final = 0.2
"""From the first notification to its event: the rest of a transaction's, and of a small batch, come along."""

BETWEEN_SECONDS: Final = 5.0
"""Between two events of a module while notifications go on: about as long as a run takes."""

KEEP_ALIVE_SECONDS: Final = 15.0
"""How often a silent connection is asked whether it still lives; an answer may take as long."""

CONNECT_SECONDS: Final = 10.0
RETRY_SECONDS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)

_SSL_OPTIONS: Final = ("sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl")


@dataclass(frozen=True, slots=True)
class _Connected:
    """The stream listens from now on; ``number`` rises with every new connection."""

    number: int


@dataclass(frozen=True, slots=True)
class _Nudge:
    """Something of ``module`` was committed (of any module, if None), first noticed ``notified_at``."""

    module: str | None
    notified_at: datetime
    count: int


@dataclass(slots=True)
class _Gathering:
    """The notifications of one module that no event has told yet."""

    notified_at: datetime | None = None
    count: int = 0
    due: float = 0.0
    last_event: float = float("-inf")

    def add(self, now: float) -> None:
        if self.count == 0:
            self.notified_at = datetime.now(UTC)
            self.due = max(now + GATHER_SECONDS, self.last_event + BETWEEN_SECONDS)
        self.count += 1

    def take(self, module: str | None, now: float) -> _Nudge:
        nudge = _Nudge(module, self.notified_at or datetime.now(UTC), self.count)
        self.notified_at, self.count, self.last_event = None, 0, now
        return nudge


class SourceChangeTrigger(BaseEventTrigger):
    """Fires when something of ``module`` was committed in the database behind ``connection_id``."""

    _listening: ClassVar[dict[str, int]] = {}
    """The number of each open connection, for a watcher that joins a stream which is already listening."""

    _numbers: ClassVar[Iterator[int]] = itertools.count(1)

    def __init__(self, connection_id: str, module: str, integration: str | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.connection_id = connection_id
        self.module = module
        self.integration = integration

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The class's path and what it is made from."""
        return (
            f"{__name__}.{type(self).__name__}",
            {"connection_id": self.connection_id, "module": self.module, "integration": self.integration},
        )

    def shared_stream_key(self) -> Hashable:
        """One stream, and so one connection, per source database."""
        return ("ledgerbridge.source_changes", self.connection_id)

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """The same without sharing; Airflow uses it only if sharing is not to be had."""
        async with aclosing(self.open_shared_stream({"connection_id": self.connection_id})) as stream:
            async for event in self.filter_shared_stream(stream):
                yield event

    async def filter_shared_stream(self, shared_stream: AsyncIterator[Any]) -> AsyncIterator[TriggerEvent]:
        """This module's share of the stream, and one event for every connection that was made."""
        connection = 0
        if self.connection_id in self._listening:
            connection = self._listening[self.connection_id]
            yield self._event("connected", datetime.now(UTC), 0)
        async for item in shared_stream:
            if isinstance(item, _Connected):
                if item.number != connection:
                    connection = item.number
                    yield self._event("connected", datetime.now(UTC), 0)
            elif item.module in {None, self.module}:
                yield self._event("notified", item.notified_at, item.count)

    def _event(self, reason: str, notified_at: datetime, count: int) -> TriggerEvent:
        payload = {
            "module": self.module,
            "integration": self.integration,
            "reason": reason,
            "notified_at": notified_at.isoformat(),
            "count": count,
        }
        return TriggerEvent(payload)  # type: ignore[no-untyped-call]

    @classmethod
    async def open_shared_stream(cls, kwargs: dict[str, Any]) -> AsyncGenerator[_Connected | _Nudge]:
        """Listen for ever; a connection that fails or ends is made anew, the longer it fails the less often."""
        connection_id: str = kwargs["connection_id"]
        clock = asyncio.get_running_loop().time
        failures = 0
        while True:
            listening_since = None
            try:
                async with _listening_to(connection_id) as listener:
                    listening_since = clock()
                    cls._listening[connection_id] = next(cls._numbers)
                    yield _Connected(cls._listening[connection_id])
                    async for nudge in listener.nudges():
                        yield nudge
            except Exception as error:  # noqa: BLE001  # whatever it was, the only thing to do is to try again
                # A connection that held for a moment only is no success: it would nudge twice a second.
                held = listening_since is not None and clock() - listening_since > BETWEEN_SECONDS
                failures = 1 if held else failures + 1
                delay = RETRY_SECONDS[min(failures, len(RETRY_SECONDS)) - 1]
                what = f"{type(error).__name__}: {error}"
                log.warning("Not listening to source database %s (%s); again in %.1f s", connection_id, what, delay)
                await asyncio.sleep(delay)
            finally:
                cls._listening.pop(connection_id, None)


class _Listener:
    """The notifications of one connection, gathered."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection
        self._clock = asyncio.get_running_loop().time
        self._gathering: dict[str | None, _Gathering] = {}
        self._wake = asyncio.Event()

    def notified(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        """Called by asyncpg for each notification."""
        self._gathering.setdefault(_module_of(str(payload)), _Gathering()).add(self._clock())
        self._wake.set()

    def ended(self, _connection: object) -> None:
        """Called by asyncpg when the connection is gone."""
        self._wake.set()

    async def nudges(self) -> AsyncIterator[_Nudge]:
        """Every nudge when it is due; raises when the connection is gone, or silent for too long."""
        ask_at = self._clock() + KEEP_ALIVE_SECONDS
        while not self._connection.is_closed():
            now = self._clock()
            for module, gathered in self._gathering.items():
                if gathered.count and gathered.due <= now:
                    yield gathered.take(module, now)
            if now >= ask_at:
                await self._connection.execute("SELECT 1", timeout=KEEP_ALIVE_SECONDS)
                ask_at = self._clock() + KEEP_ALIVE_SECONDS
            due = [gathered.due for gathered in self._gathering.values() if gathered.count]
            with suppress(TimeoutError):
                async with asyncio.timeout_at(min([ask_at, *due])):
                    await self._wake.wait()
            self._wake.clear()
        message = "the connection has ended"
        raise ConnectionError(message)


@asynccontextmanager
async def _listening_to(connection_id: str) -> AsyncIterator[_Listener]:
    """A connection of its own that listens on the channel."""
    import asyncpg  # noqa: PLC0415  # DAG files import this module too, and need no driver

    airflow_connection = await BaseHook.aget_connection(connection_id)
    extra = airflow_connection.extra_dejson
    options = urlencode({name: extra[name] for name in _SSL_OPTIONS if name in extra})
    connection = await asyncpg.connect(
        f"postgresql://?{options}",
        host=airflow_connection.host,
        port=airflow_connection.port or 5432,
        user=airflow_connection.login,
        password=airflow_connection.password,
        database=airflow_connection.schema,
        timeout=CONNECT_SECONDS,
        server_settings={"application_name": "ledgerbridge listener"},
    )
    try:
        listener = _Listener(connection)
        connection.add_termination_listener(listener.ended)
        await connection.add_listener(CHANNEL, listener.notified)
        yield listener
    finally:
        try:
            await connection.close(timeout=2)
        except Exception:  # noqa: BLE001  # it may be half dead; there is nobody to tell
            connection.terminate()


def _module_of(payload: str) -> str | None:
    """The module that a notification names; None, which nudges every module, if it names none."""
    try:
        module = json.loads(payload)["module"]
    except (ValueError, TypeError, KeyError):
        log.warning("A notification on channel %s that names no module: %.100r", CHANNEL, payload)
        return None
    return str(module)


def module_asset(integration_name: str, connection_id: str, module: str) -> Asset:
    """The asset that changes whenever ``module`` changes in the source, with its watcher."""
    return Asset(
        name=f"{integration_name}.{module}.changed",
        uri=f"ledgerbridge://{integration_name}/{module}",
        group="ledgerbridge",
        watchers=[
            AssetWatcher(
                name=f"{integration_name}.{module}",
                trigger=SourceChangeTrigger(connection_id, str(module), integration_name),
            )
        ],
    )
