"""Reading a company: rows into records, where anything that is not of the promised shape is an unclear answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from ledgerbridge.target.contract import Request
from ledgerbridge.target.uniconta.answers import unreadable
from ledgerbridge.target.uniconta.api import Api, Row
from ledgerbridge.target.uniconta.options import BulkReading, UnicontaOptions

__all__ = ["every", "read", "read_written"]

Read = TypeVar("Read")

_PAGE = 1000


def read(what: Callable[[Any], Read], row: Any, entity: str) -> Read:
    """``what(row)``.

    Raises:
        TryAgain: the row is not what it should be.
    """
    return _read(what, row, entity, is_write=False)


def read_written(what: Callable[[Any], Read], row: Any, entity: str) -> Read:
    """As :func:`read`, of what a write was answered with.

    Raises:
        InDoubt: the row is not what it should be.
    """
    return _read(what, row, entity, is_write=True)


def every(api: Api, options: UnicontaOptions, entity: str) -> Iterator[Row]:
    """Every row of a list, where the settings say that long lists are read."""
    if options.bulk_reading is BulkReading.ODATA:
        yield from api.feed(entity)
        return
    skip = 0
    while True:
        rows = api.query(entity, take=_PAGE, skip=skip, newest_by="RowId")
        yield from rows
        if len(rows) < _PAGE:
            return
        skip += len(rows)


def _read(what: Callable[[Any], Read], row: Any, entity: str, *, is_write: bool) -> Read:
    try:
        return what(row)
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise unreadable(Request("GET", f"/{entity}"), problem, is_write=is_write) from None
