"""What becomes of the invoices when something goes wrong: how many stand twice, how many are missing.

Each mishap is followed by one more run without it, as a scheduler would start one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from entrants import BARE, ENTRANTS, Entrant
from plan import Plan
from scene import Scene, end
from workload import Workload, bar, poisoned

from sandbox.grounds import Grounds

__all__ = ["MISHAPS", "MishapTrial", "mishap_trials"]

_LOST_ANSWERS = 10
_SETTLE_SECONDS = 1.5
_PATIENCE = 120


@dataclass(frozen=True, slots=True)
class MishapTrial:
    """``wanted``: how many should be there; ``first_run``: how many were after the run that met the mishap.

    ``calls`` and ``writes``: of the last run, as the target counted them.
    """

    entrant: str
    mishap: str
    wanted: int
    first_run: int
    there: int
    duplicated: int
    lost: int
    calls: int
    writes: int


def lost_answers(scene: Scene) -> None:
    """Ten answers, here and there, are lost after the target has stored what they answer."""
    rule = {
        "agreement": scene.agreement, "method": "POST", "path": "/invoices/drafts$", "count": _LOST_ANSWERS,
        "probability": 0.2, "seed": 1,
    }  # fmt: skip
    fault = scene.control.add_fault("drop_after_commit", match=rule)
    scene.run()
    scene.control.clear_faults(fault)


def killed(scene: Scene) -> None:
    """SIGKILL when a third of the invoices is there."""
    running = scene.ready()
    running.go()
    give_up_at = time.monotonic() + _PATIENCE
    while scene.counted()[1] < scene.wanted // 3 and running.is_running() and time.monotonic() < give_up_at:
        time.sleep(0.01)
    running.kill()


def too_many_calls(scene: Scene) -> None:
    """The target lets sixty calls pass at once, and then fifteen a second."""
    scene.control.set_knobs(scene.agreement, rate_limit_tokens=180, rate_limit_window_seconds=4)
    scene.run()
    scene.control.set_knobs(scene.agreement, rate_limit_tokens=10**9, rate_limit_window_seconds=None)


def two_runs(scene: Scene) -> None:
    """Two runs of the same begin at the same moment."""
    both = [scene.ready(), scene.ready()]
    for running in both:
        running.go()
    for running in both:
        end(running)


def poison(scene: Scene) -> None:
    """One invoice is for a product that is barred."""
    bar(scene.control, scene.agreement)
    scene.run()


def undisturbed(scene: Scene) -> None:
    """Nothing goes wrong, and the same is run again: the replay."""
    scene.run()


MISHAPS: dict[str, Callable[[Scene], None]] = {
    "lost answers": lost_answers,
    "kill": killed,
    "poison": poison,
    "429": too_many_calls,
    "two runs": two_runs,
    "replay": undisturbed,
}


def mishap_trials(grounds: Grounds, plan: Plan, folder: Path, say: Callable[[str], None]) -> Iterator[MishapTrial]:
    """Every entrant through every mishap; the bare client has no second run to speak of and is left out."""
    work = Workload.drawn(grounds, plan.mishap_invoices, plan.seed)
    bad = tuple(poisoned(row) if place == plan.mishap_invoices // 3 else row for place, row in enumerate(work.rows))
    good_file = work.payload_file(folder / "mishap.jsonl")
    bad_file = work.payload_file(folder / "mishap-poison.jsonl", bad)
    for entrant in ENTRANTS:
        if entrant is BARE:
            continue
        for name in MISHAPS:
            rows, payloads = (bad, bad_file) if name == "poison" else (work.rows, good_file)
            scene = Scene(work, entrant, rows, payloads, plan.mishap_connections)
            scene.control.set_knobs(scene.agreement, latency_ms=plan.mishap_latency_ms)
            done = _trial(scene, entrant, name)
            say(f"{entrant.key}, {name}: {done.duplicated} duplicated, {done.lost} lost")
            yield done


def _trial(scene: Scene, entrant: Entrant, name: str) -> MishapTrial:
    wanted = scene.wanted - (name == "poison")
    scene.control.mark(scene.agreement)
    MISHAPS[name](scene)
    first_run = len(scene.there())
    time.sleep(_SETTLE_SECONDS)
    scene.control.mark(scene.agreement)
    scene.run()
    there = scene.there()
    calls, writes = scene.counted()
    return MishapTrial(
        entrant=entrant.key,
        mishap=name,
        wanted=wanted,
        first_run=first_run,
        there=len(there),
        duplicated=sum(count - 1 for count in there.values()),
        lost=max(0, wanted - len(there)),
        calls=calls,
        writes=writes,
    )
