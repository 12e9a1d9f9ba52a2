"""The pairs of one comparison, side by side: searched, filtered by class, in pages (X-1, TL-11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from ledgerbridge.pages.forms import day_in, text_in, whole_in
from ledgerbridge.pages.paging import ROWS, Paging
from ledgerbridge.pages.visiting import Scene
from ledgerbridge.reconciliation.facts import Kind
from ledgerbridge.reconciliation.kinds import AnyClass, CustomerClass, InvoiceClass
from ledgerbridge.reconciliation.page_sections import Entry, customer_entry, invoice_entry
from ledgerbridge.reconciliation.report_parts import customer_item, invoice_item
from ledgerbridge.store import reconciliations
from ledgerbridge.store.reconciliations import ItemSearch, StoredReconciliation

__all__ = ["EVERYTHING", "Asked", "Pairs", "pairs_of"]

EVERYTHING = "everything"
"""In the place of a class: the pairs that agree, too."""

_CLASSES: Mapping[Kind, type[InvoiceClass] | type[CustomerClass]] = {
    Kind.INVOICES: InvoiceClass,
    Kind.CUSTOMERS: CustomerClass,
}


class Asked(BaseModel):
    """The search form, as it came."""

    kind: str = ""
    of: str = ""
    words: str = ""
    first_day: str = ""
    last_day: str = ""
    page: str = ""

    @property
    def shown_kind(self) -> Kind:
        """Invoices, unless customers are asked for."""
        return Kind.CUSTOMERS if self.kind == Kind.CUSTOMERS else Kind.INVOICES

    def search(self) -> ItemSearch:
        """What of it can be read."""
        classes = {item.value for item in _CLASSES[self.shown_kind]}
        of_invoices = self.shown_kind is Kind.INVOICES
        return ItemSearch(
            of=self.of if self.of in classes else None,
            with_agreeing=self.of == EVERYTHING,
            words=text_in(self.words),
            first_day=day_in(self.first_day) if of_invoices else None,
            last_day=day_in(self.last_day) if of_invoices else None,
        )

    def unread(self, search: ItemSearch) -> list[str]:
        """The fields that hold something that is no date."""
        if self.shown_kind is Kind.CUSTOMERS:
            return []
        return [
            name for name in ("first_day", "last_day") if text_in(getattr(self, name)) and not getattr(search, name)
        ]


@dataclass(frozen=True, slots=True)
class Pairs:
    """A page of pairs. ``classes``: which there are, with their names and how many pairs have each."""

    kind: Kind
    search: ItemSearch
    unread: Sequence[str]
    classes: Sequence[tuple[str, str, int]]
    entries: Sequence[Entry]
    paging: Paging


def pairs_of(scene: Scene, chosen: StoredReconciliation, asked: Asked) -> Pairs | None:
    """The pairs of the comparison, or of that of the customers by the same run; nothing where there was none."""
    kind, search = asked.shown_kind, asked.search()
    of_kind = chosen
    if chosen.kind != kind:
        beside = reconciliations.beside(scene.store, chosen.reconciliation_id, kind)
        if beside is None:
            return None
        of_kind = beside
    number, wanted = of_kind.reconciliation_id, whole_in(asked.page, 1)
    offset = (min(max(1, wanted), _FARTHEST) - 1) * ROWS
    found, stored = reconciliations.found_items(scene.store, number, search, limit=ROWS, offset=offset)
    if kind is Kind.INVOICES:
        entries: list[Entry] = [invoice_entry(invoice_item(item), scene.wording) for item in stored]
    else:
        entries = [customer_entry(customer_item(item), scene.wording) for item in stored]
    classes = _classes(scene, kind, reconciliations.class_counts(scene.store, number))
    return Pairs(kind, search, asked.unread(search), classes, entries, Paging.of(wanted, found))


_FARTHEST = 1_000_000


def _classes(scene: Scene, kind: Kind, counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    of_kind: Sequence[AnyClass] = list(_CLASSES[kind])
    return [(of.value, scene.wording.class_name(of), counts[of.value]) for of in of_kind if counts.get(of.value)]
