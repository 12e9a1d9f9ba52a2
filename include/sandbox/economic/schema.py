"""The JSON-schema stage: types, required properties, limits and enums, before anything is looked up.

Its problems are plain strings (contract 2.10). Properties that are not declared here are unknown or
read-only to the server and are ignored (2.2).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sandbox.standin.jsontext import Doc

_LARGEST = Decimal(10) ** 15


@dataclass(frozen=True, slots=True)
class Rule:
    """What a property of a request may hold."""

    kind: str
    required: bool = False
    minimum: int | None = None
    maximum: int | None = None
    shortest: int = 0
    longest: int | None = None
    choices: tuple[str, ...] = ()
    places: int | None = None
    """Decimals allowed; more is a matter of the second stage (E04740)."""
    members: Mapping[str, Rule] | None = None
    items: Rule | None = None
    nullable: bool = False

    def needed(self) -> Rule:
        """The same rule for a property that must be sent."""
        return replace(self, required=True)


def text(longest: int | None = None, shortest: int = 0, choices: tuple[str, ...] = ()) -> Rule:
    """A string."""
    return Rule("String", shortest=shortest, longest=longest, choices=choices)


def whole(minimum: int | None = None, maximum: int | None = None) -> Rule:
    """An integer."""
    return Rule("Integer", minimum=minimum, maximum=maximum)


def number(places: int | None = 2, minimum: int | None = None, maximum: int | None = None) -> Rule:
    """A number."""
    return Rule("Number", places=places, minimum=minimum, maximum=maximum)


def flag() -> Rule:
    """A boolean."""
    return Rule("Boolean")


def day() -> Rule:
    """A date as YYYY-MM-DD."""
    return Rule("Date")


def thing(**members: Rule) -> Rule:
    """An object."""
    return Rule("Object", members=members)


def several(items: Rule) -> Rule:
    """An array."""
    return Rule("Array", items=items)


def reference(**key: Rule) -> Rule:
    """A reference: the number or ``self``; either is enough (2.2)."""
    return thing(**key, self=text())


def problems_of(rule: Rule, value: object, path: str = "") -> Iterator[str]:
    """Everything a value breaks, as the strings of the schema stage."""
    if value is None and rule.nullable:
        return
    if not _has_kind(rule.kind, value):
        yield f"Invalid type. Expected {_spoken(rule.kind)} but got {_kind_of(value)}. Path '{path}'."
    elif isinstance(value, dict):
        yield from _of_object(rule.members or {}, value, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if rule.items:
                yield from problems_of(rule.items, item, f"{path}[{index}]")
    elif isinstance(value, str):
        yield from _of_text(rule, value, path)
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        yield from _of_number(rule, value, path)


def _of_object(members: Mapping[str, Rule], value: Doc, path: str) -> Iterator[str]:
    missing = [name for name, rule in members.items() if rule.required and name not in value]
    if missing:
        yield f"Required properties are missing from object: {', '.join(missing)}. Path '{path}'."
    for name, rule in members.items():
        if name in value:
            yield from problems_of(rule, value[name], f"{path}.{name}" if path else name)


def _of_text(rule: Rule, value: str, path: str) -> Iterator[str]:
    if rule.longest is not None and len(value) > rule.longest:
        yield f"String '{value}' exceeds maximum length of {rule.longest}. Path '{path}'."
    if len(value) < rule.shortest:
        yield f"String '{value}' is less than minimum length of {rule.shortest}. Path '{path}'."
    if rule.choices and value not in rule.choices:
        yield f"Value \"{value}\" is not defined in enum. Path '{path}'."
    if rule.kind == "Date" and not is_day(value):
        yield f"String '{value}' is not a date in the format YYYY-MM-DD. Path '{path}'."


def _of_number(rule: Rule, value: int | Decimal, path: str) -> Iterator[str]:
    spoken = "Integer" if isinstance(value, int) else "Float"
    if rule.minimum is not None and value < rule.minimum:
        yield f"{spoken} {value} is less than minimum value of {rule.minimum}. Path '{path}'."
    if rule.maximum is not None and value > rule.maximum:
        yield f"{spoken} {value} exceeds maximum value of {rule.maximum}. Path '{path}'."
    elif Decimal(value).copy_abs() >= _LARGEST:
        yield f"{spoken} {value} is out of range. Path '{path}'."


def is_day(text_of_day: str) -> bool:
    """Whether a text is a date of the calendar in the one format the API takes."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text_of_day, re.ASCII):
        return False
    try:
        date.fromisoformat(text_of_day)
    except ValueError:
        return False
    return True


def _has_kind(kind: str, value: object) -> bool:
    match kind:
        case "String" | "Date":
            return isinstance(value, str)
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Number":
            return isinstance(value, int | Decimal) and not isinstance(value, bool)
        case "Boolean":
            return isinstance(value, bool)
        case "Array":
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


def _spoken(kind: str) -> str:
    return "String" if kind == "Date" else kind


def _kind_of(value: object) -> str:
    names = {bool: "Boolean", str: "String", int: "Integer", Decimal: "Float", list: "Array", dict: "Object"}
    return names.get(type(value), "Null")


def kept(rule: Rule, value: object) -> object:
    """The declared part of a value; everything else was ignored by the server."""
    if isinstance(value, dict) and rule.members is not None:
        return {name: kept(member, value[name]) for name, member in rule.members.items() if value.get(name) is not None}
    if isinstance(value, list) and rule.items is not None:
        return [kept(rule.items, item) for item in value]
    return value


def too_fine(rule: Rule, value: object) -> bool:
    """Whether a number carries more decimals than allowed."""
    if rule.places is None or not isinstance(value, Decimal):
        return False
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > rule.places
