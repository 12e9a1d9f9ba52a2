"""Writing records: insert, update, delete, the same on every surface (contract 4, 5, 7.5)."""

from __future__ import annotations

from typing import Final

from sandbox.standin.clock import Clock
from sandbox.standin.jsontext import Doc
from sandbox.uniconta.company import Company
from sandbox.uniconta.entity import Entity
from sandbox.uniconta.errors import Refused
from sandbox.uniconta.own_fields import own_fields
from sandbox.uniconta.properties import Property
from sandbox.uniconta.rules import before_insert, before_update
from sandbox.uniconta.values import taken

_TRANSACTIONS: Final = frozenset({"DebtorInvoice", "DebtorInvoiceLines", "DebtorTrans", "DebtorTransOpen", "GLTrans"})
_FIXED: Final = {"DebtorOrder": ("OrderNumber",), "DebtorOrderLine": ("OrderNumber",)}
"""Properties that an update leaves as they are."""


def insert(company: Company, entity: Entity, body: object, clock: Clock, *, own: bool = False) -> Doc:
    """Store a new record; returns it."""
    if not entity.writable:
        raise Refused("CouldNotCreate")
    values = before_insert(company, entity.name, _read(company, entity, body, own=own), clock)
    _check(company, entity, values, None)
    return company.insert(entity.name, _without_nothing(values))


def update(company: Company, entity: Entity, body: object, *, own: bool = False) -> Doc:
    """Change a record; returns it."""
    if not entity.writable:
        raise Refused("CannotUpdateRecord")
    current = found(company, entity, body)
    if current is None:
        raise Refused("CouldNotLoadOriginal", "RowId")
    sent = _read(company, entity, body, own=own)
    for name in _FIXED.get(entity.name, ()):
        sent.pop(name, None)
    if company.knobs.choice("update_omitted") == "cleared":
        clearable = _clearable(company, entity, own=own)
        current = {name: value for name, value in current.items() if name not in clearable}
    values = before_update(company, entity.name, current | sent)
    _check(company, entity, values, current["RowId"])
    changed = _without_nothing(values)
    company[entity.name].put(changed)
    return changed


def delete(company: Company, entity: Entity, body: object) -> None:
    """Remove a record that nothing refers to; an order goes with its lines."""
    if not entity.writable:
        raise Refused("CannotDeleteRecord")
    record = found(company, entity, body)
    if record is None:
        raise Refused("RecordIsAlreadyDeleted", "RowId")
    if entity.name == "DebtorOrder":
        delete_order(company, record)
        return
    _refuse_if_referred(company, entity, record["RowId"])
    company[entity.name].delete(record["RowId"])


def delete_order(company: Company, order: Doc) -> None:
    """Remove an order and its lines."""
    for line in company["DebtorOrderLine"].where("OrderNumber", order["RowId"]):
        company["DebtorOrderLine"].delete(line["RowId"])
    company["DebtorOrder"].delete(order["RowId"])


def found(company: Company, entity: Entity, body: object) -> Doc | None:
    """The record a body means: by RowId, else by its key; refused when the two name different records."""
    if not isinstance(body, dict):
        raise Refused("InvalidObject")
    table = company[entity.name]
    row = taken(Property("RowId", "whole"), body.get("RowId"), company)
    named = None
    if entity.key:
        named = table.named(taken(entity.by_name[entity.key], body.get(entity.key), company))
    if not row:
        return named
    if named is not None and named["RowId"] != row:
        raise Refused("KeyExists", entity.key, body.get(entity.key))
    return table.get(int(row))


def _read(company: Company, entity: Entity, body: object, *, own: bool) -> Doc:
    """The properties of a body that a client may write; unknown ones are ignored in silence (5.2)."""
    if not isinstance(body, dict):
        raise Refused("InvalidObject")
    properties = (*entity.properties, *own_fields(company, entity)) if own else entity.properties
    return {
        prop.name: taken(prop, body[prop.name], company)
        for prop in properties
        if prop.name in body and not prop.computed
    }


def _clearable(company: Company, entity: Entity, *, own: bool) -> set[str]:
    """What an update clears by leaving it out: all but keys, required and computed properties, fields out of sight."""
    names = {prop.name for prop in entity.properties if not (prop.computed or prop.required or prop.name == entity.key)}
    return names | {field.name for field in own_fields(company, entity)} if own else names


def _check(company: Company, entity: Entity, values: Doc, row: int | None) -> None:
    for prop in entity.properties:
        if prop.required and values.get(prop.name) is None:
            raise Refused("KeyIsEmpty" if prop.name == entity.key else "FieldCannotBeBlank", prop.name)
    if entity.name == "InvItem" and values.get("Group") is None:
        raise Refused("FieldCannotBeBlank", "Group")
    if entity.key:
        same = company[entity.name].named(values.get(entity.key))
        if same is not None and same["RowId"] != row:
            raise Refused("KeyExists", entity.key, values[entity.key])


def _refuse_if_referred(company: Company, entity: Entity, row: int) -> None:
    for table in company.tables.values():
        pointing = [prop.name for prop in table.entity.properties if prop.target == entity.name]
        if pointing and any(record.get(name) == row for record in table for name in pointing):
            transactions = table.entity.name in _TRANSACTIONS
            raise Refused(
                "CouldNotDeleteRecordThatHasTransactions" if transactions else "CouldNotDeleteRecordThatIsReferred"
            )


def _without_nothing(values: Doc) -> Doc:
    return {name: value for name, value in values.items() if value is not None}
