"""The part of OData's ``$filter`` that is served: eq ne gt ge lt le, and, or, parentheses (contract 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sandbox.uniconta.errors import bad_request

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<open>\()|(?P<close>\))|datetime'(?P<time>[^']*)'|'(?P<text>(?:[^']|'')*)'"
    r"|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<word>[A-Za-z_]\w*))",
    re.ASCII,
)
_OPERATORS: Final = ("eq", "ne", "gt", "ge", "lt", "le")


@dataclass(frozen=True, slots=True)
class Comparison:
    """A property, an operator and a literal: ``text``, ``number``, ``time``, ``flag`` or ``null``."""

    name: str
    operator: str
    kind: str
    literal: str


@dataclass(frozen=True, slots=True)
class Both:
    """Two conditions joined by ``and`` or ``or``."""

    word: str
    left: Condition
    right: Condition


Condition = Comparison | Both

_Token = tuple[str, str]


def parse_filter(text: str) -> Condition:
    """Read a ``$filter``; 400 for what is not served."""
    parser = _Parser(_tokens(text))
    condition = parser.any_of()
    parser.end()
    return condition


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    stripped = text.rstrip()
    while at < len(stripped):
        found = _TOKEN.match(stripped, at)
        if found is None or found.lastgroup is None:
            reason = f"Syntax error at position {at} in '{text}'."
            raise bad_request(reason)
        kind = found.lastgroup
        value = found[kind]
        tokens.append((kind, value.replace("''", "'") if kind == "text" else value))
        at = found.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def end(self) -> None:
        if self._at < len(self._tokens):
            raise self._wrong()

    def any_of(self) -> Condition:
        return self._joined("or", self._all_of)

    def _all_of(self) -> Condition:
        return self._joined("and", self._one)

    def _joined(self, word: str, part: Callable[[], Condition]) -> Condition:
        condition = part()
        while self._peek() == ("word", word):
            self._at += 1
            condition = Both(word, condition, part())
        return condition

    def _one(self) -> Condition:
        if self._peek()[0] == "open":
            self._at += 1
            condition = self.any_of()
            self._take("close")
            return condition
        name = self._take("word")
        operator = self._take("word")
        if operator not in _OPERATORS:
            raise self._wrong()
        kind, literal = self._literal()
        return Comparison(name, operator, kind, literal)

    def _literal(self) -> _Token:
        kind, value = self._peek()
        self._at += 1
        if kind == "word" and value in {"true", "false"}:
            return "flag", value
        if kind == "word" and value == "null":
            return "null", value
        if kind not in {"text", "number", "time"}:
            raise self._wrong()
        return kind, value

    def _peek(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")

    def _take(self, kind: str) -> str:
        found, value = self._peek()
        if found != kind:
            raise self._wrong()
        self._at += 1
        return value

    def _wrong(self) -> Exception:
        reason = f"Syntax error in $filter near '{self._peek()[1]}'."
        return bad_request(reason)


def holds(operator: str, value: Any, literal: Any) -> bool:
    """Whether a comparison holds; what has no value is neither greater nor smaller."""
    if operator in {"eq", "ne"}:
        return bool(value == literal) == (operator == "eq")
    if value is None or literal is None:
        return False
    return bool(
        {"gt": value > literal, "ge": value >= literal, "lt": value < literal, "le": value <= literal}[operator]
    )
