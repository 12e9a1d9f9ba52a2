"""Uniconta as a :class:`~ledgerbridge.target.contract.Target`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from ledgerbridge.errors import InDoubt, Refusal
from ledgerbridge.integration import Invoicing
from ledgerbridge.money import json_dumps, json_loads
from ledgerbridge.reasons import Reason
from ledgerbridge.records import Customer, Invoice, VatTreatment
from ledgerbridge.target.contract import (
    Answer,
    BookedInvoice,
    DraftInvoice,
    Payload,
    Preflight,
    Request,
    TargetCustomer,
    TargetInvoice,
    TargetProduct,
)
from ledgerbridge.target.uniconta import customers as debtors
from ledgerbridge.target.uniconta import documents
from ledgerbridge.target.uniconta import invoices as forms
from ledgerbridge.target.uniconta.abilities import CAPABILITIES
from ledgerbridge.target.uniconta.answers import Gone
from ledgerbridge.target.uniconta.api import Api, Row
from ledgerbridge.target.uniconta.foretelling import Foretold, foretell, is_plain
from ledgerbridge.target.uniconta.lists import invoices_between, orders_between
from ledgerbridge.target.uniconta.options import BulkReading, UnicontaOptions
from ledgerbridge.target.uniconta.orders import ORDER, Order, Orders, halfway
from ledgerbridge.target.uniconta.posting import (
    POST,
    number_in,
    order_number_in,
    posting,
    simulation,
    with_totals_of,
)
from ledgerbridge.target.uniconta.preflight import run_preflight
from ledgerbridge.target.uniconta.products import read_products
from ledgerbridge.target.uniconta.reading import every, read, read_written
from ledgerbridge.target.uniconta.resolved import Resolved
from ledgerbridge.target.uniconta.tables import KnownTables
from ledgerbridge.target.uniconta.zones import zone_of

__all__ = ["Uniconta"]

_DEBTOR = "DebtorClient"
_INVOICE = "DebtorInvoiceClient"
# What delivery calls the writes that take more than one call here.
_ORDERS = "/orders"
_NOT_THERE = Answer(404, "")


class Uniconta:
    """One company. Safe for many threads."""

    capabilities = CAPABILITIES

    def __init__(
        self,
        api: Api,
        *,
        invoicing: Invoicing,
        options: UnicontaOptions,
        tables: KnownTables,
        resolved: Resolved | None = None,
        is_foretelling: bool = True,
        today: Callable[[], date] = lambda: datetime.now(ZoneInfo("Europe/Copenhagen")).date(),
    ) -> None:
        self._api = api
        self._invoicing = invoicing
        self._options = options
        self._resolved_values = resolved
        self._today = today
        self._orders = Orders(api, options)
        self._lock = threading.Lock()
        self._debtors: dict[str, Row] = {}
        self._known = tables
        self._is_foretelling = is_foretelling

    @property
    def _resolved(self) -> Resolved:
        if self._resolved_values is None:
            raise Refusal("not_activated", missing="preflight")
        return self._resolved_values

    # What transform makes. Pure.

    def customer_payload(self, customer: Customer) -> Payload:
        """The customer's mapped fields."""
        return debtors.customer_payload(customer)

    def invoice_payload(
        self, invoice: Invoice, customer_number: str, locator: str, products: Mapping[int, str]
    ) -> Payload:
        """The order's JSON with its lines."""
        return forms.invoice_payload(
            invoice, customer_number, locator, products, self._invoicing, self._options, self._resolved
        )

    def customer_in(self, invoice_payload: str) -> str | None:
        """Whom the order is for."""
        return forms.customer_in(invoice_payload)

    def fields_in(self, customer_payload: str) -> Mapping[str, str]:
        """What the payload says of a customer, by our own names."""
        return debtors.fields_in(customer_payload)

    def invoice_fields_in(self, invoice_payload: str) -> Mapping[str, str]:
        """What the payload says of an invoice, by our own names."""
        return forms.fields_in(invoice_payload)

    def as_source_fields(self, customer: TargetCustomer) -> Mapping[str, str]:
        """What Uniconta knows of the customer, by our own names."""
        return debtors.as_source_fields(customer)

    def due_date(self, invoice: Invoice) -> date:
        """The due date that the invoice arrives with."""
        return forms.due_date_of(invoice, self._invoicing)

    def values_of_settings(self) -> frozenset[str]:
        """What stands in every record's payload because the settings say so, or because preflight chose it (P5)."""
        known, wanted = self._resolved_values, self._invoicing
        values = [wanted.layout, wanted.due_date_term, wanted.default_debtor_group, wanted.product_with_vat]
        values += [zone_of(wanted, treatment) for treatment in VatTreatment]
        if known is not None:
            values += [known.layout, known.payment_term, known.debtor_group]
        return frozenset(value for value in values if value)

    # The writes, as requests. Pure.

    def create_customer(self, payload: str) -> Request:
        """A creation under the source's number; a taken number is refused there."""
        row = debtors.creation_row(payload, self._invoicing, self._resolved)
        return Request("POST", f"/Crud/Insert/{_DEBTOR}", json_dumps(row))

    def update_customer(self, current: TargetCustomer, payload: str, new_number: str | None = None) -> Request:
        """The whole debtor that was read a moment ago, with the source's fields, and its new number if it has one."""
        row = debtors.update_row(current, payload, new_number)
        return Request("PUT", f"/api/Entities/Update/{_DEBTOR}", json_dumps(row))

    def delete_customer(self, number: str) -> Request:
        """Nothing here makes a customer by accident."""
        raise NotImplementedError

    def create_draft(self, payload: str) -> Request:
        """The order with all of its lines: three calls.

        Raises:
            ValueError: the payload is none; before anything is sent.
        """
        forms.lines_in(payload)
        return Request("POST", _ORDERS, payload)

    def replace_draft(self, number: int, payload: str) -> Request:
        """The order, replaced in place: three or four calls."""
        return Request("PUT", f"{_ORDERS}/{number}", payload)

    def delete_draft(self, number: int) -> Request:
        """The order, gone."""
        return Request("DELETE", f"{_ORDERS}/{number}")

    def book(self, draft_number: int, invoice: Invoice) -> Request:
        """The posting; it cannot be undone."""
        return posting(draft_number, invoice.invoice_date.isoformat(), self._invoicing, self._options)

    def send(self, request: Request, key: str) -> Answer:  # noqa: ARG002 - there are no keys here
        """Make one write; several calls where it takes several."""
        if request.body and request.path.startswith(_ORDERS):
            self._meet([request.body])
        if request.path == _ORDERS:
            order = self._orders.create(request.body or "")
            return Answer(200, _told(order.row), order)
        if request.path.startswith(f"{_ORDERS}/"):
            return self._change_order(int(request.path.rpartition("/")[2]), request)
        try:
            said = self._api.put(request) if request.path.startswith("/api/") else self._api.write(request)
        except Gone as error:
            entity, row = self._still_there(request)
            if row is None:
                return _NOT_THERE
            with self._api.naming(entity, [row]):
                raise error from None
        return Answer(200, _told(said), said)

    def _still_there(self, request: Request) -> tuple[str, Row | None]:
        """What a write was about that was answered with «not found»: if it is there, something it refers to is not."""
        if request.path == POST:
            return ORDER, self._orders.row(order_number_in(request))
        row: Row = json_loads(request.body or "{}")
        if row.get("RowId") is None:
            return _DEBTOR, row  # it is being made
        return _DEBTOR, row if self._api.query(_DEBTOR, ("RowId", str(row["RowId"])), take=1) else None

    def _change_order(self, number: int, request: Request) -> Answer:
        if request.method == "DELETE":
            return Answer(204, "") if self._orders.delete(number) else _NOT_THERE
        replaced = self._orders.replace(number, request.body or "")
        return _NOT_THERE if replaced is None else Answer(200, _told(replaced.row), replaced)

    def create_drafts(self, payloads: Sequence[str]) -> Sequence[DraftInvoice | None]:
        """Orders with their lines, in four calls however many they are."""
        self._meet(payloads)
        made = self._orders.create_many(payloads)
        return halfway(lambda: [None if order is None else self._draft(order) for order in made])

    # What the answers to writes say.

    def read_customer(self, answer: Answer) -> TargetCustomer:
        """The debtor that a write answered with."""
        return read_written(debtors.read_customer, answer.document, _DEBTOR)

    def read_draft(self, answer: Answer) -> DraftInvoice:
        """The order that a write answered with, and what its lines come to."""
        return read_written(self._draft, answer.document, ORDER)

    def read_booked(self, answer: Answer, draft: DraftInvoice, invoice: Invoice) -> BookedInvoice:
        """The number that posting answered with; the rest is what was to be posted."""
        return number_in(answer, draft, invoice.invoice_date, self.due_date(invoice), invoice.currency)

    def read_deletion(self, answer: Answer, number: int) -> None:
        """A deletion that was answered without an error was carried out."""
        if answer.status != 204:
            raise InDoubt("uniconta_answer_unclear", call=f"DELETE {_ORDERS}/{number}", what=f"HTTP {answer.status}")

    # Reads.

    def preflight(self) -> Preflight:
        """Is the company set up for the settings?"""
        return run_preflight(self._api, self._invoicing, self._options, self._today())

    def probe(self) -> None:
        """The cheapest call there is: can the user get in?"""
        self._api.query("CompanyClient", take=1)

    def customer(self, number: str) -> TargetCustomer | None:
        """The debtor under ``number``, compared exactly: a filter reads blanks and dots in its own way."""
        rows = self._api.query(_DEBTOR, ("Account", number), take=2) if number else []
        found = next((row for row in rows if str(row.get("Account")) == number), None)
        return None if found is None else read(debtors.read_customer, found, _DEBTOR)

    def shows(self, customer: TargetCustomer, payload: str) -> bool:
        """Whether the debtor already shows what the payload says."""
        return debtors.shows(customer, payload)

    def draft(self, number: int) -> DraftInvoice | None:
        """The order under ``number``."""
        order = self._orders.of_number(number)
        return None if order is None else read(self._draft, order, ORDER)

    def is_whole(self, draft: DraftInvoice, payload: str) -> bool:
        """Whether no lines are missing at the end: that is how a write that broke off leaves an order."""
        stored, wanted = draft.lines or 0, len(forms.lines_in(payload))
        return stored >= wanted

    def with_sure_totals(self, draft: DraftInvoice) -> DraftInvoice:
        """What a simulation shows, where a half øre decides a figure."""
        if draft.totals_are_sure:
            return draft
        request = simulation(draft.number, (draft.date or self._today()).isoformat(), self._options)
        return with_totals_of(draft, self._api.read(request))

    def find_draft(self, locator: str) -> DraftInvoice | None:
        """The order that carries ``locator``."""
        order = self._orders.of_locator(locator)
        return None if order is None else read(self._draft, order, ORDER)

    def find_booked(
        self, locator: str, draft_number: int | None = None, customer_number: str | None = None
    ) -> BookedInvoice | None:
        """The invoice that carries ``locator``, or that was posted from order ``draft_number`` of the customer."""
        for row in self._api.query(_INVOICE, (self._options.locator_field, locator)):
            booked = read(self._booked, row, _INVOICE)
            if booked.locator == locator:
                return booked
        if draft_number is None or customer_number is None:
            return None
        for row in self._api.query(_INVOICE, ("OrderNumber", str(draft_number)), ("Account", customer_number)):
            booked = read(self._booked, row, _INVOICE)
            if booked.draft_number == draft_number and booked.locator in {None, locator}:
                return booked
        return None

    def oddities(self, draft: DraftInvoice, invoice: Invoice) -> Sequence[Reason]:
        """A debtor whose zone is another than the invoice is for, and one whose invoices another debtor pays."""
        return debtors.oddities(self._debtor(draft.customer_number), invoice, self._invoicing)

    def booked(self, wanted: Mapping[int, str]) -> Iterator[BookedInvoice]:
        """The invoices of these numbers: those that were posted last come together.

        Each number series may have a number once; only the one that carries the mark is surely the one.
        """
        missing = dict(wanted)
        newest = self._api.query(_INVOICE, take=len(missing) + 20, newest_by="InvoiceNumber") if len(wanted) > 1 else []
        for row in newest:
            booked = read(self._booked, row, _INVOICE)
            if booked.number in missing and missing[booked.number] == booked.locator:
                del missing[booked.number]
                yield booked
        for number in sorted(missing):
            for row in self._api.query(_INVOICE, ("InvoiceNumber", str(number))):
                yield read(self._booked, row, _INVOICE)

    def pdf(self, booked_number: int, customer_number: str, date: date) -> bytes | None:
        """The invoice's PDF. It is asked for by account and date, too; the account may have another number since."""
        try:
            return self._api.pdf(customer_number, date.isoformat(), booked_number)
        except Gone:
            rows = self._api.query(_INVOICE, ("InvoiceNumber", str(booked_number)), take=1)
        for booked in (read(self._booked, row, _INVOICE) for row in rows):
            if booked.customer_number != customer_number:
                return self._api.pdf(booked.customer_number, booked.date.isoformat(), booked.number)
        return None

    def customers(self) -> Iterator[TargetCustomer]:
        """Every debtor."""
        for row in every(self._api, self._options, _DEBTOR):
            yield read(debtors.read_customer, row, _DEBTOR)

    def products(self) -> Iterator[TargetProduct]:
        """Every item, with the percentage that it is sold with at home."""
        yield from read_products(self._api, self._options, self._today())

    def invoices(self, first: date, last: date) -> Iterator[TargetInvoice]:
        """Every order and every invoice dated within the period; orders first.

        An order that is posted between the two lists stands in both; the later, the invoice, counts.
        """
        for order in orders_between(self._api, self._options, first, last):
            draft = read(self._draft, order, ORDER)
            yield read(partial(self._listed, draft), order, ORDER)
        base = self._resolved.base_currency
        for row in invoices_between(self._api, self._options, first, last):
            yield read(lambda item: documents.read_listed_invoice(item, self._options, base), row, _INVOICE)

    # What an order comes to.

    def _draft(self, order: Order) -> DraftInvoice:
        customer = str(order.row["Account"])
        foretold = self._foretold(order, customer)
        return DraftInvoice(
            number=order.number,
            locator=forms.locator_in(order.row, self._options),
            customer_number=customer,
            net=foretold.net,
            vat=foretold.vat,
            gross=foretold.gross,
            totals_are_sure=foretold.is_sure,
            vat_shares=foretold.shares,
            lines=len(order.lines),
            date=documents.day(order.row.get("InvoiceDate")),
        )

    def _foretold(self, order: Order, customer: str) -> Foretold:
        items = {str(line["Item"]) for line in order.lines if line.get("Item")}
        on = documents.day(order.row.get("InvoiceDate")) or self._today()
        foretold = foretell(order.lines, self._debtor(customer), self._known.tables(items), on)
        return replace(foretold, is_sure=foretold.is_sure and is_plain(order.row) and self._is_foretelling)

    def _debtor(self, number: str) -> Row:
        """The debtor's own row: its zone and group decide about VAT. Read once."""
        with self._lock:
            known = self._debtors.get(number)
        if known is None:
            found = self.customer(number)
            known = found.raw if found is not None else {}
            with self._lock:
                self._debtors[number] = known
        return known

    def _meet(self, payloads: Sequence[str]) -> None:
        """Read what decides the totals of these orders, before the first of them is made."""
        customers = [forms.customer_in(payload) or "" for payload in payloads]
        self._meet_debtors(customers)
        for customer in filter(None, customers):
            self._debtor(customer)
        lines = [line for payload in payloads for line in forms.lines_in(payload)]
        self._known.tables({str(line["Item"]) for line in lines if line.get("Item")})

    def _meet_debtors(self, numbers: Sequence[str]) -> None:
        """Read several debtors with one call, where there is a way."""
        with self._lock:
            missing = sorted({number for number in numbers if number and number not in self._debtors})
        if len(missing) < 2 or self._options.bulk_reading is not BulkReading.ODATA:
            return
        rows = list(self._api.feed_of(_DEBTOR, "Account", missing))
        with self._lock:
            self._debtors |= {str(row.get("Account")): row for row in rows}

    def _booked(self, row: Row) -> BookedInvoice:
        return documents.read_booked(row, self._options, self._resolved.base_currency)

    def _listed(self, draft: DraftInvoice, order: Order) -> TargetInvoice:
        row, base = order.row, self._resolved.base_currency
        currency = documents.currency_of(row, base)
        is_base = currency == base
        return TargetInvoice(
            is_draft=True,
            number=draft.number,
            locator=draft.locator,
            order_number=None,
            date=draft.date or self._today(),
            due_date=documents.day(row.get("DueDate")),
            customer_number=draft.customer_number,
            currency=currency,
            exchange_rate=None,
            net=draft.net,
            vat=draft.vat,
            gross=draft.gross,
            net_in_base=draft.net if is_base else None,
            gross_in_base=draft.gross if is_base else None,
        )


def _told(said: object) -> str:
    """The answer's own words for the history."""
    return json_dumps(said) if isinstance(said, dict | list) else "" if said is None else str(said)
