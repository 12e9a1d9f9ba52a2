"""What decides about VAT in the company: VAT codes, debtor and item groups, items (sections 9.2 and 9.4).

People change these at any time, and what is posted by a percentage of yesterday cannot be taken back. So they are read
once in the life of a process, when the first order needs them, and kept nowhere else.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ledgerbridge.target.uniconta.api import Api, Row
from ledgerbridge.target.uniconta.documents import amount, day
from ledgerbridge.target.uniconta.reading import read

__all__ = ["Group", "Item", "KnownTables", "Tables", "VatCodes", "read_groups", "read_item", "read_vat"]

_ITEM = "InvItemClient"
_ITEM_GROUP, _DEBTOR_GROUP = "InvGroupClient", "DebtorGroupClient"
_SLOTS = ("SalesVat", "SalesVat1", "SalesVat2", "SalesVat3", "SalesVat4")


@dataclass(frozen=True, slots=True)
class _Rate:
    """A VAT code's percentage, and what it becomes on a day, if it does."""

    rate: Decimal
    changes_on: date | None = None
    rate_after: Decimal = Decimal(0)


class VatCodes:
    """The company's VAT codes, and their percentages on a day."""

    def __init__(self, codes: Mapping[str, _Rate]) -> None:
        self._codes = codes

    @classmethod
    def of(cls, **rates: int) -> VatCodes:
        """Codes whose percentages never change."""
        return cls({code: _Rate(Decimal(rate)) for code, rate in rates.items()})

    def rate(self, code: str, on: date) -> Decimal | None:
        """The code's percentage; 0 for no code, nothing for one that is unknown."""
        if not code:
            return Decimal(0)
        known = self._codes.get(code)
        if known is None:
            return None
        return known.rate if known.changes_on is None or on < known.changes_on else known.rate_after


@dataclass(frozen=True, slots=True)
class Group:
    """A debtor or item group: the VAT code of each of the five zones, empty where there is none."""

    codes: tuple[str, ...]
    follows_debtor: bool = False

    def code(self, slot: int) -> str:
        """The code of a zone."""
        return self.codes[slot] if slot < len(self.codes) else ""


@dataclass(frozen=True, slots=True)
class Item:
    """An item: its group, and how many decimals its quantities keep."""

    group: str
    decimals: int
    name: str = ""
    is_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Tables:
    """What decides about the VAT of some orders: all codes and groups, and the items of the lines."""

    vat: VatCodes
    debtor_groups: Mapping[str, Group]
    item_groups: Mapping[str, Group]
    items: Mapping[str, Item]


class KnownTables:
    """The tables of one company, for all threads of a process: the codes and groups are read once, and each item."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._tables: Tables | None = None
        self._items: dict[str, Item] = {}

    def tables(self, items: Iterable[str]) -> Tables:
        """The tables with these items.

        Raises:
            TryAgain, Refusal: they could not be read.
        """
        wanted = set(items)
        with self._lock:
            known = self._tables
            missing = wanted - self._items.keys()
        if known is not None and not missing:
            return known
        with self._api.turn(), self._lock:
            if self._tables is None:
                debtors, groups = (read_groups(self._api, entity) for entity in (_DEBTOR_GROUP, _ITEM_GROUP))
                self._tables = Tables(read_vat(self._api), debtors, groups, self._items)
            for number in sorted(missing):
                if number not in self._items:
                    self._items[number] = self._read_item(number)
            return self._tables

    def _read_item(self, number: str) -> Item:
        rows = self._api.query(_ITEM, ("Item", number), take=1)
        return read(read_item, rows[0], _ITEM) if rows else Item(group="", decimals=2)


def read_vat(api: Api) -> VatCodes:
    """Every VAT code."""
    rows = api.query("GLVatClient")
    return VatCodes({str(row["Vat"]): read(_rate, row, "GLVatClient") for row in rows})


def read_groups(api: Api, entity: str) -> dict[str, Group]:
    """Groups by their keys; ``entity`` says whether the debtors' or the items'."""
    return {str(row["Group"]): _group(row) for row in api.query(entity)}


def read_item(row: Row) -> Item:
    """An item. One that says no decimals keeps none (section 9.4).

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    return Item(
        group=str(row.get("Group") or ""),
        decimals=int(row.get("Decimals") or 0),
        name=str(row.get("Name") or ""),
        is_blocked=row.get("Blocked") is True,
    )


def _rate(row: Row) -> _Rate:
    return _Rate(amount(row.get("Rate") or 0), day(row.get("Date")), amount(row.get("RateAfterDate") or 0))


def _group(row: Row) -> Group:
    """Where it says so, the first code stands for those that are blank (section 9.2)."""
    codes = [str(row.get(slot) or "") for slot in _SLOTS]
    if row.get("UseFirstIfBlank") is True:
        codes = [code or codes[0] for code in codes]
    follows = str(row.get("RevenueFollowDC") or "").strip().lower()
    return Group(tuple(codes), follows_debtor=follows in {"debtor", "customer", "follow debtor", "1"})
