"""The demo's second integration: Sagsbog, a source that takes customers, and an agreement of its own.

Nobody has switched it on: that, and the linking guide, are left to whoever tries the pages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from ledgerbridge.target.economic.connection import EconomicConnection
from sandbox.accounts.economic import economic_customer
from sandbox.demo.agreement import prepare, settings_for
from sandbox.demo.own_agreement import own_agreement
from sandbox.economic.control import Control
from sandbox.postgres import EmbeddedPostgres
from sandbox.sagsbog import SYSTEM, make_case_book

__all__ = ["NAME", "open_agreement", "open_case_book", "settings"]

NAME: Final = "vaerksted"

_UNKNOWN: Final = dict.fromkeys(("cvr", "gln", "address", "zip", "city", "phone", "email"))
_THERE: Final = (
    {"number": 201, "name": "SKOVBY SMEDE", "cvr": "20526114", "address": "Skovbyvej 12", "city": "Galten"},
    {"number": 202, "name": "Havnens Bådeværft A/S", "phone": "+45 97823040", "zip": "7600", "city": "Struer"},
    {"number": 203, "name": "Kærgård Maskinstation", "phone": "75 26 11 22", "zip": "6840", "city": "Oksbøl"},
)


def open_case_book(postgres: EmbeddedPostgres) -> str:
    """The case book's database, made at the first run; its DSN."""
    if postgres.has_database("sagsbog"):
        return postgres.dsn("sagsbog")
    if postgres.has_database("sagsbog_new"):
        postgres.drop_database("sagsbog_new")  # a first run that was cut off
    make_case_book(postgres.create_database("sagsbog_new"), "demo_rows")
    postgres.rename_database("sagsbog_new", "sagsbog")
    return postgres.dsn("sagsbog")


def open_agreement(folder: Path, control: Control, url: str) -> EconomicConnection:
    """Its agreement at the stand-in, opened at the first run."""
    usual = {**_UNKNOWN, "country": "DK", "currency": "DKK"}
    customers = [economic_customer({**usual, **row}) for row in _THERE]
    secret, grant = own_agreement(folder / "workshop.json", control, "Værkstedet ApS", customers)
    return EconomicConnection(secret, grant, url=url)


def settings(connection: EconomicConnection) -> dict[str, Any]:
    """The integration file's content."""
    return {
        "name": NAME,
        "environment": "demo",
        "owner": "finance-it",
        "source": {"system": SYSTEM, "connection": f"{NAME}_sagsbog"},
        "target": {"system": "economic", "connection": f"{NAME}_economic"},
        "invoicing": settings_for(prepare(connection, [])),
        "loading": {"connections": 2, "timeout_seconds": 10, "settle_seconds": 15},
    }
