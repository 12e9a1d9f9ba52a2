"""The VAT zones of an agreement: those that the settings name, else the ones that every agreement begins with."""

from __future__ import annotations

from ledgerbridge.integration import Invoicing
from ledgerbridge.records import VatTreatment

__all__ = ["zone_of"]

# danish-invoicing section 2: Domestic, EU, Abroad
_USUAL = {VatTreatment.DOMESTIC: 1, VatTreatment.EU_REVERSE_CHARGE: 2, VatTreatment.EXPORT: 3}


def zone_of(invoicing: Invoicing, treatment: VatTreatment) -> int:
    """The zone's number."""
    named = invoicing.vat_zones.of(treatment)
    return _USUAL[treatment] if named is None else int(named)
