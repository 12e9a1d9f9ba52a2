"""docker-compose.yaml, held against what matters in a deployment and against how Airflow runs here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from ledgerbridge.store.database import connect
from sandbox.airflow_stack import TUNING, AirflowStack, free_port
from sandbox.postgres import EmbeddedPostgres
from sandbox.processes import Program, Supervisor

ROOT = Path(__file__).parents[2]
AIRFLOW = ("init", "api-server", "scheduler", "dag-processor", "triggerer", "worker")
PROGRAMS = AIRFLOW[1:]
SECRET = re.compile(r"PASSWORDS?$|SECRET$|_KEY$|SQL_ALCHEMY_CONN$|_DSN$|^AIRFLOW_CONN_")
VARIABLE = re.compile(r"\$\{(\w+)(:[?-])?([^}]*)\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


def test_every_program_of_the_deployment_is_there(services: dict[str, dict[str, Any]]) -> None:
    assert set(services) == {"postgres", *AIRFLOW}
    assert services["worker"]["command"][:3] == ["airflow", "edge", "worker"]
    for name in PROGRAMS[:-1]:
        assert services[name]["command"][:2] == ["airflow", name]
    assert "airflow db migrate" in services["init"]["command"][-1]


def test_what_stays_up_is_watched_restarted_and_keeps_its_logs_small(services: dict[str, dict[str, Any]]) -> None:
    for name in ("postgres", *PROGRAMS):
        assert services[name]["restart"] == "unless-stopped"
        check = services[name]["healthcheck"]
        assert check["test"][0] == "CMD"
        assert {"interval", "timeout", "retries", "start_period"} <= set(check)
    assert services["init"]["restart"] == "no"
    for service in services.values():
        assert {"max-size", "max-file"} <= set(service["logging"]["options"])


def test_programs_start_after_the_database_was_brought_up_to_date(services: dict[str, dict[str, Any]]) -> None:
    for name in PROGRAMS[:-1]:
        assert services[name]["depends_on"]["init"]["condition"] == "service_completed_successfully"
        assert services[name]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert services["worker"]["depends_on"] == {"api-server": {"condition": "service_healthy"}}


def test_no_secret_stands_in_the_file_and_a_missing_one_is_told(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for name, value in service["environment"].items():
            if SECRET.search(name):
                variables = VARIABLE.findall(value)
                assert variables, f"{name} holds its value in the file"
                for variable, sign, message in variables:
                    assert sign == ":?", f"{name} has a default, or may be empty"
                    assert variable in message


def test_the_example_names_every_variable_and_gives_no_value() -> None:
    used = set(VARIABLE.findall((ROOT / "docker-compose.yaml").read_text(encoding="utf-8")))
    required = {name for name, sign, _ in used if sign == ":?"}
    optional = {name for name, sign, _ in used if sign == ":-"}
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert set(re.findall(r"^(\w+)=$", example, re.MULTILINE)) == required
    assert set(re.findall(r"^#(\w+)=.+$", example, re.MULTILINE)) == optional
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"/.env", "/connections.env"} <= set(ignored)


def test_only_the_web_interface_has_a_port_and_on_loopback_only(services: dict[str, dict[str, Any]]) -> None:
    assert {name for name, service in services.items() if "ports" in service} == {"api-server"}
    assert all(port.startswith("127.0.0.1:") for port in services["api-server"]["ports"])


def test_airflow_runs_as_an_ordinary_user_with_no_more_rights(services: dict[str, dict[str, Any]]) -> None:
    for name in AIRFLOW:
        assert services[name]["user"] == "50000:50000"
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
        assert not services[name].get("privileges")
    assert re.search(r"^USER airflow$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)


def test_secrets_go_only_to_who_needs_them(services: dict[str, dict[str, Any]]) -> None:
    holders = {name for name in AIRFLOW if any("AIRFLOW_CONN_" in key for key in services[name]["environment"])}
    assert holders == {"api-server", "triggerer"}
    assert {name for name in AIRFLOW if "env_file" in services[name]} == holders
    given = {name for name in services["worker"]["environment"] if SECRET.search(name)}
    assert given == {"AIRFLOW__API_AUTH__JWT_SECRET"}


def test_data_outlives_the_containers(compose: dict[str, Any]) -> None:
    named = set(compose["volumes"])
    used = {str(volume).split(":")[0] for service in compose["services"].values() for volume in service["volumes"]}
    assert named <= used
    assert "database:/var/lib/postgresql" in compose["services"]["postgres"]["volumes"]


def test_it_is_set_as_airflow_is_set_here(services: dict[str, dict[str, Any]]) -> None:
    for name in AIRFLOW:
        environment = services[name]["environment"]
        same = {key: value for key, value in TUNING.items() if key != "AIRFLOW__CORE__PARALLELISM"}
        assert {key: environment.get(key) for key in same} == same
        assert all(isinstance(value, str) for value in environment.values()), "Compose wants texts"


def test_whoever_logs_in_has_a_name_of_their_own(services: dict[str, dict[str, Any]]) -> None:
    for name in ("init", "api-server"):
        users = services[name]["environment"]["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"]
        assert users == "${LEDGERBRIDGE_LOGINS:?set LEDGERBRIDGE_LOGINS in .env}"
    assert {name for name in services if "LEDGERBRIDGE_PASSWORDS" in services[name]["environment"]} == {"init"}


def initialised(
    compose: dict[str, Any], tmp_path: Path, dsn: str, logins: str, passwords: str
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """What the service `init` ends with, and where it keeps the passwords."""
    script, file = tmp_path / "init.py", tmp_path / "passwords.json"
    script.write_text(compose["configs"]["init"]["content"].replace("$$", "$"), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "include"),
        "LEDGERBRIDGE_DSN": dsn,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": logins,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(file),
        "LEDGERBRIDGE_PASSWORDS": passwords,
    }
    command = [sys.executable, str(script)]
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=120), file


def test_each_person_gets_the_password_that_was_given(
    compose: dict[str, Any], postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    dsn = postgres.create_database("ledgerbridge_init")
    logins, passwords = "anna:admin, bo.b:user", "anna:a1, bo.b:b2:b3"
    ended, file = initialised(compose, tmp_path, dsn, logins, passwords)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
    assert json.loads(file.read_text(encoding="utf-8")) == {"anna": "a1", "bo.b": "b2:b3"}
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(connect(dsn)) as store, store.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM transfer")
    assert as_airflow_reads_it(file, logins) == {"anna": ["admin", "a1"], "bo.b": ["user", "b2:b3"]}


def as_airflow_reads_it(passwords: Path, logins: str) -> Any:
    """Person → role and password, by Airflow's own reading."""
    ask = (
        "import json; "
        "from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager as Manager; "
        "kept = Manager.get_passwords(); "
        "print('=' + json.dumps({u.username: [u.role, kept[u.username]] for u in Manager.get_users()}))"
    )
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(passwords.parent),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": logins,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
    }
    asked = subprocess.run(
        [sys.executable, "-c", ask], env=environment, check=True, capture_output=True, text=True, timeout=120
    )
    return json.loads(asked.stdout.rpartition("=")[2])


@pytest.mark.parametrize(
    ("logins", "passwords", "told"),
    [
        ("anna:boss", "anna:s3cret", "anna needs one of the roles"),
        ("anna", "anna:s3cret", "anna needs one of the roles"),
        ("anna:admin,bo:user", "anna:s3cret", "bo has no password"),
        ("anna:admin", "anna:", "anna has no password"),
        ("anna:admin", "anna:s3,cret", "somebody in it is not in LEDGERBRIDGE_LOGINS"),
    ],
)
def test_a_person_without_role_or_password_is_told_and_no_password_is(
    compose: dict[str, Any], tmp_path: Path, logins: str, passwords: str, told: str
) -> None:
    ended, file = initialised(compose, tmp_path, "postgresql://nowhere.invalid/", logins, passwords)
    assert ended.returncode == 1
    assert told in ended.stderr
    assert "cret" not in ended.stderr
    assert not file.exists()


def test_both_databases_are_made_each_with_an_owner_of_its_own(compose: dict[str, Any]) -> None:
    script = compose["configs"]["databases"]["content"]
    for name in ("airflow", "ledgerbridge"):
        assert f"CREATE DATABASE {name} OWNER {name};" in script
        assert f"CREATE ROLE {name} LOGIN PASSWORD :'{name}';" in script
    for content in compose["configs"].values():
        assert "$" not in content["content"].replace("$$", ""), "Compose would put a variable in its place"


@pytest.mark.parametrize(("component", "key"), [("dag-processor", "dag_processor"), ("triggerer", "triggerer")])
@pytest.mark.parametrize(("status", "code"), [("healthy", 0), ("unhealthy", 1)])
def test_health_that_the_api_tells_decides(
    services: dict[str, dict[str, Any]], component: str, key: str, status: str, code: int
) -> None:
    class Api(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/api/v2/monitor/health"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({key: {"status": status}}).encode())

        def log_message(self, *_: object) -> None:  # type: ignore[override]
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.handle_request).start()
        _, python, flag, check = services[component]["healthcheck"]["test"]
        assert python == "python"
        check = check.replace("http://api-server:8080", f"http://127.0.0.1:{server.server_port}")
        assert subprocess.run([sys.executable, flag, check], check=False, timeout=60).returncode == code


@pytest.mark.long
def test_an_edge_worker_carries_tasks_out_without_any_database(
    services: dict[str, dict[str, Any]], postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    port = free_port(0)
    here = f"http://127.0.0.1:{port}"
    edge = {
        name: value.replace("http://api-server:8080", here)
        for name, value in services["worker"]["environment"].items()
        if name.startswith("AIRFLOW__EDGE__")
    }
    stack = AirflowStack(
        home=tmp_path / "airflow",
        database_dsn=postgres.create_database("airflow_edge"),
        dags_folder=Path(__file__).with_name("dags"),
        plugins_folder=tmp_path / "plugins",
        include_folder=ROOT / "include",
        connections={},
        port=port,
        executor="airflow.providers.edge3.executors.EdgeExecutor",
        extra_environment=edge,
    )
    given = {name: stack.environment[name] for name in services["worker"]["environment"] if name in stack.environment}
    surroundings = {name: stack.environment[name] for name in ("PATH", "PYTHONPATH") if name in stack.environment}
    home = {"AIRFLOW_HOME": str(tmp_path / "worker"), "HOME": str(tmp_path)}
    pid_file = tmp_path / "worker.pid"
    command = [sys.executable, "-m", *services["worker"]["command"][:-1], str(pid_file)]
    with stack, Supervisor(tmp_path / "logs") as supervisor, stack.client() as admin:
        admin.wait_for_dags(["probe.customers"])
        worker = Program("worker", command, surroundings | given | home, tmp_path)
        supervisor.start(worker, ready=pid_file.exists, seconds=90)
        admin.set_paused("probe.customers", paused=False)
        run = admin.wait_for_run("probe.customers", admin.trigger("probe.customers").run_id, 180)
        assert run.state == "success"
        assert all(admin.xcom("probe.customers", run.run_id, "validate").values())
