"""What becomes of the invoices when something goes wrong: how many stand twice, how many are missing.

Each mishap is followed by one more run without it, as a scheduler would start one: for everybody when the time has
passed for which the product, with its default settings, leaves a write of unknown outcome alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock

from entrants import BARE, ENTRANTS, OURS, Entrant
from plan import Plan
from scene import Scene, end
from workload import Workload, bar, poisoned

from ledgerbridge.integration import Loading
from sandbox.clienttime.rows import InvoiceRow
from sandbox.grounds import Grounds

__all__ = ["MISHAPS", "MishapTrial", "mishap_trials"]

_LOST_ANSWERS = 10
_SETTLE_SECONDS = Loading().settle_seconds + 1
_HOURS_LATER = 2 * 60 * 60  # seconds; the target forgets a key after one hour
_PATIENCE = 120
_REFUSED, _TOO_MANY = 400, 429


@dataclass(frozen=True, slots=True)
class MishapTrial:
    """``wanted``: how many should be there; ``first_run``: how many were after the run that met the mishap.

    ``struck``: how often the mishap hit (answers lost, calls refused; of a kill and of two runs: whether it did); 0 is
    a trial that shows nothing, except of the replay, in which nothing strikes. ``calls`` and ``writes``: of the last
    run, as the target counted them.
    """

    entrant: str
    mishap: str
    repeat: int
    struck: int
    wanted: int
    first_run: int
    there: int
    duplicated: int
    lost: int
    calls: int
    writes: int


def lost_answers(scene: Scene) -> int:
    """Ten answers, here and there, are lost after the target has stored what they answer."""
    rule = {
        "agreement": scene.agreement, "method": "POST", "path": "/invoices/drafts$", "count": _LOST_ANSWERS,
        "probability": 0.4, "seed": scene.seed,
    }  # fmt: skip
    fault = scene.control.add_fault("drop_after_commit", match=rule)
    scene.run()
    struck = next(int(rule["fired"]) for rule in scene.control.faults() if rule["id"] == fault)
    scene.control.clear_faults(fault)
    return struck


def killed(scene: Scene) -> int:
    """SIGKILL when a third of the invoices is there; it does not strike one that has ended by then."""
    running = scene.ready()
    running.go()
    give_up_at = time.monotonic() + _PATIENCE
    while scene.counted()[1] < scene.wanted // 3 and running.is_running() and time.monotonic() < give_up_at:
        time.sleep(0.01)
    return int(running.kill())


def too_many_calls(scene: Scene) -> int:
    """The target lets fifteen invoices pass at once, and then fifteen a second."""
    scene.control.set_knobs(scene.agreement, rate_limit_tokens=45, rate_limit_window_seconds=1)
    scene.run()
    scene.control.set_knobs(scene.agreement, rate_limit_tokens=10**9, rate_limit_window_seconds=None)
    return scene.answered(_TOO_MANY)


def two_runs(scene: Scene) -> int:
    """Two runs of the same begin at the same moment."""
    both = [scene.ready(), scene.ready()]
    for running in both:
        running.go()
    are_both_at_it = all(running.is_running() for running in both)
    for running in both:
        end(running)
    return int(are_both_at_it)


def poison(scene: Scene) -> int:
    """One invoice is for a product that is barred."""
    bar(scene.control, scene.agreement)
    scene.run()
    return scene.answered(_REFUSED)


def undisturbed(scene: Scene) -> int:
    """Nothing goes wrong, and the same is run again: the replay."""
    scene.run()
    return 0


MISHAPS: dict[str, Callable[[Scene], int]] = {
    "lost answers": lost_answers,
    "kill": killed,
    "kill, hours later": killed,
    "poison": poison,
    "429": too_many_calls,
    "two runs": two_runs,
    "replay": undisturbed,
}
LATER = "kill, hours later"


def mishap_trials(grounds: Grounds, plan: Plan, folder: Path, say: Callable[[str], None]) -> Iterator[MishapTrial]:
    """Every entrant through every mishap; the bare client has no second run to speak of and is left out.

    The runs that meet a mishap come first and the runs after them second, so that the settle time of all passes at
    once; what is run hours later comes last, since the target has one clock.
    """
    work = Workload.drawn(grounds, plan.mishap_invoices, plan.seed)
    bad = tuple(poisoned(row) if place == plan.mishap_invoices // 3 else row for place, row in enumerate(work.rows))
    stage = _Stage(
        work,
        plan,
        {name: (work.rows, work.payload_file(folder / "mishap.jsonl")) for name in MISHAPS if name != "poison"}
        | {"poison": (bad, work.payload_file(folder / "mishap-poison.jsonl", bad))},
    )
    for repeat in range(plan.mishap_repeats):
        with ThreadPoolExecutor(plan.mishap_scenes_at_once) as threads:
            scenes = [(entrant, name) for name in MISHAPS for entrant in ENTRANTS if entrant not in {BARE, OURS}]
            met = list(threads.map(partial(stage.met, repeat), scenes))
            say(f"mishaps, repetition {repeat + 1}: all are met")
            done = list(threads.map(_Met.made_good, (item for item in met if item.name != LATER)))
            grounds.control.set_clock_offset(_HOURS_LATER)
            done += threads.map(_Met.made_good, [item for item in met if item.name == LATER])
        grounds.clear_away()
        for trial in done:
            say(f"{trial.entrant}, {trial.mishap}: {trial.duplicated} duplicated, {trial.lost} lost")
        yield from done


@dataclass(frozen=True, slots=True)
class _Stage:
    """Where the scenes are set; ``given``: the rows and the file of each mishap."""

    work: Workload
    plan: Plan
    given: Mapping[str, tuple[tuple[InvoiceRow, ...], Path]]
    lock: Lock = field(default_factory=Lock)

    def met(self, repeat: int, entrant_and_name: tuple[Entrant, str]) -> _Met:
        """The first run, which meets the mishap."""
        entrant, name = entrant_and_name
        rows, payloads = self.given[name]
        with self.lock:  # databases are handed out to one at a time
            scene = Scene(self.work, entrant, rows, payloads, self.plan.mishap_connections, seed=repeat)
            scene.control.set_knobs(scene.agreement, latency_ms=self.plan.mishap_latency_ms)
            scene.control.mark(scene.agreement)
        struck = MISHAPS[name](scene)
        return _Met(scene, entrant, name, repeat, struck, len(scene.there()), time.monotonic())


@dataclass(frozen=True, slots=True)
class _Met:
    """A scene after its mishap. ``at``: the end of that run, in seconds of the monotonic clock."""

    scene: Scene
    entrant: Entrant
    name: str
    repeat: int
    struck: int
    first_run: int
    at: float

    def made_good(self) -> MishapTrial:
        """One more run, without the mishap, when the product's settle time has passed."""
        scene = self.scene
        time.sleep(max(0.0, self.at + _SETTLE_SECONDS - time.monotonic()))
        if self.name == LATER:
            scene.let_pass(_HOURS_LATER)
        scene.control.mark(scene.agreement)
        scene.run()
        there = scene.there()
        calls, writes = scene.counted()
        wanted = scene.wanted - (self.name == "poison")
        return MishapTrial(
            entrant=self.entrant.key,
            mishap=self.name,
            repeat=self.repeat,
            struck=self.struck,
            wanted=wanted,
            first_run=self.first_run,
            there=len(there),
            duplicated=sum(count - 1 for count in there.values()),
            lost=max(0, wanted - len(there)),
            calls=calls,
            writes=writes,
        )
