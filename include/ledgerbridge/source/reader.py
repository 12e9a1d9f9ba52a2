"""Canonical records out of a source's rows.

A statement's columns have the canonical fields' names, so a row becomes a record by its names alone. A row
that cannot become one is handed over as :class:`Unreadable` beside the good ones: it holds nothing back (X-3).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ledgerbridge.errors import Refusal, Rejection
from ledgerbridge.records import Customer, Invoice, Module, customer_adapter, invoice_adapter
from ledgerbridge.source.database import Connection, prepared, rows, snapshot
from ledgerbridge.source.manifest import Manifest
from ledgerbridge.sql import load

__all__ = ["Document", "SourceReader", "TakeOver", "Unreadable"]

PAGE = 500

_COUNTRY_FIELD = {Module.CUSTOMERS: "country", Module.INVOICES: "recipient_country"}
_PART = "part_"

_Wanted = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that exists and is no record. ``row`` is what it says, as text, for whoever must find it."""

    module: Module
    source_id: str
    rejection: Rejection
    row: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Document:
    """The source's own rendering of an invoice, to the byte."""

    file_name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TakeOver:
    """The day from which invoices are an integration's business. Earlier ones do not exist for it.

    But for those that it has taken up before, however their date came to lie earlier: ``taken_up`` is given source
    ids and answers with those. They are followed to their end.
    """

    first_day: date
    taken_up: Callable[[Sequence[str]], Collection[str]]

    def concerns(self, found: Sequence[Invoice | Unreadable]) -> Iterator[Invoice | Unreadable]:
        """Those that are the integration's business, in their order."""
        early = [record.source_id for record in found if self._is_early(record)]
        left_out = set(early).difference(self.taken_up(early)) if early else set()
        return (record for record in found if record.source_id not in left_out)

    def _is_early(self, record: Invoice | Unreadable) -> bool:
        if isinstance(record, Invoice):
            return record.invoice_date < self.first_day
        try:
            return date.fromisoformat(record.row.get("invoice_date") or "") < self.first_day
        except ValueError:
            return False  # whoever mends the row must see it first


class SourceReader:
    """Reads one source database. Every page is read at one moment: an invoice comes with just its own lines.

    An id that the database does not have (any more) yields nothing; nor does an invoice from before the take-over, nor
    a record of another department than the integration's, where it is limited to some (MP-14).

    Raises (every method):
        SourceUnavailable: the database does not answer; the same call may be made again.
        Refusal: a right or a table is missing, or a statement does not fit this database.
        SettingsInvalid: the source has no such module.
    """

    def __init__(
        self,
        connection: Connection,
        manifest: Manifest,
        take_over: TakeOver | None = None,
        departments: Collection[str] | None = None,
    ) -> None:
        self._departments = departments
        self._connection = prepared(connection)
        self._manifest = manifest
        self._take_over = take_over
        self._countries = manifest.country_codes()

    def customers(self, ids: Sequence[str]) -> Iterator[Customer | Unreadable]:
        """The customers of these ids, in the order of the ids' pages, then the database's."""
        for page in _pages(ids):
            yield from self._customers(page, self._is_ours)

    def invoices(self, ids: Sequence[str]) -> Iterator[Invoice | Unreadable]:
        """The invoices and credit notes of these ids with their lines, approved or not (``is_approved``)."""
        for page in _pages(ids):
            records = self._invoices(page, self._is_ours)
            yield from records if self._take_over is None else self._take_over.concerns(records)

    def records(self, module: Module, ids: Sequence[str]) -> Iterator[Customer | Invoice | Unreadable]:
        """:meth:`customers` or :meth:`invoices`, by module."""
        return self.customers(ids) if module is Module.CUSTOMERS else self.invoices(ids)

    def of_other_departments(
        self, module: Module, ids: Sequence[str]
    ) -> Iterator[Customer | Unreadable] | Iterator[Invoice | Unreadable]:
        """Those of the ids that are there and are another department's than the integration's (MP-14)."""
        read: Any = self._customers if module is Module.CUSTOMERS else self._invoices
        for page in _pages(ids) if self._departments is not None else ():
            yield from read(page, lambda row: not self._is_ours(row))

    def all_ids(
        self, module: Module, after: str | None = None, limit: int = 5_000, *, since: date | None = None
    ) -> list[str]:
        """A page of the ids of all customers, or of all approved invoices dated ``since`` or later.

        None from before the take-over is among them, taken up or not. ``after`` is the last id of the page before; a
        page shorter than ``limit`` is the last.
        """
        if self._take_over is not None:
            since = max(since or date.min, self._take_over.first_day)
        parameters = {"after": after, "limit": limit, "since": since}
        return [row["source_id"] for row in rows(self._connection, self._manifest.statement(module, "ids"), parameters)]

    def every_id(self, module: Module, *, since: date | None = None, page: int = 5_000) -> Iterator[str]:
        """All pages of :meth:`all_ids`, one after the other."""
        after: str | None = None
        while True:
            ids = self.all_ids(module, after, page, since=since)
            yield from ids
            if len(ids) < page:
                return
            after = ids[-1]

    def document(self, source_id: str) -> Document | None:
        """The source's own document of an invoice, if it has made one (CT-2)."""
        found = rows(self._connection, self._manifest.statement(Module.INVOICES, "document"), {"source_id": source_id})
        if not found:
            return None
        return Document(found[0]["file_name"], found[0]["content_type"], bytes(found[0]["content"]))

    def dimension_values(self) -> dict[str, dict[str, str]]:
        """``team``, ``department``, ``division`` → key → name; nothing where the source cannot say (CT-15)."""
        file = self._manifest.dimension_values
        values: dict[str, dict[str, str]] = {}
        for row in rows(self._connection, load(self._manifest.package, file), {}) if file is not None else ():
            values.setdefault(str(row["dimension"]), {})[str(row["key"])] = str(row["name"])
        return values

    def _customers(self, page: Sequence[str], wanted: _Wanted) -> Iterator[Customer | Unreadable]:
        for row in rows(self._connection, self._manifest.statement(Module.CUSTOMERS, "read"), {"ids": page}):
            if wanted(row):
                yield self._record(Module.CUSTOMERS, customer_adapter, row)

    def _invoices(self, page: Sequence[str], wanted: _Wanted) -> list[Invoice | Unreadable]:
        with snapshot(self._connection) as query:
            found = query(self._manifest.statement(Module.INVOICES, "read"), {"ids": page})
            listed = query(self._manifest.statement(Module.INVOICES, "lines"), {"ids": page})
        lines = {
            source_id: _lines(list(of_invoice)) for source_id, of_invoice in groupby(listed, itemgetter("source_id"))
        }
        return [
            self._record(Module.INVOICES, invoice_adapter, row, lines=lines.get(row["source_id"], ()))
            for row in found
            if wanted(row)
        ]

    def _is_ours(self, row: Mapping[str, Any]) -> bool:
        return self._departments is None or str(row.get("department") or "").strip() in self._departments

    def _record(self, module: Module, adapter: TypeAdapter[Any], row: Mapping[str, Any], **more: object) -> Any:
        _refuse_floats(row)
        cleaned = {name: _cleaned(value) for name, value in row.items()}
        try:
            self._make_country_a_code(cleaned, _COUNTRY_FIELD[module])
            return adapter.validate_python({**_without_missing_defaults(cleaned), **more})
        except ValidationError as error:
            rejection = _rejection(error.errors(include_url=False)[0])
        except Rejection as error:
            rejection = error
        as_text = {name: None if value is None else str(value) for name, value in cleaned.items()}
        return Unreadable(module, str(row["source_id"]), rejection, as_text)

    def _make_country_a_code(self, row: dict[str, Any], field: str) -> None:
        typed = row.get(field)
        if typed is None or not self._countries:
            return
        code = self._countries.get(str(typed).casefold())
        if code is None:
            raise Rejection("source_country_unknown", value=typed)
        row[field] = code


def _pages(ids: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), PAGE):
        yield list(ids[start : start + PAGE])


def _cleaned(value: Any) -> Any:
    """Blanks around a text are nobody's data; an empty text is no text."""
    return value.strip() or None if isinstance(value, str) else value


def _without_missing_defaults(row: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is empty, so that the record's own default or its demand for a value applies."""
    return {name: value for name, value in row.items() if value is not None}


def _refuse_floats(row: Mapping[str, Any]) -> None:
    """A statement that delivers double precision would have rounded before we see it: never an amount."""
    for name, value in row.items():
        if isinstance(value, float):  # refuses floats
            raise Refusal("source_column_is_float", column=name)


def _lines(rows_of_invoice: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The lines of one invoice from rows that hold one line or one of its parts each."""
    lines = []
    for _, of_line in groupby(rows_of_invoice, itemgetter("line_id")):
        grouped = list(of_line)
        _refuse_floats(grouped[0])
        line = {n: v for n, v in grouped[0].items() if not n.startswith(_PART) and n not in {"source_id", "line_id"}}
        line["parts"] = tuple(_part(row) for row in grouped if row.get("part_net_amount") is not None)
        lines.append(_text_kept(line))
    return tuple(lines)


def _part(row: Mapping[str, Any]) -> dict[str, Any]:
    _refuse_floats(row)
    return _text_kept({name.removeprefix(_PART): value for name, value in row.items() if name.startswith(_PART)})


def _text_kept(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line with no text is a line; everything else that is empty takes the record's default."""
    cleaned = {name: _cleaned(value) for name, value in line.items()}
    return _without_missing_defaults(cleaned) | {"description": cleaned.get("description") or ""}


def _rejection(problem: ErrorDetails) -> Rejection:
    where, kind = _where(problem["loc"]), problem["type"]
    if kind == "missing":
        return Rejection("source_field_empty", field=where)
    value = _shortened(problem["input"])
    if kind == "enum":
        return Rejection("source_value_unknown", field=where, value=value, allowed=problem["ctx"]["expected"])
    if kind.startswith("date"):
        return Rejection("source_not_a_date", field=where, value=value)
    if kind.startswith(("decimal", "finite")):
        return Rejection("source_not_a_number", field=where, value=value)
    return Rejection("source_row_unreadable", field=where, value=value, cause=problem["msg"])


def _where(location: Sequence[int | str]) -> str:
    """``lines 3 · vat_code`` for ("lines", 2, "vat_code"): people count from one."""
    steps: list[str] = []
    for step in location:
        if isinstance(step, int):
            steps[-1] += f" {step + 1}"
        else:
            steps.append(step)
    return " · ".join(steps)


def _shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"
