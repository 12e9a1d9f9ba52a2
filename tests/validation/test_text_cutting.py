"""Texts that are too long: cut at a word and marked, or continued, and no sign torn (X-9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerbridge.texts import ELLIPSIS, address_text, cut_at_word, split_for_text_lines

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
THUMB = "\U0001f44d\U0001f3fd"
FLAG = "\U0001f1e9\U0001f1f0"
ACCENT = "e\u0301"
SIGNS = ["a", "B", "ø", "Å", "1", "-", FAMILY, THUMB, FLAG, ACCENT, "☎\ufe0f"]

_words = st.lists(st.sampled_from(SIGNS), min_size=1, max_size=12).map(tuple)
_texts = st.lists(st.tuples(_words, st.sampled_from([" ", "  ", "\n"])), min_size=1, max_size=12)


def _joined(words: list[tuple[tuple[str, ...], str]]) -> tuple[str, list[str]]:
    """The text, and the signs of which it is made."""
    signs = [sign for word, blank in words for sign in (*word, *blank)]
    while signs[-1].isspace():
        signs.pop()
    return "".join(signs), signs


def _starts(signs: list[str]) -> set[int]:
    """Where in the text a cut tears no sign apart."""
    starts, position = {0}, 0
    for sign in signs:
        position += len(sign)
        starts.add(position)
    return starts


@pytest.mark.spec("X-9")
@given(words=_texts, limit=st.integers(1, 60))
def test_a_cut_text_fits_and_tears_no_sign(words: list[tuple[tuple[str, ...], str]], limit: int) -> None:
    text, signs = _joined(words)
    cut = cut_at_word(text, limit)
    assert len(cut) <= limit
    if len(text) <= limit:
        assert cut == text
        return
    assert cut.endswith(ELLIPSIS)
    kept = cut.removesuffix(ELLIPSIS)
    assert text.startswith(kept)
    assert kept == kept.rstrip()
    assert len(kept) in _starts(signs)


@pytest.mark.spec("X-9")
@given(words=_texts, limit=st.integers(8, 60))
def test_a_continued_text_loses_nothing_but_blanks(words: list[tuple[tuple[str, ...], str]], limit: int) -> None:
    text, signs = _joined(words)
    pieces = split_for_text_lines(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    position, starts = 0, _starts(signs)
    for piece in pieces:
        position = text.index(piece, position)
        assert position in starts
        position += len(piece)
        assert position in starts


@given(text=st.text(max_size=80), limit=st.integers(1, 20))
def test_any_text_fits_its_limit(text: str, limit: int) -> None:
    assert len(cut_at_word(text, limit)) <= limit
    pieces = split_for_text_lines(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("Nordlys Rådgivning", 18, "Nordlys Rådgivning"),
        ("Nordlys Rådgivning", 13, "Nordlys…"),
        ("Nordlys Rådgivning", 8, "Nordlys…"),
        ("Nordlys Rådgivning A/S", 19, "Nordlys Rådgivning…"),
        ("Donaudampfschiffahrt", 10, "Donaudamp…"),
        ("I Donaudampfschiffahrt", 12, "I Donaudamp…"),
        (f"aaa{FAMILY}", 6, "aaa…"),
        (f"aaa{FLAG}{FLAG}", 6, f"aaa{FLAG}…"),
        ("xyz", 1, "…"),
        ("", 1, ""),
    ],
)
def test_where_a_text_is_cut(text: str, limit: int, cut: str) -> None:
    assert cut_at_word(text, limit) == cut


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 5, ()),
        ("   ", 5, ()),
        ("kort", 5, ("kort",)),
        ("en to tre fire", 5, ("en to", "tre", "fire")),
        ("første linje\nanden linje her", 20, ("første linje", "anden linje her")),
        ("abcdefghij", 4, ("abcd", "efgh", "ij")),
    ],
)
def test_where_a_text_is_continued(text: str, limit: int, pieces: tuple[str, ...]) -> None:
    assert split_for_text_lines(text, limit) == pieces


@pytest.mark.parametrize("limit", [0, -1])
def test_no_text_fits_into_nothing(limit: int) -> None:
    with pytest.raises(ValueError, match="no text"):
        cut_at_word("abc", limit)
    with pytest.raises(ValueError, match="no text"):
        split_for_text_lines("abc", limit)


def test_an_address_is_its_lines() -> None:
    assert address_text("Havnegade 1", None, " ", "2. sal ") == "Havnegade 1\n2. sal"
    assert address_text(None, "") == ""
