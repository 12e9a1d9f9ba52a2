"""The query string: known parameters, and unknown ones that travel on into every link (contract 2.5)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote_plus

_PAGING = ("skippages", "pagesize")
_KNOWN = ("filter", "sort", *_PAGING)


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of a request in the order they came."""

    pieces: tuple[tuple[str, str, str], ...]
    """Lower-case name, decoded value, raw text."""

    @classmethod
    def read(cls, raw: str) -> Query:
        """Take a query string apart."""
        pieces = []
        for text in filter(None, raw.split("&")):
            name, _, value = text.partition("=")
            pieces.append((unquote_plus(name).lower(), unquote_plus(value), text))
        return cls(tuple(pieces))

    def get(self, name: str) -> str | None:
        """The value of a parameter; names are compared without regard to case."""
        return next((value for known, value, _raw in self.pieces if known == name), None)

    def suffix(self) -> str:
        """What is copied onto every link: the parameters the server does not know."""
        unknown = [raw for name, _value, raw in self.pieces if name not in _KNOWN and name != "statuscode"]
        return "?" + "&".join(unknown) if unknown else ""

    def repeated(self) -> str:
        """The whole query again, for the ``self`` link of a collection."""
        texts = [self._text(name, value, raw) for name, value, raw in self.pieces]
        return "?" + "&".join(texts) if texts else ""

    def page(self, skip: int, size: int) -> str:
        """The query of another page: parameters keep the order of the request (2.4)."""
        texts = []
        for name, value, raw in self.pieces:
            if name == "skippages":
                texts.append(f"skippages={skip}")
            else:
                texts.append(self._text(name, value, raw))
        names = {name for name, _value, _raw in self.pieces}
        if names.isdisjoint(_PAGING):
            texts.append(f"skippages={skip}&pagesize={size}")
        elif "skippages" not in names:
            texts.append(f"skippages={skip}")
        elif "pagesize" not in names:
            texts.append(f"pagesize={size}")
        return "?" + "&".join(texts)

    @staticmethod
    def _text(name: str, value: str, raw: str) -> str:
        return f"filter={quote(value, safe='')}" if name == "filter" else raw
