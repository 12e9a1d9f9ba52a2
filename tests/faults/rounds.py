"""How many rounds, and by which chance: ``ROUNDS`` and ``SEED`` of the environment are read here and nowhere else.

A test that goes in rounds has two forms in one function: ``[short]`` runs with every ``make test``, ``[long]`` with
``make faults ROUNDS=…``. What befalls a round is drawn from the seed and the test's own id, so that a round that
failed can be had again: ``SEED=… ROUNDS=… python -m pytest '<id>'``.
"""

from __future__ import annotations

import os
import random
import secrets

import pytest

__all__ = ["LONG", "ROUNDS", "SEED", "are_asked_for", "chance_of", "in_rounds", "told"]

_USUAL = 50

ROUNDS = int(os.environ.get("ROUNDS") or _USUAL)
# Set for the workers of pytest-xdist as well, which inherit the environment: one seed for the whole run.
SEED = int(os.environ.get("SEED") or secrets.randbelow(10**9))
os.environ["SEED"] = str(SEED)

LONG = (pytest.mark.long, pytest.mark.timeout(7200))


def are_asked_for() -> bool:
    """Whether this is the long form: only then is the scoreboard told and written."""
    return bool(os.environ.get("ROUNDS"))


def in_rounds(short: int, *, divisor: int = 1) -> pytest.MarkDecorator:
    """The parameter ``rounds``: ``short``, and in the long form ``ROUNDS`` / ``divisor``, for rounds that are dear."""
    long = max(short, ROUNDS // divisor)
    return pytest.mark.parametrize(
        "rounds", [pytest.param(short, id="short"), pytest.param(long, id="long", marks=LONG)]
    )


def chance_of(test: str) -> random.Random:
    """The chance of one test."""
    return random.Random(f"{SEED}/{test}")


def told() -> str:
    """For the head of the run and for the output of a test that failed."""
    return f"faults: SEED={SEED} ROUNDS={ROUNDS}"
