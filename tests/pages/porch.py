"""The pages on a socket of their own, with a login that takes everybody's word: what stands behind them is real."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import quote

import httpx
import uvicorn
from starlette.requests import Request

from ledgerbridge.delivery.intents import Carried, carry_out_all
from ledgerbridge.integration import BrokenFile, Integration
from ledgerbridge.pages.app import make_app
from ledgerbridge.pages.works import Right, Schedule
from ledgerbridge.store.database import Connection, connect
from sandbox.grounds import Firm

LOGIN = "login"
RIGHTS = list(Right)


@dataclass(frozen=True)
class Somebody:
    """Logged in by a cookie of the form ``name:right``, or ``name:right:integration`` for one integration only."""

    name: str
    right: Right
    only: str | None = None

    def may(self, right: Right, integration: str) -> bool:
        """Each right includes the one before it."""
        return RIGHTS.index(right) <= RIGHTS.index(self.right) and self.only in {None, integration}


@dataclass
class Street:
    """The outside: some firms, one database."""

    firms: dict[str, Firm]
    broken: list[BrokenFile] = field(default_factory=list)
    is_on: bool = True

    async def visitor(self, request: Request) -> Somebody | None:
        name, _, rest = request.cookies.get(LOGIN, "").partition(":")
        right, _, only = rest.partition(":")
        return Somebody(name, Right(right), only or None) if name and right in set(Right) else None

    def login_address(self, back_to: str) -> str:
        return f"/log-in?next={quote(back_to)}"

    def integrations(self) -> Sequence[Integration]:
        return [firm.company.integration for firm in self.firms.values()]

    def broken_files(self) -> Sequence[BrokenFile]:
        return self.broken

    def open_store(self) -> Connection:
        first = next(iter(self.firms.values()))
        return connect(first.company.addresses.store_dsn)

    def schedules(self, _: Integration) -> Mapping[str, Schedule]:
        next_run = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
        return {
            name: Schedule(self.is_on, next_run if self.is_on else None)
            for name in ("customers", "invoices", "requests")
        }

    def run_address(self, run_id: str) -> str | None:
        return f"/dags/{quote(run_id, safe='')}" if "/" in run_id else None


@dataclass
class Porch:
    """The served pages."""

    url: str
    street: Street

    def client(self, right: Right | None = Right.ACT, name: str = "Vibeke", **headers: str) -> httpx.Client:
        """A browser's requests, with its cookie and where its forms come from."""
        cookies = {LOGIN: f"{name}:{right.value}"} if right else {}
        usual = {"Accept-Language": "en", "Sec-Fetch-Site": "same-origin", **headers}
        return httpx.Client(base_url=self.url, cookies=cookies, headers=usual, trust_env=False)

    @property
    def app(self) -> object:
        return make_app(self.street)


@contextmanager
def opened(*firms: Firm) -> Iterator[Porch]:
    """The pages of these firms. They share the first one's database, as integrations of one deployment do."""
    street = Street({firm.name: firm for firm in firms})
    config = uvicorn.Config(make_app(street), host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        _wait(lambda: server.started and server.servers)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Porch(f"http://127.0.0.1:{port}", street)
    finally:
        server.should_exit = True
        thread.join(10)


def carry_out(firm: Firm, run_id: str = "requests/1") -> list[Carried]:
    """What the requests' DAG does."""
    with firm.company.workplace(run_id, actor="airflow") as workplace:
        return carry_out_all(workplace)


def with_finish(firm: Firm, finish: str) -> Firm:
    """The same firm, whose settings say how far invoices go."""
    changed = firm.with_settings(invoicing={"finish": finish})
    changed.company.switch_on()
    return replace(firm, company=changed.company)


def _wait(is_so: Callable[[], object], seconds: float = 10) -> None:
    give_up_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up_at, "it did not come to be so"
        time.sleep(0.01)
