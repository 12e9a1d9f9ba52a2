"""``GET /api/Entities/…``: rows by one equality, as a bare array (contract 4)."""

from __future__ import annotations

from sandbox.standin.reply import Reply
from sandbox.uniconta.call import Call, Done
from sandbox.uniconta.errors import bad_request
from sandbox.uniconta.filter_values import comparable, property_named
from sandbox.uniconta.rows import can_be_looked_up, rows_of


def read(call: Call) -> Done:
    """All rows, or those whose property ``Name`` has the value ``Value``."""
    call.require_read()
    entity, own = call.entity()
    name, text = call.query.get("Name"), call.query.get("Value")
    if name is None:
        return Done(Reply.json(200, [row.told(own=own) for row in rows_of(call)]))
    if text is None:
        reason = "Value is missing"
        raise bad_request(reason)
    prop = property_named(call.company, entity, name)
    wanted = comparable(prop, text or None)
    rows = rows_of(call, (prop, (text,)) if can_be_looked_up(entity, prop, text) else None)
    return Done(Reply.json(200, [row.told(own=own) for row in rows if row.value(prop) == wanted]))
