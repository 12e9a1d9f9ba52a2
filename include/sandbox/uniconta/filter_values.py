"""Comparing what a record tells with what a filter says."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sandbox.uniconta.company import Company
from sandbox.uniconta.entity import Entity
from sandbox.uniconta.errors import Refused
from sandbox.uniconta.own_fields import own_fields
from sandbox.uniconta.properties import Property
from sandbox.uniconta.values import day_of

Comparable = str | Decimal | bool | date | datetime | None
"""What two values of a property are compared as."""

ROW_ID: Final = Property("RowId", "whole", computed=True)
_COMPANY_ID: Final = Property("CompanyId", "whole", computed=True)
_NUMBER: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def property_named(company: Company, entity: Entity, name: str) -> Property:
    """A property that a filter or an order names; an unknown one is refused, not ignored."""
    if name == "RowId" or name in entity.aliases:
        return ROW_ID
    if name == "CompanyId":
        return _COMPANY_ID
    prop = entity.by_name.get(name)
    prop = prop or next((field for field in own_fields(company, entity) if field.name == name), None)
    if prop is None:
        raise Refused("FieldHasinvalidValue", "PropertyName", name)
    return prop


def comparable(prop: Property, told: object) -> Comparable:
    """A told value, or one that a filter wrote, ready to be compared."""
    if told is None:
        return None
    match prop.kind:
        case "number" | "whole":
            return _as_number(prop, told)
        case "flag":
            return str(told).lower() in {"true", "1"}
        case "day" | "moment":
            return _as_time(prop, told)
        case "choice":
            return _as_label(prop, told)
        case _:
            return str(told)


def _as_number(prop: Property, told: object) -> Decimal:
    if isinstance(told, int | Decimal):
        return Decimal(told)
    if not _NUMBER.fullmatch(str(told).strip()):
        raise Refused("FieldHasinvalidValue", prop.name, str(told))
    return Decimal(str(told).strip())


def _as_time(prop: Property, told: object) -> date | datetime:
    if prop.kind == "day":
        day = day_of(told)
        if day is None:
            raise Refused("FieldHasinvalidValue", prop.name, str(told))
        return day
    try:
        return datetime.fromisoformat(str(told)).replace(tzinfo=None)
    except ValueError as error:
        raise Refused("FieldHasinvalidValue", prop.name, str(told)) from error


def _as_label(prop: Property, told: object) -> str | None:
    number = prop.choices.number(told) if prop.choices else None
    if number is None:
        raise Refused("FieldHasinvalidValue", prop.name, str(told))
    return prop.choices.label(number) if prop.choices else None


def order_key(value: Comparable) -> tuple[bool, Comparable]:
    """What rows are sorted by: those without a value come first."""
    return (value is not None, value)
