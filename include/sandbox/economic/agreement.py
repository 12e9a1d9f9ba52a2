"""One company's books: its collections, number series, rights and knobs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from sandbox.economic.database import Database
from sandbox.economic.knobs import KNOBS
from sandbox.standin.jsontext import Doc
from sandbox.standin.knobs import Knobs, Setting

Key = int | str

KEYS: Final[dict[str, str]] = {
    "customers": "customerNumber",
    "contacts": "customerContactNumber",
    "customer-groups": "customerGroupNumber",
    "payment-terms": "paymentTermsNumber",
    "vat-zones": "vatZoneNumber",
    "vat-types": "vatTypeNumber",
    "vat-accounts": "vatCode",
    "layouts": "layoutNumber",
    "units": "unitNumber",
    "employees": "employeeNumber",
    "departments": "departmentNumber",
    "currencies": "code",
    "products": "productNumber",
    "product-groups": "productGroupNumber",
    "accounts": "accountNumber",
    "accounting-years": "year",
    "drafts": "draftInvoiceNumber",
    "booked": "bookedInvoiceNumber",
    "sent": "id",
    "entries": "entryNumber",
}
"""Every collection of an agreement with the property that identifies a record in it."""

_HIGHEST_NUMBER = 999_999_999


class Collection:
    """Records of one kind, in memory and on disk."""

    def __init__(self, database: Database, agreement: int, kind: str) -> None:
        """An empty collection; the store fills it when it reads the file."""
        self.key_field = KEYS[kind]
        self._kind = kind
        self._agreement = agreement
        self._database = database
        self._records: dict[Key, Doc] = {}
        self._in_order = True

    def __len__(self) -> int:
        """How many records there are."""
        return len(self._records)

    def __contains__(self, key: Key) -> bool:
        """Whether a key is taken."""
        return key in self._records

    def __iter__(self) -> Iterator[Doc]:
        """The records in ascending order of their key, the vendor's default sort (contract 2.4)."""
        if not self._in_order:
            self._records = dict(sorted(self._records.items()))
            self._in_order = True
        return iter(list(self._records.values()))

    def get(self, key: Key) -> Doc | None:
        """The record with this key."""
        return self._records.get(key)

    def require(self, key: Key) -> Doc:
        """The record with this key, which is known to exist."""
        return self._records[key]

    def load(self, record: Doc) -> None:
        """Take a record that is on disk already."""
        self._records[record[self.key_field]] = record
        self._in_order = False

    def put(self, record: Doc) -> None:
        """Store a record under its key."""
        key = record[self.key_field]
        if key not in self._records:
            self._in_order = self._in_order and self._follows(key)
        self._records[key] = record
        self._database.put(self._agreement, self._kind, str(key), record)

    def _follows(self, key: Key) -> bool:
        last = next(reversed(self._records), None)
        return last is None or key > last  # type: ignore[operator]  # keys of one kind

    def delete(self, key: Key) -> None:
        """Remove a record."""
        del self._records[key]
        self._database.remove(self._agreement, self._kind, str(key))

    def free_number(self, lowest: int = 1) -> int:
        """The next free number; a number freed at the end is given again (contract 2.2)."""
        numbers = (key for key in self._records if isinstance(key, int))
        last = next(reversed(self._records), 0) if self._in_order else max(numbers, default=0)
        if not isinstance(last, int):
            msg = f"{self._kind} are not numbered"
            raise TypeError(msg)
        if last < _HIGHEST_NUMBER:
            return max(last + 1, lowest)
        return next(number for number in range(lowest, _HIGHEST_NUMBER) if number not in self._records)


class Agreement:
    """One agreement with everything that belongs to it."""

    def __init__(self, database: Database, number: int, shared_knobs: dict[str, Setting]) -> None:
        """An agreement without records."""
        self.number = number
        self.profile: Doc = {}
        self.series: Doc = {}
        self.collections = {kind: Collection(database, number, kind) for kind in KEYS}
        self._database = database
        self._shared_knobs = shared_knobs
        self.unpaid: dict[int, set[int]] = {}

    def __getitem__(self, kind: str) -> Collection:
        """A collection by its kind."""
        return self.collections[kind]

    def load(self, kind: str, record: Doc) -> None:
        """Take what the store found on disk."""
        if kind == "profile":
            self.profile = record
        elif kind == "series":
            self.series = record
        else:
            self.collections[kind].load(record)
            if kind == "booked":
                self.note_remainder(record)

    def save(self) -> None:
        """Store the profile after a change."""
        self._database.put(self.number, "profile", "profile", self.profile)

    def save_series(self) -> None:
        """Store the number series after a change."""
        self._database.put(self.number, "series", "series", self.series)

    @property
    def knobs(self) -> Knobs:
        """The knobs in force for this agreement."""
        return KNOBS.in_force(self.profile["knobs"], self._shared_knobs)

    def set_knobs(self, changes: Doc) -> None:
        """Set knobs of this agreement; ``None`` gives a knob back to the sandbox's setting."""
        KNOBS.change(self.profile["knobs"], changes)
        self.save()

    @property
    def base_currency(self) -> str:
        """The currency the books are kept in."""
        return str(self.profile["baseCurrency"])

    def next_number(self, series: str) -> int:
        """Take the next number of a series (drafts, booked invoices, vouchers, entries, handles)."""
        number = int(self.series[series])
        if series == "bookedInvoiceNumber":
            while number in self["booked"]:
                number += 1
        self.series[series] = number + 1
        self.save_series()
        return number

    def daily_rate(self, currency: str) -> Decimal:
        """The price of 100 units of a currency in the base currency."""
        rates: dict[str, Decimal] = self.profile["rates"]
        if currency == self.base_currency:
            return Decimal("100.000000")
        value = Decimal(rates[currency]) / Decimal(rates[self.base_currency]) * 100
        return value.quantize(Decimal("0.000001"))

    def has_module(self, number: int) -> bool:
        """Whether the company bought a module."""
        return any(module["moduleNumber"] == number for module in self.profile["modules"])

    def note_remainder(self, invoice: Doc) -> None:
        """Keep the list of what a customer still owes in step with a booked invoice."""
        open_invoices = self.unpaid.setdefault(invoice["customer"]["customerNumber"], set())
        if invoice["remainder"]:
            open_invoices.add(invoice["bookedInvoiceNumber"])
        else:
            open_invoices.discard(invoice["bookedInvoiceNumber"])
