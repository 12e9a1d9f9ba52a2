"""What a person may decide, and in which words the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from customers_of_both_sides import source, target
from hypothesis import given
from hypothesis import strategies as st

from ledgerbridge.errors import Rejection, WaitsForPerson
from ledgerbridge.linking.candidates import TargetIndex
from ledgerbridge.linking.decisions import (
    Decision,
    Verb,
    Winner,
    decide_creation,
    decide_link,
    decide_skip,
    decide_unlink,
)
from ledgerbridge.reasons import Language
from ledgerbridge.target.economic.limits import LIMITS

NORDLYS = source("c1", "Nordlys A/S", customer_number="1001")
LEDGER = target("501", "Nordlys")
LARGEST = 999_999_999
NUMBERS = LIMITS.customer_numbers


def link(**changes: Any) -> Decision:
    known: dict[str, Any] = {
        "source_id": "c1",
        "target_number": "501",
        "source": NORDLYS,
        "target": LEDGER,
        "links": {},
    }
    return decide_link(**(known | changes))


def create(**changes: Any) -> Decision:
    known: dict[str, Any] = {
        "source_id": "c1",
        "source": NORDLYS,
        "target_with_number": None,
        "links": {},
        "numbers": NUMBERS,
    }
    return decide_creation(**(known | changes))


def test_a_link_between_two_free_customers() -> None:
    assert link() == Decision(verb=Verb.LINK, source_id="c1", target_number="501", winner=Winner.SOURCE)


def test_a_link_that_is_there_already_is_no_error() -> None:
    assert link(links={"c1": "501"}).is_in_force


def test_the_targets_data_may_win_where_the_source_can_be_written() -> None:
    assert link(winner=Winner.TARGET, source_is_writable=True).winner is Winner.TARGET


REFUSED: dict[str, tuple[Callable[[], Decision], type[Rejection], str, tuple[str, ...]]] = {
    "source unknown": (lambda: link(source=None), Rejection, "link_source_unknown", ("c1",)),
    "target unknown": (lambda: link(target=None), Rejection, "link_target_unknown", ("501",)),
    "target taken": (
        lambda: link(links={"c2": "501"}, name_of={"c2": "Sydvind ApS"}.__getitem__),
        Rejection,
        "link_target_taken",
        ("501", "Nordlys", "Sydvind ApS"),
    ),
    "source taken": (lambda: link(links={"c1": "777"}), Rejection, "link_source_taken", ("1001", "Nordlys A/S", "777")),
    "barred": (
        lambda: link(target=target("501", "Nordlys", is_barred=True)),
        Rejection,
        "link_target_barred",
        ("501", "Nordlys"),
    ),
    "source is only read": (lambda: link(winner=Winner.TARGET), Rejection, "link_source_read_only", ("501",)),
    "unlinking what is not linked": (
        lambda: decide_unlink(source_id="c1", source=NORDLYS, links={"c2": "501"}),
        Rejection,
        "link_missing",
        ("1001", "Nordlys A/S"),
    ),
    "unlinking nobody": (
        lambda: decide_unlink(source_id="c9", source=None, links={}),
        Rejection,
        "link_source_unknown",
        ("c9",),
    ),
    "creating nobody": (lambda: create(source=None), Rejection, "link_source_unknown", ("c1",)),
    "creating what is linked": (lambda: create(links={"c1": "501"}), Rejection, "link_source_taken", ("501",)),
    "creating under letters": (
        lambda: create(source=source("c1", "Nordlys", customer_number="N-1")),
        Rejection,
        "customer_number_not_allowed",
        ("N-1", "999999999"),
    ),
    "creating under a taken number": (
        lambda: create(target_with_number=target("1001", "En anden")),
        WaitsForPerson,
        "customer_number_taken",
        ("1001", "Nordlys A/S"),
    ),
    "creating a look-alike": (
        lambda: create(candidates=TargetIndex([LEDGER]).resembling(NORDLYS)),
        WaitsForPerson,
        "customer_resembles",
        ("1001", "501 Nordlys"),
    ),
    "skipping nobody": (
        lambda: decide_skip(source_id="c9", source=None, links={}),
        Rejection,
        "link_source_unknown",
        ("c9",),
    ),
    "skipping what is linked": (
        lambda: decide_skip(source_id="c1", source=NORDLYS, links={"c1": "501"}),
        Rejection,
        "link_source_taken",
        ("501",),
    ),
}


@pytest.mark.spec("X-6")
@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_what_is_in_the_way(name: str) -> None:
    request, kind, code, told = REFUSED[name]
    with pytest.raises(kind) as caught:
        request()
    assert type(caught.value) is kind
    assert caught.value.reason.code == code
    for language in Language:
        sentence = caught.value.reason.sentence(language)
        assert "?" not in sentence
        assert all(value in sentence for value in told)


@pytest.mark.spec("LK-5")
def test_a_link_can_always_be_undone() -> None:
    for known in (NORDLYS, None):
        decision = decide_unlink(source_id="c1", source=known, links={"c1": "501"})
        assert decision == Decision(verb=Verb.UNLINK, source_id="c1", target_number="501")


@pytest.mark.spec("CT-5")
def test_a_customer_is_created_under_its_own_number_or_not_at_all() -> None:
    assert create() == Decision(verb=Verb.CREATE, source_id="c1", target_number="1001")


def test_a_person_may_create_a_look_alike_but_not_under_a_taken_number() -> None:
    alike = TargetIndex([LEDGER]).resembling(NORDLYS)
    assert create(candidates=alike, asked_by_person=True).verb is Verb.CREATE
    with pytest.raises(WaitsForPerson):
        create(target_with_number=target("1001", "En anden"), asked_by_person=True)


def test_a_customer_is_left_out() -> None:
    skipped = decide_skip(source_id="c1", source=NORDLYS, links={})
    assert skipped == Decision(verb=Verb.SKIP, source_id="c1")


@pytest.mark.parametrize(
    ("number", "is_good"),
    [
        ("1", True),
        ("999999999", True),
        ("1000000000", False),
        ("0", False),
        ("01", False),
        ("", False),
        ("-1", False),
        ("1\n", False),
        ("١", False),
        ("9" * 10_000, False),
    ],
)
def test_numbers_for_creation(number: str, is_good: bool) -> None:
    assert NUMBERS.take(number) is is_good


@given(st.integers(1, LARGEST))
def test_every_number_in_range_is_good(number: int) -> None:
    assert NUMBERS.take(str(number))
    assert not NUMBERS.take(f"0{number}")
