"""The code's own names (of fields, of steps) as people say them, for the values of reasons.

Keyed by language as text, so that the catalogue itself may use it. A name that does not stand here stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = [
    "ACCEPTED_BY",
    "CHECK_ITEMS",
    "FIELDS",
    "LINES",
    "MATCHES",
    "STANDINGS",
    "STEPS",
    "VALUES",
    "accepted_by",
    "allowed_values",
    "check_items",
    "field_name",
    "field_path",
    "lines_name",
    "matches",
    "standing_name",
    "step_name",
]

_Names = Mapping[str, Mapping[str, str]]

FIELDS: _Names = {
    "address": {"da": "Adresse", "en": "Address"},
    "address_line_1": {"da": "Adresse 1", "en": "Address 1"},
    "address_line_2": {"da": "Adresse 2", "en": "Address 2"},
    "address_line_3": {"da": "Adresse 3", "en": "Address 3"},
    "approved_at": {"da": "Godkendt den", "en": "Approved on"},
    "city": {"da": "By", "en": "City"},
    "country": {"da": "Land", "en": "Country"},
    "currency": {"da": "Valuta", "en": "Currency"},
    "customer_number": {"da": "Kundenummer", "en": "Customer number"},
    "customer_reference": {"da": "Kundens reference", "en": "Customer's reference"},
    "customer_source_id": {"da": "Kunde", "en": "Customer"},
    "cvr_number": {"da": "CVR-nummer", "en": "CVR number"},
    "debtor_group": {"da": "Kundegruppe", "en": "Customer group"},
    "department": {"da": "Afdeling", "en": "Department"},
    "description": {"da": "Tekst", "en": "Text"},
    "discount_percentage": {"da": "Rabat i procent", "en": "Discount in per cent"},
    "document_type": {"da": "Dokumenttype", "en": "Type of document"},
    "division": {"da": "Division", "en": "Division"},
    "due_date": {"da": "Forfaldsdato", "en": "Due date"},
    "due_date_term": {"da": "Betalingsbetingelse", "en": "Payment term"},
    "email": {"da": "E-mail", "en": "E-mail"},
    "exchange_rate": {"da": "Valutakurs", "en": "Exchange rate"},
    "footer text": {"da": "Bundtekst", "en": "Footer text"},
    "gln": {"da": "EAN-nummer (GLN)", "en": "EAN number (GLN)"},
    "gross_amount": {"da": "I alt", "en": "Gross"},
    "heading": {"da": "Overskrift", "en": "Heading"},
    "invoice_date": {"da": "Fakturadato", "en": "Invoice date"},
    "invoice_number": {"da": "Fakturanummer", "en": "Invoice number"},
    "is_approved": {"da": "Godkendt", "en": "Approved"},
    "is_text": {"da": "Er tekstlinje", "en": "Is a text line"},
    "layout": {"da": "Layout", "en": "Layout"},
    "line_number": {"da": "Linjenummer", "en": "Line number"},
    "lines": {"da": "Linje", "en": "Line"},
    "name": {"da": "Navn", "en": "Name"},
    "nemhandel_type": {"da": "NemHandel-type", "en": "NemHandel type"},
    "net_amount": {"da": "Netto", "en": "Net"},
    "number": {"da": "Kundenummer", "en": "Customer number"},
    "original_invoice_number": {"da": "Oprindelig fakturas nummer", "en": "Original invoice's number"},
    "original_source_id": {"da": "Oprindelig faktura", "en": "Original invoice"},
    "original_target_number": {"da": "Krediteret faktura i regnskabet", "en": "Credited invoice in the accounts"},
    "parts": {"da": "Del", "en": "Part"},
    "phone": {"da": "Telefon", "en": "Phone"},
    "product_number": {"da": "Varenummer", "en": "Product number"},
    "quantity": {"da": "Antal", "en": "Quantity"},
    "recipient address": {"da": "Modtagerens adresse", "en": "Recipient's address"},
    "recipient city": {"da": "Modtagerens by", "en": "Recipient's city"},
    "recipient country": {"da": "Modtagerens land", "en": "Recipient's country"},
    "recipient name": {"da": "Modtagerens navn", "en": "Recipient's name"},
    "recipient zip": {"da": "Modtagerens postnummer", "en": "Recipient's postcode"},
    "recipient_address": {"da": "Modtagerens adresse", "en": "Recipient's address"},
    "recipient_city": {"da": "Modtagerens by", "en": "Recipient's city"},
    "recipient_country": {"da": "Modtagerens land", "en": "Recipient's country"},
    "recipient_gln": {"da": "Modtagerens EAN-nummer (GLN)", "en": "Recipient's EAN number (GLN)"},
    "recipient_name": {"da": "Modtagerens navn", "en": "Recipient's name"},
    "recipient_zip": {"da": "Modtagerens postnummer", "en": "Recipient's postcode"},
    "reference": {"da": "Kundens reference", "en": "Customer's reference"},
    "source_id": {"da": "Id", "en": "Id"},
    "target_number": {"da": "Nummer i regnskabet", "en": "Number in the accounts"},
    "team": {"da": "Hold", "en": "Team"},
    "text": {"da": "Fakturatekst", "en": "Invoice text"},
    "unit": {"da": "Enhed", "en": "Unit"},
    "unit_price": {"da": "Enhedspris", "en": "Unit price"},
    "vat_amount": {"da": "Moms", "en": "VAT"},
    "vat_code": {"da": "Momskode", "en": "VAT code"},
    "vat_rate": {"da": "Momssats", "en": "VAT rate"},
    "vat_treatment": {"da": "Momstype", "en": "VAT type"},
    "vat_zone": {"da": "Momszone", "en": "VAT zone"},
    "zip": {"da": "Postnummer", "en": "Postcode"},
}
"""The fields of records, and what a target's texts are called where they are cut."""

STEPS: _Names = {
    "book": {"da": "bogfør fakturaen", "en": "book the invoice"},
    "create-customer": {"da": "opret kunden", "en": "create the customer"},
    "create-draft": {"da": "opret kladden", "en": "create the draft"},
    "delete-customer": {"da": "slet kunden", "en": "delete the customer"},
    "delete-draft": {"da": "slet kladden", "en": "delete the draft"},
    "replace-draft": {"da": "erstat kladden", "en": "replace the draft"},
    "update-customer": {"da": "opdatér kunden", "en": "update the customer"},
}
"""The writes that a delivery consists of."""

MATCHES: _Names = {
    "cvr": {"da": "samme CVR-nummer", "en": "same CVR number"},
    "phone": {"da": "samme telefon", "en": "same phone"},
    "name": {"da": "samme navn", "en": "same name"},
    "similar_name": {"da": "lignende navn", "en": "similar name"},
}
"""What two customers have in common."""

STANDINGS: _Names = {
    "customer_link_broken": {"da": "kundens sammenkædning er brudt", "en": "its customer's link is broken"},
    "customer_not_linked": {"da": "kunden er ikke knyttet", "en": "its customer is not linked"},
    "delivered": {"da": "leveret", "en": "delivered"},
    "ignored": {"da": "lagt til side", "en": "set aside"},
    "in_doubt": {"da": "i tvivl", "en": "in doubt"},
    "invoice_net_differs": {"da": "nettobeløbet er forskelligt", "en": "the net amount differs"},
    "rejected": {"da": "afvist", "en": "rejected"},
    "run_stopped": {"da": "en kørsel stoppede, før den blev sendt", "en": "a run stopped before it was sent"},
    "sending": {"da": "er ved at blive sendt", "en": "is being sent"},
    "set_aside_by_person": {"da": "lagt til side af en person", "en": "set aside by a person"},
    "staged": {"da": "klar til at blive sendt", "en": "ready to be sent"},
    "unchanged": {"da": "uændret", "en": "unchanged"},
    "waiting": {"da": "venter", "en": "waiting"},
    "withdrawn": {"da": "trukket tilbage", "en": "withdrawn"},
}
"""How an invoice stands: the states, and the reasons that are said often."""

CHECK_ITEMS: _Names = {
    "accounting_year": {"da": "regnskabsåret", "en": "the accounting year"},
    "agreement": {"da": "regnskabet", "en": "the accounts"},
    "base_currency": {"da": "basisvalutaen", "en": "the base currency"},
    "confirmation": {"da": "bekræftelsen mangler", "en": "the confirmation is missing"},
    "currencies": {"da": "valutaerne", "en": "the currencies"},
    "customer_group": {"da": "kundegruppen", "en": "the customer group"},
    "customers": {"da": "kunderne", "en": "the customers"},
    "dimension_department": {"da": "dimensionen for afdelingen", "en": "the dimension of the department"},
    "dimension_division": {"da": "dimensionen for divisionen", "en": "the dimension of the division"},
    "dimension_team": {"da": "dimensionen for holdet", "en": "the dimension of the team"},
    "dimension_values_department": {"da": "afdelingens værdier", "en": "the department's values"},
    "dimension_values_division": {"da": "divisionens værdier", "en": "the division's values"},
    "dimension_values_team": {"da": "holdets værdier", "en": "the team's values"},
    "due_date_term": {"da": "betalingsbetingelsen", "en": "the payment term"},
    "electronic_invoice": {"da": "elektroniske fakturaer", "en": "electronic invoices"},
    "fi_creditor_number": {"da": "FIK-kreditornummeret", "en": "the FIK creditor number"},
    "fi_setup": {"da": "FIK-opsætningen", "en": "the FIK set-up"},
    "invoices_from": {"da": "dagen for overgangen", "en": "the day of the take-over"},
    "layout": {"da": "layoutet", "en": "the layout"},
    "layout_contents": {"da": "layoutets indhold", "en": "the layout's contents"},
    "number_series": {"da": "nummerserien", "en": "the number series"},
    "preflight": {"da": "kontrollen er ikke bestået", "en": "the check was not passed"},
    "product_with_vat": {"da": "varen med moms", "en": "the product with VAT"},
    "product_without_vat": {"da": "varen uden moms", "en": "the product without VAT"},
    "vat_zone_domestic": {"da": "momszonen for Danmark", "en": "the VAT zone of Denmark"},
    "vat_zone_eu_reverse_charge": {"da": "momszonen for EU-salg", "en": "the VAT zone of EU sales"},
    "vat_zone_export": {"da": "momszonen for eksport", "en": "the VAT zone of exports"},
}
"""What preflight looks at, and what stands between an integration and its first run."""

VALUES: _Names = {
    "invoice": {"da": "faktura", "en": "invoice"},
    "credit_note": {"da": "kreditnota", "en": "credit note"},
    "domestic": {"da": "indenlandsk salg", "en": "domestic sale"},
    "eu_reverse_charge": {"da": "EU-salg med omvendt betalingspligt", "en": "EU sale under reverse charge"},
    "export": {"da": "eksport", "en": "export"},
    "standard": {"da": "med moms", "en": "with VAT"},
    "exempt": {"da": "momsfrit", "en": "exempt from VAT"},
}
"""What a value of a record may stand for. Each source has its own signs for them (its manifest says which)."""

LINES: _Names = {
    "standard": {"da": "linjer med moms", "en": "lines with VAT"},
    "exempt": {"da": "momsfrie linjer", "en": "lines exempt from VAT"},
}
"""Lines of invoices, by their VAT code."""

ACCEPTED_BY: _Names = {
    "accepted_vat_rounding": {
        "da": "efter indstillingen accepted_vat_rounding",
        "en": "by the setting accepted_vat_rounding",
    },
}
"""Who lets a difference pass, where it is no person."""

_QUOTED = re.compile(r"'([^']*)'")
_MATCHED_BY = re.compile(r"\[([a-z_+]+)\]")
_NUMBERED = re.compile(r"(.+?)( \d+)?")


def field_name(name: str, language: str) -> str:
    """``Postnummer`` for ``zip``."""
    return _named(FIELDS, name, language)


def field_path(path: str, language: str) -> str:
    """Where in a record a value stands: ``Linje 3 · Momskode`` for ``lines 3 · vat_code``."""
    return " · ".join(_step_of_path(step, language) for step in path.split(" · "))


def step_name(name: str, language: str) -> str:
    """``opret kladden`` for ``create-draft``."""
    return _named(STEPS, name, language)


def standing_name(name: str, language: str) -> str:
    """``venter`` for ``waiting``; a reason that is seldom said goes by its code, which has a page of its own."""
    known = STANDINGS.get(name) or {"da": f"en anden grund ({name})", "en": f"another reason ({name})"}
    return known[language]


def check_items(text: str, language: str) -> str:
    """``layoutet, betalingsbetingelsen`` for ``layout, due_date_term``."""
    return ", ".join(_named(CHECK_ITEMS, item, language) for item in text.split(", "))


def allowed_values(text: str, language: str) -> str:
    """``faktura, kreditnota`` for ``'invoice' or 'credit_note'``; a text that names none stays as it is."""
    values: list[str] = _QUOTED.findall(text)
    return ", ".join(_named(VALUES, value, language) for value in values) or text


def lines_name(name: str, language: str) -> str:
    """``momsfrie linjer`` for ``exempt``."""
    return _named(LINES, name, language)


def accepted_by(name: str, language: str) -> str:
    """The setting in words; a person's name as it is."""
    return _named(ACCEPTED_BY, name, language)


def matches(text: str, language: str) -> str:
    """``900 Nordlys (samme CVR-nummer, samme navn)`` for ``900 Nordlys [cvr+name]``."""

    def worded(found: re.Match[str]) -> str:
        keys = found[1].split("+")
        return f"({', '.join(MATCHES[key][language] for key in keys)})" if MATCHES.keys() >= set(keys) else found[0]

    return _MATCHED_BY.sub(worded, text)


def _named(names: _Names, name: str, language: str) -> str:
    known = names.get(name)
    return known[language] if known else name


def _step_of_path(step: str, language: str) -> str:
    if step in FIELDS:
        return field_name(step, language)
    found = _NUMBERED.fullmatch(step)
    return f"{field_name(found[1], language)}{found[2] or ''}" if found else step
