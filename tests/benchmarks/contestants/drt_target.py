"""drt as its README shows it: a profile, a project, syncs to a ``rest_api`` destination, and ``drt run``.

Pattern: https://github.com/drt-hub/drt/blob/main/docs/connectors/rest-api.md and
https://github.com/drt-hub/drt/blob/main/docs/guides/dead-letter-queue.md (``on_error: skip`` with the queue, and
``drt retry`` before the next run). In its favour: its limit of ten requests a second is switched off; its REST
destination sends an idempotency key (``native_idempotency_key``, explained in the package's
``drt/config/destinations_saas.py``); ``mode: incremental``, so that a second run reads what is new and no more; as drt
runs syncs side by side and never the rows of one (``drt run --threads``), there is one sync per connection, each with
its share of the rows. The rows are in a SQLite database before the start, as a company's are in its warehouse.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import drt.destinations.rest_api
import drt.engine.observer
import drt.engine.sync
import drt.sources.sqlite
import yaml
from drt.cli.commands.retry import replay_dead_letters
from drt.cli.main import app
from drt.config.parser import load_syncs
from protocol import Job, Tally, delivering, note, read_job

# `drt run` imports these when it is under way; here they belong to the start.
IMPORTED_EARLY = (drt.destinations.rest_api, drt.engine.observer, drt.engine.sync, drt.sources.sqlite)
DATABASE, RESULTS = "warehouse.sqlite", Path("target/drt/run_results.json")


def set_up(job: Job) -> None:
    """What a user of drt writes by hand, once; the tokens stay in the environment."""
    _fill_warehouse(job)
    _write(Path(os.environ["HOME"]) / ".drt/profiles.yml", {"local": {"type": "sqlite", "database": DATABASE}})
    _write(Path("drt_project.yml"), {"name": "invoices", "version": "1.0", "profile": "local"})
    for share in range(job.connections):
        _write(Path(f"syncs/invoices_{share}.yml"), _sync(job, share))


def _fill_warehouse(job: Job) -> None:
    with closing(sqlite3.connect(DATABASE)) as database, database:
        database.execute("CREATE TABLE IF NOT EXISTS invoices (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
        rows = ((int(payload.id), payload.body) for payload in job.payloads())
        database.executemany("INSERT OR REPLACE INTO invoices VALUES (?, ?)", rows)


def _sync(job: Job, share: int) -> dict[str, Any]:
    return {
        "name": f"invoices_{share}",
        "model": f"SELECT id, body FROM invoices WHERE id % {job.connections} = {share}",
        "destination": {
            "type": "rest_api",
            "url": "${BENCH_URL}/invoices/drafts",
            "method": "POST",
            "headers": {
                "Content-Type": "application/json",
                "X-AppSecretToken": "${BENCH_APP_SECRET}",
                "X-AgreementGrantToken": "${BENCH_GRANT}",
            },
            "body_template": "{{ row.body }}",
            "native_idempotency_key": "draft-invoice-{{ row.id }}",
        },
        "sync": {
            "mode": "incremental",
            "cursor_field": "id",
            "batch_size": 1000,  # a connection is opened anew for every batch
            "rate_limit": {"requests_per_second": 0},
            "retry": {"max_attempts": 5, "initial_backoff": 0.5},
            "on_error": "skip",
            "dlq": {"enabled": True},
        },
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content), encoding="utf-8")


def retry(tally: Tally) -> None:
    """``drt retry`` of every sync: what an earlier run put into the dead letter queue."""
    for sync in load_syncs(Path()):
        summary = replay_dead_letters(sync)
        _count(tally, summary.get("succeeded", 0), summary.get("still_failing", 0))


def run(job: Job, tally: Tally) -> None:
    """``drt run --threads N``; what it did stands in the file that it leaves."""
    exit_code = app(["run", "--threads", str(job.connections), "--quiet"], standalone_mode=False)
    results = json.loads(RESULTS.read_text(encoding="utf-8"))["results"]
    for result in results:
        _count(tally, result["rows_synced"], result["rows_failed"])
    # It ends with 1 when a record failed, too; a sync that came to no end is another matter.
    if any("error_type" in result for result in results):
        raise SystemExit(exit_code or 1)


def _count(tally: Tally, delivered: int, failed: int) -> None:
    tally.delivered += delivered
    tally.failed += failed


def main() -> None:
    """Deliver what waits in the queues, then what is new."""
    job = read_job()
    os.chdir(job.state)
    set_up(job)
    with delivering() as tally:
        retry(tally)
        run(job, tally)
        note(f"{tally.delivered} delivered, {tally.failed} failed")


if __name__ == "__main__":
    main()
