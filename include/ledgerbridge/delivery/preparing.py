"""Validate and transform: which staged transfers may be sent, and the exact payload of each.

Neither calls the target, except to see which customers it has when a new one may be a double (P13).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

from ledgerbridge.delivery import line_products
from ledgerbridge.delivery.counterparts import counterpart_of
from ledgerbridge.delivery.credit_notes import originals_held_back, wait_for_original
from ledgerbridge.delivery.customer_decisions import Outcome, outcome_of, undecided
from ledgerbridge.delivery.desk import Desk
from ledgerbridge.delivery.invoice_keeping import is_number_in_doubt, wait_for_customer
from ledgerbridge.delivery.other_departments import (
    held_elsewhere,
    originals_elsewhere,
    wait_beside_original,
    wait_for_other,
)
from ledgerbridge.delivery.outcomes import WaitsFor, finish, unexpected, warn
from ledgerbridge.errors import AgreementHeld, LedgerbridgeError, Rejection, WaitsForPerson
from ledgerbridge.integration import Creation
from ledgerbridge.linking.candidates import Candidate, Match, TargetIndex, candidates_in_words
from ledgerbridge.linking.counterparts import TargetCustomer as Counterpart
from ledgerbridge.linking.cvr import is_certain, normalise_cvr
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Invoice, Module
from ledgerbridge.store import archive, confirmations, linking_guide, links, products, transfers
from ledgerbridge.store.database import transaction
from ledgerbridge.store.links import Link, TargetKind
from ledgerbridge.store.products import LineProduct
from ledgerbridge.store.source_parts import Holder
from ledgerbridge.store.transfers import Operation, State, Transfer
from ledgerbridge.target.contract import Payload
from ledgerbridge.target.registry import limits_of

__all__ = ["Prepared", "transform", "validate_staged"]

_PATIENCE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Prepared:
    """How many of the transfers go on, and how many were set aside."""

    going_on: int
    set_aside: int


def validate_staged(desk: Desk, found: Sequence[Transfer]) -> Prepared:
    """Run the suites over what is staged; what fails is rejected in words, the rest goes on (X-3)."""
    # Great Expectations takes seconds to import, and a run that found nothing never needs it.
    from ledgerbridge.validation import validate  # noqa: PLC0415

    due = [item for item in found if _may_be_checked(item)]
    staged = [item for item in due if _can_be_read(desk, item)]
    if not staged:
        return Prepared(0, len(due))
    module = staged[0].module
    records = [item.record for item in staged]
    linked = links.links_of(desk.store, desk.integration.name, module, [item.source_id for item in staged])
    checked = validate(module, records, desk.integration, linked=linked, limits=limits_of(desk.integration)).checked
    set_aside = len(due) - len(staged)
    for transfer, entry in zip(staged, checked, strict=True):
        warn(desk, transfer, *entry.warnings)
        if entry.main_reason is not None:
            finish(desk, transfer, State.REJECTED, entry.main_reason, expected=transfer.state)
            set_aside += 1
    return Prepared(len(due) - set_aside, set_aside)


def _can_be_read(desk: Desk, transfer: Transfer) -> bool:
    """Content that is no record is this one transfer's trouble (X-3)."""
    try:
        _ = transfer.record
    except ValueError as error:
        finish(desk, transfer, State.REJECTED, unexpected(transfer, error), expected=transfer.state)
        return False
    return True


def _may_be_checked(transfer: Transfer) -> bool:
    # A waiting one too: the run that staged it may have died before it was checked.
    is_due = transfer.state in {State.STAGED, State.WAITING} and transfer.step is None
    return is_due and transfer.operation is Operation.DELIVER


def transform(desk: Desk, found: Sequence[Transfer]) -> Prepared:
    """Make the payloads; what waits for a link or a decision is told so."""
    due = [item for item in found if item.step is None and item.state in {State.STAGED, State.WAITING}]
    customers = [item for item in due if item.module is Module.CUSTOMERS]
    invoices = [item for item in due if item.module is Module.INVOICES and item.operation is Operation.DELIVER]
    for item in due:
        if item.operation is Operation.WITHDRAW and item.state is State.WAITING:
            # What it waited for is over, since it was taken up again; there is no payload to be made.
            transfers.set_state(desk.store, item.transfer_id, State.STAGED, expected=item.state)
    set_aside = _transform_customers(desk, customers) + _transform_invoices(desk, invoices)
    return Prepared(len(due) - set_aside, set_aside)


# Invoices.


@dataclass(frozen=True, slots=True)
class _Around:
    """What decides about a batch's invoices besides themselves, by source id: read once for all of them."""

    customers: Mapping[str, Link]
    customers_wanted: Collection[str]
    booked: Mapping[str, int]
    held_back: Collection[str]
    elsewhere: Mapping[str, Holder]
    originals_elsewhere: Mapping[str, Holder]
    chosen: Mapping[int, Sequence[LineProduct]]
    inherited: Mapping[str, Sequence[LineProduct]]


def _around(desk: Desk, found: Sequence[Transfer], invoices: Sequence[Invoice]) -> _Around:
    store, name = desk.store, desk.integration.name
    wanted = [invoice.customer_source_id for invoice in invoices]
    credited = [invoice.original_source_id for invoice in invoices if invoice.original_source_id]
    return _Around(
        customers=links.links_of(store, name, Module.CUSTOMERS, wanted),
        customers_wanted=transfers.customers_wanted(store, name, wanted),
        booked=archive.booked_numbers(store, name, credited),
        held_back=originals_held_back(desk, invoices),
        elsewhere=held_elsewhere(desk, invoices),
        originals_elsewhere=originals_elsewhere(desk, invoices),
        chosen=products.of_lines(store, [item.record_id for item in found]),
        inherited=products.of_originals(store, name, credited),
    )


def _transform_invoices(desk: Desk, found: Sequence[Transfer]) -> int:
    invoices = [(item, record) for item in found if isinstance(record := item.record, Invoice)]
    around = _around(desk, found, [record for _, record in invoices])
    return sum(not _transform_invoice(desk, transfer, record, around) for transfer, record in invoices)


def _transform_invoice(desk: Desk, transfer: Transfer, record: Invoice, around: _Around) -> bool:
    """Whether it goes on."""
    if _waits_for_others(desk, transfer, record, around):
        return False
    link = around.customers[record.customer_source_id]
    original, invoicing = record.original_source_id or "", desk.integration.invoicing
    of_lines = around.chosen.get(transfer.record_id, ())
    if (lost := line_products.moved(record, of_lines, invoicing)) is not None:
        finish(desk, transfer, State.WAITING, _moved(lost), WaitsFor.PRODUCT, expected=transfer.state)
        return False
    numbers = line_products.in_force(record, of_lines, around.inherited.get(original, ()), invoicing)
    if (booked := around.booked.get(original)) is not None:
        # The invoice's number is the one that the target gave it: that is the one its recipient knows (P14).
        record = replace(record, original_invoice_number=str(booked), original_target_number=booked)
    return _goes_on(
        desk, transfer, partial(desk.target.invoice_payload, record, link.target_id, transfer.locator, numbers)
    )


def _waits_for_others(desk: Desk, transfer: Transfer, record: Invoice, around: _Around) -> bool:
    """Whether it has to wait for another integration, for its customer, or for the invoice that it credits."""
    original = record.original_source_id or ""
    link = around.customers.get(record.customer_source_id)
    if (holder := around.elsewhere.get(record.source_id)) is not None:
        wait_for_other(desk, transfer, holder)
    elif link is None or link.broken_at is not None:
        waits_for = WaitsFor.customer(record.customer_source_id)
        reason = _customer_missing(desk, record, link, around)
        finish(desk, transfer, State.WAITING, reason, waits_for, expected=transfer.state)
    elif is_number_in_doubt(desk, link):
        wait_for_customer(desk, transfer, record)
    elif (holder := around.originals_elsewhere.get(original)) is not None:
        wait_beside_original(desk, transfer, record, holder)
    elif original in around.held_back:
        wait_for_original(desk, transfer, record)
    else:
        return False
    return True


def _customer_missing(desk: Desk, invoice: Invoice, link: Link | None, around: _Around) -> Reason:
    values = {"number": invoice.customer_number, "name": invoice.recipient_name}
    if link is not None:
        return Reason("customer_link_broken", values)
    departments = desk.integration.source.departments
    if departments is not None and invoice.customer_source_id not in around.customers_wanted:
        return Reason("customer_of_other_department", {**values, "departments": ", ".join(departments)})
    return Reason("customer_not_linked", values)


def _moved(lost: LineProduct) -> Reason:
    values = {"line": str(lost.line_number), "number": lost.number, "text": lost.line_text}
    return Reason("line_product_moved", values)


def _goes_on(desk: Desk, transfer: Transfer, make: Callable[[], Payload]) -> bool:
    """Keep the payload; a record of which none can be made is set aside by itself (X-3)."""
    try:
        payload = make()
    except Rejection as error:
        finish(desk, transfer, State.REJECTED, error.reason, expected=transfer.state)
        return False
    except LedgerbridgeError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this record's and holds back no other
        finish(desk, transfer, State.REJECTED, unexpected(transfer, error), expected=transfer.state)
        return False
    warn(desk, transfer, *_not_foretold(transfer, payload.warnings))
    if not transfers.set_payload(desk.store, transfer.transfer_id, payload.text, transfer.state):
        return False  # a person has had it taken up meanwhile; the next run makes it anew
    if transfer.state is not State.STAGED:
        transfers.set_state(desk.store, transfer.transfer_id, State.STAGED, expected=transfer.state)
    return True


def _not_foretold(transfer: Transfer, warnings: Iterable[Reason]) -> list[Reason]:
    """A text that is cut is told once: by validation where that knows the field's limit, else by the payload."""
    foretold = {warning.code for warning in transfer.warnings}
    return [
        warning
        for warning in warnings
        if f"{warning.values.get('field', '').rpartition(' ')[2]}_will_be_cut" not in foretold
    ]


# Customers.


@dataclass(slots=True)
class _Linking:
    """What decides about customers without a link; the target's customers are read only when needed."""

    decisions: dict[str, str]
    confirmed: bool
    undecided: frozenset[str]
    customers_at_start: int
    creation: Creation
    refusals: frozenset[tuple[str, str]]
    read_counterparts: Callable[[], Iterable[Counterpart]]
    read_ours: Callable[[], Iterable[Customer]]
    _index: TargetIndex | None = field(default=None, init=False)
    _of_cvr: Counter[str] | None = field(default=None, init=False)

    def index(self) -> TargetIndex:
        if self._index is None:
            self._index = TargetIndex(self.read_counterparts())
        return self._index

    def resembling(self, customer: Customer) -> list[Candidate]:
        """Whom it may be, but for those that a person has refused."""
        alike = self.index().resembling(customer)
        return [item for item in alike if (customer.source_id, item.target.number) not in self.refusals]

    def ours_with(self, cvr_number: str) -> int:
        """How many of our customers have the CVR number, linked or not."""
        if self._of_cvr is None:
            self._of_cvr = Counter(filter(None, (normalise_cvr(item.cvr_number) for item in self.read_ours())))
        return self._of_cvr[cvr_number]


def _transform_customers(desk: Desk, found: Sequence[Transfer]) -> int:
    ids = [item.source_id for item in found]
    linked = links.links_of(desk.store, desk.integration.name, Module.CUSTOMERS, ids)
    linking = _linking(desk, [source_id for source_id in ids if source_id not in linked])
    set_aside = 0
    for transfer in found:
        record = transfer.record
        if not isinstance(record, Customer):
            continue
        outcome = _why_not_now(linking, record, linked.get(record.source_id) or _linked_by_cvr(desk, linking, transfer))
        if outcome is None:
            set_aside += not _goes_on(desk, transfer, partial(desk.target.customer_payload, record))
            continue
        state, reason, waits_for = outcome
        finish(desk, transfer, state, reason, waits_for, expected=transfer.state)
        set_aside += 1
    return set_aside


def _linking(desk: Desk, unlinked: Sequence[str]) -> _Linking:
    name = desk.integration.name
    confirmed = confirmations.confirmed(desk.store, name).get("linking")
    known = confirmations.read_preflight(desk.store, name)

    def counterparts() -> Iterable[Counterpart]:
        taken = {link.target_id for link in links.all_links(desk.store, name, Module.CUSTOMERS)}
        return (counterpart_of(item) for item in desk.target.customers() if item.number not in taken)

    return _Linking(
        decisions=confirmations.decisions(desk.store, name, unlinked),
        confirmed=confirmed is not None,
        undecided=frozenset((confirmed or {}).get("undecided", ())),
        customers_at_start=int(known.resolved.get("customers_at_start", 0)) if known else 0,
        creation=desk.integration.linking.creation,
        refusals=linking_guide.refusals(desk.store, name),
        read_counterparts=counterparts,
        read_ours=partial(_ours, desk),
    )


def _ours(desk: Desk) -> Iterator[Customer]:
    known = transfers.customers_known(desk.store, desk.integration.name)
    return (record for record in (item.record for item in known) if isinstance(record, Customer))


def _linked_by_cvr(desk: Desk, linking: _Linking, transfer: Transfer) -> Link | None:
    """The link that an exact CVR match makes where the settings let it (LK-6): one customer of either side, no other.

    A person's word goes before it, and a customer that the target has barred is left to a person.
    """
    record = transfer.record
    is_wanted = desk.integration.linking.by_exact_cvr and isinstance(record, Customer)
    if not is_wanted or not isinstance(record, Customer) or record.source_id in linking.decisions:
        return None
    cvr_number = normalise_cvr(record.cvr_number)
    try:
        alike = linking.resembling(record) if cvr_number is not None and is_certain(cvr_number) else []
    except AgreementHeld:
        return None  # it waits for that like any other that resembles somebody
    same = [item.target for item in alike if Match.CVR in item.matches]
    if cvr_number is None or len(same) != 1 or same[0].is_barred or linking.ours_with(cvr_number) != 1:
        return None
    return _make_link(desk, transfer, record, same[0])


def _make_link(desk: Desk, transfer: Transfer, customer: Customer, counterpart: Counterpart) -> Link | None:
    name = transfer.integration
    with suppress(WaitsForPerson), transaction(desk.store):
        # Read again while nobody else can decide: the target's customers took their time.
        if not transfers.hold_alone(desk.store, name, Module.CUSTOMERS, transfer.record_id, _PATIENCE):
            return None
        if confirmations.decisions(desk.store, name, [customer.source_id]):
            return None
        if (customer.source_id, counterpart.number) in linking_guide.refusals(desk.store, name):
            return None
        if (link := links.link_of(desk.store, transfer.record_id)) is not None:
            return link
        links.make(
            desk.store,
            record_id=transfer.record_id,
            integration=transfer.integration,
            module=Module.CUSTOMERS,
            kind=TargetKind.CUSTOMER,
            target_id=counterpart.number,
            made_by="linking.by_exact_cvr",
            source_number=customer.customer_number,
            target_cvr=counterpart.cvr_number,
            target_name=counterpart.name,
        )
        desk.note(transfer, "linked", target=counterpart.number, by_cvr=counterpart.cvr_number)
    return links.link_of(desk.store, transfer.record_id)


def _why_not_now(linking: _Linking, customer: Customer, link: Link | None) -> Outcome | None:
    """As :func:`_why_not`; while the target may not be asked for its customers it waits for that."""
    try:
        return _why_not(linking, customer, link)
    except AgreementHeld as error:
        return State.WAITING, Reason("run_stopped", cause=error.reason), WaitsFor.AGREEMENT


def _why_not(linking: _Linking, customer: Customer, link: Link | None) -> Outcome | None:
    """Why this customer may not be delivered now; nothing when it may (CT-10, P13)."""
    decision = linking.decisions.get(customer.source_id)
    if link is not None or decision == "create":
        return None
    decided = outcome_of(decision, customer)
    if decided is not None:
        return decided
    values = {"number": customer.customer_number, "name": customer.name}
    if linking.customers_at_start > 0 and not linking.confirmed:
        reason = Reason("linking_not_confirmed", {**values, "count": str(linking.customers_at_start)})
        return State.WAITING, reason, WaitsFor.LINKING
    if customer.source_id in linking.undecided:
        return undecided(customer)
    return _why_not_created(linking, customer, values)


def _why_not_created(linking: _Linking, customer: Customer, values: Mapping[str, str]) -> Outcome | None:
    """Whether a new customer is created by itself (TL-3, LK-8); nothing when it is."""
    if linking.creation is Creation.MANUAL:
        waits_for = WaitsFor.customer(customer.source_id)
        return State.WAITING, Reason("customer_creation_manual", values), waits_for
    alike = linking.resembling(customer)
    if alike:
        reason = Reason("customer_resembles", {**values, "candidates": candidates_in_words(alike[:3])})
        return State.WAITING, reason, WaitsFor.customer(customer.source_id)
    return None
