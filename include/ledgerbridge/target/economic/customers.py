"""Customers at e-conomic: payloads, and the update that keeps what is not ours (CT-3, CT-22).

The field map with who owns what stands in ``docs/field-map.md``. Limits: ``economic`` section 3.1.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from babel import Locale

from ledgerbridge.integration import Invoicing
from ledgerbridge.money import json_dumps, json_loads
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, VatTreatment
from ledgerbridge.target.contract import Payload, TargetCustomer
from ledgerbridge.target.economic.resolved import Resolved
from ledgerbridge.target.economic.zones import zone_of
from ledgerbridge.texts import cut_at_word

__all__ = [
    "MAPPED",
    "as_source_fields",
    "country_code",
    "country_name",
    "creation_body",
    "customer_payload",
    "fields_in",
    "read_customer",
    "shows",
    "update_body",
]

_EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)

# The source owns these (CT-22). Their order is the order in the payload.
MAPPED = (
    "name",
    "address",
    "zip",
    "city",
    "country",
    "telephoneAndFaxNumber",
    "email",
    "corporateIdentificationNumber",
    "ean",
    "currency",
)

_COUNTRIES_AS_TYPED = {
    "holland": "NL",
    "england": "GB",
    "skotland": "GB",
    "wales": "GB",
    "nordirland": "GB",
    "uk": "GB",
    "usa": "US",
    "tjekkiet": "CZ",
}

_ADDRESS_LINES = ("address_line_1", "address_line_2", "address_line_3")

_CANONICAL = {"telephoneAndFaxNumber": "phone", "corporateIdentificationNumber": "cvr_number", "ean": "gln"}

# PUT replaces: what is left out is cleared (section 2.2). These are the writable rest, kept as they are.
_KEPT = (
    "attention",
    "barred",
    "creditLimit",
    "customerContact",
    "customerGroup",
    "defaultDeliveryLocation",
    "layout",
    "mobilePhone",
    "pNumber",
    "paymentTerms",
    "priceGroup",
    "publicEntryNumber",
    "salesPerson",
    "vatNumber",
    "vatZone",
    "website",
)


def customer_payload(customer: Customer) -> Payload:
    """The mapped fields that the source has, by e-conomic's names; and the number, for a creation."""
    warnings: list[Reason] = []

    def fitted(field: str, text: str | None, limit: int) -> str | None:
        if text is None or len(text) <= limit:
            return text
        warnings.append(Reason("text_cut", {"field": field, "limit": str(limit)}))
        return cut_at_word(text, limit)

    lines = (customer.address_line_1, customer.address_line_2, customer.address_line_3)
    fields = {
        "name": fitted("name", customer.name, 255),
        "address": fitted("address", "\n".join(line for line in lines if line) or None, 510),
        "zip": customer.zip,
        "city": fitted("city", customer.city, 50),
        "country": fitted("country", country_name(customer.country), 50),
        "telephoneAndFaxNumber": customer.phone,
        "email": customer.email,
        "corporateIdentificationNumber": customer.cvr_number,
        "ean": customer.gln,
        "currency": customer.currency,
    }
    content = {
        "customerNumber": customer.customer_number,
        "vatTreatment": _treatment(customer.country).value,
        "fields": {name: value for name, value in fields.items() if value},
    }
    return Payload(json_dumps(content), tuple(warnings))


def creation_body(payload: str, invoicing: Invoicing, resolved: Resolved) -> str:
    """The POST body: the mapped fields, and the defaults that the target owns from then on."""
    content = json_loads(payload)
    zone = zone_of(invoicing, VatTreatment(content["vatTreatment"]))
    return json_dumps(
        {
            "customerNumber": int(content["customerNumber"]),
            **content["fields"],
            "customerGroup": {"customerGroupNumber": resolved.customer_group},
            "paymentTerms": {"paymentTermsNumber": resolved.due_date_term},
            "vatZone": {"vatZoneNumber": zone},
            "layout": {"layoutNumber": resolved.layout},
        }
    )


def update_body(current: TargetCustomer, payload: str) -> str:
    """The PUT body: everything that the target has, with the source's fields laid over it.

    A field that is empty in the source does not overwrite: the target may know better.
    """
    kept = {name: current.raw[name] for name in _KEPT if name in current.raw}
    return json_dumps(
        {"customerNumber": int(current.number), **kept, **current.fields, **json_loads(payload)["fields"]}
    )


def shows(customer: TargetCustomer, payload: str) -> bool:
    """Whether the target already shows everything that the payload says."""
    fields: dict[str, str] = json_loads(payload)["fields"]
    return all(_same(customer.fields.get(name, ""), value) for name, value in fields.items())


def fields_in(payload: str) -> dict[str, str]:
    """What the payload says, by our own names."""
    fields: dict[str, str] = json_loads(payload)["fields"]
    return {_canonical_name(name): value for name, value in fields.items()}


def read_customer(document: Any) -> TargetCustomer:
    """A customer from e-conomic's JSON.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    fields = {name: str(document[name]) for name in MAPPED if document.get(name) not in (None, "")}
    return TargetCustomer(
        number=str(int(document["customerNumber"])),
        fields=fields,
        canonical={_canonical_name(name): value for name, value in fields.items()},
        is_barred=document.get("barred") is True,
        raw=document,
    )


def as_source_fields(customer: TargetCustomer) -> dict[str, str]:
    """What e-conomic knows of the customer as the canonical record has it: the address in lines, the country as a code.

    A country that goes by no name that we know is left out.
    """
    known = dict(customer.canonical)
    lines = [line.strip() for line in known.pop("address", "").splitlines() if line.strip()]
    code = country_code(known.pop("country", ""))
    address = dict(zip(_ADDRESS_LINES, (*lines[:2], " ".join(lines[2:])), strict=False))
    fields = {**known, **address, **({"country": code} if code else {})}
    return {name: value for name, value in fields.items() if value}


def _canonical_name(field: str) -> str:
    """Our name for one of e-conomic's mapped fields."""
    return _CANONICAL.get(field, field)


def country_name(code: str | None) -> str | None:
    """The country's Danish name, as e-conomic's own forms have it; the code itself when unknown."""
    if code is None:
        return None
    return str(Locale("da").territories.get(code.upper(), code))


def country_code(text: str) -> str | None:
    """The ISO code of a country by its name in one of a few languages, or its code; nothing for anything else."""
    return _country_codes().get(text.strip().casefold())


@cache
def _country_codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for language in ("nl", "nb", "sv", "de", "en", "da"):  # the last word is the Danish one's
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():  # regions of the world go by numbers
                codes |= {str(name).casefold(): code, code.casefold(): code}
    return codes | _COUNTRIES_AS_TYPED


def _same(left: str, right: str) -> bool:
    # Line breaks come back as \r or \r\n (section 3.1).
    return " ".join(left.split()) == " ".join(right.split())


def _treatment(country: str | None) -> VatTreatment:
    if country in {None, "DK"}:
        return VatTreatment.DOMESTIC
    return VatTreatment.EU_REVERSE_CHARGE if country in _EU else VatTreatment.EXPORT
