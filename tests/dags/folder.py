"""Integration files in a folder, and the DAG files as Airflow parses them with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DAGS = ROOT / "dags"

_PROGRAM = Path(__file__).with_name("parse_dags.py")


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a process that parses the DAG files reports. ``dags`` by id; see ``parse_dags.py``."""

    dags: dict[str, dict[str, Any]]
    errors: dict[str, str]
    modules: frozenset[str]
    connected: list[str]
    seconds: dict[str, str]


def write_files(folder: Path, files: Mapping[str, str | Mapping[str, Any]]) -> Path:
    """Each integration file, as text or as its content."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        text = content if isinstance(content, str) else yaml.safe_dump(dict(content), allow_unicode=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def parse(integrations: Path, home: Path) -> Parsed:
    """Parse ``dags/`` in a process of its own, which imports nothing else."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")},
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "LEDGERBRIDGE_INTEGRATIONS": str(integrations),
        "PYTHONPATH": str(ROOT / "include"),
    }
    home.mkdir(exist_ok=True)
    told = subprocess.run(
        [sys.executable, str(_PROGRAM), str(DAGS), str(home / "parsed.json")],
        env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout[-4000:] + told.stderr[-4000:]
    found = json.loads((home / "parsed.json").read_text(encoding="utf-8"))
    return Parsed(**{**found, "modules": frozenset(found["modules"])})
