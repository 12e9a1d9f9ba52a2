"""JSON in and out with Decimals, so that no binary float ever holds an amount.

The vendor prints trailing zeros (``100.000000``, contract section 5.2). A ``Decimal`` is therefore printed
with exactly the digits it carries, which the standard encoder cannot do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

import msgspec

Doc = dict[str, Any]

_kept = msgspec.json.Encoder(decimal_format="number")
_quoted_name = lru_cache(maxsize=4096)(encode_basestring)


class NotJsonError(ValueError):
    """The text is not JSON as the API takes it (NaN and Infinity are not)."""


def _refuse_constant(name: str) -> object:
    msg = f"{name} is not a JSON number"
    raise NotJsonError(msg)


def parse(text: bytes | str) -> object:
    """Read JSON; every number with a fraction or an exponent becomes a ``Decimal``."""
    try:
        plain = text if isinstance(text, str) else text.decode()
        value = json.loads(plain, parse_float=Decimal, parse_constant=_refuse_constant)
        if r"\u" in plain:
            encode(value)  # half of a surrogate pair is JSON, but no text that could be stored or sent
    except (ValueError, RecursionError) as error:
        raise NotJsonError(str(error)) from error
    return value


def parse_object(text: bytes | str) -> Doc:
    """Read JSON whose root must be an object."""
    value = parse(text)
    if not isinstance(value, dict):
        msg = "the root of the document is not an object"
        raise NotJsonError(msg)
    return value


def write(value: object) -> str:
    """Print a value as compact JSON in UTF-8 text."""
    parts: list[str] = []
    _write(value, parts)
    return "".join(parts)


def keep(value: object) -> str:
    """Print a value for our own store, which only has to be read again: quicker, and with the same digits."""
    return _kept.encode(value).decode()


def encode(value: object) -> bytes:
    """Print a value as compact JSON bytes."""
    return write(value).encode()


def _write(value: object, parts: list[str]) -> None:
    kind = type(value)
    if kind is dict:
        _write_members(value, parts)  # type: ignore[arg-type]  # its type was just looked at
    elif kind is list or kind is tuple:
        _write_items(value, parts)  # type: ignore[arg-type]  # its type was just looked at
    else:
        parts.append(_scalar(value))


def _scalar(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, Decimal):
        return _decimal_text(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    msg = f"{type(value).__name__} has no JSON form here"
    raise TypeError(msg)


def _decimal_text(value: Decimal) -> str:
    if not value.is_finite():
        msg = f"{value} has no JSON form"
        raise TypeError(msg)
    text = format(value, "f")
    # A negative zero would be read back as a credit of nothing; the vendor never prints one.
    return text if value else text.removeprefix("-")


def _write_members(members: Doc, parts: list[str]) -> None:
    lead = "{"
    for name, member in members.items():
        if type(member) is dict or type(member) is list:
            parts.append(f"{lead}{_quoted_name(name)}:")
            _write(member, parts)
        else:
            parts.append(f"{lead}{_quoted_name(name)}:{_scalar(member)}")
        lead = ","
    parts.append("{}" if lead == "{" else "}")


def _write_items(items: Iterable[object], parts: list[str]) -> None:
    lead = "["
    for item in items:
        parts.append(lead)
        _write(item, parts)
        lead = ","
    parts.append("[]" if lead == "[" else "]")
