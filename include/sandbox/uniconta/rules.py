"""What the server fills in before it stores a record a client sent (contract 7.4, 7.5, 9)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from sandbox.standin.clock import Clock
from sandbox.standin.jsontext import Doc
from sandbox.uniconta.amounts import Rounding, number
from sandbox.uniconta.company import Company
from sandbox.uniconta.errors import Refused
from sandbox.uniconta.series import SALES_ORDER, next_number, series_of

Rule = Callable[[Company, Doc, Clock], Doc]

_FROM_DEBTOR: Final = (
    "Currency", "EndDiscountPct", "LayoutGroup", "PriceList", "Employee", "Payment", "PricesInclVat",
    "Dimension1", "Dimension2", "Dimension3", "Dimension4", "Dimension5",
)  # fmt: skip


def before_insert(company: Company, entity: str, values: Doc, clock: Clock) -> Doc:
    """The values of a new record, completed."""
    rule = _NEW.get(entity)
    return before_update(company, entity, rule(company, values, clock) if rule else values)


def before_update(company: Company, entity: str, values: Doc) -> Doc:
    """The values of a record, new or changed, completed."""
    if entity == "DebtorOrderLine":
        return _with_rounded_quantity(company, values)
    if entity in {"Debtor", "InvItem"} and values.get("Group") is None:
        return values | {"Group": _default(company, "DebtorGroup" if entity == "Debtor" else "InvGroup")}
    return values


def _default(company: Company, groups: str) -> int | None:
    standard = company[groups].where("IsDefault", True)
    return int(standard[0]["RowId"]) if standard else None


def _new_debtor(company: Company, values: Doc, clock: Clock) -> Doc:
    return _numbered(company, before_update(company, "Debtor", values)) | {"Created": moment(clock)}


def _numbered(company: Company, values: Doc) -> Doc:
    if values.get("Account") is not None or values.get("Group") is None:
        return values
    row = company["DebtorGroup"].require(values["Group"]).get("AutoNumber")
    if row is None:
        return values
    while True:
        series = series_of(company, row, "")
        account = f"{series.get('Prefix', '')}{next_number(company, series)}"
        if company["Debtor"].named(account) is None:
            return values | {"Account": account}


def _new_order(company: Company, values: Doc, clock: Clock) -> Doc:
    series = series_of(company, None, SALES_ORDER)
    wanted = values.get("OrderNumber") if series.get("Manual") else None
    if wanted is not None and company["DebtorOrder"].named(wanted) is not None:
        raise Refused("NumberIsUsedBefore", "OrderNumber", wanted)
    taken = wanted if wanted is not None else _free_order_number(company)
    copied = _of_debtor(company, values) if company.knobs.flag("order_takes_from_debtor") else {}
    return copied | values | {"OrderNumber": taken, "Created": moment(clock)}


def _free_order_number(company: Company) -> int:
    while True:
        number_ = next_number(company, series_of(company, None, SALES_ORDER))
        if company["DebtorOrder"].named(number_) is None:
            return number_


def _of_debtor(company: Company, values: Doc) -> Doc:
    debtor = company["Debtor"].get(values.get("Account") or 0) or {}
    return {name: debtor[name] for name in _FROM_DEBTOR if debtor.get(name) is not None}


def _new_line(company: Company, values: Doc, _clock: Clock) -> Doc:
    if values.get("LineNumber") is not None or values.get("OrderNumber") is None:
        return values
    lines = company["DebtorOrderLine"].where("OrderNumber", values["OrderNumber"])
    last = max((number(line, "LineNumber") for line in lines), default=Decimal(0))
    return values | {"LineNumber": last + 1}


def _with_rounded_quantity(company: Company, values: Doc) -> Doc:
    """The item's Decimals say how many a quantity keeps; an item inserted without them has none (9.4)."""
    item = company["InvItem"].get(values.get("Item") or 0)
    if item is None:
        return values
    rounding = Rounding(company.knobs)
    places = int(item.get("Decimals") or 0)
    quantities = {name: values[name] for name in ("Qty", "QtyNow") if values.get(name) is not None}
    return values | {name: rounding.line(Decimal(value), places) for name, value in quantities.items()}


def moment(clock: Clock) -> str:
    """Now, as a record keeps it."""
    return clock.now().strftime("%Y-%m-%dT%H:%M:%S")


_NEW: Final[dict[str, Rule]] = {"Debtor": _new_debtor, "DebtorOrder": _new_order, "DebtorOrderLine": _new_line}
