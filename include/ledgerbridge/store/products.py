"""The target's products: as they were at the last look, which of them are in use, and which a line is given (TL-7)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import psycopg2.extras

from ledgerbridge.integration import Integration
from ledgerbridge.records import VatCode
from ledgerbridge.store.database import Connection, execute, fetch_all, fetch_one, statement, transaction
from ledgerbridge.store.searching import anywhere

__all__ = [
    "ChosenDefault",
    "LineProduct",
    "Listed",
    "Look",
    "Product",
    "ProductPage",
    "choose",
    "chosen_defaults",
    "drop",
    "drop_choice",
    "drop_default",
    "in_force",
    "keep",
    "look",
    "of_lines",
    "of_originals",
    "page",
    "product",
    "sellable",
    "set_default",
    "use",
]


@dataclass(frozen=True, slots=True)
class Listed:
    """A product that a look has found. ``vat_rate``: a percentage, none where it cannot be sold at home."""

    number: str
    name: str
    group_name: str
    vat_rate: Decimal | None
    is_barred: bool


@dataclass(frozen=True, slots=True)
class Product(Listed):
    """A product with whether, by whom and since when it is in use; a default is so by nobody's hand.

    One that is not ``is_there`` has been deleted.
    """

    is_in_use: bool
    made_by: str | None
    made_at: datetime | None
    is_there: bool


@dataclass(frozen=True, slots=True)
class Look:
    """When the target's products were last read, and for whom."""

    looked_at: datetime
    looked_by: str


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A page of the list: ``every`` product, those ``in_use``, how many the search has ``found``."""

    every: int
    in_use: int
    found: int
    rows: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class ChosenDefault:
    """A default that a person has chosen in the place of the settings' own."""

    vat_code: VatCode
    number: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class LineProduct:
    """The product that a person has chosen for a line, and how the line read then."""

    record_id: int
    line_number: int
    line_text: str
    vat_code: VatCode
    number: str
    made_by: str
    made_at: datetime


def keep(connection: Connection, integration: str, actor: str, found: Sequence[Listed]) -> None:
    """What a look has found, in the place of what the former one found."""
    rows = [
        (integration, item.number, item.name, item.group_name, item.vat_rate, item.is_barred)
        for item in {item.number: item for item in found}.values()
    ]
    with transaction(connection):
        execute(connection, "product_look_begin", {"integration": integration, "actor": actor})
        execute(connection, "product_clear", {"integration": integration})
        with connection.cursor() as cursor:
            psycopg2.extras.execute_values(cursor, statement("products_add"), rows, page_size=1000)


def look(connection: Connection, integration: str) -> Look | None:
    """The last look, or nothing before the first."""
    row = fetch_one(connection, "product_look_read", {"integration": integration})
    return Look(**row) if row else None


def page(
    connection: Connection,
    integration: str,
    name: str | None,
    *,
    defaults: Collection[str],
    only_in_use: bool,
    limit: int,
    offset: int,
) -> ProductPage:
    """A page of the products; ``name`` is found anywhere in a name or number. The ``defaults`` are in use, too."""
    values = {
        "integration": integration,
        "name": anywhere(name),
        "defaults": list(defaults),
        "only_in_use": only_in_use,
        "limit": limit,
        "offset": offset,
    }
    rows = fetch_all(connection, "product_page", values)
    counts = {key: int(rows[0][key]) for key in ("every", "in_use", "found")}
    listed = [{key: value for key, value in row.items() if key not in counts} for row in rows if row["number"]]
    return ProductPage(**counts, rows=tuple(Product(**row) for row in listed))


def product(connection: Connection, integration: str, number: str) -> Product | None:
    """One product, as it was at the last look."""
    row = fetch_one(connection, "product_one", {"integration": integration, "number": number})
    return Product(**row) if row else None


def sellable(connection: Connection, integration: str) -> list[Product]:
    """The products in use that can be sold to customers at home."""
    return [Product(**row) for row in fetch_all(connection, "product_sellable", {"integration": integration})]


def use(connection: Connection, integration: str, number: str, actor: str) -> None:
    """Take a product into use."""
    execute(connection, "product_use", {"integration": integration, "number": number, "actor": actor})


def drop(connection: Connection, integration: str, number: str) -> bool:
    """Take a product out of use; whether it was in use."""
    return execute(connection, "product_drop", {"integration": integration, "number": number}) > 0


def chosen_defaults(connection: Connection, integration: Integration) -> dict[VatCode, ChosenDefault]:
    """The defaults that people have chosen in the integration's agreement; the settings' own stand for the rest."""
    rows = fetch_all(connection, "product_defaults", _of_agreement(integration))
    found = [ChosenDefault(**row | {"vat_code": VatCode(row["vat_code"])}) for row in rows]
    return {item.vat_code: item for item in found}


def set_default(connection: Connection, integration: Integration, vat_code: VatCode, number: str, actor: str) -> None:
    """Choose a default in the place of the settings' own."""
    values = {**_of_agreement(integration), "vat_code": vat_code, "number": number, "actor": actor}
    execute(connection, "product_default_make", values)


def _of_agreement(integration: Integration) -> dict[str, object]:
    return {"integration": integration.name, "connection": integration.target.connection}


def drop_default(connection: Connection, integration: str, vat_code: VatCode) -> bool:
    """Let the settings' own default stand again; whether another one was chosen."""
    return execute(connection, "product_default_remove", {"integration": integration, "vat_code": vat_code}) > 0


def in_force(connection: Connection, integration: Integration) -> Integration:
    """The settings with the defaults that were chosen on the page: what runs and checks go by."""
    chosen = chosen_defaults(connection, integration)
    if not chosen:
        return integration
    numbers = {vat_code: item.number for vat_code, item in chosen.items()}
    return integration.model_copy(update={"invoicing": integration.invoicing.with_default_products(numbers)})


def choose(
    connection: Connection, record_id: int, line_number: int, line_text: str, vat_code: VatCode, number: str, actor: str
) -> None:
    """Choose a line's product."""
    values = {
        "record_id": record_id,
        "line_number": line_number,
        "line_text": line_text,
        "vat_code": vat_code,
        "number": number,
        "actor": actor,
    }
    execute(connection, "line_product_choose", values)


def drop_choice(connection: Connection, record_id: int, line_number: int) -> bool:
    """Let the line have the default product again; whether another one was chosen."""
    return execute(connection, "line_product_drop", {"record_id": record_id, "line_number": line_number}) > 0


def of_originals(
    connection: Connection, integration: str, source_ids: Sequence[str]
) -> Mapping[str, Sequence[LineProduct]]:
    """What was chosen for the lines of these invoices, by their ids in the source."""
    found: dict[str, list[LineProduct]] = {}
    values = {"integration": integration, "source_ids": list(source_ids)}
    for row in fetch_all(connection, "line_products_of_sources", values) if source_ids else ():
        source_id = row["source_id"]
        known = {name: value for name, value in row.items() if name != "source_id"}
        found.setdefault(source_id, []).append(LineProduct(**known | {"vat_code": VatCode(row["vat_code"])}))
    return found


def of_lines(connection: Connection, record_ids: Sequence[int]) -> Mapping[int, Sequence[LineProduct]]:
    """What was chosen for the lines of these records, by record."""
    found: dict[int, list[LineProduct]] = {}
    for row in fetch_all(connection, "line_products_of", {"record_ids": list(record_ids)}):
        item = LineProduct(**row | {"vat_code": VatCode(row["vat_code"])})
        found.setdefault(item.record_id, []).append(item)
    return found
