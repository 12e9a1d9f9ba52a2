"""The records of one entity in a company, in memory and on disk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.database import Database
from sandbox.uniconta.entity import Entity


class Table:
    """Records by RowId, by natural key, and by any property that was once asked for."""

    def __init__(self, database: Database, company: int, entity: Entity) -> None:
        """An empty table; the store fills it when it reads the file."""
        self.entity = entity
        self._company = company
        self._database = database
        self._records: dict[int, Doc] = {}
        self._by_key: dict[Any, int] = {}
        self._indexes: dict[str, dict[Any, dict[int, None]]] = {}

    def __len__(self) -> int:
        """How many records there are."""
        return len(self._records)

    def __iter__(self) -> Iterator[Doc]:
        """The records in the order of their RowIds."""
        return iter(list(self._records.values()))

    def get(self, row: int) -> Doc | None:
        """The record with a RowId."""
        return self._records.get(row)

    def require(self, row: int) -> Doc:
        """The record with a RowId that is known to exist."""
        return self._records[row]

    def named(self, key: object) -> Doc | None:
        """The record with a natural key."""
        row = self._by_key.get(key)
        return None if row is None else self._records[row]

    def key_of(self, row: int) -> object:
        """What a reference to a record is told as."""
        record = self._records.get(row)
        return None if record is None else record.get(self.entity.key)

    def where(self, name: str, value: object) -> list[Doc]:
        """The records whose stored property has a value, in the order of their RowIds."""
        index = self._indexes.get(name)
        if index is None:
            index = self._indexes[name] = {}
            for row, record in self._records.items():
                index.setdefault(record.get(name), {})[row] = None
        return [self._records[row] for row in sorted(index.get(value, ()))]

    def load(self, record: Doc) -> None:
        """Take a record that is on disk already."""
        self._take(record)

    def sort(self) -> None:
        """Bring the records into the order of their RowIds, after loading."""
        self._records = dict(sorted(self._records.items()))

    def put(self, record: Doc) -> None:
        """Store a record under its RowId."""
        row = record["RowId"]
        if row in self._records:
            self._forget(self._records[row])
        self._take(record)
        self._database.put(self._company, self.entity.name, str(row), record)

    def delete(self, row: int) -> None:
        """Remove a record."""
        self._forget(self._records.pop(row))
        self._database.remove(self._company, self.entity.name, str(row))

    def _take(self, record: Doc) -> None:
        row = record["RowId"]
        self._records[row] = record
        if self.entity.key:
            self._by_key[record.get(self.entity.key)] = row
        for name, index in self._indexes.items():
            index.setdefault(record.get(name), {})[row] = None

    def _forget(self, record: Doc) -> None:
        row = record["RowId"]
        if self.entity.key:
            self._by_key.pop(record.get(self.entity.key), None)
        for name, index in self._indexes.items():
            index.get(record.get(name), {}).pop(row, None)
