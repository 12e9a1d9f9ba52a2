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
    moved = office.next_run(f"{NORD}.invoices", lambda: north.approve(5105))
    assert [run.state for run in _compared_for(office, moved)] == ["success"]
    with closing(north.company.store()) as store:
        for language in Language:
            reports = {kind: read_report(store, NORD, language, kind) for kind in ReportFormat}
            assert all(reports.values())
            assert f'lang="{language}"'.encode() in reports[ReportFormat.HTML]
    idle = office.run(f"{NORD}.invoices")
    assert office.states(idle)["extract"] == {"skipped"}
    later = office.next_run(f"{NORD}.invoices", lambda: north.approve(5106))
    assert [run.state for run in _compared_for(office, later)] == ["success"]
    assert _caused_by(office, idle) == []  # what came after it is here, so it would be


def _compared_for(office: Office, run: DagRun) -> list[DagRun]:
    """The comparisons that a run led to, once they are over; the interval's own runs are others."""
    found: list[DagRun] = office.until(
        lambda: _caused_by(office, run), lambda runs: bool(runs) and all(item.finished for item in runs), DAG
    )
    return found


def _caused_by(office: Office, run: DagRun) -> list[DagRun]:
    def causes(compared: DagRun) -> set[str]:
        return {event["source_run_id"] for event in office.client.triggering_events(DAG, compared.run_id)}

    return [compared for compared in office.runs(DAG) if run.run_id in causes(compared)]
