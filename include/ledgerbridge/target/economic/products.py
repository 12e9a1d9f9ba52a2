"""The agreement's products, and the VAT that each is sold with: it follows from the product's group (CT-18, TL-7).

A group has one sales account per VAT zone, and that account's VAT code gives the rate (``economic`` section 3.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from ledgerbridge.target.contract import TargetProduct

__all__ = ["SalesAccount", "SalesAccounts", "read_products"]


class Reads(Protocol):
    """What is needed of the client."""

    def collection(self, path: str) -> Iterator[Any]: ...


@dataclass(frozen=True, slots=True)
class SalesAccount:
    """Where a group's sales are posted in one zone. ``vat_code`` is empty where no VAT is."""

    number: int
    vat_code: str
    rate: Decimal


class SalesAccounts:
    """The sales accounts of one VAT zone; every group is asked for once."""

    def __init__(self, client: Reads, zone: int) -> None:
        self._client = client
        self._zone = zone
        self._rates: dict[str, Decimal] | None = None
        self._of_group: dict[int, SalesAccount | None] = {}

    def of_group(self, group: int) -> SalesAccount | None:
        """The group's account, or nothing where it has none in the zone: its products cannot be sold there."""
        if group not in self._of_group:
            self._of_group[group] = self._read(group)
        return self._of_group[group]

    def _read(self, group: int) -> SalesAccount | None:
        for entry in self._client.collection(f"/product-groups/{group}/sales-accounts"):
            if int(entry["vatZone"]["vatZoneNumber"]) == self._zone:
                account = entry["salesAccount"]
                code = str((account.get("vatAccount") or {}).get("vatCode") or "")
                return SalesAccount(int(account["accountNumber"]), code, self._rate(code))
        return None

    def _rate(self, code: str) -> Decimal:
        if self._rates is None:
            self._rates = {
                str(account.get("vatCode")): Decimal(account.get("ratePercentage", 0))
                for account in self._client.collection("/vat-accounts")
            }
        return self._rates.get(code, Decimal(0)) if code else Decimal(0)


def read_products(client: Reads, zone: int) -> Iterator[TargetProduct]:
    """Every product with its rate in ``zone``: as many calls as there are pages and groups, and one more."""
    accounts = SalesAccounts(client, zone)
    for product in client.collection("/products"):
        group = product["productGroup"]
        account = accounts.of_group(int(group["productGroupNumber"]))
        yield TargetProduct(
            number=str(product["productNumber"]),
            name=str(product["name"]),
            group=str(group.get("name") or group["productGroupNumber"]),
            vat_rate=account.rate if account is not None else None,
            is_barred=product.get("barred") is True,
        )
