"""What people type into the pages' forms and addresses, read with care: nothing of it can break a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, Request

from ledgerbridge.pages.visiting import NotFound, Visit, visit

__all__ = ["Form", "amount_in", "day_in", "read_form", "text_in", "whole_in"]

_LARGEST_FORM = 1_000_000
_MOST_FIELDS = 5_000
_LONGEST = 200
_DANISH_DAY = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", re.ASCII)
_LARGEST_WHOLE = 2**62


class Form:
    """The fields of a posted form."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """The first value, without blanks around it; empty when there is none."""
        return text_in(self._fields.get(name, [""])[0]) or ""

    def texts(self, name: str) -> Sequence[str]:
        """Every value that is not empty."""
        return [value for value in (text_in(each) for each in self._fields.get(name, [])) if value]

    def by_number(self, name: str) -> dict[int, str]:
        """The first value of each field ``<name> <number>``, by its number; an empty one says something too."""
        fields = (field.partition(" ") for field in self._fields)
        return {
            int(number): self.text(f"{name} {number}")
            for first, _, number in fields
            if first == name and re.fullmatch(r"\d{1,9}", number, re.ASCII)
        }


async def read_form(request: Request, here: Annotated[Visit, Depends(visit)]) -> Form:
    """The form of a POST, read after it is known who sends it.

    Raises:
        NotFound: it is no form, or larger than any of ours.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_FORM:
            raise NotFound(here)
    try:
        return Form(parse_qs(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise NotFound(here) from error


def text_in(value: str | None) -> str | None:
    """The text, at most 200 characters of it; nothing when it is blank. A NUL, which no database takes, is left out."""
    return (value or "").replace("\0", "").strip()[:_LONGEST] or None


def day_in(value: str | None) -> date | None:
    """A day as browsers send it (2026-11-22) or as Danes write it (22-11-2026); nothing when it is neither."""
    text = (value or "").strip()
    danish = _DANISH_DAY.fullmatch(text)
    try:
        return date(int(danish[3]), int(danish[2]), int(danish[1])) if danish else date.fromisoformat(text)
    except ValueError:
        return None


def amount_in(value: str | None) -> Decimal | None:
    """An amount as Danes (1.234,50) or Englishmen (1,234.50) write it; nothing when it is none."""
    text = re.sub(r"\s", "", value or "")
    if "," in text and text.rfind(",") > text.rfind("."):
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3})+", text):
        text = text.replace(".", "")
    text = text.replace(",", "")
    return Decimal(text) if re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", text, re.ASCII) else None


def whole_in(value: str | None, otherwise: int) -> int:
    """A number of a page or a record; ``otherwise`` when it is none that could be."""
    text = (value or "").strip()
    if not re.fullmatch(r"\d{1,19}", text, re.ASCII) or int(text) > _LARGEST_WHOLE:
        return otherwise
    return int(text)
