"""What an entity's property holds, and what it may be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sandbox.uniconta.enums import Enumeration

Kind = Literal["text", "whole", "number", "flag", "day", "moment", "choice", "reference"]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an entity."""

    name: str
    kind: Kind
    longest: int | None = None
    """Characters a text keeps; what is beyond them is cut in silence."""
    choices: Enumeration | None = None
    target: str = ""
    """The entity whose key a reference names; inside, its RowId is kept."""
    computed: bool = False
    """Only the server writes it; a client's value is ignored."""
    required: bool = False
    nullable: bool = False
    """Left out of an answer when it has no value, although its kind has a zero."""


def texts(longest: int | None, names: str) -> tuple[Property, ...]:
    """Texts of one length; ``names`` are separated by blanks."""
    return tuple(Property(name, "text", longest) for name in names.split())


def wholes(names: str) -> tuple[Property, ...]:
    """Whole numbers."""
    return tuple(Property(name, "whole") for name in names.split())


def numbers(names: str) -> tuple[Property, ...]:
    """Numbers with decimals."""
    return tuple(Property(name, "number") for name in names.split())


def flags(names: str) -> tuple[Property, ...]:
    """Yes or no."""
    return tuple(Property(name, "flag") for name in names.split())


def days(names: str) -> tuple[Property, ...]:
    """Dates."""
    return tuple(Property(name, "day") for name in names.split())


def choice(name: str, choices: Enumeration, *, nullable: bool = False) -> Property:
    """A value of an enum."""
    return Property(name, "choice", choices=choices, nullable=nullable)


def references(target: str, names: str) -> tuple[Property, ...]:
    """References to records of one entity."""
    return tuple(Property(name, "reference", target=target) for name in names.split())


def required(entity: str, name: str) -> Property:
    """A reference that must be there."""
    return Property(name, "reference", target=entity, required=True)


def key(longest: int, name: str) -> Property:
    """A natural key."""
    return Property(name, "text", longest, required=True)


def dimensions() -> tuple[Property, ...]:
    """``Dimension1`` to ``Dimension5``."""
    return tuple(Property(f"Dimension{n}", "reference", target=f"GLDimType{n}") for n in range(1, 6))


def told(kind: Kind, names: str, choices: Enumeration | None = None, *, nullable: bool = False) -> tuple[Property, ...]:
    """Properties that only the server writes."""
    return tuple(Property(name, kind, choices=choices, computed=True, nullable=nullable) for name in names.split())
