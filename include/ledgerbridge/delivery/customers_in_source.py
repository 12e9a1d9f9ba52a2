"""What the target knows of a customer, written into a source that takes it (LK-3)."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing

from ledgerbridge.delivery.counterparts import counterpart_of
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.locators import locator_of
from ledgerbridge.errors import Rejection
from ledgerbridge.linking.cvr import normalise_cvr
from ledgerbridge.linking.fingerprints import Fingerprint, is_broken
from ledgerbridge.linking.names import normalise_name
from ledgerbridge.records import Customer, Module
from ledgerbridge.source.manifest import Capabilities, load_manifest
from ledgerbridge.source.reader import Unreadable
from ledgerbridge.source.writer import CustomerFields
from ledgerbridge.store import transfers
from ledgerbridge.target.contract import TargetCustomer

__all__ = ["capabilities_of", "made_in_source", "taken_over"]


def capabilities_of(desk: Desk) -> Capabilities:
    """What the source lets itself be told."""
    return load_manifest(desk.integration.source.system).capabilities


def made_in_source(desk: Desk, there: TargetCustomer) -> Customer:
    """The source's customer that names that number: one that was just made, or one that was there (LK-7).

    Raises:
        Rejection: the one that was there is another company.
    """
    source = desk.workplace.open_source()
    with closing(source.connection):
        source_id = source.writer.create_customer(there.number, there.number, _fields_of(desk, there))
        customer = _only(source.reader.customers([source_id]), source_id)
    counterpart = counterpart_of(there)
    if is_broken(Fingerprint(normalise_cvr(customer.cvr_number), normalise_name(customer.name)), counterpart):
        values = {"number": customer.customer_number, "name": customer.name, "target": there.number}
        raise Rejection("source_names_another_company", **values, target_name=counterpart.name)
    locator = locator_of(desk.integration, Module.CUSTOMERS, source_id)
    transfers.ensure_record(desk.store, desk.integration.name, Module.CUSTOMERS, source_id, locator)
    return customer


def taken_over(desk: Desk, customer: Customer, there: TargetCustomer) -> Customer:
    """The target's data laid over the source's, which notes the link with them; the customer as the source has it then.

    Inside the transaction that makes the link: whoever loses that has both in the source, and the same request, or the
    next run (CT-21), makes the link.
    """
    source = desk.workplace.open_source()
    with closing(source.connection):
        source.writer.take_over(customer.source_id, there.number, _fields_of(desk, there))
        return _only(source.reader.customers([customer.source_id]), customer.source_id)


def _fields_of(desk: Desk, there: TargetCustomer) -> CustomerFields:
    """What the target knows of the customer, as the source takes it.

    Raises:
        Rejection: nobody knows which country is meant; left out, the source's own would go over it in the accounts.
    """
    fields = dict(desk.target.as_source_fields(there))
    country = (there.canonical.get("country") or "").strip()
    if country and "country" not in fields:
        codes = load_manifest(desk.integration.source.system).country_codes()
        if country.casefold() not in codes:
            name = there.canonical.get("name", "")
            raise Rejection("country_of_target_unknown", target=there.number, target_name=name, country=country)
        fields["country"] = codes[country.casefold()]
    return fields


def _only(found: Iterable[Customer | Unreadable], source_id: str) -> Customer:
    """The one customer that was asked for.

    Raises:
        Rejection: it is not there, or its row cannot be read.
    """
    for record in found:
        if isinstance(record, Unreadable):
            raise record.rejection
        return record
    raise Rejection("source_record_gone", source_id=source_id)
