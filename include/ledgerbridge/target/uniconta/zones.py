"""Uniconta's five VAT zones, and which of them a document's standing to Danish VAT is (section 9.2)."""

from __future__ import annotations

from stdnum.eu.vat import MEMBER_STATES

from ledgerbridge.integration import Invoicing
from ledgerbridge.records import VatTreatment

__all__ = ["ZONES", "slot_of", "treatment_of", "zone_of"]

ZONES = ("Domestic", "EU Member States", "Abroad", "No VAT Registration", "Exempt")
"""By number: also the slot of accounts and VAT codes in a group."""

_NAMES = {"domestic": 0, "eu": 1, "foreign": 2, "novatreg": 3, "vatfree": 4}
_USUAL = {VatTreatment.DOMESTIC: 0, VatTreatment.EU_REVERSE_CHARGE: 1, VatTreatment.EXPORT: 2}
_EU = frozenset(code.upper() for code in MEMBER_STATES) - {"XI"} | {"GR"}


def zone_of(invoicing: Invoicing, treatment: VatTreatment) -> str:
    """The zone's text: the one that the settings name, else the usual one."""
    return invoicing.vat_zones.of(treatment) or ZONES[_USUAL[treatment]]


def slot_of(zone: object) -> int:
    """The number of a zone by its text, its name or its number; the first for one that is not set."""
    text = str(zone or "").strip().lower()
    if text.isascii() and text.isdecimal() and int(text) < len(ZONES):
        return int(text)
    for number, name in enumerate(ZONES):
        if text == name.lower():
            return number
    return _NAMES.get(text, 0)


def treatment_of(country: str | None) -> VatTreatment:
    """How a customer in ``country`` stands to Danish VAT."""
    if country in {None, "", "DK"}:
        return VatTreatment.DOMESTIC
    return VatTreatment.EU_REVERSE_CHARGE if country in _EU else VatTreatment.EXPORT
