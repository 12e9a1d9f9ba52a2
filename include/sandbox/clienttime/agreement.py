"""The customers that a partly filled accounting agreement already has, beside the demo database.

Plain mappings, so that any stand-in can load them: ``number`` (int), ``name``, ``cvr``, ``address``, ``zip``, ``city``,
``country`` (ISO code), ``phone``, ``email``, ``gln``, ``currency``, ``case``. ``case`` says why the row is there:

- ``linked``            the source knows the number; some spell the name or the town a little differently
- ``same_cvr``          unlinked; the source has one customer with that CVR number (LK-1)
- ``same_phone``, ``same_name``  the same by telephone number, by normalised name
- ``several``           unlinked; two rows for one source customer (LK-2)
- ``number_taken``      a stranger under the number of an unlinked source customer (LK-8)
- ``unknown``           the source has nothing like it
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from ledgerbridge.source.manifest import load_manifest
from sandbox.clienttime import words
from sandbox.clienttime.companies import street
from sandbox.clienttime.demo import Demo
from sandbox.clienttime.numbers import cvr_number
from sandbox.clienttime.rows import CustomerRow

__all__ = ["target_customers"]

TargetCustomer = dict[str, str | int | None]


def target_customers(demo: Demo) -> list[TargetCustomer]:
    """The agreement's customers, by number. The same demo gives the same list."""
    chance = random.Random(f"agreement {demo.seed}")
    found = [*_linked(chance, demo), *_candidates(demo), *_unknown(chance)]
    return sorted(found, key=lambda customer: int(customer["number"] or 0))


def _linked(chance: random.Random, demo: Demo) -> Iterator[TargetCustomer]:
    for customer in demo.customers:
        if customer.foreign_number is None or not customer.foreign_number.isdigit():
            continue
        row = _row(customer, int(customer.foreign_number), "linked")
        if chance.random() < 0.12:
            row["name"] = _spelled_otherwise(customer.name)
        if chance.random() < 0.05:
            row["address"] = street(chance)
        yield row


def _candidates(demo: Demo) -> Iterator[TargetCustomer]:
    """Unlinked on both sides, and the same company: each by one feature alone, the others differ."""
    unlinked = [
        customer for customer in demo.ordinary_customers if customer.foreign_number is None and customer.ean is None
    ]
    number = 300_000
    for place, customer in enumerate(unlinked[:40]):
        number += 1
        if place < 14:
            yield {**_row(customer, number, "same_cvr"), "name": _spelled_otherwise(customer.name), "phone": None}
        elif place < 24:
            yield {**_row(customer, number, "same_phone"), "name": f"{customer.contact[1]} Holding", "cvr": None}
        elif place < 34:
            yield {
                **_row(customer, number, "same_name"),
                "name": _spelled_otherwise(customer.name),
                "cvr": None,
                "phone": None,
            }
        elif place < 37:
            yield _row(customer, number, "several")
            number += 1
            yield {**_row(customer, number, "several"), "name": f"{customer.name} (gammel)", "phone": None}
        else:
            yield {
                **_stranger(random.Random(customer.id), number),
                "number": int(customer.code),
                "case": "number_taken",
            }


def _unknown(chance: random.Random) -> Iterator[TargetCustomer]:
    for place in range(12):
        yield _stranger(chance, 400_001 + place)


def _row(customer: CustomerRow, number: int, case: str) -> TargetCustomer:
    # An agreement that people have kept has an ordinary name and no blanks around it.
    return {
        "number": number,
        "name": customer.name.strip()[:255],
        "cvr": customer.cvr.strip() if customer.cvr else None,
        "address": customer.address[:510] or None,
        "zip": customer.zip,
        "city": customer.city,
        "country": load_manifest("clienttime").country_codes().get((customer.country or "DK").casefold(), "DK"),
        "phone": (customer.phone or "").strip() or None,
        "email": customer.email,
        "gln": customer.ean,
        "currency": customer.currency,
        "department": customer.department,
        "case": case,
    }


def _stranger(chance: random.Random, number: int) -> TargetCustomer:
    first_seven = 8_000_000 + chance.randrange(900_000)
    zip_code, city = chance.choice(words.TOWNS)
    name = f"{chance.choice(words.TRADES)} af {chance.randint(1950, 2020)} ApS"
    return {
        "number": number,
        "name": name,
        "cvr": cvr_number(first_seven) or cvr_number(first_seven + 1),
        "address": street(chance),
        "zip": zip_code,
        "city": city,
        "country": "DK",
        "phone": None,
        "email": f"post{number}@fremmed.example",
        "gln": None,
        "currency": "DKK",
        "department": None,
        "case": "unknown",
    }


def _spelled_otherwise(name: str) -> str:
    """The same company as another bookkeeper would type it; equal once normalised (LK-1)."""
    if "&" in name:
        return name.replace("&", "og")
    if name.endswith(" A/S"):
        return f"{name.removesuffix(' A/S')} a/s"
    if name.endswith(" ApS"):
        return f"{name.removesuffix(' ApS').upper()} APS"
    return name.upper()
