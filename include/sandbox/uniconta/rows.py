"""The rows of an entity as a caller sees them; a company is a row, too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.call import Call
from sandbox.uniconta.company import Company
from sandbox.uniconta.digits import whole
from sandbox.uniconta.entity import Entity
from sandbox.uniconta.filter_values import Comparable, comparable
from sandbox.uniconta.properties import Property
from sandbox.uniconta.view import present, told_value


@dataclass(frozen=True, slots=True)
class Row:
    """A record that is filtered before it is told."""

    company: Company
    entity: Entity
    record: Doc

    def value(self, prop: Property) -> Comparable:
        """A property, ready to be compared."""
        if prop.name == "CompanyId":
            return comparable(prop, self.company.number)
        if prop.name == "RowId":
            return comparable(prop, self.record["RowId"])
        return comparable(prop, told_value(self.company, self.entity, self.record, prop))

    def told(self, *, own: bool) -> Doc:
        """The row as it is answered."""
        return present(self.company, self.entity, self.record, own=own)


Wanted = tuple[Property, Sequence[str]]
"""A property and the texts of which it must be one."""


def rows_of(call: Call, wanted: Wanted | None = None) -> Iterator[Row]:
    """Every row of the call's entity; ``wanted`` is what an index can answer beforehand."""
    entity, _own = call.entity()
    if entity.name == "Company":
        for number in sorted(call.companies):
            company = call.companies[number]
            yield Row(company, entity, company_record(company))
        return
    table = call.company[entity.name]
    for record in table if wanted is None else _wanted_records(call.company, entity, wanted):
        yield Row(call.company, entity, record)


def _wanted_records(company: Company, entity: Entity, wanted: Wanted) -> list[Doc]:
    prop, texts = wanted
    found = {record["RowId"]: record for text in texts for record in _looked_up(company, entity, prop, text)}
    return [found[row] for row in sorted(found)]


def company_record(company: Company) -> Doc:
    """A company as a row; its RowId is its number."""
    return dict(company.profile["company"]) | {"RowId": company.number}


def _looked_up(company: Company, entity: Entity, prop: Property, text: str) -> list[Doc]:
    table = company[entity.name]
    if prop.kind == "text":
        return table.where(prop.name, text)
    if prop.kind == "whole":
        return table.where(prop.name, whole(text))
    target = company[prop.target]
    key = target.entity.by_name[target.entity.key]
    found = target.named(whole(text) if key.kind == "whole" else text)
    return [] if found is None else table.where(prop.name, found["RowId"])


def can_be_looked_up(entity: Entity, prop: Property, text: str) -> bool:
    """Whether an index answers an equality: stored texts, whole numbers and references."""
    if entity.name == "Company" or prop.computed or prop.name not in entity.by_name or not text:
        return False
    if prop.kind == "whole":
        return bool(whole(text))
    if prop.kind == "reference":
        return prop.target != "DebtorOrder" or whole(text) is not None
    return prop.kind == "text"
