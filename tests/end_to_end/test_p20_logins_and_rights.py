"""P20, as far as there is anything to open: Airflow's own interface, with Ledgerbridge's DAGs and their logs.

For whoever has no login, all routes are tried, as the application itself lists them, so that a new one cannot be
forgotten. For a viewer, whom a login does let in, seven calls are tried that would change something of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from branch import NORD
from office import Office

# What must answer whoever asks: a sign of life, the version, and the login itself.
OPEN = re.compile(r"^/(api/v2/(monitor/health|version|auth/(login|logout))|auth/(login|logout|token).*|login|logout)$")


def _routes(office: Office) -> Iterator[tuple[str, str]]:
    """(method, path) of everything that Airflow serves, with values in place of the paths' names."""
    given = {"dag_id": f"{NORD}.invoices", "dag_run_id": "any", "task_id": "load", "map_index": "0", "try_number": "1"}
    for schema in ("/openapi.json", "/auth/openapi.json"):
        with httpx.Client(base_url=office.stack.url, trust_env=False) as client:
            answer = client.get(schema)
        if answer.is_error:
            continue
        prefix = schema.removesuffix("/openapi.json")
        for path, methods in answer.json()["paths"].items():
            filled = re.sub(r"{(\w+)(:\w+)?}", lambda name: given.get(name[1], "1"), path)
            for method in methods.keys() & {"get", "post", "put", "patch", "delete"}:
                yield method.upper(), prefix + filled


@pytest.mark.spec("P20")
def test_nobody_reads_or_changes_anything_without_a_login(office: Office) -> None:
    routes = list(_routes(office))
    assert len(routes) > 80, "Airflow serves far more than that: were its routes found?"
    let_in = []
    with httpx.Client(base_url=office.stack.url, trust_env=False, follow_redirects=False) as anonymous:
        for method, path in routes:
            if OPEN.match(path):
                continue
            status = anonymous.request(method, path, json={} if method != "GET" else None).status_code
            if status not in {401, 403}:  # a 404 or a 422 comes from behind the door
                let_in.append((method, path, status))
    assert let_in == [], "these do not ask who it is first"


@pytest.mark.spec("P20")
@pytest.mark.parametrize("headers", [{"Authorization": "Bearer forged"}, {"Cookie": "_token=forged"}])
def test_a_forged_token_opens_nothing(office: Office, headers: dict[str, str]) -> None:
    with httpx.Client(base_url=office.stack.url, trust_env=False, headers=headers) as forger:
        for path in ("/api/v2/dags", f"/api/v2/dags/{NORD}.invoices/dagRuns", "/api/v2/connections"):
            assert forger.get(path).status_code in {401, 403}, path


@pytest.mark.spec("P20")
def test_who_may_only_look_changes_nothing(office: Office) -> None:
    dag = f"/api/v2/dags/{NORD}.invoices"
    attempts = [
        ("POST", f"{dag}/dagRuns", {"logical_date": None, "conf": {}}),
        ("POST", f"{dag}/clearTaskInstances", {"dry_run": False}),
        ("PATCH", dag, {"is_paused": True}),
        ("DELETE", dag, None),
        ("POST", "/api/v2/pools", {"name": "mine", "slots": 1}),
        ("POST", "/api/v2/connections", {"connection_id": "mine", "conn_type": "http"}),
        ("POST", f"/api/v2/dags/{NORD}.link_customers/dagRuns", {"logical_date": None, "conf": {"action": "unlink"}}),
    ]
    before = [run.run_id for run in office.runs(f"{NORD}.invoices")]
    with office.stack.client("viewer") as viewer:
        token = viewer.token
    with httpx.Client(base_url=office.stack.url, trust_env=False, headers={"Authorization": f"Bearer {token}"}) as http:
        for method, path, body in attempts:
            assert http.request(method, path, json=body).status_code == 403, (method, path)
    assert [run.run_id for run in office.runs(f"{NORD}.invoices")] == before


@pytest.mark.spec("P20")
def test_another_site_makes_a_browser_change_nothing(office: Office) -> None:
    """A browser sends the login's cookie along and no token: a form of another site must not be enough."""
    with office.stack.client("admin") as admin:
        token = admin.token
    dag = f"/api/v2/dags/{NORD}.invoices"
    before = [run.run_id for run in office.runs(f"{NORD}.invoices")]
    headers = {"Cookie": f"_token={token}", "Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    with httpx.Client(base_url=office.stack.url, trust_env=False, headers=headers) as browser:
        form = browser.post(f"{dag}/dagRuns", data={"logical_date": "", "conf": "{}"})
        assert form.status_code >= 400, form.text
        allowed = browser.options(f"{dag}/dagRuns", headers={"Access-Control-Request-Method": "POST"})
        assert "access-control-allow-origin" not in allowed.headers
    assert [run.run_id for run in office.runs(f"{NORD}.invoices")] == before
