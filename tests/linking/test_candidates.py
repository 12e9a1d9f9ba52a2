"""Candidates: who may be whom, by what, and never a decision."""

from __future__ import annotations

import random
import time

import pytest
from customers_of_both_sides import source, target
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerbridge.linking.candidates import Match, Suggestions, TargetIndex, propose
from ledgerbridge.linking.counterparts import TargetCustomer
from ledgerbridge.records import Customer

CVR = "13748136"


@pytest.mark.spec("LK-1")
@pytest.mark.parametrize(
    ("left", "right", "matches"),
    [
        (source("1", "Nordlys A/S", cvr_number="DK 13748136"), target("7", "Helt andet", cvr_number=CVR), (Match.CVR,)),
        (source("1", "Ole", phone="86 12 34 56"), target("7", "Ib", phone="tlf +4586123456"), (Match.PHONE,)),
        (source("1", "Hansen & Søn A/S"), target("7", "HANSEN OG SOEN"), (Match.NAME,)),
        (source("1", "Nordlys Rådgivning A/S"), target("7", "Nordlys Raadgivnig"), (Match.SIMILAR_NAME,)),
        (source("1", "Nordlys Energi Syd"), target("7", "Energi Nordlys Syd"), (Match.SIMILAR_NAME,)),
        (
            source("1", "Nordlys", cvr_number=CVR, phone="86123456"),
            target("7", "NORDLYS ApS", cvr_number=CVR, phone="86123456"),
            (Match.CVR, Match.PHONE, Match.NAME),
        ),
    ],
)
def test_what_makes_a_candidate(left: Customer, right: TargetCustomer, matches: tuple[Match, ...]) -> None:
    (found,) = TargetIndex([right, target("8", "Ganske Uvedkommende")]).resembling(left)
    assert found.target is right
    assert set(found.matches) == set(matches)
    (row,) = propose([left], [right]).targets
    assert row.candidates[0].matches == found.matches


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (source("1", "Nordlys"), target("7", "Sydvind")),
        (source("1", ""), target("7", "")),
        (
            source("1", "A", cvr_number="00000000", phone="00000000"),
            target("7", "B", cvr_number="00000000", phone="00000000"),
        ),
        (source("1", "Nordlys", zip="8000", email="a@b.dk"), target("7", "Sydvind", zip="8000", email="a@b.dk")),
        (
            source("1", "Nordlys Rådgivning", cvr_number=CVR),
            target("7", "Nordlys Raadgivnig", cvr_number="13585628"),
        ),
    ],
)
def test_what_does_not(left: Customer, right: TargetCustomer) -> None:
    assert TargetIndex([right]).resembling(left) == ()
    assert propose([left], [right]).targets[0].suggestions is Suggestions.NONE


def test_one_name_with_two_cvr_numbers_is_proposed_last() -> None:
    hit = target("9", "Nordlys", phone="86123456")
    other = target("7", "Nordlys", cvr_number="13585628")
    found = TargetIndex([other, hit]).resembling(source("1", "Nordlys", cvr_number=CVR, phone="86123456"))
    assert [item.target.number for item in found] == ["9", "7"]
    assert found[0].score > found[1].score >= 1


@pytest.mark.spec("LK-2")
def test_the_three_classes() -> None:
    sources = [source("1", "Nordlys"), source("2", "Sydvind"), source("3", "Sydvind ApS"), source("4", "Ukendt Firma")]
    targets = [target("1", "Nordlys A/S"), target("2", "Sydvind"), target("3", "Ingen Lighed")]
    proposals = propose(sources, targets)
    assert [row.target for row in proposals.targets] == targets
    assert [row.suggestions for row in proposals.targets] == [
        Suggestions.ONE,
        Suggestions.SEVERAL,
        Suggestions.NONE,
    ]
    assert [row.source for row in proposals.sources] == sources
    assert [[item.target.number for item in row.candidates] for row in proposals.sources] == [["1"], ["2"], ["2"], []]


def test_a_single_suggestion_is_mutual_only_when_the_other_side_has_one_as_well() -> None:
    proposals = propose([source("1", "Nordlys")], [target("1", "Nordlys A/S"), target("2", "NORDLYS")])
    assert [row.suggestions for row in proposals.targets] == [Suggestions.ONE, Suggestions.ONE]
    assert [row.is_mutual for row in proposals.targets] == [False, False]
    assert propose([source("1", "Nordlys")], [target("1", "Nordlys A/S")]).targets[0].is_mutual


def test_supporting_fields_put_the_nearer_one_first() -> None:
    near = target("2", "Nordlys", zip="8000", gln="5798009811578", email="A@B.dk")
    found = TargetIndex([target("1", "Nordlys", zip="9000"), near]).resembling(
        source("1", "Nordlys", zip="80 00", gln="5798009811578", email="a@b.dk")
    )
    assert found[0].target is near


def test_a_key_that_everybody_has_stays_a_candidate_on_both_sides() -> None:
    """A shared phone must not silence anybody: only a customer whom nobody resembles may be created."""
    sources = [source(str(row), f"Firma{row:04d}abc", phone="70101010") for row in range(300)]
    targets = [target(str(row), f"Selskab{row:04d}xyz", phone="70101010") for row in range(300)]
    proposals = propose(sources, targets)
    assert all(row.candidates for row in proposals.targets)
    assert all(row.candidates for row in proposals.sources)
    assert sum(len(row.candidates) for row in proposals.targets) <= 2 * 20 * 300
    index = TargetIndex(targets)
    assert all(index.resembling(customer) for customer in sources)


def test_the_same_question_has_the_same_answer_in_any_order() -> None:
    sources = [source(str(row), "Nordlys" if row % 2 else "Nordlys Syd") for row in range(8)]
    targets = [target(str(row), "Nordlys A/S") for row in range(8)]
    first = propose(sources, targets)
    second = propose(sources[::-1], targets[::-1])
    assert first.targets == second.targets[::-1]
    assert first.sources == second.sources[::-1]


_names = st.sampled_from(
    ["Nordlys", "Nordlys A/S", "NORD LYS", "Sydvind", "Syd-vind ApS", "Hansen & Søn", "Hansen og Søn"]
)
_cvrs = st.none() | st.sampled_from([CVR, "DK 13748136", "13585628", "35254119"])
_phones = st.none() | st.sampled_from(["86123456", "+45 86 12 34 56", "70101010"])
_sources = st.lists(st.tuples(_names, _cvrs, _phones), max_size=8)


@pytest.mark.spec("P13", "LK-8")
@settings(deadline=None)
@given(left=_sources, right=_sources)
def test_whoever_shares_a_key_is_never_free_to_be_created(
    left: list[tuple[str, str | None, str | None]], right: list[tuple[str, str | None, str | None]]
) -> None:
    sources = [source(f"s{row}", name, cvr_number=cvr, phone=phone) for row, (name, cvr, phone) in enumerate(left)]
    targets = [target(str(row), name, cvr_number=cvr, phone=phone) for row, (name, cvr, phone) in enumerate(right)]
    index = TargetIndex(targets)
    proposals = propose(sources, targets)
    for customer, row in zip(sources, proposals.sources, strict=True):
        candidates = index.resembling(customer)
        assert row.candidates == candidates
        alike = {
            item.number
            for item in targets
            if (customer.cvr_number and item.cvr_number and customer.cvr_number[-8:] == item.cvr_number[-8:])
            or (customer.phone and item.phone and customer.phone[-2:] == item.phone[-2:])
            or customer.name == item.name
        }
        assert alike <= {candidate.target.number for candidate in candidates}
    for target_row in proposals.targets:
        if target_row.is_mutual:
            (only,) = target_row.candidates
            (own,) = (row for row in proposals.sources if row.source is only.source)
            assert own.candidates == (only,)


def test_twenty_thousand_on_either_side_take_less_than_twenty_seconds() -> None:
    chance = random.Random(4)
    words = [
        "Nordlys",
        "Rådgivning",
        "Byg",
        "Tømrer",
        "VVS",
        "El",
        "Dansk",
        "Invest",
        "Holding",
        "Ejendomme",
        "Revision",
        "Advokat",
        "Hansen",
        "Møller",
    ]

    def name() -> str:
        return f"{' '.join(chance.sample(words, 3))} {chance.randint(1, 2000)} {chance.choice(['A/S', 'ApS'])}"

    sources = [
        source(
            str(row), name(), cvr_number=str(chance.randint(10**7, 10**8)), phone=str(chance.randint(2 * 10**7, 10**8))
        )
        for row in range(20_000)
    ]
    targets = [
        target(item.source_id, item.name.upper(), cvr_number=item.cvr_number, phone="70101010") for item in sources
    ]
    started = time.process_time()
    proposals = propose(sources, targets)
    assert time.process_time() - started < 20
    assert all(row.candidates for row in proposals.targets)
