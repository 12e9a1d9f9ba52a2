"""The comparison begins after a run that has moved something, and its reports are kept in both languages."""

from __future__ import annotations

from contextlib import closing

import pytest
from branch import NORD
from office import Office

from ledgerbridge.reasons import Language
from ledgerbridge.reconciliation.reports import ReportFormat, read_report
from sandbox.airflow_client import DagRun

DAG = f"{NORD}.reconciliation"


@pytest.mark.spec("X-1", "X-6")
def test_it_runs_after_a_run_that_moved_something_and_not_after_an_idle_one(synced: Office) -> None:
    office, north = synced, synced[NORD]
    office.switch_on(NORD, "reconciliation")
    office.quiet(NORD)
    before = {run.run_id for run in office.runs(DAG)}

    def new() -> list[DagRun]:
        return [run for run in office.runs(DAG) if run.run_id not in before]

    moved = office.next_run(f"{NORD}.invoices", lambda: north.approve(5105))
    runs = office.until(new, lambda found: bool(found) and all(run.finished for run in found), DAG)
    assert [run.state for run in runs] == ["success"]
    caused = office.client.triggering_events(DAG, runs[0].run_id)
    assert moved.run_id in {event["source_run_id"] for event in caused}
    with closing(north.company.store()) as store:
        for language in Language:
            reports = {kind: read_report(store, NORD, language, kind) for kind in ReportFormat}
            assert all(reports.values())
            assert f'lang="{language}"'.encode() in reports[ReportFormat.HTML]
    before |= {run.run_id for run in runs}
    assert office.states(office.run(f"{NORD}.invoices"))["extract"] == {"skipped"}
    office.quiet(NORD)
    assert new() == []
