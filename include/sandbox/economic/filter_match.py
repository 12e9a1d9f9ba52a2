"""What a parsed filter selects: typed comparison, ``$like:``, lists and ``$null:`` (contract 2.6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sandbox.economic.filter_grammar import WILDCARD, Both, FilterSyntaxError, Node, Predicate, Value
from sandbox.standin.jsontext import Doc

Test = Callable[[Doc], bool]
Comparable = str | Decimal | bool

TEXT, NUMBER, FLAG, DAY, CHOICE = "text", "number", "flag", "day", "choice"

_ORDERINGS: Mapping[str, Callable[[int], bool]] = {
    "gt": lambda sign: sign > 0,
    "gte": lambda sign: sign >= 0,
    "lt": lambda sign: sign < 0,
    "lte": lambda sign: sign <= 0,
}
_OPERATORS_OF = {
    TEXT: {"eq", "ne", "gt", "gte", "lt", "lte", "like", "in", "nin"},
    NUMBER: {"eq", "ne", "gt", "gte", "lt", "lte", "in", "nin"},
    DAY: {"eq", "ne", "gt", "gte", "lt", "lte"},
    FLAG: {"eq", "ne"},
    CHOICE: {"eq", "ne"},
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?")


class CrashError(Exception):
    """A filter that makes the real server answer 500 (contract 2.6, server bugs)."""


def _never(_predicate: Predicate) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a collection that may be filtered by, with their kind, and those that crash."""

    kinds: Mapping[str, str]
    crashes: Callable[[Predicate], bool] = _never


def compile_filter(node: Node, fields: Fields, *, crash: bool) -> Test:
    """Turn a parsed filter into a test of records."""
    if isinstance(node, Predicate):
        return _predicate(node, fields, crash=crash)
    tests = [compile_filter(part, fields, crash=crash) for part in node.parts]
    if isinstance(node, Both):
        return lambda record: all(test(record) for test in tests)
    return lambda record: any(test(record) for test in tests)


def _predicate(predicate: Predicate, fields: Fields, *, crash: bool) -> Test:
    name = predicate.name
    if crash and fields.crashes(predicate):
        raise CrashError
    kind = fields.kinds.get(name)
    if kind is None:
        msg = f"Filtering is not allowed on property '{name}'."
        raise FilterSyntaxError(msg)
    if predicate.operator not in _OPERATORS_OF[kind]:
        msg = f"Operator ${predicate.operator}: not supported on property {name}"
        raise FilterSyntaxError(msg)
    reach = tuple(name.split("."))
    test = _test_of_value(predicate, kind)
    return lambda record: test(_typed(look_up(record, reach), kind))


def look_up(record: Doc, reach: tuple[str, ...]) -> object:
    """The value at a dotted path, or nothing."""
    value: object = record
    for step in reach:
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def _typed(value: object, kind: str) -> Comparable | None:
    if kind == FLAG:
        return bool(value)  # an absent boolean is false (contract 2.2)
    if value is None:
        return None
    if kind == NUMBER:
        return Decimal(str(value))
    return str(value).lower()


def _literal(value: Value, kind: str, name: str) -> Comparable | None:
    text = value.plain()
    if text is None:
        return None
    if kind == NUMBER:
        return _number(text, name)
    if kind == FLAG:
        if text.lower() not in {"true", "false"}:
            msg = f"Could not parse '{text}' as a boolean for property '{name}'."
            raise FilterSyntaxError(msg)
        return text.lower() == "true"
    if kind == DAY and not _DAY.fullmatch(text):
        msg = f"Could not parse '{text}' as a date for property '{name}'."
        raise FilterSyntaxError(msg)
    return text.lower()


def _number(text: str, name: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or "_" in text:
        msg = f"Could not parse '{text}' as a number for property '{name}'."
        raise FilterSyntaxError(msg)
    return number


def _test_of_value(predicate: Predicate, kind: str) -> Callable[[Comparable | None], bool]:
    operator = predicate.operator
    if operator in {"in", "nin"}:
        return _list_test(predicate, kind)
    if operator == "like":
        return _like_test(predicate.values[0])
    wanted = _literal(predicate.values[0], kind, predicate.name)
    if operator == "eq":
        return lambda value: value == wanted
    if operator == "ne":
        return lambda value: value != wanted
    passes = _ORDERINGS[operator]
    return lambda value: value is not None and wanted is not None and passes(_sign(value, wanted))


def _sign(one: Comparable, other: Comparable) -> int:
    if one == other:
        return 0
    return 1 if one > other else -1  # type: ignore[operator]  # both are of the field's kind


def _list_test(predicate: Predicate, kind: str) -> Callable[[Comparable | None], bool]:
    wanted = {_listed(value, kind, predicate.name) for value in predicate.values}
    inside = predicate.operator == "in"
    return lambda value: (value in wanted) is inside


def _listed(value: Value, kind: str, name: str) -> Comparable | None:
    text = value.plain()
    if kind == TEXT and text is not None and not re.fullmatch(r"-?\d+(\.\d+)?", text):
        # Lists are numeric: `name$in:[Abe,Bob]` answers 200 and finds nothing (2.6).
        return False
    return _literal(value, kind, name)


def _like_test(value: Value) -> Callable[[Comparable | None], bool]:
    if value.text is None:
        msg = "Operator $like: does not take $null:."
        raise FilterSyntaxError(msg)
    text = value.text if WILDCARD in value.text else f"{WILDCARD}{value.text}{WILDCARD}"
    pattern = _pattern(text)
    if pattern is None:
        return _matches_nothing
    return lambda value: value is not None and pattern.fullmatch(str(value)) is not None


def _matches_nothing(_value: Comparable | None) -> bool:
    return False


def _pattern(text: str) -> re.Pattern[str] | None:
    parts: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == WILDCARD:
            parts.append(".*")
        elif text[at] == "[":
            end = text.find("]", at + 1)
            if end <= at + 1:
                return None  # an unclosed or empty class matches nothing, as in SQL
            parts.append(_character_class(text[at + 1 : end]))
            at = end
        else:
            parts.append(re.escape(text[at].lower()))
        at += 1
    return re.compile("".join(parts), re.DOTALL)


def _character_class(inner: str) -> str:
    """A SQL character class such as ``[XY]``, ``[a-f]``, ``[^0-9]`` or ``[[]``."""
    negated = inner.startswith("^") and len(inner) > 1
    letters = inner[1:] if negated else inner
    escaped = "".join(rf"\{letter}" if letter in r"\[]^&~|" else letter for letter in letters.lower())
    lead = "^" if negated else ""
    try:
        re.compile(f"[{lead}{escaped}]")
    except re.error:
        return "[^\\s\\S]"
    return f"[{lead}{escaped}]"
