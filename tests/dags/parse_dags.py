"""Parse every file of a DAG folder as Airflow's dag processor does, and report: a program for ``folder.py``."""

from __future__ import annotations

import importlib.util
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from airflow.sdk.definitions._internal.contextmanager import DagContext  # what a DAG file's process has already

CONNECTED: list[str] = []
_WATCHED = ("socket.connect", "socket.getaddrinfo", "sqlite3.connect")


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _WATCHED:
        CONNECTED.append(f"{event} {arguments[-1]!r}")


def main(folder: Path, report: Path) -> None:
    """Write what the DAG files hold as JSON."""
    before = set(sys.modules)
    sys.addaudithook(_watch)
    dags: dict[str, Any] = {}
    errors: dict[str, str] = {}
    seconds: dict[str, str] = {}
    for file in sorted(folder.glob("*.py")):
        began = time.process_time()
        try:
            module = _import(file)
        except Exception:  # noqa: BLE001  (reported, as Airflow does)
            errors[file.name] = traceback.format_exc()
            continue
        seconds[file.name] = f"{time.process_time() - began:.3f}"
        for dag in _registered(module):
            dags[dag.dag_id] = _described(dag, file)
    found = {"dags": dags, "errors": errors, "connected": list(CONNECTED), "seconds": seconds}
    found["modules"] = sorted(set(sys.modules) - before)
    report.write_text(json.dumps(found), encoding="utf-8")


def _import(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(f"dag_file_{file.stem}", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    DagContext.current_autoregister_module_name = spec.name
    spec.loader.exec_module(module)
    return module


def _described(dag: Any, file: Path) -> dict[str, Any]:
    timetable = dag.timetable
    inner = getattr(timetable, "timetable", None)
    return {
        "file": file.name,
        "owner": dag.owner,
        "tags": sorted(dag.tags),
        "doc": dag.doc_md or "",
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "timeout": str(dag.dagrun_timeout) if dag.dagrun_timeout else None,
        "timetable": type(timetable).__name__,
        "every_seconds": _seconds(inner or timetable),
        "assets": sorted(_asset_names(timetable)),
        "params": sorted(dag.params),
        "tasks": {task.task_id: _task(task) for task in dag.tasks},
    }


def _task(task: Any) -> dict[str, Any]:
    partial = getattr(task, "partial_kwargs", {})

    def of(name: str) -> Any:
        return partial[name] if name in partial else getattr(task, name, None)

    return {
        "owner": of("owner"),
        "retries": of("retries"),
        "retry_policy": type(of("retry_policy")).__name__,
        "limit": str(of("execution_timeout")),
        "pool": of("pool"),
        "doc": of("doc_md") or "",
        "upstream": sorted(task.upstream_task_ids),
        "is_mapped": bool(partial),
        "is_teardown": bool(task.is_teardown),
        "fails_the_run": bool(getattr(task, "on_failure_fail_dagrun", False)),
        "trigger_rule": str(of("trigger_rule")),
    }


def _seconds(timetable: Any) -> int | None:
    delta = getattr(timetable, "delta", None)
    return int(delta.total_seconds()) if delta is not None else None


def _asset_names(timetable: Any) -> set[str]:
    condition = getattr(timetable, "asset_condition", None)
    return {asset.name for asset in condition.objects} if condition is not None else set()


def _registered(module: Any) -> list[Any]:
    """The DAGs that ``with`` has registered for the file."""
    found = [dag for dag, owner in DagContext.autoregistered_dags if owner is module]
    DagContext.autoregistered_dags.clear()
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
