"""Airflow on this machine: its four programs, supervised, on a PostgreSQL that is given.

Everything is told to Airflow through environment variables, so that no ``airflow.cfg`` has to be
edited and no secret is stored where Airflow would keep it: connections are ``AIRFLOW_CONN_…`` in
their JSON form. What Airflow itself needs to keep between starts (keys, users' passwords, logs) lies
below ``home``; a second start on the same ``home`` and database finds everything as it was.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Final, Self
from urllib.parse import unquote, urlsplit

import httpx
import psycopg2

from sandbox.airflow_client import AirflowClient
from sandbox.processes import Child, Program, Supervisor

__all__ = ["COMPONENTS", "EXECUTOR", "TUNING", "USERS", "AirflowStack", "free_port", "postgres_connection"]

EXECUTOR: Final = "ledgerbridge.airflow.executor.PreloadingLocalExecutor"

USERS: Final = {"admin": "admin", "op": "op", "user": "user", "viewer": "viewer"}
"""Each user and its role in Airflow's SimpleAuthManager, from all rights down to reading."""

COMPONENTS: Final = {
    # The log servers listen on every address; here the API server finds the log files itself.
    "api-server": ("api-server", "--workers", "1"),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
"""The four programs, by name, with the command that starts each."""

TUNING: Final = {
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__CORE__PARALLELISM": "6",
    "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
    "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
    "AIRFLOW__SCHEDULER__MAX_TIS_PER_QUERY": "0",
    # What a scheduler that was killed had queued is taken over half a minute after its last sign of life. Airflow's own
    # setting looks every five minutes.
    "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
    # A worker notices the end of its task's process at its next heartbeat: 5 seconds by default, in
    # which its slot is taken and a failure is not told. So many of them may fail before it gives up.
    "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
    "AIRFLOW__WORKERS__MAX_FAILED_HEARTBEATS": "60",
    "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
    "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "60",
    "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "2",
    "GX_ANALYTICS_ENABLED": "false",
    "OPENBLAS_NUM_THREADS": "1",
}
"""What is set for speed on a small machine; the deployment's docker-compose.yaml carries the same."""


def free_port(wanted: int) -> int:
    """``wanted`` if nobody has it, else some other free port of this machine."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    message = "no free port on 127.0.0.1"
    raise OSError(message)


class AirflowStack:
    """Airflow's programs on this machine. A context manager: what it started ends with it."""

    def __init__(
        self,
        *,
        home: Path,
        database_dsn: str,
        dags_folder: Path,
        plugins_folder: Path,
        include_folder: Path,
        connections: Mapping[str, str | Mapping[str, object]],
        port: int = 8080,
        executor: str = EXECUTOR,
        extra_environment: Mapping[str, str] | None = None,
    ) -> None:
        self.home = home = home.absolute()
        home.mkdir(parents=True, exist_ok=True)
        self.port = free_port(port)
        self.url = f"http://127.0.0.1:{self.port}"
        self._dsn = database_dsn
        self._kept = _kept_secrets(home)
        self._supervisor = Supervisor(home / "logs")
        self.environment = self._environment(
            {
                "PYTHONPATH": str(include_folder),
                "AIRFLOW__CORE__DAGS_FOLDER": str(dags_folder),
                "AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins_folder),
                "AIRFLOW__CORE__EXECUTOR": executor,
                **{f"AIRFLOW_CONN_{name.upper()}": _connection(value) for name, value in connections.items()},
                **(extra_environment or {}),
            }
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def passwords(self) -> Mapping[str, str]:
        """Each user's password (see ``USERS``)."""
        found: dict[str, str] = json.loads(self._passwords_file.read_text(encoding="utf-8"))
        return found

    def client(self, user: str = "admin") -> AirflowClient:
        """A session of ``user`` with Airflow's REST API."""
        return AirflowClient(self.url, user, self.passwords[user])

    def pid(self, component: str) -> int:
        """The process id of a component, to watch or to kill; one that ends is started again at once."""
        return int(json.loads((self.home / "programs.json").read_text(encoding="utf-8"))[component])

    def log_file(self, component: str) -> Path:
        """What a component has said."""
        return self.home / "logs" / f"{component}.log"

    def start(self, seconds: float = 120.0) -> None:
        """Bring the database up to date, start the four programs, wait until all are healthy."""
        began = datetime.now(UTC)
        try:
            # Skipped for a database that is known to have been brought here: it takes seconds.
            migrated = self._migration.exists() and json.loads(self._migration.read_text("utf-8")) == self._revision()
            launcher = self._launch([] if migrated else [["db", "migrate"]], COMPONENTS)
            launcher.wait_until(partial(self.healthy, began), seconds, "healthy")
            if not migrated:
                self._migration.write_text(json.dumps(self._revision()), encoding="utf-8")
        except BaseException:
            self.stop()
            raise

    def wait(self, seconds: float | None = None) -> Child | None:
        """Block until Airflow ends by itself, which it does only if a component does not stay up."""
        return self._supervisor.wait(seconds)

    def stop(self) -> None:
        """Stop everything that was started."""
        self._supervisor.stop()

    def run_airflow(self, *arguments: str, seconds: float = 120.0) -> str:
        """Run one ``airflow`` command to its end; what it printed. For commands that do not stay."""
        log = self.log_file("command")
        before = log.stat().st_size if log.exists() else 0
        with Supervisor(self.home / "logs") as supervisor:
            program = Program("command", [sys.executable, "-m", "airflow", *arguments], self.environment, self.home)
            supervisor.start(program).wait_until_ended(seconds)
        return log.read_bytes()[before:].decode(errors="replace")

    def healthy(self, since: datetime) -> bool:
        """Whether the API answers and each other component has given a sign of life after ``since``.

        Airflow counts a component that was stopped a moment ago as healthy still, hence ``since``.
        """
        try:
            health = httpx.get(f"{self.url}/api/v2/monitor/health", timeout=5.0, trust_env=False).json()
        except (httpx.HTTPError, ValueError):
            return False
        beats = [health[name][f"latest_{name}_heartbeat"] for name in ("scheduler", "dag_processor", "triggerer")]
        return all(part["status"] == "healthy" for part in health.values()) and all(
            beat is not None and datetime.fromisoformat(beat) > since for beat in beats
        )

    def _launch(self, first: Sequence[Sequence[str]], programs: Mapping[str, Sequence[str]]) -> Child:
        logs = self.home / "logs"
        state = self.home / "programs.json"
        told = {"first": first, "programs": programs, "logs": str(logs), "state": str(state)}
        command = [sys.executable, "-m", "sandbox.airflow_launcher", json.dumps(told)]
        return self._supervisor.start(Program("airflow", command, self.environment, self.home, stop_seconds=15.0))

    @property
    def _passwords_file(self) -> Path:
        return self.home / "passwords.json"

    @property
    def _migration(self) -> Path:
        return self.home / "migrated.json"

    def _revision(self) -> dict[str, str | None]:
        """Which Airflow, which database (wherever it listens today), and how far it was brought."""
        found: dict[str, str | None] = {"airflow": version("apache-airflow-core"), "at": None}
        with closing(psycopg2.connect(self._dsn)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "SELECT system_identifier::text, oid::text, to_regclass('alembic_version')::text"
                " FROM pg_control_system(), pg_database WHERE datname = current_database()"
            )
            cluster, database, table = cursor.fetchone() or (None, None, None)
            if table is not None:
                cursor.execute("SELECT version_num FROM alembic_version")
                found["at"] = str(cursor.fetchone())
        return found | {"cluster": cluster, "database": database}

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        surroundings = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AIRFLOW__", "AIRFLOW_CONN_", "AIRFLOW_VAR_"))
        }
        return {
            **surroundings,
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self._dsn.replace("postgresql://", "postgresql+psycopg2://", 1),
            "AIRFLOW__DATABASE__CHECK_MIGRATIONS": "False",  # done once, before the programs start
            "AIRFLOW__CORE__FERNET_KEY": self._kept["fernet_key"],
            "AIRFLOW__API__SECRET_KEY": self._kept["api_secret_key"],
            "AIRFLOW__API_AUTH__JWT_SECRET": self._kept["jwt_secret"],
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.url,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{user}:{role}" for user, role in USERS.items()),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self._passwords_file),
            "AIRFLOW__LOGGING__COLORED_CONSOLE_LOG": "False",
            **TUNING,
            **given,
        }


def postgres_connection(dsn: str) -> dict[str, object]:
    """A PostgreSQL URL as Airflow's JSON form of a connection."""
    parts = urlsplit(dsn)
    return {
        "conn_type": "postgres",
        "host": parts.hostname,
        "port": parts.port,
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "schema": unquote(parts.path.removeprefix("/")),
    }


def _connection(value: str | Mapping[str, object]) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _kept_secrets(home: Path) -> dict[str, str]:
    """Airflow's keys and the users' passwords: made once, readable by the owner only."""
    passwords = home / "passwords.json"
    if not passwords.exists():
        _write_private(passwords, {user: secrets.token_urlsafe(12) for user in USERS})
    keys = home / "keys.json"
    if not keys.exists():
        made = {name: secrets.token_urlsafe(48) for name in ("api_secret_key", "jwt_secret")}
        # A Fernet key is 32 bytes in URL-safe base64, with its padding.
        _write_private(keys, made | {"fernet_key": secrets.token_urlsafe(32) + "="})
    kept: dict[str, str] = json.loads(keys.read_text(encoding="utf-8"))
    return kept


def _write_private(path: Path, content: Mapping[str, str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
