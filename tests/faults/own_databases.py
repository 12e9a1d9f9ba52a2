"""A firm one of whose databases is on a server of its own, which can go away without anybody else noticing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg2
from healing import run
from workers import until

from ledgerbridge.records import Module
from ledgerbridge.store.database import migrate
from sandbox.clienttime.database import create_tables, install_capture
from sandbox.clienttime.rows import CustomerRow
from sandbox.company import connect_plain
from sandbox.grounds import Firm
from sandbox.postgres import EmbeddedPostgres, EmbeddedPostgresError
from sandbox.postgres_signs import free_port

__all__ = ["OwnServer", "firm_with_its_own", "sessions_of"]


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server that comes back at the same address."""

    postgres: EmbeddedPostgres

    @property
    def process(self) -> int:
        """The server's first process, the parent of all the others."""
        lines = (self.postgres.data_dir / "cluster" / "postmaster.pid").read_text(encoding="ascii").splitlines()
        return int(lines[0])

    def stop(self) -> None:
        """As for an upgrade: open connections are closed."""
        self.postgres.stop()

    def kill(self) -> None:
        """As when the power goes, or the kernel needs the memory."""
        os.kill(self.process, signal.SIGKILL)
        self.postgres.stop()  # its keeper

    def kill_session(self, pid: int, ask: Callable[[], object]) -> bool:
        """The server then ends all the others too, ``ask``'s among them, and recovers. Whether it came to that: a
        session may have ended by itself a moment before."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return until(lambda: not _answers(ask), patience=2.0)

    def start(self) -> None:
        """Until it does: what is left of a killed server must have gone first."""
        assert until(self._starts), f"the server did not start again; see {self.postgres.data_dir / 'log'}"

    def _starts(self) -> bool:
        try:
            self.postgres.start()
        except EmbeddedPostgresError:
            return False
        return True


def _answers(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except psycopg2.Error:
        return False
    return True


@contextmanager
def sessions_of(dsn: str) -> Iterator[Callable[[], list[int]]]:
    """Asks, as often as wanted and without delay, which sessions of Ledgerbridge the server has just now."""
    with closing(connect_plain(dsn)) as connection:
        connection.autocommit = True

        def ask() -> list[int]:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'ledgerbridge'")
                return [pid for (pid,) in cursor.fetchall()]

        yield ask


@contextmanager
def firm_with_its_own(
    which: str, new_firm: Callable[..., Firm], folder: Path, customers: list[CustomerRow], **more: Any
) -> Iterator[tuple[Firm, OwnServer]]:
    """``which``: "our database" or "source". Its customers are delivered."""
    with EmbeddedPostgres(folder / "own", free_port(), durable=True) as postgres:
        dsn = postgres.create_database("own")
        firm = new_firm(customers if which == "our database" else (), **more)
        company = firm.company
        if which == "our database":
            migrate(dsn)
            company = replace(company, addresses=replace(company.addresses, store_dsn=dsn))
        else:
            with closing(connect_plain(dsn)) as connection:
                create_tables(connection)
                install_capture(connection)
            addresses = replace(company.addresses, source_dsn=dsn)
            company = replace(company, addresses=addresses, source_owner_dsn=dsn)
        firm = replace(firm, company=company)
        if which == "our database":
            company.switch_on()
        else:
            firm.add(customers)
        run(company, Module.CUSTOMERS)
        yield firm, OwnServer(postgres)
