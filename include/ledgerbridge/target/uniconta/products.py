"""The company's items, and the VAT that each is sold with at home (CT-13, CT-18, TL-7)."""

from __future__ import annotations

from collections.abc import Iterator

from ledgerbridge.target.contract import TargetProduct
from ledgerbridge.target.uniconta.api import Api
from ledgerbridge.target.uniconta.options import UnicontaOptions
from ledgerbridge.target.uniconta.reading import every, read
from ledgerbridge.target.uniconta.tables import read_item, read_item_groups, read_vat

__all__ = ["QUANTITY_DECIMALS", "read_products"]

_ITEM = "InvItemClient"
_DOMESTIC = 0

QUANTITY_DECIMALS = 2
"""What an item must keep, or hours are rounded when they are posted (seed 002)."""


def read_products(api: Api, options: UnicontaOptions) -> Iterator[TargetProduct]:
    """Every item. One that does not keep two decimals cannot be sold by us, like one that is blocked."""
    groups = read_item_groups(api, read_vat(api))
    for row in every(api, options, _ITEM):
        item = read(read_item, row, _ITEM)
        group = groups.get(item.group)
        yield TargetProduct(
            number=str(row["Item"]),
            name=item.name,
            group=item.group,
            vat_rate=group.rate(_DOMESTIC) if group is not None else None,
            is_barred=item.is_blocked or item.decimals < QUANTITY_DECIMALS,
        )
