"""What a posting asks for: a stored order, or an order and lines that are stored nowhere (contract 5.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sandbox.standin.clock import Clock
from sandbox.standin.jsontext import Doc
from sandbox.uniconta.company import Company
from sandbox.uniconta.computed import lines_of
from sandbox.uniconta.entities import ENTITIES
from sandbox.uniconta.errors import Refused
from sandbox.uniconta.own_fields import own_fields
from sandbox.uniconta.properties import Property
from sandbox.uniconta.rules import before_update
from sandbox.uniconta.values import day_of, taken

_ORDER_NUMBER: Final = Property("OrderNumber", "whole")
_DUE_DATE: Final = Property("DueDate", "day")


@dataclass(frozen=True, slots=True)
class PostingRequest:
    """An order with its lines, and how it is to be posted."""

    order: Doc
    """A stored order with its RowId, or the fields of a quick invoice."""
    lines: list[Doc]
    day: date
    simulate: bool
    send_email: bool
    send_xml: bool


def read_request(company: Company, body: object, clock: Clock) -> PostingRequest:
    """Read the body; ``ArgumentMissing`` for one that can be made nothing of."""
    if not isinstance(body, dict) or not isinstance(body.get("Order"), dict | None):
        raise Refused("ArgumentMissing")
    order, lines = _order_and_lines(company, body)
    return PostingRequest(
        order=order,
        lines=lines,
        day=_day(body, order, clock),
        simulate=_says_yes(body, "Simulate"),
        send_email=_says_yes(body, "SendEmail"),
        send_xml=_says_yes(body, "SendXML"),
    )


def _order_and_lines(company: Company, body: Doc) -> tuple[Doc, list[Doc]]:
    number = _order_number(company, body)
    stored = company["DebtorOrder"].named(number) if number else None
    lines = body.get("Lines")
    if lines is None and number:
        if stored is None:
            raise Refused("CouldNotFind", "OrderNumber", number)
        return _with_due_date(company, stored, body), [line for line in lines_of(company, stored) if _is_due(line)]
    if not isinstance(lines, list) or body.get("Order") is None or stored is not None:
        raise Refused("ArgumentMissing")
    order = _read(company, "DebtorOrder", body["Order"]) | {"OrderNumber": number}
    return order, [_line(company, line, at) for at, line in enumerate(lines, 1)]


def _order_number(company: Company, body: Doc) -> int | None:
    """The order's number, at the root or in ``Order``, as the knob has it."""
    place = company.knobs.choice("order_number_in")
    root = body.get("OrderNumber") if place != "order" else None
    inside = (body.get("Order") or {}).get("OrderNumber") if place != "root" else None
    number = taken(_ORDER_NUMBER, root or inside, company)
    return None if number is None else int(number)


def _with_due_date(company: Company, stored: Doc, body: Doc) -> Doc:
    """A stored order counts as it is stored; only a due date may come with the posting."""
    due = taken(_DUE_DATE, (body.get("Order") or {}).get("DueDate"), company)
    return stored if due is None else stored | {"DueDate": due}


def _is_due(line: Doc) -> bool:
    return not line.get("Invoiced")


def _line(company: Company, body: object, at: int) -> Doc:
    if not isinstance(body, dict):
        raise Refused("ArgumentMissing")
    sent = {name: value for name, value in body.items() if name != "OrderNumber"}
    return before_update(company, "DebtorOrderLine", _read(company, "DebtorOrderLine", sent)) | {
        "LineNumber": Decimal(at)
    }


def _read(company: Company, entity: str, body: Doc) -> Doc:
    properties = (*ENTITIES[entity].properties, *own_fields(company, ENTITIES[entity]))
    read = {
        prop.name: taken(prop, body[prop.name], company)
        for prop in properties
        if prop.name in body and not prop.computed
    }
    return {name: value for name, value in read.items() if value is not None}


def _day(body: Doc, order: Doc, clock: Clock) -> date:
    """The invoice date: the posting's, else the order's, else today."""
    inside = body.get("Order") or {}
    raw = body.get("Date") or order.get("InvoiceDate") or inside.get("Date")
    if not raw:
        return clock.today()
    day = day_of(raw)
    if day is None:
        raise Refused("FieldHasinvalidValue", "Date", str(raw))
    return day


def _says_yes(body: Doc, name: str) -> bool:
    return str(body.get(name)).lower() == "true"
