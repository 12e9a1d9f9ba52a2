"""Faults on purpose: which requests they meet and what happens to those."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from sandbox.standin.jsontext import Doc
from sandbox.standin.settings import Settings

BEFORE, AFTER = "before", "after"

COMMON_EFFECTS: Final[dict[str, tuple[str, ...]]] = {
    "drop_before": (BEFORE,),
    "drop_after_commit": (AFTER,),
    "cut_answer": (AFTER,),
    "html": (BEFORE, AFTER),
    "empty": (AFTER, BEFORE),
    "wrong_types": (AFTER,),
    "status": (BEFORE, AFTER),
    "delay_before": (BEFORE,),
    "delay_after_commit": (AFTER,),
}
"""The effects every stand-in has, with the moments each can strike; the first is the default."""


@dataclass(frozen=True)
class FaultKinds:
    """The faults of one stand-in."""

    callers: tuple[str, ...]
    """What a rule can know a caller by, for instance its company."""
    statuses: tuple[int, ...]
    """What the effect ``status`` can answer; the first is the default."""
    effects: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: COMMON_EFFECTS)
    texts: Mapping[str, str] = field(default_factory=dict)
    """Effects that answer with a text, each with its default."""

    def statuses_of(self, effect: str) -> tuple[int, ...]:
        """What an effect can answer."""
        return {"status": self.statuses, "html": (502, 200)}.get(effect, (0,))


class BadFaultError(ValueError):
    """A fault rule that makes no sense; the text says why."""


@dataclass(slots=True)
class Fault:
    """One rule. ``seen`` and ``fired`` count matching requests and strikes."""

    id: int
    effect: str
    when: str
    caller: dict[str, Any] = field(default_factory=dict)
    method: str | None = None
    path: str = ""
    nth: int | None = None
    probability: float | None = None
    seed: int = 0
    count: int | None = None
    status: int = 0
    retry_after: int | None = None
    seconds: float = 0.0
    text: str = ""
    seen: int = field(default=0)
    fired: int = field(default=0)

    def strikes(self, caller: Mapping[str, object], method: str, path: str) -> bool:
        """Whether this request is hit; counts it when it matches."""
        if self.caller.items() - caller.items() or self.method not in {None, method}:
            return False
        if self.path and not re.search(self.path, path, re.IGNORECASE):
            return False
        if self.count is not None and self.fired >= self.count:
            return False
        self.seen += 1
        if self.nth is not None and self.seen != self.nth:
            return False
        if self.probability is not None and self._draw() >= self.probability:
            return False
        self.fired += 1
        return True

    def _draw(self) -> float:
        # Drawn anew from seed and count, so that a restart continues the same series.
        return random.Random(f"{self.seed}/{self.seen}").random()


def read_fault(kinds: FaultKinds, number: int, rule: Doc) -> Fault:
    """Read ``{"match": {...}, "effect": ..., ...}`` as the control address takes it."""
    effect = str(rule.get("effect"))
    if effect not in kinds.effects:
        msg = f"no effect {effect!r}; there are: {', '.join(kinds.effects)}"
        raise BadFaultError(msg)
    when = rule.get("when", kinds.effects[effect][0])
    if when not in kinds.effects[effect]:
        msg = f"effect {effect} strikes {' or '.join(kinds.effects[effect])}, not {when!r}"
        raise BadFaultError(msg)
    allowed = kinds.statuses_of(effect)
    status = rule.get("status", allowed[0])
    if status not in allowed:
        msg = f"effect {effect} takes status {' or '.join(map(str, allowed))}, not {status!r}"
        raise BadFaultError(msg)
    match = rule.get("match", {})
    unknown = match.keys() - {*kinds.callers, "method", "path", "nth", "probability", "seed", "count"}
    if unknown:
        msg = f"a match has no {', '.join(sorted(unknown))}"
        raise BadFaultError(msg)
    _check_path(match.get("path", ""))
    method = match.get("method")
    return Fault(
        id=number,
        effect=effect,
        when=when,
        caller={name: match[name] for name in kinds.callers if match.get(name) is not None},
        method=method.upper() if method else None,
        path=match.get("path", ""),
        nth=match.get("nth"),
        probability=float(match["probability"]) if "probability" in match else None,
        seed=int(match.get("seed", 0)),
        count=match.get("count", 1 if "nth" in match else None),
        status=status,
        retry_after=rule.get("retryAfter"),
        seconds=float(rule.get("seconds", 0)),
        text=str(rule.get("text", kinds.texts.get(effect, ""))),
    )


def _check_path(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        msg = f"path {pattern!r} is not a regular expression: {error}"
        raise BadFaultError(msg) from error


class Faults:
    """All rules, kept across restarts."""

    def __init__(self, settings: Settings, kinds: FaultKinds) -> None:
        """Read the rules back that an earlier run left."""
        self._settings = settings
        self._kinds = kinds
        self.rules = [self._read_back(rule) for rule in settings.get("faults").get("rules", [])]

    def add(self, rule: Doc) -> Fault:
        """Add a rule at the end."""
        number = max((fault.id for fault in self.rules), default=0) + 1
        fault = read_fault(self._kinds, number, rule)
        self.rules.append(fault)
        self.keep()
        return fault

    def clear(self, number: int | None = None) -> None:
        """Remove one rule or all."""
        self.rules = [fault for fault in self.rules if number is not None and fault.id != number]
        self.keep()

    def pick(self, caller: Mapping[str, object], method: str, path: str) -> Fault | None:
        """The first rule that strikes this request."""
        seen = [fault.seen for fault in self.rules]
        struck = next((f for f in self.rules if f.strikes(caller, method, path)), None)
        if seen != [fault.seen for fault in self.rules]:
            self.keep()
        return struck

    def shown(self) -> list[Doc]:
        """The rules as the control address lists them."""
        return [self._shown(fault) for fault in self.rules]

    def keep(self) -> None:
        """Store rules and counts."""
        self._settings.keep("faults", {"rules": self.shown()})

    def _shown(self, fault: Fault) -> Doc:
        rule = asdict(fault)
        caller = rule.pop("caller")
        for name in ("probability", "seconds"):
            if rule[name] is not None:
                rule[name] = repr(rule[name])
        return rule | {name: caller.get(name) for name in self._kinds.callers}

    def _read_back(self, shown: Doc) -> Fault:
        rule = dict(shown)
        callers = {name: rule.pop(name) for name in self._kinds.callers}
        probability = rule.pop("probability")
        return Fault(
            **rule | {"seconds": float(rule["seconds"])},
            probability=None if probability is None else float(probability),
            caller={name: value for name, value in callers.items() if value is not None},
        )
