"""What an answer says of waiting, whoever answers (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerbridge.target.http import RawAnswer


def _told(header: str) -> int | None:
    return RawAnswer(429, {"Retry-After": header}, b"").retry_after


@pytest.mark.spec("P6")
@given(st.integers(0, 10**9 - 1))
def test_seconds_are_read(seconds: int) -> None:
    assert _told(f" {seconds} ") == seconds


@pytest.mark.parametrize("header", ["", "soon", "-1", "1.5", "²", "٣", "9" * 5000, "Mon, 23 Nov 2026 01:00:00 GMT"])
def test_what_is_no_number_of_seconds_says_nothing(header: str) -> None:
    assert _told(header) is None


def test_neither_does_an_answer_without_the_header() -> None:
    assert RawAnswer(429, {}, b"").retry_after is None
