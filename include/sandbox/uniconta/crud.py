"""``/Crud/…`` of the Web API and the writes of ``/api/Entities`` (contract 4, 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sandbox.standin.jsontext import Doc
from sandbox.standin.reply import Reply
from sandbox.uniconta import records
from sandbox.uniconta.call import Call, Done
from sandbox.uniconta.errors import Refused, argument_missing
from sandbox.uniconta.view import present

Written = TypeVar("Written")


def insert(call: Call) -> Done:
    """One record; answers the created object with its RowId, and its OrderNumber where it has one."""
    call.require("insert")
    entity, own = call.entity()
    stored = records.insert(call.company, entity, call.body, call.clock, own=own)
    return Done(Reply.json(200, present(call.company, entity, stored, own=own)), executed=True)


def update(call: Call) -> Done:
    """One record, whole; answers the changed object."""
    call.require("update")
    entity, own = call.entity()
    stored = records.update(call.company, entity, call.body, own=own)
    return Done(Reply.json(200, present(call.company, entity, stored, own=own)), executed=True)


def delete(call: Call) -> Done:
    """One record; answers nothing."""
    call.require("delete")
    entity, _own = call.entity()
    records.delete(call.company, entity, call.body)
    return Done(Reply(204), executed=True)


def insert_list(call: Call) -> Done:
    """Several records in the order of the list."""
    call.require("insert")
    entity, own = call.entity()
    return _list(call, lambda body: records.insert(call.company, entity, body, call.clock, own=own))


def update_list(call: Call) -> Done:
    """Several records, each whole."""
    call.require("update")
    entity, own = call.entity()
    return _list(call, lambda body: records.update(call.company, entity, body, own=own))


def delete_list(call: Call) -> Done:
    """Several records; answers nothing."""
    call.require("delete")
    entity, _own = call.entity()
    if not isinstance(call.body, list):
        return Done(argument_missing(), refused="ArgumentMissing")
    _each(call, call.body, lambda body: records.delete(call.company, entity, body))
    return Done(Reply(204), executed=True)


def _list(call: Call, write: Callable[[object], Doc]) -> Done:
    """Write rows and answer as the knob says: with nothing, with an empty list, or with the rows."""
    if not isinstance(call.body, list):
        return Done(argument_missing(), refused="ArgumentMissing")
    rows = _each(call, call.body, write)
    answer = call.company.knobs.choice("insert_list_answer")
    if answer == "none":
        return Done(Reply(204), executed=True)
    entity, own = call.entity()
    shown = [present(call.company, entity, row, own=own) for row in rows] if answer == "rows" else []
    return Done(Reply.json(200, shown), executed=True)


def _each(call: Call, bodies: list[object], write: Callable[[object], Written]) -> list[Written]:
    """Write row by row. A refused row leaves the rows before it where the knob says so, else none."""
    try:
        return [write(body) for body in bodies]
    except Refused as refusal:
        refusal.keep_what_was_written = not call.company.knobs.flag("insert_list_atomic")
        raise
