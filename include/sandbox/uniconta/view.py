"""Records as the surfaces tell them: nulls left out, labels for numbers, keys for references (contract 6)."""

from __future__ import annotations

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.company import Company
from sandbox.uniconta.computed import COMPUTED
from sandbox.uniconta.entity import Entity
from sandbox.uniconta.own_fields import own_fields
from sandbox.uniconta.properties import Property
from sandbox.uniconta.values import Stored, shown


def stored_value(company: Company, entity: Entity, record: Doc, prop: Property) -> Stored:
    """What a property holds, computed where it is."""
    computer = COMPUTED.get(entity.name, {}).get(prop.name)
    value: Stored = record.get(prop.name) if computer is None else computer(company, record)
    return value


def told_value(company: Company, entity: Entity, record: Doc, prop: Property) -> object:
    """One property as it is told."""
    return shown(prop, stored_value(company, entity, record, prop), company)


def present(company: Company, entity: Entity, record: Doc, *, own: bool = False) -> Doc:
    """A whole record; ``own`` adds the company's own fields."""
    told: Doc = {"RowId": record["RowId"], "CompanyId": company.number}
    told |= dict.fromkeys(entity.aliases, record["RowId"])
    properties = (*entity.properties, *own_fields(company, entity)) if own else entity.properties
    for prop in properties:
        value = told_value(company, entity, record, prop)
        if value is not None:
            told[prop.name] = value
    return told
