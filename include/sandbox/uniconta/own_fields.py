"""Fields that a company added to an entity itself; they are served on ``…ClientUser`` (contract 6)."""

from __future__ import annotations

from typing import Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.company import Company
from sandbox.uniconta.entity import Entity
from sandbox.uniconta.properties import Kind, Property

_KINDS: Final[dict[str, Kind]] = {
    "String": "text", "Boolean": "flag", "Integer": "whole", "Money": "number", "Double": "number", "Date": "day",
}  # fmt: skip


def own_fields(company: Company, entity: Entity) -> tuple[Property, ...]:
    """The company's own fields of an entity."""
    fields: list[Doc] = company.profile.get("userFields", {}).get(entity.name, [])
    return tuple(Property(field["name"], _KINDS[field["type"]], field.get("length"), nullable=True) for field in fields)


def add_own_field(company: Company, entity: Entity, name: str, kind: str, length: int | None) -> None:
    """Add a field, named as the company likes; the entity's own names are taken."""
    if kind not in _KINDS:
        msg = f"no type {kind!r}; there are: {', '.join(_KINDS)}"
        raise ValueError(msg)
    if not name or name in entity.by_name or any(field.name == name for field in own_fields(company, entity)):
        msg = f"{entity.name} has {name!r} already"
        raise ValueError(msg)
    fields: Doc = company.profile.setdefault("userFields", {})
    fields.setdefault(entity.name, []).append({"name": name, "type": kind, "length": length})
    company.save()
