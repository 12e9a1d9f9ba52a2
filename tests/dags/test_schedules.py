"""When a module runs: its interval, and the events it follows (CT-4)."""

from __future__ import annotations

import pytest
from folder import Parsed

HOUR = 3600


@pytest.mark.spec("CT-4")
def test_customers_run_every_six_hours_and_follow_events_by_default(parsed: Parsed) -> None:
    dag = parsed.dags["alfa.customers"]
    assert dag["every_seconds"] == 6 * HOUR
    assert dag["assets"] == ["alfa.customers.changed"]


@pytest.mark.spec("CT-4")
@pytest.mark.parametrize(("name", "minutes"), [("gamma", 45), pytest.param("delta", 20, id="delta-uniconta-20")])
def test_the_customers_interval_is_a_setting_in_minutes(parsed: Parsed, name: str, minutes: int) -> None:
    assert parsed.dags[f"{name}.customers"]["every_seconds"] == minutes * 60


@pytest.mark.spec("CT-4")
def test_customers_can_be_on_the_interval_alone(parsed: Parsed) -> None:
    dag = parsed.dags["beta.customers"]
    assert (dag["timetable"], dag["every_seconds"], dag["assets"]) == ("DeltaTriggerTimetable", 90 * 60, [])


@pytest.mark.spec("CT-4")
@pytest.mark.parametrize("name", ["alfa", "beta", "gamma", pytest.param("delta", id="delta-uniconta")])
def test_booking_follows_the_approval_whatever_the_customers_do(parsed: Parsed, name: str) -> None:
    assert parsed.dags[f"{name}.invoices"]["assets"] == [f"{name}.invoices.changed"]
    # The interval beside it only finds what an event has missed.
    assert parsed.dags[f"{name}.invoices"]["every_seconds"] in {15 * 60, 5 * 60}


@pytest.mark.spec("X-1")
def test_the_comparison_follows_what_has_moved(parsed: Parsed) -> None:
    dag = parsed.dags["alfa.reconciliation"]
    assert dag["assets"] == ["alfa.settled"]
    assert dag["every_seconds"] == 24 * HOUR


@pytest.mark.parametrize("form", ["preflight", "link_customers"])
def test_a_form_waits_for_a_person(parsed: Parsed, form: str) -> None:
    assert parsed.dags[f"alfa.{form}"]["timetable"] == "NullTimetable"
