"""The filter grammar (contract 2.6), without a server."""

from __future__ import annotations

import contextlib
import operator as operators
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.economic.filter_grammar import FilterSyntaxError, parse_filter
from sandbox.economic.filter_match import DAY, FLAG, NUMBER, TEXT, Fields, compile_filter
from sandbox.standin.jsontext import Doc

FIELDS = Fields({"name": TEXT, "age": NUMBER, "barred": FLAG, "date": DAY, "group.number": NUMBER})


def finds(text: str) -> Callable[[Doc], bool]:
    """A filter as a test."""
    return compile_filter(parse_filter(text), FIELDS, crash=True)


def escaped(value: str) -> str:
    """The escapes of the contract."""
    return re.sub(r"[$()*,]", lambda found: "$" + found.group(), value)


@given(value=st.text(min_size=1), other=st.text())
def test_an_escaped_value_finds_itself_and_nothing_else(value: str, other: str) -> None:
    if "\x00" in value:
        return
    test = finds(f"name$eq:{escaped(value)}")
    assert test({"name": value})
    assert test({"name": other}) == (other.lower() == value.lower())
    assert finds(f"name$ne:{escaped(value)}")({"name": other}) != test({"name": other})


@given(
    before=st.text(alphabet="abcæøå #-$(),* "),
    value=st.text(alphabet="abcæøå #-$(),*", min_size=1),
    after=st.text(alphabet="abcæøå #-$(),* "),
)
def test_like_without_a_wildcard_means_contains(before: str, value: str, after: str) -> None:
    test = finds(f"name$like:{escaped(value)}")
    assert test({"name": before + value.upper() + after})
    assert finds(f"name$like:{escaped(value)}*")({"name": before + value}) == (before + value).startswith(value)


@given(
    ages=st.lists(st.integers(-1000, 1000), min_size=1, max_size=20),
    bound=st.decimals(-1000, 1000, places=2),
    operator=st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]),
)
def test_numbers_compare_as_numbers(ages: list[int], bound: Decimal, operator: str) -> None:
    test = finds(f"age${operator}:{bound}")
    compare = {
        "eq": operators.eq,
        "ne": operators.ne,
        "gt": operators.gt,
        "gte": operators.ge,
        "lt": operators.lt,
        "lte": operators.le,
    }[operator]
    assert [test({"age": age}) for age in ages] == [compare(age, bound) for age in ages]


clauses = st.sampled_from(["age$gt:1", "age$lt:5", "name$like:a", "barred$eq:true", "age$in:[1,2]"])
trees = st.recursive(
    clauses,
    lambda inner: st.tuples(inner, st.sampled_from(["$and:", "$or:"]), inner).map(lambda t: f"({t[0]}{t[1]}{t[2]})"),
    max_leaves=8,
)
people = st.fixed_dictionaries(
    {}, optional={"name": st.sampled_from(["a", "b"]), "age": st.integers(0, 6), "barred": st.booleans()}
)


@given(tree=trees, other=trees, person=people)
def test_and_or_and_parentheses_mean_what_they_say(tree: str, other: str, person: Doc) -> None:
    one, two = finds(tree)(person), finds(other)(person)
    assert finds(f"{tree}$and:{other}")(person) == (one and two)
    assert finds(f"{tree}$or:{other}")(person) == (one or two)
    assert finds(f"({tree})")(person) == one


def test_and_binds_tighter_than_or() -> None:
    test = finds("name$eq:a$or:name$eq:b$and:age$eq:1")
    assert test({"name": "a", "age": 2})
    assert not test({"name": "b", "age": 2})


@given(numbers=st.lists(st.integers(0, 500), min_size=1, max_size=200), age=st.integers(0, 500))
def test_lists(numbers: list[int], age: int) -> None:
    text = ",".join(map(str, numbers))
    assert finds(f"age$in:[{text}]")({"age": age}) == (age in numbers)
    assert finds(f"age$nin:[{text}]")({"age": age}) == (age not in numbers)


def test_lists_are_capped_at_200() -> None:
    finds("age$in:[" + ",".join(["1"] * 200) + "]")
    with pytest.raises(FilterSyntaxError, match=r"less than '200' values\. Your array has 201 values\."):
        finds("age$in:[" + ",".join(["1"] * 201) + "]")


def test_lists_of_words_find_nothing_and_lists_need_brackets() -> None:
    assert not finds("name$in:[Abe,Bob]")({"name": "Abe"})
    assert finds("name$in:[1000,2000]")({"name": "1000"})
    assert finds("age$in:[1,$null:]")({})
    with pytest.raises(FilterSyntaxError, match=r"Syntax error, expected: \["):
        finds("age$in:1,2")


def test_null_is_a_value() -> None:
    assert finds("name$eq:$null:")({})
    assert not finds("name$eq:$null:")({"name": "x"})
    assert finds("name$ne:$null:")({"name": "x"})
    assert finds("(name$eq:$null:)$or:age$eq:1")({})
    with pytest.raises(FilterSyntaxError):
        finds("name$null:")


def test_what_is_absent_is_neither_greater_nor_smaller_and_an_absent_flag_is_false() -> None:
    assert not finds("age$gt:1")({})
    assert not finds("age$lte:1")({})
    assert finds("barred$eq:false")({})
    assert finds("barred$ne:true")({})


def test_brackets_are_literal_in_comparisons_and_a_class_under_like() -> None:
    assert finds("name$eq:ZZ[X]tail")({"name": "ZZ[X]tail"})
    assert not finds("name$eq:ZZ$[X$]tail")({"name": "ZZ[X]tail"})
    assert finds("name$like:ZZ[XY]*")({"name": "zzyes"})
    assert not finds("name$like:ZZ[XY]*")({"name": "ZZ[XY]"})
    assert finds("name$like:ZZ[[]X]*")({"name": "ZZ[X] tail"})
    assert finds("name$like:[^0-9]*")({"name": "abc"})
    assert not finds("name$like:[a")({"name": "[a"})


def test_wildcards_anchor_and_an_escaped_asterisk_does_not() -> None:
    assert finds("name$like:ab*")({"name": "abc"})
    assert not finds("name$like:ab*")({"name": "xab"})
    assert finds("name$like:*b*d")({"name": "abcd"})
    assert finds("name$like:a$*")({"name": "xa*y"})
    assert not finds("name$like:a$*")({"name": "ab"})
    assert finds("name$eq:a*")({"name": "a*"})


def test_dates_and_nested_fields() -> None:
    assert finds("date$gte:2026-01-01$and:date$lt:2027-01-01")({"date": "2026-06-30"})
    assert finds("group.number$eq:7")({"group": {"number": 7}})
    assert not finds("group.number$eq:7")({"group": 7})


@pytest.mark.parametrize(
    "text",
    [
        "", "name", "name$eq", "$eq:1", "name$eq:a)", "name$eq:a$b", "name$eq:a$", "(name$eq:a", "name$xx:a",
        "age$eq:abc", "age$eq:NaN", "age$eq:1_000", "date$gt:yesterday", "barred$eq:maybe", "age$like:1",
        "barred$gt:true",
        "other$eq:1", "name$eq:a$and:", "age$in:[1", "name$like:$null:", "name$eq:a\x00",
        "(" * 60 + "age$eq:1" + ")" * 60,
    ],
)  # fmt: skip
def test_what_is_refused(text: str) -> None:
    with pytest.raises(FilterSyntaxError):
        finds(text)


@given(st.text(alphabet="nameg$:eqliknotr()[]*,1. ", max_size=40))
def test_no_text_breaks_the_parser(text: str) -> None:
    with contextlib.suppress(FilterSyntaxError):
        finds(text)({"name": "name", "age": 1})
