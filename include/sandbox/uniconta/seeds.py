"""What a new company holds: a Danish company's set-up (presets ``empty`` and ``standard``)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from typing import Any, Final

from sandbox.standin.jsontext import Doc
from sandbox.uniconta.ledger import BANK, PENNY_DIFFERENCES
from sandbox.uniconta.series import DEBTOR, SALES_INVOICE, SALES_ORDER

PRESETS: Final = ("empty", "standard")
YEARS: Final = range(2024, 2028)
CLOSED_YEAR: Final = 2024

Row = tuple[str, dict[str, Any]]
"""An entity and the properties of one record, as a client would send them."""

_ACCOUNTS: Final = (
    ("1010", "Salg af ydelser m/moms", "Revenue"),
    ("1020", "Salg af ydelser u/moms", "Revenue"),
    ("1050", "Salg af ydelser, EU", "Revenue"),
    ("1055", "Salg af ydelser, udland", "Revenue"),
    ("5600", "Debitorer", "Debtor"),
    ("5605", "Debitorer, udland", "Debtor"),
    (BANK, "Bank", "Bank"),
    ("6902", "Salgsmoms", "Liability"),
    (PENNY_DIFFERENCES, "Øredifferencer", "Expense"),
)
_VAT_CODES: Final = (
    ("U25", "Salgsmoms 25 %", 25),
    ("UEU", "Salg af ydelser til EU", 0),
    ("UUD", "Salg af ydelser til udlandet", 0),
)
_TERMS: Final = (
    ("Kontant", "Netto kontant", "NetCash", 0),
    ("Netto 8", "Netto 8 dage", "NetDays", 8),
    ("Netto 14", "Netto 14 dage", "NetDays", 14),
    ("Netto 30", "Netto 30 dage", "NetDays", 30),
    ("Lb.md.", "Løbende måned", "EndMonth", 0),
    ("Lb.md.+15", "Løbende måned + 15 dage", "EndMonth", 15),
    ("Lb.uge", "Løbende uge", "EndWeek", 0),
)
# Orders and invoices start apart, so that a client that takes one number for the other is caught.
_SERIES: Final = (
    (SALES_ORDER, "Salgsordrer", 101),
    (SALES_INVOICE, "Salgsfakturaer", 30001),
    (DEBTOR, "Debitorer", 1001),
)
_DIMENSIONS: Final = (
    ("Afdeling", (("10", "Rådgivning"), ("20", "Revision"))),
    ("Medarbejder", (("AS", "Anne Sørensen"), ("BÅ", "Bjørn Ågaard"), ("CM", "Cæcilie Møller"))),
    ("Formål", (("100", "Løbende"), ("200", "Særligt"))),
)
_EMPLOYEES: Final = (("AS", "Anne Sørensen"), ("BÅ", "Bjørn Ågaard"), ("CM", "Cæcilie Møller"))
_ITEMS: Final = (
    ("1000", "Honorar", "1"),
    ("1010", "Kørsel", "1"),
    ("2000", "Honorar, momsfrit", "2"),
    ("2010", "Undervisning, momsfri", "2"),
)
RATES: Final = {
    "DKK": "1", "EUR": "7.43914941", "GBP": "8.7125", "NOK": "0.6348", "SEK": "0.6512", "USD": "6.8754",
}  # fmt: skip
"""What one unit costs in kroner."""

_ACCOUNT_BY_ZONE: Final = {
    "RevenueAccount1": "1050", "RevenueAccount2": "1055", "RevenueAccount3": "1020", "RevenueAccount4": "1020",
}  # fmt: skip
_VAT_BY_ZONE: Final = {"SalesVat": "U25", "SalesVat1": "UEU", "SalesVat2": "UUD"}


def facts(name: str, cvr: str) -> Doc:
    """The company's own facts, without its currency."""
    captions = {f"Dim{n}": caption for n, (caption, _values) in enumerate(_DIMENSIONS, 1)}
    return {
        "CompanyName": name,
        "Name": name,
        "Id": cvr,
        "Address1": "Nørregade 7",
        "Address2": "1165 København K",
        "Phone": "+4512345678",
        "FIK": "83001234",
        "Country": 57,
        "DebtorAccountLen": 8,
        "NumberOfDimensions": len(_DIMENSIONS),
        "HasDecimals": True,
    } | captions


def records(preset: str) -> Iterator[Row]:
    """Everything of a preset, in an order in which every reference is there already."""
    for account, name, kind in _ACCOUNTS:
        yield "GLAccount", {"Account": account, "Name": name, "AccountType": kind}
    for code, name, rate in _VAT_CODES:
        yield "GLVat", {"Vat": code, "Name": name, "Rate": rate, "Account": "6902", "VatType": "Sales"}
    for serie, name, first in _SERIES:
        yield "NumberSerie", {"Serie": serie, "Name": name, "FirstValue": first, "Next": first}
    for payment, name, method, days in _TERMS:
        yield "PaymentTerm", {"Payment": payment, "Name": name, "PaymentMethod": method, "Days": days}
    yield "DebtorGroup", _debtor_group("1", "Danske debitorer", "5600") | {"IsDefault": True}
    yield "InvGroup", _item_group("1", "Ydelser m. moms", "1010", _VAT_BY_ZONE) | {"IsDefault": True}
    if preset == "standard":
        yield from _standard()


def _standard() -> Iterator[Row]:
    yield "DebtorGroup", _debtor_group("2", "Udenlandske debitorer", "5605")
    yield "InvGroup", _item_group("2", "Ydelser u. moms", "1020", {})
    for item, name, group in _ITEMS:
        yield "InvItem", {"Item": item, "Name": name, "Group": group, "ItemType": "Service", "Decimals": 2}
    for name in ("Dansk", "English"):
        yield "DebtorLayoutGroup", {"Name": name, "IsDefault": name == "Dansk"}
    for n, (_caption, values) in enumerate(_DIMENSIONS, 1):
        for value, name in values:
            yield f"GLDimType{n}", {"Dimension": value, "Name": name}
    for number, name in _EMPLOYEES:
        yield "Employee", {"Number": number, "Name": name}


def years() -> Iterator[tuple[Doc, list[Doc]]]:
    """The accounting years with their twelve periods, as records."""
    for year in YEARS:
        state = 3 if year == CLOSED_YEAR else 1
        periods = [
            {
                "Period": month,
                "FromDate": f"{year}-{month:02}-01",
                "ToDate": f"{year}-{month:02}-{monthrange(year, month)[1]:02}",
                "PeriodState": state,
            }
            for month in range(1, 13)
        ]
        yield {"FromDate": f"{year}-01-01", "ToDate": f"{year}-12-31", "PeriodState": state}, periods


def _debtor_group(group: str, name: str, summary: str) -> Doc:
    head = {"Group": group, "Name": name, "SummeryAccount": summary, "RevenueAccount": "1010"}
    return head | _ACCOUNT_BY_ZONE | _VAT_BY_ZONE


def _item_group(group: str, name: str, account: str, vat: dict[str, str]) -> Doc:
    return {"Group": group, "Name": name, "RevenueAccount": account} | _ACCOUNT_BY_ZONE | vat
