"""The embedded server: starts for root and for anybody, leaves nothing running, and opens no folder."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from sandbox import postgres
from sandbox.postgres import EmbeddedPostgres, EmbeddedPostgresError

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(postgres.__file__).parents[1]), *sys.path])}
OWNER = """
import sys, time
from pathlib import Path
from sandbox.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
server.start()
print(server.port, flush=True)
time.sleep(600)
"""


def eventually(is_so: Callable[[], bool], seconds: int = 15) -> bool:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if is_so():
            return True
        time.sleep(0.02)
    return False


def answers(port: int) -> bool:
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def ask(dsn: str, statement: str) -> object:
    with closing(psycopg2.connect(dsn)) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        connection.commit()
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def _hear_interrupts() -> None:
    """A shell's background job is deaf to SIGINT, and so would be its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start_owner(data: Path) -> tuple[subprocess.Popen[str], int]:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(data)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_hear_interrupts,  # noqa: PLW1509 - no thread is running here
    )
    assert owner.stdout is not None
    port = int(owner.stdout.readline())
    owner.stdout.close()
    return owner, port


def server_pid(data: Path) -> int:
    return int((data / "cluster" / "postmaster.pid").read_text().splitlines()[0])


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder below one that only its owner may enter."""
    closed = tmp_path / "home"
    closed.mkdir(mode=0o700)
    return closed / "checkout" / "data"


def test_it_keeps_what_was_written_opens_no_folder_and_starts_again_at_once(data: Path) -> None:
    closed = data.parents[1]
    before = {folder: folder.stat() for folder in closed.parents}
    with EmbeddedPostgres(data) as server:
        ask(server.dsn(), "CREATE TABLE kept AS SELECT 42 AS answer")
        assert ask(server.dsn(), "SHOW fsync") == "on"
        assert ask(server.dsn(), "SHOW unix_socket_directories") == ""
        assert ask(server.dsn(), "SHOW server_encoding") == "UTF8"
        port = server.port
    assert not answers(port)
    assert not server.is_running
    started = time.perf_counter()
    with EmbeddedPostgres(data, port) as server:
        assert time.perf_counter() - started < 5  # 0.1 s on two idle cores
        assert server.port == port
        assert ask(server.dsn(), "SELECT answer FROM kept") == 42
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert all((f.stat().st_mode, f.stat().st_uid) == (was.st_mode, was.st_uid) for f, was in before.items())
    assert stat.S_IMODE((data / "password").stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "log").stat().st_mode) == 0o600
    assert stat.S_IMODE((data / "cluster").stat().st_mode) == 0o700
    assert sorted(entry.name for entry in data.iterdir()) == ["cluster", "lock", "log", "password"]


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to look at a process's rights")
def test_the_server_is_nobody_of_importance(data: Path) -> None:
    with EmbeddedPostgres(data, durable=False):
        status = Path(f"/proc/{server_pid(data)}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert "0" not in fields["Uid"].split()
    assert "0" not in fields["Gid"].split()
    held = int(fields["CapEff"], 16)
    # At most the one right to enter closed folders; none for an ordinary user.
    assert held in ({1 << 1, 1 << 2} if os.geteuid() == 0 else {0})


def test_only_the_password_lets_one_in(data: Path) -> None:
    with EmbeddedPostgres(data, durable=False) as server:
        for password in ("", "guess"):
            with pytest.raises(psycopg2.OperationalError):
                psycopg2.connect(
                    host="127.0.0.1", port=server.port, user="postgres", password=password, dbname="postgres"
                )


def test_a_taken_port_is_left_alone(data: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with EmbeddedPostgres(data, taken.getsockname()[1], durable=False) as server:
            assert server.port != taken.getsockname()[1]
            assert ask(server.dsn(), "SELECT 1") == 1


def test_databases_are_made_from_templates_and_removed(data: Path) -> None:
    with EmbeddedPostgres(data, durable=False) as server:
        ask(server.create_database("first"), "CREATE TABLE kept AS SELECT 7 AS answer")
        copy = server.create_database("Navn med mellemrum/æ", template="first")
        assert ask(copy, "SELECT answer FROM kept") == 7
        with closing(psycopg2.connect(copy)):
            server.drop_database("Navn med mellemrum/æ")
        assert server.has_database("first")
        assert not server.has_database("Navn med mellemrum/æ")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL, signal.SIGINT])
def test_it_ends_with_its_owner_however_that_ends(data: Path, how: signal.Signals) -> None:
    owner, port = start_owner(data)
    pid = server_pid(data)
    owner.send_signal(how)
    owner.wait()
    assert eventually(lambda: not answers(port))
    assert eventually(lambda: not is_alive(pid))
    # And the next owner need not wait for anything to be cleaned up by hand.
    with EmbeddedPostgres(data, durable=False) as server:
        assert ask(server.dsn(), "SELECT 1") == 1


def test_it_ends_with_its_keeper(data: Path) -> None:
    server = EmbeddedPostgres(data, durable=False)
    server.start()
    pid, port = server_pid(data), server.port
    assert server._keeper is not None
    server._keeper.kill()
    assert eventually(lambda: not is_alive(pid))
    assert not answers(port)
    assert not server.is_running
    server.start()
    assert ask(server.dsn(), "SELECT 1") == 1
    server.stop()


def test_it_recovers_from_a_killed_server(data: Path) -> None:
    server = EmbeddedPostgres(data)
    server.start()
    ask(server.dsn(), "CREATE TABLE kept AS SELECT 42 AS answer")
    os.kill(server_pid(data), signal.SIGKILL)
    assert eventually(lambda: not server.is_running)
    assert (data / "cluster" / "postmaster.pid").exists()
    with server:
        assert ask(server.dsn(), "SELECT answer FROM kept") == 42


def test_a_pid_that_is_now_somebody_elses_is_no_hindrance(data: Path) -> None:
    with EmbeddedPostgres(data, durable=False):
        content = (data / "cluster" / "postmaster.pid").read_text()
    # After a container's restart the same small numbers come again: here, our own.
    pid_file = data / "cluster" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n" + content.split("\n", 1)[1])
    with EmbeddedPostgres(data, durable=False) as server:
        assert ask(server.dsn(), "SELECT 1") == 1


def test_a_second_server_on_the_same_folder_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "SECONDS_FOR_PREDECESSOR", 0)
    with EmbeddedPostgres(data, durable=False) as server:
        with pytest.raises(EmbeddedPostgresError, match="in use"):
            EmbeddedPostgres(data, durable=False).start()
        assert ask(server.dsn(), "SELECT 1") == 1


def test_an_interrupted_first_start_is_begun_anew(data: Path) -> None:
    (data / "cluster.unfinished" / "base").mkdir(parents=True)
    with EmbeddedPostgres(data, durable=False) as server:
        assert ask(server.dsn(), "SELECT 1") == 1
    assert not (data / "cluster.unfinished").exists()


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    with EmbeddedPostgres(data, durable=False):
        pass
    with (data / "cluster" / "postgresql.conf").open("a") as settings:
        settings.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="no_such_setting"):
        EmbeddedPostgres(data, durable=False).start()


def test_as_a_command_it_tells_when_it_is_ready_and_ends_when_asked(data: Path, tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    command = [sys.executable, "-m", "sandbox.postgres", "--data", str(data), "--port", "0", "--ready-file", str(ready)]
    process = subprocess.Popen([*command, "--not-durable"], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    try:
        assert eventually(ready.exists)
        told = json.loads(ready.read_text())
        password = Path(told["password_file"]).read_text()
        assert password not in ready.read_text()
        assert ask(f"postgresql://{told['user']}:{password}@{told['host']}:{told['port']}/postgres", "SELECT 1") == 1
    finally:
        process.terminate()
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert output == f"PostgreSQL listens on 127.0.0.1:{told['port']}\n"
    assert not ready.exists()
    assert not answers(told["port"])
