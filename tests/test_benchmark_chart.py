"""The benchmark's chart, tables and keeping, on made-up rows: what failed is not timed, and plans are not mixed."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from chart import chart
from entrants import BARE, ENTRANTS, OURS, WHOLE
from keeping import (
    FORMAT,
    PARTS,
    NotForThePageError,
    check_for_the_page,
    with_earlier,
)
from plan import plan
from tables import filled, tables

PARALLEL = [entrant for entrant in ENTRANTS if entrant.is_parallel]
SVG = "{http://www.w3.org/2000/svg}"


def speed_row(entrant: str, connections: int, **more: Any) -> dict[str, Any]:
    usual = {
        "latency_ms": 50, "invoices": 500, "repeat": 0, "seconds": 25.0 / connections, "calls": 500, "at_once": 1,
        "delivered": 500, "failed": 0, "exit_code": 0, "has_ended": True, "cpu_seconds": 1.0,
        "database_cpu_seconds": 0.0, "peak_mib": 40.0,
    }  # fmt: skip
    return {"entrant": entrant, "connections": connections, **usual, **more}


def mishap_row(mishap: str, **more: Any) -> dict[str, Any]:
    usual = {
        "entrant": WHOLE.key, "repeat": 0, "struck": 1, "wanted": 40, "first_run": 40, "there": 40, "duplicated": 1,
        "lost": 0, "calls": 0, "writes": 0,
    }  # fmt: skip
    return {"mishap": mishap, **usual, **more}


def made_up(name: str = "usual", commit: str = "0123456789ab", parts: tuple[str, ...] = PARTS) -> dict[str, Any]:
    chosen = plan(is_full=name == "full", is_trial=name == "trial")
    part = {"commit": commit, "measured_at": "2026-03-02T12:00:00+00:00", "seconds": 60.0}
    return {
        "format": FORMAT,
        "machine": {"cores": 2, "memory_gib": 4.0, "system": "Linux"},
        "versions": {"dlt": "1"},
        "parts": {what: {**part, "plan": _as_json(chosen)} for what in parts},
        "speed": [speed_row(entrant.key, n) for entrant in PARALLEL for n in (1, 16)],
        "mishaps": [mishap_row("kill", repeat=repeat, struck=repeat) for repeat in range(2)],
        "cost": [{"entrant": OURS.key, "what": "draft", "first_sync": 1.0, "steady_state": None, "replay": 0.0,
                  "replay_writes": 0}],
        "live": [{"module": module, "seconds": 4.0, "spans": {"load": 1.0}} for module in ("customers", "invoices")],
        "size": [{"what": "ten changes", "records": 10, "repeat": 1, "seconds": 1.0, "calls": 1, "peak_mib": 1.0}],
    }  # fmt: skip


def _as_json(chosen: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps({name: getattr(chosen, name) for name in chosen.__slots__}))
    return found


def test_everybody_who_is_parallel_has_a_bar_of_a_colour() -> None:
    rows = [
        speed_row(entrant.key, n, repeat=repeat) for entrant in PARALLEL for n in (1, 4, 8, 16) for repeat in (0, 1)
    ]
    drawn = ET.fromstring(chart(rows, 50, 500))
    colours = [box.attrib["fill"] for box in drawn.iter(f"{SVG}rect")]
    assert len(colours) == 5 * len(PARALLEL), "four bars and a mark in the legend each"
    assert len(set(colours)) == len(PARALLEL)
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {entrant.name for entrant in PARALLEL} <= set(texts)
    assert all(float(box.attrib["x"]) < 760 for box in drawn.iter(f"{SVG}rect"))


def test_a_delivery_that_is_not_whole_has_no_bar() -> None:
    rows = [speed_row(BARE.key, 1), speed_row(OURS.key, 1, seconds=0.1, delivered=3)]
    drawn = ET.fromstring(chart(rows, 50, 500))
    assert len(list(drawn.iter(f"{SVG}rect"))) == 1 + len(PARALLEL)


@pytest.mark.parametrize("wrong", [{"delivered": 499}, {"failed": 1}, {"exit_code": 1}, {"has_ended": False}])
def test_a_delivery_that_is_not_whole_is_counted_and_not_timed(wrong: dict[str, Any]) -> None:
    result = made_up()
    result["speed"] = [speed_row(BARE.key, 1), speed_row(OURS.key, 1), speed_row(OURS.key, 1, **wrong, seconds=0.1)]
    assert f"| {OURS.name} | 20.0 · 100 % · 1 of 2 failed |" in tables(result)["speed"]
    result["speed"] = result["speed"][2:]
    assert f"| {OURS.name} | 1 of 1 failed |" in tables(result)["speed"]


def test_what_mishaps_did_is_summed_and_one_that_did_not_strike_is_told() -> None:
    assert f"| {WHOLE.name} | 2 / 0 (struck in 1 of 2) |" in tables(made_up())["mishaps"]


def test_the_facts_name_commit_date_and_plan_of_every_part() -> None:
    page = filled("<!-- table: facts -->\n<!-- end -->", made_up())
    assert all(f"| {part} | 2026-03-02 | `0123456789ab` | usual | 1.0 |" in page for part in PARTS)


def test_a_part_that_was_not_measured_now_is_kept_from_an_earlier_time(tmp_path: Path) -> None:
    file = tmp_path / "benchmark.json"
    file.write_text(json.dumps(made_up("full")), encoding="utf-8")
    together = with_earlier(made_up(parts=("speed",)), file)
    assert {part: told["plan"]["name"] for part, told in together["parts"].items()} == {
        part: "usual" if part == "speed" else "full" for part in PARTS
    }
    check_for_the_page(together)


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (made_up("trial"), "speed was measured by a plan that is a trial"),
        (made_up(commit="0123456789ab-changed"), "live was measured with uncommitted changes"),
        (made_up(parts=("speed",)), "mishaps was not measured"),
    ],
)
def test_what_is_no_measurement_does_not_reach_the_page(result: dict[str, Any], why: str) -> None:
    with pytest.raises(NotForThePageError, match=why):
        check_for_the_page(result)


def test_a_whole_result_reaches_the_page() -> None:
    check_for_the_page(made_up())
