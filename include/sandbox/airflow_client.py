"""A small client for Airflow's REST API v2: what the demo and the tests ask of it.

A log-in lasts a day (``[api_auth] jwt_expiration_time``); one client is one user's session.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self, TypeVar

import httpx

from sandbox.processes import wait_until

__all__ = ["AirflowClient", "AirflowRefusedError", "DagRun", "TaskInstance"]

T = TypeVar("T")

_FINISHED: Final = frozenset({"success", "failed"})
_POLL_SECONDS: Final = 0.2  # each look costs Airflow's server as much as a task's own calls do
_PAGE: Final = 100  # Airflow's own limit ([api] maximum_page_limit)


class AirflowRefusedError(RuntimeError):
    """Airflow answered with an error; ``status`` is the HTTP status."""

    def __init__(self, answer: httpx.Response) -> None:
        asked = answer.request
        super().__init__(f"{asked.method} {asked.url.path}: {answer.status_code} {answer.text[:500]}")
        self.status = answer.status_code


@dataclass(frozen=True, slots=True)
class DagRun:
    """One run of a DAG."""

    dag_id: str
    run_id: str
    state: str
    run_type: str
    run_after: datetime | None
    started: datetime | None
    ended: datetime | None
    conf: Mapping[str, Any]

    @property
    def finished(self) -> bool:
        """Whether nothing more happens in it by itself."""
        return self.state in _FINISHED


@dataclass(frozen=True, slots=True)
class TaskInstance:
    """One instance of a task in a run; ``map_index`` is -1 where the task is not mapped."""

    task_id: str
    map_index: int
    state: str | None
    try_number: int
    scheduled: datetime | None
    queued: datetime | None
    started: datetime | None
    ended: datetime | None
    pid: int | None


class AirflowClient:
    """One user's session with Airflow."""

    def __init__(self, url: str, user: str, password: str, *, timeout_seconds: float = 30.0) -> None:
        # trust_env: a proxy of the surroundings has no part in a call to this machine.
        self._http = httpx.Client(base_url=url, timeout=timeout_seconds, trust_env=False)
        answer = self._http.post("/auth/token", json={"username": user, "password": password})
        if answer.is_error:
            self._http.close()
            raise AirflowRefusedError(answer)
        self.token: str = answer.json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {self.token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def call(self, method: str, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """Any call below ``/api/v2``; the answer's JSON (None when empty)."""
        answer = self._http.request(method, f"/api/v2{path}", json=json, params=dict(params or {}))
        if answer.is_error:
            raise AirflowRefusedError(answer)
        return answer.json() if answer.content else None

    # --- DAGs -----------------------------------------------------------------------------------

    def dag_ids(self) -> list[str]:
        """Every DAG that was parsed."""
        return [dag["dag_id"] for dag in self._all("/dags", "dags")]

    def import_errors(self) -> dict[str, str]:
        """Files that could not be parsed, and why."""
        return {error["filename"]: error["stack_trace"] for error in self._all("/importErrors", "import_errors")}

    def set_paused(self, dag_id: str, *, paused: bool) -> None:
        """Pause or unpause a DAG."""
        self.call("PATCH", f"/dags/{dag_id}", json={"is_paused": paused}, params={"update_mask": "is_paused"})

    def parse_again(self, dag_id: str) -> None:
        """Have the DAG's file parsed now: its watcher starts, after unpausing, with the next parse only."""
        token = self.call("GET", f"/dags/{dag_id}/details")["file_token"]
        try:
            self.call("PUT", f"/parseDagFile/{token}")
        except AirflowRefusedError as error:
            if error.status != 409:  # asked already, and not done yet
                raise

    def wait_for_dags(self, dag_ids: Sequence[str], seconds: float = 60.0) -> None:
        """Wait until each of ``dag_ids`` is parsed."""
        wait_until(lambda: set(dag_ids) <= set(self.dag_ids()), seconds, f"DAGs {', '.join(dag_ids)}")

    # --- Runs -----------------------------------------------------------------------------------

    def trigger(self, dag_id: str, conf: Mapping[str, Any] | None = None, run_id: str | None = None) -> DagRun:
        """Start a run by hand."""
        body = {"logical_date": None, "conf": dict(conf or {}), "dag_run_id": run_id}
        return _dag_run(self.call("POST", f"/dags/{dag_id}/dagRuns", json=body))

    def dag_run(self, dag_id: str, run_id: str) -> DagRun:
        """One run."""
        return _dag_run(self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}"))

    def dag_runs(self, dag_id: str) -> list[DagRun]:
        """Every run of a DAG, the newest first."""
        runs = self._all(f"/dags/{dag_id}/dagRuns", "dag_runs", {"order_by": "-id"})
        return [_dag_run(run) for run in runs]

    def wait_for_run(self, dag_id: str, run_id: str, seconds: float = 120.0) -> DagRun:
        """Wait until a run has finished."""
        return self.wait_for(lambda: self.dag_run(dag_id, run_id), lambda run: run.finished, seconds, run_id)

    @staticmethod
    def wait_for(look: Callable[[], T], good: Callable[[T], bool], seconds: float, what: str) -> T:
        """Look until what is seen is ``good``; it is returned."""
        seen: list[T] = []

        def is_good() -> bool:
            seen[:] = [look()]
            return good(seen[0])

        try:
            wait_until(is_good, seconds, what, every=_POLL_SECONDS)
        except TimeoutError as error:
            error.add_note(f"last seen: {seen[0]!r}")
            raise
        return seen[0]

    def task_instances(self, dag_id: str, run_id: str) -> list[TaskInstance]:
        """Every task instance of a run, mapped ones included."""
        found = self._all(f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances", "task_instances")
        return [_task_instance(item) for item in found]

    def clear(
        self,
        dag_id: str,
        run_id: str,
        tasks: Sequence[str | tuple[str, int]],
        *,
        downstream: bool = False,
        only_failed: bool = False,
    ) -> list[TaskInstance]:
        """Clear task instances, as on-call does; a pair (task, map index) is one mapped instance.

        Returns what was cleared. Without ``downstream`` nothing else is.
        """
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": [task if isinstance(task, str) else list(task) for task in tasks],
            "include_downstream": downstream,
            "only_failed": only_failed,
            "reset_dag_runs": True,
        }
        answer = self.call("POST", f"/dags/{dag_id}/clearTaskInstances", json=body)
        return [_task_instance(item) for item in answer["task_instances"]]

    def log(self, dag_id: str, run_id: str, task_id: str, try_number: int = 1, map_index: int = -1) -> str:
        """A task instance's log, as text."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/{try_number}"
        answer = self.call("GET", path, params={"map_index": map_index, "full_content": "true"})
        return "\n".join(line if isinstance(line, str) else _log_line(line) for line in answer["content"])

    def xcom(self, dag_id: str, run_id: str, task_id: str, key: str = "return_value", map_index: int = -1) -> Any:
        """What a task handed on."""
        path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/xcomEntries/{key}"
        return self.call("GET", path, params={"map_index": map_index, "deserialize": "true"})["value"]

    # --- Assets ---------------------------------------------------------------------------------

    def asset_events(self, asset_name: str | None = None) -> list[dict[str, Any]]:
        """Asset events, the newest first; ``extra`` holds what the watcher said."""
        wanted = {} if asset_name is None else {"name_pattern": asset_name}
        return self._all("/assets/events", "asset_events", {"order_by": "-id", **wanted})

    def triggering_events(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The asset events that a run consumed."""
        answer = self.call("GET", f"/dags/{dag_id}/dagRuns/{run_id}/upstreamAssetEvents")
        return list(answer["asset_events"])

    def _all(self, path: str, key: str, params: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = self.call("GET", path, params={**(params or {}), "limit": _PAGE, "offset": len(found)})
            found.extend(page[key])
            if len(found) >= page["total_entries"] or not page[key]:
                return found


def _time(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _log_line(line: Mapping[str, Any]) -> str:
    errors = [f"{error['exc_type']}: {error['exc_value']}" for error in line.get("error_detail") or ()]
    return "\n".join([str(line.get("event", line)), *errors])


def _dag_run(item: Mapping[str, Any]) -> DagRun:
    return DagRun(
        dag_id=item["dag_id"],
        run_id=item["dag_run_id"],
        state=item["state"],
        run_type=item["run_type"],
        run_after=_time(item["run_after"]),
        started=_time(item["start_date"]),
        ended=_time(item["end_date"]),
        conf=item["conf"] or {},
    )


def _task_instance(item: Mapping[str, Any]) -> TaskInstance:
    return TaskInstance(
        task_id=item["task_id"],
        map_index=item["map_index"],
        state=item["state"],
        try_number=item["try_number"],
        scheduled=_time(item["scheduled_when"]),
        queued=_time(item["queued_when"]),
        started=_time(item["start_date"]),
        ended=_time(item["end_date"]),
        pid=item["pid"],
    )
