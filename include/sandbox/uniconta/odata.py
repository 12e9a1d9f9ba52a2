"""The read feed: ``GET /odata/[companyId/]{Entity}`` (contract 3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlencode

from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply
from sandbox.uniconta.call import Call, Done
from sandbox.uniconta.company import Company
from sandbox.uniconta.digits import whole
from sandbox.uniconta.entities import endpoints
from sandbox.uniconta.entity import Entity
from sandbox.uniconta.errors import Turned, bad_request
from sandbox.uniconta.filter_values import Comparable, comparable, order_key, property_named
from sandbox.uniconta.odata_grammar import Both, Comparison, Condition, holds, parse_filter
from sandbox.uniconta.properties import Kind, Property
from sandbox.uniconta.rows import Row, Wanted, can_be_looked_up, rows_of

_LITERALS: Final[dict[Kind, str]] = {
    "number": "number", "whole": "number", "flag": "flag", "day": "time", "moment": "time",
}  # fmt: skip
"""What a kind of property is compared with; everything else is text."""
_DIRECTIONS: Final = {"": False, "asc": False, "desc": True}


def service(call: Call) -> Done:
    """The endpoints there are, when the path names none."""
    call.require_read()
    return Done(Reply.json(200, {"value": [{"name": name, "url": name} for name in endpoints()]}))


def feed(call: Call) -> Done:
    """Rows in a ``value`` envelope, page by page."""
    call.require_read()
    entity, own = call.entity()
    rows = _passed(call, entity)
    _sort(call, entity, rows)
    skip, top = _number(call, "$skip"), _number(call, "$top")
    rows = rows[skip or 0 :] if top is None else rows[skip or 0 : (skip or 0) + top]
    size = call.company.knobs.number("odata_page_size")
    body: Doc = {"value": [row.told(own=own) for row in (rows[:size] if size else rows)]}
    if size and len(rows) > size:
        body["@odata.nextLink"] = _next_link(call, (skip or 0) + size, None if top is None else top - size)
    return Done(Reply.json(200, body))


def refuse_xml(accept: str) -> None:
    """406 for a reader that does not ask for JSON: the feed answers everybody else in XML, which is not served."""
    asked = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    if "application/json" not in asked:
        raise Turned(Reply(406))


def _passed(call: Call, entity: Entity) -> list[Row]:
    text = call.query.get("$filter", "").strip()
    if not text:
        return list(rows_of(call))
    condition = parse_filter(text)
    test = _test(call.company, entity, condition)
    return [row for row in rows_of(call, _equality(call.company, entity, condition)) if test(row)]


def _test(company: Company, entity: Entity, condition: Condition) -> Callable[[Row], bool]:
    """The condition ready to be asked; 400 for a property that is not there or cannot be compared so."""
    if isinstance(condition, Both):
        left, right = _test(company, entity, condition.left), _test(company, entity, condition.right)
        if condition.word == "and":
            return lambda row: left(row) and right(row)
        return lambda row: left(row) or right(row)
    prop = property_named(company, entity, condition.name)
    literal, operator = _literal(prop, condition), condition.operator
    return lambda row: holds(operator, row.value(prop), literal)


def _equality(company: Company, entity: Entity, condition: Condition) -> Wanted | None:
    """An equality that every row must meet, for an index to answer."""
    if isinstance(condition, Both):
        if condition.word == "or":
            return None
        return _equality(company, entity, condition.left) or _equality(company, entity, condition.right)
    prop = property_named(company, entity, condition.name)
    by_index = condition.kind != "null" and can_be_looked_up(entity, prop, condition.literal)
    return (prop, (condition.literal,)) if condition.operator == "eq" and by_index else None


def _literal(prop: Property, condition: Comparison) -> Comparable:
    if condition.kind == "null":
        return None
    if condition.kind != _LITERALS.get(prop.kind, "text"):
        reason = f"{prop.name} cannot be compared with {condition.literal}."
        raise bad_request(reason)
    return comparable(prop, condition.literal)


def _sort(call: Call, entity: Entity, rows: list[Row]) -> None:
    parts = [part.split() for part in call.query.get("$orderby", "").split(",") if part.strip()]
    for name, *rest in reversed(parts):
        direction = rest[0].lower() if rest else ""
        if direction not in _DIRECTIONS or len(rest) > 1:
            reason = f"Syntax error in $orderby near '{direction}'."
            raise bad_request(reason)
        prop = property_named(call.company, entity, name)
        rows.sort(key=lambda row, prop=prop: order_key(row.value(prop)), reverse=_DIRECTIONS[direction])  # type: ignore[misc]


def _number(call: Call, name: str) -> int | None:
    text = call.query.get(name)
    if text is None:
        return None
    number = whole(text)
    if number is None:
        reason = f"{name} must be a whole number."
        raise bad_request(reason)
    return number


def _next_link(call: Call, skip: int, top: int | None) -> str:
    query = {name: value for name, value in call.query.items() if name not in {"$skip", "$top"}}
    query["$skip"] = str(skip)
    if top is not None:
        query["$top"] = str(top)
    return f"{call.base_url}{call.path}?{urlencode(query, quote_via=quote, safe='$')}"
