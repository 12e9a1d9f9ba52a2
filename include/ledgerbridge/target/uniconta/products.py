"""The company's items, and the VAT that each is sold with at home (CT-13, CT-18, TL-7)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ledgerbridge.target.contract import TargetProduct
from ledgerbridge.target.uniconta.api import Api
from ledgerbridge.target.uniconta.options import UnicontaOptions
from ledgerbridge.target.uniconta.reading import every, read
from ledgerbridge.target.uniconta.tables import read_groups, read_item, read_vat

__all__ = ["QUANTITY_DECIMALS", "read_products"]

_ITEM = "InvItemClient"
_DOMESTIC = 0

QUANTITY_DECIMALS = 2
"""What an item must keep, or hours are rounded when they are posted (seed 002)."""


def read_products(api: Api, options: UnicontaOptions, today: date) -> Iterator[TargetProduct]:
    """Every item. One that does not keep two decimals cannot be sold by us, like one that is blocked."""
    vat, groups = read_vat(api), read_groups(api, "InvGroupClient")
    for row in every(api, options, _ITEM):
        item = read(read_item, row, _ITEM)
        group = groups.get(item.group)
        yield TargetProduct(
            number=str(row["Item"]),
            name=item.name,
            group=item.group,
            vat_rate=vat.rate(group.code(_DOMESTIC), today) if group is not None else None,
            is_barred=item.is_blocked or item.decimals < QUANTITY_DECIMALS,
        )
