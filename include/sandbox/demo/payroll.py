"""The demo's payroll department: the same ClientTime database, and accounts of its own at Uniconta's stand-in."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sandbox.uniconta.control import Control

__all__ = ["DEPARTMENT", "DEPARTMENT_ID", "NAME", "Company", "open_company", "settings"]

NAME: Final = "nordlys_loen"
DEPARTMENT: Final = "30"
DEPARTMENT_ID: Final = 3

_COMPANY: Final = "Nordlys Løn og Bogføring ApS"
_ZONES: Final = {True: "Domestic", False: "EU Member States"}


@dataclass(frozen=True, slots=True)
class Company:
    """Where the company is, and who calls for us."""

    number: int
    user: str
    password: str = field(repr=False)
    url: str


def open_company(file: Path, control: Control, url: str, customers: Iterable[Mapping[str, Any]]) -> Company:
    """The company, opened at the first run with these of the demo's customers; what it takes to get in lies in
    ``file``, which only we may read."""
    if file.exists():
        kept = json.loads(file.read_text(encoding="utf-8"))
        return Company(kept["company"], kept["user"], kept["password"], url)
    login = control.create_company(name=_COMPANY, debtors=[_debtor(row) for row in customers])
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump({"company": login.company, "user": login.user, "password": login.password}, opened)
    return Company(login.company, login.user, login.password, url)


def settings(company: Company, source_connection: str) -> dict[str, Any]:
    """The integration file's content."""
    return {
        "name": NAME,
        "environment": "demo",
        "owner": "finance-it",
        "source": {"system": "clienttime", "connection": source_connection, "departments": [DEPARTMENT]},
        "target": {
            "system": "uniconta",
            "connection": f"{NAME}_uniconta",
            "options": {"company_id": company.number, "company": _COMPANY},
        },
        "invoicing": {
            "default_debtor_group": "1",
            "days_of_credit": 8,
            "product_with_vat": "1000",
            "product_without_vat": "2000",
            "vat_percentage": 25,
            "layout_from": "target",
            "payment_info": "Bankkonto: 1234 – 0012345678",
            "footer_text": "Tak for samarbejdet",
        },
        "loading": {"connections": 4, "timeout_seconds": 10, "settle_seconds": 15},
    }


def _debtor(row: Mapping[str, Any]) -> dict[str, Any]:
    lines = dict(zip(("Address1", "Address2", "Address3"), (row["address"] or "").splitlines(), strict=False))
    debtor = {
        "Account": str(row["number"]),
        "Name": row["name"],
        **lines,
        "ZipCode": row["zip"],
        "City": row["city"],
        "Country": "Denmark" if row["country"] == "DK" else None,
        "CompanyRegNo": row["cvr"],
        "Phone": row["phone"],
        "ContactEmail": row["email"],
        "EAN": row["gln"],
        "Currency": row["currency"],
        "Group": "1",
        "VatZone": _ZONES[row["country"] == "DK"],
    }
    return {name: value for name, value in debtor.items() if value is not None}
