"""One company's books: its tables, counters, knobs and facts."""

from __future__ import annotations

from decimal import Decimal

from sandbox.standin.jsontext import Doc
from sandbox.standin.knobs import Knobs, Setting
from sandbox.uniconta.database import Database
from sandbox.uniconta.entities import ENTITIES
from sandbox.uniconta.knobs import KNOBS
from sandbox.uniconta.table import Table


class Company:
    """One company with everything that belongs to it."""

    def __init__(self, database: Database, number: int, shared_knobs: dict[str, Setting]) -> None:
        """A company without records."""
        self.number = number
        self.profile: Doc = {}
        self.counters: Doc = {}
        self.tables = {name: Table(database, number, entity) for name, entity in ENTITIES.items()}
        self._database = database
        self._shared_knobs = shared_knobs

    def __getitem__(self, entity: str) -> Table:
        """A table by the entity's name."""
        return self.tables[entity]

    def load(self, kind: str, record: Doc) -> None:
        """Take what the store found on disk."""
        if kind == "profile":
            self.profile = record
        elif kind == "counters":
            self.counters = record
        else:
            self.tables[kind].load(record)

    def sort(self) -> None:
        """After loading: every table in the order of its RowIds."""
        for table in self.tables.values():
            table.sort()

    def save(self) -> None:
        """Store the profile after a change."""
        self._database.put(self.number, "profile", "profile", self.profile)

    def insert(self, entity: str, record: Doc) -> Doc:
        """Store a new record under the entity's next RowId; returns it with the RowId."""
        stored = record | {"RowId": self.count(f"row {entity}")}
        self[entity].put(stored)
        return stored

    def count(self, counter: str) -> int:
        """The next number of a counter: RowIds, vouchers, posted journals."""
        number = int(self.counters.get(counter, 1))
        self.counters[counter] = number + 1
        self._database.put(self.number, "counters", "counters", self.counters)
        return number

    @property
    def knobs(self) -> Knobs:
        """The knobs in force for this company."""
        return KNOBS.in_force(self.profile["knobs"], self._shared_knobs)

    def set_knobs(self, changes: Doc) -> None:
        """Set knobs of this company; ``None`` gives a knob back to the sandbox's setting."""
        KNOBS.change(self.profile["knobs"], changes)
        self.save()

    @property
    def currency(self) -> int:
        """The number of the currency the books are kept in."""
        return int(self.profile["company"]["Currency"])

    def rate(self, currency: int) -> Decimal | None:
        """What one unit of a currency costs in the books' currency, where a rate is known."""
        rates: Doc = self.profile["rates"]
        if str(currency) not in rates:
            return None
        return Decimal(rates[str(currency)]) / Decimal(rates[str(self.currency)])
