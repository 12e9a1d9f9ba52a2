"""What delivery and reconciliation need of a target, whichever it is.

A target turns canonical records into requests (pure), sends one request at a time, reads its own
answers, and can be asked whether it has a record. It never decides what happens next: that is
delivery's, by the class of the error (:mod:`ledgerbridge.errors`).
"""

from __future__ import annotations

import datetime  # noqa: ICN001 - fields here are called «date»
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol

from pydantic import BaseModel

from ledgerbridge.integration import Integration, Invoicing
from ledgerbridge.limits import Limits
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Invoice

__all__ = [
    "Answer",
    "BookedInvoice",
    "CallGate",
    "Capabilities",
    "Check",
    "CheckStatus",
    "ConnectionParts",
    "DraftInvoice",
    "Payload",
    "Preflight",
    "Reach",
    "Request",
    "Target",
    "TargetConnection",
    "TargetCustomer",
    "TargetInvoice",
    "TargetKind",
    "TargetProduct",
    "Usage",
    "VatShare",
]


@dataclass(frozen=True, slots=True)
class Request:
    """One write, as delivery knows it: what is committed before it is sent.

    Most targets need one call for it, with exactly these bytes. Where one needs several, it is still one write: broken
    off between two of them its outcome is unknown, and what is there then can be found by the locator.
    """

    method: str
    path: str
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``document`` is the body read as JSON with decimals, or nothing."""

    status: int
    text: str
    document: Any = None
    was_replayed: bool = False


@dataclass(frozen=True, slots=True)
class Payload:
    """What transform makes of a record, and what of it had to be told (X-9)."""

    text: str
    warnings: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a target can do. Finishing as the settings ask (``books_invoices``, ``drafts_invoices``,
    ``books_with_given_number``) is refused when a file is read, where it cannot; the rest decides how delivery goes.

    ``renumbers_customers``: a linked customer's number may change with its source's. ``gives_pdf``: the archive has it.
    ``drafts_at_once``: how many drafts it takes in one write; 1 where each is a write of its own.
    ``shows_what_it_books``: booking answers with the figures, not with a number and no more.
    """

    books_invoices: bool
    drafts_invoices: bool
    books_with_given_number: bool
    renumbers_customers: bool
    gives_pdf: bool
    drafts_at_once: int = 1
    shows_what_it_books: bool = True


@dataclass(frozen=True, slots=True)
class VatShare:
    """A document's net and VAT at one rate, in the document's currency."""

    rate: Decimal
    net: Decimal
    vat: Decimal

    def to_json(self) -> dict[str, str]:
        """Plain JSON with the amounts as text."""
        return {"rate": str(self.rate), "net": str(self.net), "vat": str(self.vat)}


@dataclass(frozen=True, slots=True)
class DraftInvoice:
    """A draft as the target has it; amounts in the document's currency.

    ``totals_are_sure``: they are what booking will post. Where a target shows none beforehand they are computed from
    the draft's lines, and are not sure where it may round otherwise (CT-19).
    """

    number: int
    locator: str | None
    customer_number: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    totals_are_sure: bool = True
    vat_shares: tuple[VatShare, ...] = ()
    lines: int | None = None
    date: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class BookedInvoice:
    """A booked invoice as the target has it; ``draft_number`` is the draft that it was.

    ``is_foretold``: booking answered with nothing but a number; the rest is what was to be booked, and is yet to be
    read there.
    """

    number: int
    locator: str | None
    draft_number: int | None
    date: datetime.date
    due_date: datetime.date | None
    customer_number: str
    currency: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    vat_shares: tuple[VatShare, ...] = ()
    text: str = ""
    is_foretold: bool = False


@dataclass(frozen=True, slots=True)
class TargetInvoice:
    """One row of the target's invoice lists, booked or draft, for reconciliation."""

    is_draft: bool
    number: int
    locator: str | None
    order_number: int | None
    date: datetime.date
    due_date: datetime.date | None
    customer_number: str
    currency: str
    exchange_rate: Decimal | None
    net: Decimal
    vat: Decimal
    gross: Decimal
    net_in_base: Decimal | None
    gross_in_base: Decimal | None


@dataclass(frozen=True, slots=True)
class TargetCustomer:
    """A customer as the target has it.

    ``fields`` are the mapped ones by the target's own names; ``canonical`` the same by ours, as far as they
    correspond one to one (name, address, zip, city, country, phone, email, cvr_number, gln, currency).
    """

    number: str
    fields: Mapping[str, str]
    canonical: Mapping[str, str]
    is_barred: bool = False
    raw: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TargetProduct:
    """A product as the target has it. ``vat_rate``: the percentage it is sold with to customers at
    home, ``None`` where it cannot be sold to them; a barred one cannot be sold at all.
    """

    number: str
    name: str
    group: str
    vat_rate: Decimal | None
    is_barred: bool = False


class CheckStatus(StrEnum):
    """What preflight can say of an item. What the interface cannot show is never «ok» (X-11)."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    NOT_CHECKABLE = "not_checkable"


@dataclass(frozen=True, slots=True)
class Check:
    """One item of preflight's list."""

    item: str
    status: CheckStatus
    reason: Reason


@dataclass(frozen=True, slots=True)
class Preflight:
    """Everything that was checked, and the target's values that the settings stand for (none when a check failed).

    Every target lists ``agreement``, ``base_currency``, ``layout``, ``due_date_term``, ``customer_group``,
    ``product_with_vat``, ``product_without_vat``, ``accounting_year``, ``customers``, and what
    :func:`~ledgerbridge.target.findings.add_what_only_people_can_see` adds; items of its own besides, each with words
    in ``reasons/field_names.py``. What a target does not have at all, as payment terms, is ``ok`` with a sentence that
    says so, and its setting is refused by the kind's ``why_unfit``.

    Whichever target it is, ``agreement_number``, ``company_name``, ``company_cvr`` and ``customers_at_start`` are among
    the values, and ``dimension_values`` (team, department, division → key → name) where it has dimensions; the others
    are its own.
    """

    checks: tuple[Check, ...]
    resolved: Mapping[str, Any] | None

    @property
    def passed(self) -> bool:
        """Whether nothing failed."""
        return all(check.status is not CheckStatus.FAILED for check in self.checks)


@dataclass(frozen=True, slots=True)
class Usage:
    """What an answer said of what its call has used up, where a target says so.

    ``window``: seconds, used of it, and the most. ``wait``: seconds that nobody should call; ``HttpSeam`` reads it
    where a header says it.
    """

    cost: int = 0
    window: tuple[int, int, int] | None = None
    wait: int | None = None


class CallGate(Protocol):
    """Asked for a turn before every call and told after it: budget, rate, hold and the connections are behind it."""

    def turn(self, *, is_for_a_call: bool = True) -> AbstractContextManager[float]:  # refuses floats: these are seconds
        """Entered when a call may be made, until it is over; raises when none may. Gives the seconds waited.

        ``is_for_a_call`` false: for several calls, or none; each is asked for by itself inside.
        """

    def after(self, usage: Usage, *, is_granted: bool | None) -> None:
        """Told what the answer said of usage and grant; ``None`` when it said nothing of the latter."""


@dataclass(frozen=True, slots=True)
class ConnectionParts:
    """What an Airflow connection says of an agreement. It holds secrets, and is shown nowhere."""

    connection_id: str
    host: str | None
    login: str | None
    password: str | None = field(repr=False)
    extra: Mapping[str, Any] = field(repr=False)


class Reach(Protocol):
    """The connections of this process to one agreement; to be closed after use. Safe for many threads."""

    def target(
        self, invoicing: Invoicing, resolved: Mapping[str, Any] | None, *, is_foretelling: bool = True
    ) -> Target:
        """The agreement with these settings.

        ``resolved``: what preflight has found for them, if it has. ``is_foretelling``: totals that the target does not
        show may be computed; else it is asked for those of every draft.
        """

    def close(self) -> None:
        """Let the connections go."""


class TargetConnection(Protocol):
    """Where one agreement is, and how one gets in. Its secrets are shown nowhere."""

    def reach(self, gate: CallGate, timeout_seconds: int) -> Reach:
        """Connections that ask ``gate`` before every call."""


@dataclass(frozen=True, slots=True)
class TargetKind:
    """A target as the registry hands it out.

    ``name``: as people call it. ``options``: what may stand under ``target.options``. ``limits``: what its fields hold,
    with these options. ``why_unfit``: what of an integration's settings this target cannot take, one sentence each,
    key first. ``connection`` raises :class:`~ledgerbridge.errors.Refusal` where a part is missing.
    ``daily_calls``: in 24 hours, where the settings say nothing. ``key_lifetime``: how long it surely knows an
    idempotency key; ``None`` where there are none. ``has_one_session``: whoever logs in ends the session of whoever was
    in, so one process calls at a time.
    """

    name: str
    capabilities: Capabilities
    options: type[BaseModel]
    limits: Callable[[BaseModel], Limits]
    why_unfit: Callable[[Integration], Iterator[str]]
    connection: Callable[[ConnectionParts, BaseModel], TargetConnection]
    daily_calls: int
    key_lifetime: datetime.timedelta | None
    has_one_session: bool = False


class Target(Protocol):
    """One agreement or company. Safe for many threads.

    Every method that calls out raises :class:`~ledgerbridge.errors.TryAgain` when it was not
    answered (nothing was changed), :class:`~ledgerbridge.errors.NeedsGrant` on a dead token and
    :class:`~ledgerbridge.errors.Refusal` on a missing right. :meth:`send` may also raise
    :class:`~ledgerbridge.errors.InDoubt` and :class:`~ledgerbridge.errors.Rejection`.

    What is read is asked for again, twice, before that is said: one answer that was lost stops nothing. A write is
    never sent again here. Being told to wait is :class:`~ledgerbridge.errors.TryAgain` with the seconds, a write too.
    ``send``: of what is not there to be booked, replaced or deleted the answer has status 404, and nothing is raised. A
    customer's number that is another's is :class:`~ledgerbridge.errors.NumberTaken`; a key that is known from other
    bytes :class:`~ledgerbridge.errors.KeyRefused`; where property and value are named,
    :class:`~ledgerbridge.errors.RefusedProperty`.
    ``customer`` of a number that cannot exist there is ``None``, without a call. ``update_customer`` keeps what is not
    ours; ``shows``: whether the customer has already all that the payload says.
    ``fields_in``, ``invoice_fields_in``: what a payload says, by our own names; of an invoice's third line
    ``lines 3 · quantity``.
    ``as_source_fields``: what the target knows of a customer, by the names of the canonical record's fields (address
    in lines, country as a code); what it does not know is not among them.
    ``values_of_settings``: what stands in every payload because the settings say so: ten refusals in a row that name
    one of them are the settings' fault (P5).
    ``update_customer`` with a ``new_number``: where ``capabilities.renumbers_customers``.
    ``create_drafts``: several in one write, where ``capabilities.drafts_at_once`` is more than 1. In their order:
    the draft, or ``None`` for one that surely was not made; :class:`~ledgerbridge.errors.InDoubt` when that is unknown.
    ``is_whole``: whether the draft has all that the payload says. One that a write broke off in the middle of is not;
    what a person has changed in it since does not count.
    ``with_sure_totals``: the draft with the totals that booking will post, asked of the target where they are not sure
    already; raises :class:`~ledgerbridge.errors.Rejection` where it would refuse to book it. Still not sure where it
    does not say.
    ``booked``: those of the booked invoices that there are, many with few calls.
    ``products`` of an invoice: the product number by line number, for the lines that are not to have the default one.
    """

    capabilities: Capabilities

    def customer_payload(self, customer: Customer) -> Payload: ...
    def invoice_payload(
        self, invoice: Invoice, customer_number: str, locator: str, products: Mapping[int, str]
    ) -> Payload: ...
    def customer_in(self, invoice_payload: str) -> str | None: ...
    def fields_in(self, customer_payload: str) -> Mapping[str, str]: ...
    def invoice_fields_in(self, invoice_payload: str) -> Mapping[str, str]: ...
    def as_source_fields(self, customer: TargetCustomer) -> Mapping[str, str]: ...
    def due_date(self, invoice: Invoice) -> datetime.date: ...
    def values_of_settings(self) -> frozenset[str]: ...

    def create_customer(self, payload: str) -> Request: ...
    def update_customer(self, current: TargetCustomer, payload: str, new_number: str | None = None) -> Request: ...
    def delete_customer(self, number: str) -> Request: ...
    def create_draft(self, payload: str) -> Request: ...
    def replace_draft(self, number: int, payload: str) -> Request: ...
    def delete_draft(self, number: int) -> Request: ...
    def book(self, draft_number: int, invoice: Invoice) -> Request: ...

    def send(self, request: Request, key: str) -> Answer: ...
    def create_drafts(self, payloads: Sequence[str]) -> Sequence[DraftInvoice | None]: ...

    def read_customer(self, answer: Answer) -> TargetCustomer: ...
    def read_draft(self, answer: Answer) -> DraftInvoice: ...
    def read_booked(self, answer: Answer, draft: DraftInvoice, invoice: Invoice) -> BookedInvoice: ...
    def read_deletion(self, answer: Answer, number: int) -> None: ...

    def preflight(self) -> Preflight: ...
    def probe(self) -> None: ...
    def customer(self, number: str) -> TargetCustomer | None: ...
    def shows(self, customer: TargetCustomer, payload: str) -> bool: ...
    def draft(self, number: int) -> DraftInvoice | None: ...
    def is_whole(self, draft: DraftInvoice, payload: str) -> bool: ...
    def with_sure_totals(self, draft: DraftInvoice) -> DraftInvoice: ...
    def find_draft(self, locator: str) -> DraftInvoice | None: ...
    def find_booked(
        self, locator: str, draft_number: int | None = None, customer_number: str | None = None
    ) -> BookedInvoice | None: ...
    def booked(self, wanted: Mapping[int, str]) -> Iterator[BookedInvoice]:
        """The booked invoices of these numbers, whose marks are given; several of one number where there are such."""

    def oddities(self, draft: DraftInvoice, invoice: Invoice) -> Sequence[Reason]:
        """What is not as the invoice says, shows in no amount, and is not in the way: it is told before booking."""

    def pdf(self, booked_number: int, customer_number: str, date: datetime.date) -> bytes | None: ...

    def customers(self) -> Iterator[TargetCustomer]: ...
    def products(self) -> Iterator[TargetProduct]: ...
    def invoices(self, first: datetime.date, last: datetime.date) -> Iterator[TargetInvoice]: ...
