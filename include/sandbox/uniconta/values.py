"""Values on their way in and out: cut texts, labels, dates, references (contract 6).

Inside a record, a choice is its number, a reference the RowId it points at, a date its ISO text; what has no
value is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sandbox.uniconta.errors import Refused
from sandbox.uniconta.properties import Kind, Property

if TYPE_CHECKING:
    from sandbox.uniconta.company import Company

Stored = str | int | Decimal | bool | None

NO_DATE: Final = "0001-01-01T00:00:00"
_LARGEST_WHOLE: Final = 2**31 - 1
_LARGEST: Final = Decimal(10) ** 15
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_MISSING: Final = {
    "Debtor": "AccountDoesNotExist", "GLAccount": "AccountDoesNotExist", "GLVat": "VatTypeDoesNotExist",
    "NumberSerie": "NumberSerieDoesNotExist",
    **{f"GLDimType{number}": "DimensionDoesNotExist" for number in range(1, 6)},
}  # fmt: skip
"""What a reference to nothing is called; everything else is ``CouldNotFind``."""


def taken(prop: Property, raw: object, company: Company) -> Stored:
    """What is stored of a value that a client sent; refuses what cannot be read."""
    if raw is None or raw == "":
        return None
    return _TAKERS[prop.kind](prop, raw, company)


def _text(prop: Property, raw: object, _company: Company) -> Stored:
    if isinstance(raw, bool) or not isinstance(raw, str | int | Decimal):
        raise _invalid(prop, raw)
    return str(raw)[: prop.longest] or None


def _number(prop: Property, raw: object, _company: Company) -> Stored:
    read: object = raw
    if isinstance(raw, str) and _NUMBER.fullmatch(raw.strip()):
        read = Decimal(raw.strip())
    if isinstance(read, bool) or not isinstance(read, int | Decimal) or Decimal(read).copy_abs() >= _LARGEST:
        raise _invalid(prop, raw)
    return Decimal(read)


def _whole(prop: Property, raw: object, company: Company) -> Stored:
    number = _number(prop, raw, company)
    if not isinstance(number, Decimal) or number % 1 or abs(number) > _LARGEST_WHOLE:
        raise _invalid(prop, raw)
    return int(number)


def _flag(prop: Property, raw: object, _company: Company) -> Stored:
    words = {"true": True, "1": True, "false": False, "0": False}
    known = words.get(str(raw).strip().lower()) if isinstance(raw, bool | str | int) else None
    if known is None:
        raise _invalid(prop, raw)
    return known


def _day(prop: Property, raw: object, _company: Company) -> Stored:
    day = day_of(raw)
    if day is None:
        raise _invalid(prop, raw)
    return None if day.year == 1 else day.isoformat()


def day_of(raw: object) -> date | None:
    """The day of a date or of a full ISO time as it stands there, whatever its zone."""
    if not isinstance(raw, str):
        return None
    try:
        return datetime.fromisoformat(raw.strip()).date()
    except ValueError:
        return None


def _choice(prop: Property, raw: object, _company: Company) -> Stored:
    number = prop.choices.number(raw) if prop.choices else None
    if number is None:
        raise _invalid(prop, raw)
    return number


def _reference(prop: Property, raw: object, company: Company) -> Stored:
    table = company[prop.target]
    key = table.entity.by_name[table.entity.key]
    record = table.named(taken(key, raw, company))
    if record is None:
        raise Refused(_MISSING.get(prop.target, "CouldNotFind"), prop.name, raw)
    return int(record["RowId"])


def _invalid(prop: Property, raw: object) -> Refused:
    return Refused("FieldHasinvalidValue", prop.name, raw if isinstance(raw, str | int | Decimal) else None)


_TAKERS: Final[dict[Kind, Callable[[Property, object, Company], Stored]]] = {
    "text": _text, "number": _number, "whole": _whole, "flag": _flag, "day": _day, "moment": _day,
    "choice": _choice, "reference": _reference,
}  # fmt: skip


def shown(prop: Property, stored: Stored, company: Company) -> object:
    """How a stored value is told; nothing for what is left out."""
    if stored is None:
        return None if prop.nullable else _blank(prop)
    if prop.kind == "choice":
        return prop.choices.label(int(stored)) if prop.choices else None
    if prop.kind == "reference":
        return _told_key(company[prop.target].key_of(int(stored)))
    if prop.kind == "number":
        return double(Decimal(stored))
    zone = {"day": "T00:00:00Z", "moment": "Z"}.get(prop.kind)
    return stored if zone is None else f"{stored}{zone}"


def _told_key(key: object) -> str | None:
    return None if key is None else str(key)


def _blank(prop: Property) -> object:
    match prop.kind:
        case "number":
            return double(Decimal(0))
        case "whole":
            return 0
        case "flag":
            return False
        case "day" | "moment":
            return NO_DATE
        case "choice":
            return prop.choices.label(0) if prop.choices else None
        case _:
            return None


def double(value: Decimal) -> Decimal:
    """With the digits a double is printed with: no zeros at the end, but one decimal at least."""
    short = value.normalize()
    exponent = short.as_tuple().exponent
    return short.quantize(Decimal("0.1")) if isinstance(exponent, int) and exponent >= 0 else short
