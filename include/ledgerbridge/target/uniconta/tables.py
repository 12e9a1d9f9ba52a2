"""What decides about VAT, as preflight found it, and what has come since: read when a line needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from decimal import Decimal

from ledgerbridge.errors import Refusal
from ledgerbridge.target.uniconta.api import Api, Row
from ledgerbridge.target.uniconta.foretelling import Tables, amount
from ledgerbridge.target.uniconta.reading import read
from ledgerbridge.target.uniconta.resolved import Group, Item, Resolved

__all__ = ["KnownTables", "read_debtor_groups", "read_item", "read_item_groups", "read_vat"]

_ITEM = "InvItemClient"
_SLOTS = ("SalesVat", "SalesVat1", "SalesVat2", "SalesVat3", "SalesVat4")


class KnownTables:
    """The tables of one company, for many threads. An item is asked for once."""

    def __init__(self, api: Api, resolved: Resolved | None) -> None:
        self._api = api
        self._resolved = resolved
        self._lock = threading.Lock()
        self._more: dict[str, Item] = {}
        self._more_groups: dict[str, Group] = {}

    def tables(self, items: Iterable[str]) -> Tables:
        """What is known of these items, and of the groups.

        Raises:
            Refusal: preflight has not run.
            TryAgain: an item that is new to us could not be read.
        """
        known = self._resolved
        if known is None:
            raise Refusal("not_activated", missing="preflight")
        for number in items:
            if number not in known.items:
                self._meet(number, known)
        with self._lock:
            return Tables(
                vat=known.vat,
                debtor_groups=known.debtor_groups,
                item_groups=known.item_groups | self._more_groups,
                items=known.items | self._more,
            )

    def _meet(self, number: str, known: Resolved) -> None:
        with self._lock:
            if number in self._more:
                return
        rows = self._api.query(_ITEM, ("Item", number), take=1)
        item = read(read_item, rows[0], _ITEM) if rows else Item(group="", decimals=2)
        with self._lock:
            needs_group = item.group not in known.item_groups and item.group not in self._more_groups
        groups = read_item_groups(self._api, known.vat) if needs_group and item.group else {}
        with self._lock:
            self._more[number] = item
            self._more_groups |= groups


def read_vat(api: Api) -> dict[str, Decimal]:
    """Percentage by VAT code."""
    rows = api.query("GLVatClient")
    return {str(row["Vat"]): read(lambda item: amount(item.get("Rate", 0)), row, "GLVatClient") for row in rows}


def read_item_groups(api: Api, vat: Mapping[str, Decimal]) -> dict[str, Group]:
    """Item groups by their keys."""
    return {str(row["Group"]): _group(row, vat) for row in api.query("InvGroupClient")}


def read_debtor_groups(api: Api, vat: Mapping[str, Decimal]) -> dict[str, Group]:
    """Debtor groups by their keys."""
    return {str(row["Group"]): _group(row, vat) for row in api.query("DebtorGroupClient")}


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


def _group(row: Row, vat: Mapping[str, Decimal]) -> Group:
    """Its codes' percentages; where it says so, the first one stands for those that are blank (section 9.2)."""
    codes = [str(row.get(slot) or "") for slot in _SLOTS]
    if row.get("UseFirstIfBlank") is True:
        codes = [code or codes[0] for code in codes]
    follows = str(row.get("RevenueFollowDC") or "").strip().lower()
    return Group(
        rates=tuple(vat.get(code) if code else Decimal(0) for code in codes),
        follows_debtor=follows in {"debtor", "customer", "follow debtor", "1"},
    )
