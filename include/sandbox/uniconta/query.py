"""``POST /Query/Get/{Entity}``: filters that are ANDed, paging in the first of them (contract 5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply
from sandbox.uniconta.call import Call, Done
from sandbox.uniconta.company import Company
from sandbox.uniconta.digits import whole
from sandbox.uniconta.entity import Entity
from sandbox.uniconta.errors import Refused, argument_missing
from sandbox.uniconta.filter_values import Comparable, comparable, order_key, property_named
from sandbox.uniconta.properties import Property
from sandbox.uniconta.rows import Row, Wanted, can_be_looked_up, rows_of

_MOST_ALTERNATIVES: Final = 40
_ALTERNATIVES: Final = re.compile(r";| OR ")

Test = Callable[[Comparable], bool]


@dataclass(frozen=True, slots=True)
class _Filter:
    prop: Property
    parts: tuple[str, ...]
    """The alternatives: single values and ranges; none of them filters nothing."""
    tests: tuple[Test, ...]
    descending: bool | None
    """How the rows are ordered by the property; nothing when they are not."""

    def takes(self, row: Row) -> bool:
        """Whether a row passes."""
        if not self.tests:
            return True
        value = row.value(self.prop)
        return any(test(value) for test in self.tests)

    def wanted(self, entity: Entity) -> Wanted | None:
        """What an index can be asked, where every alternative is a single value."""
        single = all(".." not in part and can_be_looked_up(entity, self.prop, part) for part in self.parts)
        return (self.prop, self.parts) if self.parts and single else None


def query(call: Call) -> Done:
    """The rows that pass every filter, as a bare array."""
    call.require_read()
    entity, own = call.entity()
    if not isinstance(call.body, list) or not call.body:
        return Done(argument_missing(), refused="ArgumentMissing")
    filters = [found for body in call.body if (found := _filter(call.company, entity, body)) is not None]
    rows = rows_of(call, next((one.wanted(entity) for one in filters if one.wanted(entity)), None))
    passed = _ordered([row for row in rows if all(one.takes(row) for one in filters)], filters)
    skip, take = _number(call.body[0], "Skip"), _number(call.body[0], "Take")
    page = passed[skip : skip + take] if take else passed[skip:]
    return Done(Reply.json(200, [row.told(own=own) for row in page]))


def _filter(company: Company, entity: Entity, body: object) -> _Filter | None:
    if not isinstance(body, dict):
        raise Refused("InvalidObject")
    name = body.get("PropertyName")
    if not name:
        return None
    prop = property_named(company, entity, str(name))
    text = "" if body.get("FilterValue") is None else str(body["FilterValue"])
    descending = _says_yes(body, "OrderByDescending")
    ordered = descending or _says_yes(body, "OrderBy")
    parts = _alternatives(prop, text)
    return _Filter(prop, parts, tuple(_test(prop, part) for part in parts), descending if ordered else None)


def _says_yes(body: Doc, name: str) -> bool:
    return str(body.get(name)).lower() == "true"


def _number(body: Any, name: str) -> int:
    text = str(body.get(name) or 0)
    number = whole(text)
    if number is None:
        raise Refused("FieldHasinvalidValue", name, text)
    return number


def _alternatives(prop: Property, text: str) -> tuple[str, ...]:
    """Alternatives are separated by ``;`` or `` OR ``; an empty text has none."""
    parts = tuple(_ALTERNATIVES.split(text)) if text else ()
    if len(parts) > _MOST_ALTERNATIVES:
        raise Refused("FieldHasinvalidValue", prop.name, text)
    return parts


def _test(prop: Property, text: str) -> Test:
    """A range with ``..``, else equality."""
    low_text, range_, high_text = text.partition("..")
    if not range_:
        wanted = comparable(prop, text)
        return lambda value: value == wanted
    low: Any = comparable(prop, low_text) if low_text else None
    high: Any = comparable(prop, high_text) if high_text else None

    def within(value: Any) -> bool:
        return value is not None and (low is None or value >= low) and (high is None or value <= high)

    return within


def _ordered(rows: list[Row], filters: list[_Filter]) -> list[Row]:
    """Sorted by the last criterion first, so that the first one decides."""
    for one in reversed(filters):
        if one.descending is not None:
            rows.sort(key=lambda row, prop=one.prop: order_key(row.value(prop)), reverse=one.descending)  # type: ignore[misc]
    return rows
