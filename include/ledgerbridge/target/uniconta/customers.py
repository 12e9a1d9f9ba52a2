"""Debtors: payloads, and the update that keeps what is not ours (CT-3, CT-14, CT-16, CT-22).

The field map with who owns what stands in ``docs/field-map.md``. Limits: sections 9.1 and 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledgerbridge.errors import Rejection
from ledgerbridge.integration import Invoicing
from ledgerbridge.money import json_dumps, json_loads
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Invoice, VatTreatment
from ledgerbridge.target.contract import Payload, TargetCustomer
from ledgerbridge.target.uniconta.countries import code_of, name_of
from ledgerbridge.target.uniconta.limits import ADDRESS_LINE
from ledgerbridge.target.uniconta.resolved import Resolved
from ledgerbridge.target.uniconta.zones import ZONES, slot_of, treatment_of, zone_of
from ledgerbridge.texts import cut_at_word, split_for_text_lines

__all__ = [
    "address_lines",
    "as_source_fields",
    "creation_row",
    "customer_payload",
    "fields_in",
    "read_customer",
    "shows",
    "update_row",
]

_ADDRESS = ("Address1", "Address2", "Address3")

# The source owns these (CT-22), by Uniconta's names and ours.
_CANONICAL = {
    "Name": "name",
    "ZipCode": "zip",
    "City": "city",
    "Country": "country",
    "Phone": "phone",
    "ContactEmail": "email",
    "CompanyRegNo": "cvr_number",
    "EAN": "gln",
    "Currency": "currency",
}


def customer_payload(customer: Customer) -> Payload:
    """The mapped fields that the source has, by Uniconta's names; and number and group, for a creation."""
    warnings: list[Reason] = []

    def fitted(field: str, text: str | None, limit: int) -> str | None:
        if text is None or len(text) <= limit:
            return text
        warnings.append(Reason("text_cut", {"field": field, "limit": str(limit)}))
        return cut_at_word(text, limit)

    source_lines = (customer.address_line_1, customer.address_line_2, customer.address_line_3)
    lines, is_cut = address_lines("\n".join(line for line in source_lines if line))
    if is_cut:
        warnings.append(Reason("text_cut", {"field": "address", "limit": str(ADDRESS_LINE)}))
    fields = {
        "Name": fitted("name", customer.name, 100),
        **(dict(zip(_ADDRESS, (*lines, "", "", ""), strict=False)) if lines else {}),
        "ZipCode": customer.zip,
        "City": fitted("city", customer.city, 40),
        "Country": name_of(customer.country),
        "Phone": customer.phone,
        "ContactEmail": customer.email,
        "CompanyRegNo": customer.cvr_number,
        "EAN": customer.gln,
        "Currency": customer.currency,
    }
    content = {
        "customerNumber": customer.customer_number,
        "vatTreatment": treatment_of(customer.country).value,
        "group": customer.debtor_group,
        "fields": {name: value for name, value in fields.items() if value or (lines and name in _ADDRESS)},
    }
    return Payload(json_dumps(content), tuple(warnings))


def address_lines(text: str) -> tuple[list[str], bool]:
    """An address in three lines of 40, none of its own lines torn where that can be; and whether it had to be cut."""
    lines = [piece for line in text.splitlines() for piece in split_for_text_lines(line.strip(), ADDRESS_LINE)]
    if len(lines) <= len(_ADDRESS):
        return lines, False
    return [*lines[:2], cut_at_word(" ".join(lines[2:]), ADDRESS_LINE)], len(" ".join(lines[2:])) > ADDRESS_LINE


def creation_row(payload: str, invoicing: Invoicing, resolved: Resolved) -> dict[str, Any]:
    """The new debtor: the mapped fields, and the defaults that Uniconta owns from then on.

    Raises:
        Rejection: the source names a debtor group that the company does not have (CT-14).
    """
    content = json_loads(payload)
    group = str(content["group"] or "").strip() or resolved.debtor_group
    if group not in resolved.debtor_groups:
        raise Rejection("uniconta_group_missing", group=group, number=content["customerNumber"])
    row = {
        "Account": content["customerNumber"],
        **content["fields"],
        "Group": group,
        "VatZone": zone_of(invoicing, VatTreatment(content["vatTreatment"])),
        "Payment": resolved.payment_term,
    }
    if email := content["fields"].get("ContactEmail"):
        row["InvoiceEmail"] = email
    if resolved.layout is not None:
        row["LayoutGroup"] = resolved.layout
    return row


def oddities(debtor: Mapping[str, Any], invoice: Invoice, invoicing: Invoicing) -> list[Reason]:
    """What a debtor's own row, which people keep, makes of an invoice besides its amounts (CT-18, CT-22)."""
    found, wanted = [], zone_of(invoicing, invoice.vat_treatment)
    if slot_of(debtor.get("VatZone")) != slot_of(wanted):
        zone = str(debtor.get("VatZone") or ZONES[0])
        found.append(
            Reason("uniconta_zone_differs", {"zone": zone, "wanted": wanted, "number": str(debtor["Account"])})
        )
    if payer := str(debtor.get("InvoiceAccount") or ""):
        found.append(Reason("uniconta_paid_by_another", {"number": str(debtor["Account"]), "payer": payer}))
    return found


def update_row(current: TargetCustomer, payload: str, new_number: str | None) -> dict[str, Any]:
    """The whole debtor as it was read, with the source's fields laid over it; an empty one does not overwrite.

    ``new_number``: the number it is to have from now on (CT-16). Who it is, its ``RowId`` says.
    """
    row = {**current.raw, **json_loads(payload)["fields"]}
    return row | {"Account": new_number} if new_number is not None else row


def shows(customer: TargetCustomer, payload: str) -> bool:
    """Whether the target already shows everything that the payload says."""
    wanted = fields_in(payload)
    return all(_same(customer.canonical.get(name, ""), value) for name, value in wanted.items())


def fields_in(payload: str) -> dict[str, str]:
    """What the payload says, by our own names."""
    return _canonical(json_loads(payload)["fields"])


def read_customer(row: Any) -> TargetCustomer:
    """A debtor from its row.

    Raises:
        KeyError, TypeError, ValueError: it is not one.
    """
    number = row["Account"]
    if not isinstance(number, str) or not isinstance(row.get("Name", ""), str):
        message = f"{number!r} is no account"
        raise TypeError(message)
    return TargetCustomer(
        number=number,
        fields={name: str(row[name]) for name in (*_CANONICAL, *_ADDRESS) if row.get(name)},
        canonical=_canonical(row),
        is_barred=row.get("Blocked") is True,
        raw=row,
    )


def as_source_fields(customer: TargetCustomer) -> dict[str, str]:
    """What Uniconta knows of the customer as the canonical record has it: the address in lines."""
    known = {name: value for name, value in customer.canonical.items() if name != "address"}
    lines = {f"address_line_{n}": customer.fields.get(field, "") for n, field in enumerate(_ADDRESS, start=1)}
    return {name: value for name, value in (known | lines).items() if value}


def _canonical(fields: Mapping[str, Any]) -> dict[str, str]:
    known = {ours: str(fields[theirs]) for theirs, ours in _CANONICAL.items() if fields.get(theirs)}
    if "country" in known:
        known["country"] = code_of(known["country"]) or known["country"]
    if address := "\n".join(str(fields[line]) for line in _ADDRESS if fields.get(line)):
        known["address"] = address
    return known


def _same(left: str, right: str) -> bool:
    return " ".join(left.split()) == " ".join(right.split())
