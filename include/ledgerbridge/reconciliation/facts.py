"""What the reconciliation is told about one document or customer, on each side.

Facts know neither the time system nor the accounting system: whoever reads the two sides makes them.
Amounts are ``Decimal`` in the document's own currency, a credit note's are negative (P14). Numbers
that the target gives are text, because a number is a name and nothing is computed with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import TypeAdapter

from ledgerbridge.money import ZERO
from ledgerbridge.reasons import Reason
from ledgerbridge.records import DocumentType, VatCode, VatTreatment
from ledgerbridge.store.transfers import State

__all__ = [
    "Amounts",
    "Delivered",
    "FieldOwner",
    "Kind",
    "Period",
    "SourceCustomerFact",
    "SourceInvoiceFact",
    "State",
    "TargetCustomerFact",
    "TargetInvoiceFact",
    "VatGroup",
    "VatPart",
    "fact_from_json",
    "fact_to_json",
    "vat_group",
]


class Kind(StrEnum):
    """What a reconciliation compares."""

    INVOICES = "invoices"
    CUSTOMERS = "customers"


class FieldOwner(StrEnum):
    """Whose value stands when the two sides differ (CT-22)."""

    SOURCE = "source"
    TARGET = "target"


class VatGroup(StrEnum):
    """The VAT codes of the control totals; what a Danish VAT return keeps apart."""

    STANDARD = "standard"
    EXEMPT = "exempt"
    EU_REVERSE_CHARGE = "eu_reverse_charge"
    EXPORT = "export"
    UNSPLIT = "unsplit"  # the target has not said how the amounts divide, and it cannot be inferred


def vat_group(treatment: VatTreatment, code: VatCode) -> VatGroup:
    """The group of a line, from its document's treatment and its own code (CT-18)."""
    match treatment:
        case VatTreatment.EU_REVERSE_CHARGE:
            return VatGroup.EU_REVERSE_CHARGE
        case VatTreatment.EXPORT:
            return VatGroup.EXPORT
        case VatTreatment.DOMESTIC:
            return VatGroup.STANDARD if code is VatCode.STANDARD else VatGroup.EXEMPT


@dataclass(frozen=True, slots=True)
class Period:
    """The invoice dates that are compared, both ends included; ``None`` is open."""

    first: date | None = None
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Net, VAT and gross in one currency. Where a side has only net and gross, see :meth:`without_vat`."""

    net: Decimal = ZERO
    vat: Decimal = ZERO
    gross: Decimal = ZERO

    @classmethod
    def without_vat(cls, net: Decimal, gross: Decimal) -> Amounts:
        """For a side that does not state the VAT: it is what stands between net and gross."""
        return cls(net, gross - net, gross)

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.net + other.net, self.vat + other.vat, self.gross + other.gross)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(self.net - other.net, self.vat - other.vat, self.gross - other.gross)


@dataclass(frozen=True, slots=True, kw_only=True)
class VatPart:
    """The part of a document that stands in one way to VAT. Give ``group`` or ``rate``, or both.

    ``rate`` is a percentage. A target that knows only rates leaves ``group`` out; the group is then
    that of the source's part with the same rate.
    """

    group: VatGroup | None = None
    rate: Decimal | None = None
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What our own records say stands in the target: its numbers, and its totals when it took it."""

    draft_number: str | None = None
    booked_number: str | None = None
    amounts: Amounts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInvoiceFact:
    """An approved invoice or credit note of the source, or one that has ever been approved.

    - ``invoice_number`` is the source's own number; ``number_in_source`` is the target's booked number
      as the source's row shows it after the write-back (X-1), ``None`` while it shows none. Where the
      source has no place for it, give :attr:`Delivered.booked_number`.
    - ``due_date`` is the one that was to arrive: computed by the terms where the source has none (CT-9).
    - ``target_customer_number`` is the number that the customer is linked to, if it is linked.
    - ``exchange_rate`` is the price of 100 units in the base currency, if the source has one (X-13).
    - ``base_amounts`` only where the source itself states them; nothing is computed to be compared.
    - ``state`` and ``reason`` are those of the newest transfer; ``None`` when there is none.
    - ``was_sent`` says that our own records know of anything sent for it, in whatever state it is: a write, a
      draft, a link. What stands in the target without that was delivered by records that we no longer have.
    - ``is_current`` says that the revision which was delivered is the source's content of today.
    - ``accepted_difference`` is what was accepted for VAT and gross, by a person or a setting (CT-19).
    """

    source_id: str
    locator: str
    document_type: DocumentType = DocumentType.INVOICE
    invoice_number: str | None = None
    invoice_date: date
    due_date: date | None = None
    customer_source_id: str
    customer_number: str
    customer_name: str = ""
    target_customer_number: str | None
    currency: str
    exchange_rate: Decimal | None = None
    amounts: Amounts
    base_amounts: Amounts | None = None
    vat_parts: tuple[VatPart, ...] = ()
    is_approved: bool = True
    number_in_source: str | None
    state: State | None
    reason: Reason | None = None
    was_sent: bool = True
    is_current: bool = True
    delivered: Delivered | None = None
    accepted_difference: Decimal = ZERO

    @property
    def is_delivered(self) -> bool:
        """Whether it counts as delivered in P17 ("unchanged counted in")."""
        return self.state in {State.DELIVERED, State.UNCHANGED}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetInvoiceFact:
    """A booked invoice or a draft as the target shows it.

    ``locator`` is ours, or ``None`` for a document that was made by hand. Documents of another
    integration on the same agreement are not passed in at all. ``order_number`` is the number that a
    booked invoice had as a draft, where the target tells it. ``vat_parts`` is ``None`` when unknown.
    """

    number: str
    is_draft: bool
    locator: str | None
    invoice_date: date
    due_date: date | None = None
    customer_number: str | None
    customer_name: str = ""
    currency: str
    exchange_rate: Decimal | None = None
    amounts: Amounts
    base_amounts: Amounts | None = None
    order_number: str | None = None
    vat_parts: tuple[VatPart, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCustomerFact:
    """A customer of the source, with its mapped fields as they would be sent (already cut, X-9).

    ``reason`` is why an unlinked one waits or was refused; without a link and without a reason it
    should have been created. ``link_is_broken`` is the linking room's word (LK-7): the number now
    belongs to another company.
    """

    source_id: str
    customer_number: str
    name: str = ""
    fields: Mapping[str, str | None] = field(default_factory=dict)
    target_number: str | None
    deleted_in_source: bool = False
    link_is_broken: bool = False
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCustomerFact:
    """A customer of the target; ``fields`` has the same names as the source's."""

    number: str
    name: str = ""
    fields: Mapping[str, str | None] = field(default_factory=dict)
    barred: bool = False


Fact = SourceInvoiceFact | TargetInvoiceFact | SourceCustomerFact | TargetCustomerFact
FactType = TypeVar("FactType", SourceInvoiceFact, TargetInvoiceFact, SourceCustomerFact, TargetCustomerFact)


_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    of.__name__: TypeAdapter(of)
    for of in (SourceInvoiceFact, TargetInvoiceFact, SourceCustomerFact, TargetCustomerFact)
}


def fact_to_json(fact: Fact) -> str:
    """The fact as JSON; every Decimal stands as a string, so that no reader makes it a float."""
    return _ADAPTERS[type(fact).__name__].dump_json(fact).decode()


def fact_from_json(of: type[FactType], text: str | bytes) -> FactType:
    """The fact that :func:`fact_to_json` wrote."""
    fact: FactType = _ADAPTERS[of.__name__].validate_json(text)
    return fact
