"""A page as a person reads it: its text without the tags, and its tables row by row."""

from __future__ import annotations

import re
from html import unescape

__all__ = ["rows_in", "text_of"]


def text_of(page: str) -> str:
    """The words of the page's main part, with single blanks between them."""
    main = re.search(r"<main.*?>(.*)</main>", page, re.DOTALL)
    assert main, page
    return _plain(main[1])


def rows_in(page: str) -> list[list[str]]:
    """The cells of every table's body."""
    bodies = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    rows = [row for body in bodies for row in re.findall(r"<tr.*?>(.*?)</tr>", body, re.DOTALL)]
    return [[_plain(cell) for cell in re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def _plain(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())
