"""URLs in answers: base address, path ids in the vendor's encoding, propagated query (contract 2.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

_MARKS = {
    "<": "_0_", ">": "_1_", "*": "_2_", "%": "_3_", ":": "_4_", "&": "_5_", "/": "_6_", "\\": "_7_",
    "_": "_8_", " ": "_9_", "?": "_10_", ".": "_11_", "#": "_12_", "+": "_13_",
}  # fmt: skip
_UNMARKS = {mark: letter for letter, mark in _MARKS.items()}
_MARK = re.compile(r"_(?:1[0-3]|[0-9])_")


@lru_cache(maxsize=4096)
def encode_id(key: int | str) -> str:
    """An id as it stands in a path: ``2025/2026`` becomes ``2025_6_2026``."""
    return quote("".join(_MARKS.get(letter, letter) for letter in str(key)), safe="")


def decode_id(segment: str) -> str:
    """The id behind a path segment."""
    return _MARK.sub(lambda found: _UNMARKS[found.group()], unquote(segment))


@dataclass(frozen=True, slots=True)
class Links:
    """Builds the links of one answer."""

    base: str
    suffix: str = ""

    def to(self, *segments: object) -> str:
        """A link; every segment after the first is an id or a plain word."""
        return f"{self.base}/{'/'.join(str(segment) for segment in segments)}{self.suffix}"

    def item(self, collection: str, key: int | str, *more: str) -> str:
        """A link to a record, or to something below it."""
        return self.to(collection, encode_id(key), *more)

    def ref(self, collection: str, field: str, key: int | str) -> dict[str, object]:
        """A reference: the number together with ``self``."""
        return {field: key, "self": self.item(collection, key)}
