"""The grammar of ``?filter=``: predicates, ``$and:``, ``$or:``, parentheses, escapes (contract 2.6).

``expression := clause ("$or:" clause)*``, ``clause := term ("$and:" term)*``,
``term := "(" expression ")" | property operator value``. The contract does not say which of ``$and:`` and
``$or:`` binds tighter; here it is ``$and:``, as in SQL.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_LIST = 200
_MAX_DEPTH = 50
_OPERATOR = re.compile(r"\$(eq|ne|gte|gt|lte|lt|like|in|nin):", re.IGNORECASE)
_PROPERTY = re.compile(r"[A-Za-z0-9_.]+")
_ESCAPABLE = "$()*,"
WILDCARD = "\x00"
"""Stands for an unescaped ``*`` in a parsed value, so that ``$*`` stays a plain asterisk."""


class FilterSyntaxError(ValueError):
    """The filter cannot be parsed; the text goes into the error body."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its text, or nothing for ``$null:``."""

    text: str | None

    def plain(self) -> str | None:
        """The text in which an asterisk is an asterisk."""
        return None if self.text is None else self.text.replace(WILDCARD, "*")


@dataclass(frozen=True, slots=True)
class Predicate:
    """``property$operator:value``."""

    name: str
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """All of these."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Any of these."""

    parts: tuple[Node, ...]


Node = Predicate | Both | Either


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    depth: int = field(default=0)

    def sees(self, word: str) -> bool:
        return self.text[self.at : self.at + len(word)].lower() == word

    def takes(self, word: str) -> bool:
        if self.sees(word):
            self.at += len(word)
            return True
        return False

    def expect(self, word: str) -> None:
        if not self.takes(word):
            msg = f"Syntax error, expected: {word}"
            raise FilterSyntaxError(msg)

    def ends(self) -> bool:
        return self.at >= len(self.text)


def parse_filter(text: str) -> Node:
    """Parse a decoded filter."""
    reader = _Reader(text)
    node = _expression(reader)
    if not reader.ends():
        msg = f"Syntax error at position {reader.at}: '{text[reader.at]}' must be escaped."
        raise FilterSyntaxError(msg)
    return node


def _expression(reader: _Reader) -> Node:
    parts = [_clause(reader)]
    while reader.takes("$or:"):
        parts.append(_clause(reader))
    return parts[0] if len(parts) == 1 else Either(tuple(parts))


def _clause(reader: _Reader) -> Node:
    parts = [_term(reader)]
    while reader.takes("$and:"):
        parts.append(_term(reader))
    return parts[0] if len(parts) == 1 else Both(tuple(parts))


def _term(reader: _Reader) -> Node:
    if not reader.takes("("):
        return _predicate(reader)
    reader.depth += 1
    if reader.depth > _MAX_DEPTH:
        msg = "Syntax error, too many parentheses."
        raise FilterSyntaxError(msg)
    node = _expression(reader)
    reader.expect(")")
    reader.depth -= 1
    return node


def _predicate(reader: _Reader) -> Predicate:
    name = _PROPERTY.match(reader.text, reader.at)
    if name is None:
        msg = f"Syntax error, expected a property name at position {reader.at}."
        raise FilterSyntaxError(msg)
    reader.at = name.end()
    operator = _OPERATOR.match(reader.text, reader.at)
    if operator is None:
        msg = f"Syntax error, expected an operator after '{name.group()}'."
        raise FilterSyntaxError(msg)
    reader.at = operator.end()
    word = operator.group(1).lower()
    values = _list(reader) if word in {"in", "nin"} else (_value(reader, "$and:", "$or:"),)
    return Predicate(name.group(), word, values)


def _list(reader: _Reader) -> tuple[Value, ...]:
    reader.expect("[")
    values = [_value(reader, ",", "]")]
    while reader.takes(","):
        values.append(_value(reader, ",", "]"))
    reader.expect("]")
    if len(values) > MAX_LIST:
        msg = (
            "The $in: and $nin: operators only allow filtering on arrays with less than"
            f" '{MAX_LIST}' values. Your array has {len(values)} values."
        )
        raise FilterSyntaxError(msg)
    return tuple(values)


def _value(reader: _Reader, *stops: str) -> Value:
    if reader.takes("$null:"):
        return Value(None)
    letters: list[str] = []
    while not (reader.ends() or reader.sees(")") or any(reader.sees(stop) for stop in stops)):
        letters.append(_letter(reader))
    return Value("".join(letters))


def _letter(reader: _Reader) -> str:
    letter = reader.text[reader.at]
    reader.at += 1
    if letter == WILDCARD:
        msg = "Syntax error, a filter holds no NUL character."
        raise FilterSyntaxError(msg)
    if letter == "*":
        return WILDCARD
    if letter != "$":
        return letter
    follower = reader.text[reader.at : reader.at + 1]
    if follower and follower in _ESCAPABLE:
        reader.at += 1
        return follower
    if follower and follower in "[]":
        # Published as escapes, but not honoured: the dollar sign stays part of the value (2.6).
        return letter
    msg = f"Syntax error at position {reader.at - 1}: '$' must be escaped."
    raise FilterSyntaxError(msg)
