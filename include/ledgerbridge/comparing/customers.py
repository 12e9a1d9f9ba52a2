"""Customers of both sides as facts. Field names are the canonical records' own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from ledgerbridge.delivery.customers import is_another
from ledgerbridge.delivery.desk import Desk, Source
from ledgerbridge.reasons import Reason
from ledgerbridge.reconciliation.facts import FieldOwner, SourceCustomerFact, TargetCustomerFact
from ledgerbridge.records import Customer, Module, record_from_json
from ledgerbridge.source.reader import Unreadable
from ledgerbridge.store import links
from ledgerbridge.store.database import fetch_all

__all__ = ["OWNERS", "source_customers", "target_customers"]

OWNERS: Mapping[str, FieldOwner] = dict.fromkeys(
    ("name", "address", "zip", "city", "country", "phone", "email", "cvr_number", "gln", "currency"), FieldOwner.SOURCE
)
"""The mapped fields (CT-22). What the target owns after creation is not compared: it is the target's to change."""

_PAGE = 500


def source_customers(desk: Desk, source: Source) -> Iterator[SourceCustomerFact]:
    """Every customer of the source, and those that it once had and that are linked."""
    ids = source.reader.every_id(Module.CUSTOMERS)
    while page := list(islice(ids, _PAGE)):
        known = _known(desk, page)
        for record in source.reader.customers(page):
            yield _fact(desk, record, known.get(record.source_id, {}))
    deleted = [row["source_id"] for row in fetch_all(desk.store, "comparing_deleted_customers", _of(desk))]
    for source_id, ours in _known(desk, deleted).items():
        last = record_from_json(Module.CUSTOMERS, ours["content"]) if ours["content"] else None
        if isinstance(last, Customer):
            yield SourceCustomerFact(
                source_id=source_id,
                customer_number=last.customer_number,
                name=last.name,
                target_number=ours["target_id"],
                deleted_in_source=True,
            )


def target_customers(desk: Desk) -> Iterator[TargetCustomerFact]:
    """Every customer of the target; links whose number another company has now are flagged on the way (LK-7)."""
    links_by_target = {
        link.target_id: link for link in links.all_links(desk.store, desk.integration.name, Module.CUSTOMERS)
    }
    for customer in desk.target.customers():
        link = links_by_target.pop(customer.number, None)
        if link is not None and is_another(link, customer):
            links.flag_broken(desk.store, [link.record_id])
        yield TargetCustomerFact(
            number=customer.number,
            name=customer.canonical.get("name", ""),
            fields={name: _flat(customer.canonical.get(name)) for name in OWNERS},
            barred=customer.is_barred,
        )
    # What is left points at customers that are gone.
    links.flag_broken(desk.store, [link.record_id for link in links_by_target.values()])


def _fact(desk: Desk, record: Customer | Unreadable, ours: Mapping[str, Any]) -> SourceCustomerFact:
    reason = Reason.from_json(ours["reason"]) if ours and ours["reason"] else None
    target = ours["target_id"] if ours else None
    if isinstance(record, Unreadable):
        return SourceCustomerFact(
            source_id=record.source_id,
            customer_number=record.row.get("customer_number") or "",
            name=record.row.get("name") or "",
            target_number=target,
            reason=reason or record.rejection.reason,
        )
    sent = desk.target.fields_in(desk.target.customer_payload(record).text)
    return SourceCustomerFact(
        source_id=record.source_id,
        customer_number=record.customer_number,
        name=record.name,
        fields={name: _flat(value) for name, value in sent.items()},
        target_number=target,
        reason=reason,
    )


def _known(desk: Desk, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    rows: Iterable[Mapping[str, Any]] = fetch_all(
        desk.store, "comparing_customers", _of(desk) | {"source_ids": list(ids)}
    )
    return {row["source_id"]: row for row in rows}


def _of(desk: Desk) -> dict[str, Any]:
    return {"integration": desk.integration.name}


def _flat(text: str | None) -> str | None:
    """Line breaks come back otherwise than they were sent; they are no difference."""
    return " ".join(text.split()) if text else None
