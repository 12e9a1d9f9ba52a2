"""The frame itself: a failed round is on the board, and can be had again."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rounds import SEED, chance_of
from scoreboard import FIGURES, Board, Score


def _test(promise: str, **figures: int) -> Any:
    """A test that has counted some rounds."""
    node: Any = SimpleNamespace(user_properties=[])
    Score(node, promise).add(**figures)
    return node


def _report(node: Any, name: str, when: Any, outcome: Any, **more: Any) -> pytest.TestReport:
    report = pytest.TestReport(name, (name, 0, name), {}, outcome, None, when, user_properties=node.user_properties)
    report.__dict__.update(more)
    return report


def test_tests_of_one_promise_are_added_up_and_a_failed_one_is_named() -> None:
    board = Board()
    good, bad = _test("P2", rounds=5, healed=5), _test("P2", rounds=3, healed=2, duplicated=1)
    for node, name, outcome in ((good, "test_a", "passed"), (bad, "test_b", "failed")):
        board.pytest_runtest_logreport(_report(node, name, "call", outcome))
        board.pytest_runtest_logreport(_report(node, name, "teardown", "passed"))
    content: Any = board.content(root=Path.cwd())
    assert content["promises"]["P2"] == {
        **dict.fromkeys(FIGURES, 0), "rounds": 8, "struck": 8, "healed": 7, "duplicated": 1,
    }  # fmt: skip
    assert content["failed"] == ["test_b"]
    assert content["seed"] == SEED
    heading, line = board.table()
    assert (heading.split()[:2], line.split()[:2]) == (["promise", "rounds"], ["P2", "8"])


def test_one_that_is_known_to_fail_is_told_apart() -> None:
    board = Board()
    known = _report(_test("P19", rounds=1), "test_c", "call", "skipped", wasxfail="a gap")
    board.pytest_runtest_logreport(known)
    content: Any = board.content(root=Path.cwd())
    assert (content["failed"], content["expected_to_fail"]) == ([], {"test_c": "a gap"})


def _line(node: Any) -> Any:
    ((_, line),) = node.user_properties
    return line


def test_a_round_in_which_nothing_struck_is_drawn_again_and_is_no_good_one() -> None:
    node: Any = SimpleNamespace(user_properties=[])
    score, begun = Score(node, "P1"), []
    for turn in score.turns(2):
        begun.append(turn)
        score.ended(struck=turn % 2 == 1, healed=1)
    assert begun == [0, 1, 2, 3]
    assert (_line(node)["rounds"], _line(node)["struck"], _line(node)["healed"]) == (4, 2, 2)


def test_where_nothing_ever_strikes_the_test_fails() -> None:
    node: Any = SimpleNamespace(user_properties=[])
    score = Score(node, "P1")

    def go() -> None:
        for _ in score.turns(1):
            score.ended(struck=False, healed=1)

    with pytest.raises(AssertionError, match="struck only 0 times"):
        go()
    assert _line(node)["healed"] == 0


def test_a_round_that_broke_off_is_on_the_board() -> None:
    node: Any = SimpleNamespace(user_properties=[])
    next(Score(node, "P1").turns(5))
    assert (_line(node)["rounds"], _line(node)["struck"]) == (1, 0)


def test_a_round_is_drawn_from_the_seed_and_the_tests_id() -> None:
    first, again, other = chance_of("a"), chance_of("a"), chance_of("b")
    assert [first.random() for _ in range(3)] == [again.random() for _ in range(3)]
    assert chance_of("a").random() != other.random()
