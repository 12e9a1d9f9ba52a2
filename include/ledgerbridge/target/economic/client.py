"""e-conomic as a :class:`~ledgerbridge.target.contract.Target`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from ledgerbridge.errors import Refusal, TryAgain
from ledgerbridge.integration import InvoiceNumberFrom, Invoicing, SendBy
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
from ledgerbridge.target.economic import customers as customer_forms
from ledgerbridge.target.economic import documents
from ledgerbridge.target.economic import invoices as invoice_forms
from ledgerbridge.target.economic.abilities import CAPABILITIES
from ledgerbridge.target.economic.answers import read_answer, unreadable
from ledgerbridge.target.economic.filters import encoded, escaped
from ledgerbridge.target.economic.invoices import due_date_of, invoice_payload
from ledgerbridge.target.economic.limits import LIMITS
from ledgerbridge.target.economic.preflight import run_preflight
from ledgerbridge.target.economic.products import read_products
from ledgerbridge.target.economic.resolved import Resolved
from ledgerbridge.target.economic.zones import zone_of
from ledgerbridge.target.http import HttpSeam, NotAnswered, NotSent

__all__ = ["Economic"]

# The server is strict on these three spellings (section 3.8).
_SEND_BY = {SendBy.NONE: "none", SendBy.EMAIL: "Email", SendBy.EAN: "EAN"}
_PAGE = 1000
_READ_TRIES = 3

Read = TypeVar("Read")


class Economic:
    """One agreement. Safe for many threads."""

    capabilities = CAPABILITIES

    def __init__(
        self,
        http: HttpSeam,
        *,
        invoicing: Invoicing,
        resolved: Resolved | None = None,
        today: Callable[[], date] = lambda: datetime.now(ZoneInfo("Europe/Copenhagen")).date(),
    ) -> None:
        self._http = http
        self._invoicing = invoicing
        self._resolved_values = resolved
        self._today = today

    @property
    def _resolved(self) -> Resolved:
        if self._resolved_values is None:
            raise Refusal("not_activated", missing="preflight")
        return self._resolved_values

    # What transform makes. Pure.

    def customer_payload(self, customer: Customer) -> Payload:
        """The customer's mapped fields."""
        return customer_forms.customer_payload(customer)

    def invoice_payload(
        self, invoice: Invoice, customer_number: str, locator: str, products: Mapping[int, str]
    ) -> Payload:
        """The draft's JSON."""
        return invoice_payload(invoice, customer_number, locator, products, self._invoicing, self._resolved)

    def customer_in(self, invoice_payload: str) -> str | None:
        """Whom the draft is for: the customer's number; nothing when the payload is none."""
        try:
            return str(json_loads(invoice_payload)["customer"]["customerNumber"])
        except (KeyError, TypeError, ValueError):
            return None

    def invoice_fields_in(self, invoice_payload: str) -> Mapping[str, str]:
        """What the payload says of an invoice, by our own names."""
        return invoice_forms.fields_in(invoice_payload)

    def as_source_fields(self, customer: TargetCustomer) -> Mapping[str, str]:
        """What e-conomic knows of the customer, by our own names."""
        return customer_forms.as_source_fields(customer)

    def fields_in(self, customer_payload: str) -> Mapping[str, str]:
        """What the payload says of a customer, by our own names."""
        return customer_forms.fields_in(customer_payload)

    def values_of_settings(self) -> frozenset[str]:
        """What stands in every record's payload because the settings say so, or because preflight chose it for them.

        Not the product without VAT: only some records have it, and they are to be refused one by one (P5).
        """
        known, wanted = self._resolved_values, self._invoicing
        values = [wanted.layout, wanted.due_date_term, wanted.default_debtor_group, wanted.product_with_vat]
        values += [str(zone_of(wanted, treatment)) for treatment in VatTreatment]
        if known is not None:
            values += [str(known.layout), str(known.due_date_term), str(known.customer_group)]
        return frozenset(value for value in values if value is not None)

    def due_date(self, invoice: Invoice) -> date:
        """The due date that the invoice arrives with."""
        return due_date_of(invoice, self._invoicing)

    # The writes, as requests. Pure.

    def create_customer(self, payload: str) -> Request:
        """A creation under the source's number; a taken number is refused there, never changed."""
        return Request("POST", "/customers", customer_forms.creation_body(payload, self._invoicing, self._resolved))

    def update_customer(self, current: TargetCustomer, payload: str, new_number: str | None = None) -> Request:  # noqa: ARG002
        """A replacement of a customer that was read a moment ago: PUT to a number that is not there
        would create one (section 2.2), so it is never sent without having seen it."""
        return Request("PUT", f"/customers/{current.number}", customer_forms.update_body(current, payload))

    def delete_customer(self, number: str) -> Request:
        """Only for a customer that an update of ours has just created by accident."""
        return Request("DELETE", f"/customers/{int(number)}")

    def create_draft(self, payload: str) -> Request:
        """The draft with all of its lines."""
        return Request("POST", "/invoices/drafts", payload)

    def replace_draft(self, number: int, payload: str) -> Request:
        """The draft, replaced in place."""
        return Request("PUT", f"/invoices/drafts/{number}", payload)

    def delete_draft(self, number: int) -> Request:
        """The draft, gone."""
        return Request("DELETE", f"/invoices/drafts/{number}")

    def book(self, draft_number: int, invoice: Invoice) -> Request:
        """The booking; it cannot be undone."""
        body: dict[str, Any] = {"draftInvoice": {"draftInvoiceNumber": draft_number}}
        if self._invoicing.number_from is InvoiceNumberFrom.SOURCE:
            body["bookWithNumber"] = int(invoice.invoice_number or "")
        if self._invoicing.send is not SendBy.NONE:
            body["sendBy"] = _SEND_BY[self._invoicing.send]
        return Request("POST", "/invoices/booked", json_dumps(body))

    def send(self, request: Request, key: str) -> Answer:
        """Send one write, once."""
        try:
            raw = self._http.send(request, {"Idempotency-Key": key})
        except NotSent as error:
            raise TryAgain("economic_not_reached", what=str(error)) from None
        except NotAnswered as error:
            raise unreadable(request, str(error), is_write=True) from None
        return read_answer(request, raw, is_write=True)

    # What the answers to writes say.

    def read_customer(self, answer: Answer) -> TargetCustomer:
        """The customer that a write answered with."""
        return _read(customer_forms.read_customer, answer.document, Request("POST", "/customers"), is_write=True)

    def read_draft(self, answer: Answer) -> DraftInvoice:
        """The draft that a write answered with, and the totals that the target computed."""
        return _read(documents.read_draft, answer.document, Request("POST", "/invoices/drafts"), is_write=True)

    def create_drafts(self, payloads: Sequence[str]) -> Sequence[DraftInvoice | None]:
        """Each draft is a write of its own here (``capabilities.drafts_at_once``)."""
        raise NotImplementedError

    def read_booked(self, answer: Answer, draft: DraftInvoice, invoice: Invoice) -> BookedInvoice:  # noqa: ARG002
        """The booked invoice that booking answered with, whole."""

        def read(document: Any) -> BookedInvoice:
            return documents.read_booked(document, answer.text)

        return _read(read, answer.document, Request("POST", "/invoices/booked"), is_write=True)

    def read_deletion(self, answer: Answer, number: int) -> None:
        """The answer to a draft's deletion says that this draft is gone (section 3.7: 200 and what was deleted)."""

        def read(document: Any) -> None:
            if answer.status != 204 and documents.deleted_drafts(document) != [number]:
                message = f"draft {number} is not what was deleted"
                raise ValueError(message)

        _read(read, answer.document, Request("DELETE", f"/invoices/drafts/{number}"), is_write=True)

    # Reads.

    def preflight(self) -> Preflight:
        """Is the agreement set up for the settings?"""
        try:
            return run_preflight(self, self._invoicing, self._today())
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"{type(error).__name__}: {error}"
            raise unreadable(Request("GET", "/self and the agreement's settings"), what, is_write=False) from None

    def probe(self) -> None:
        """The cheapest call there is: is the grant good?"""
        self.get("/self")

    def get(self, path: str) -> Any:
        """The JSON at ``path``; nothing when e-conomic itself says that it is not there."""
        answer = self._get(path)
        return None if answer.status == 404 else answer.document

    def collection(self, path: str) -> Iterator[Any]:
        """Every item of a list, page by page."""
        return self._list(path)

    def count(self, path: str) -> int:
        """How many items a list has."""
        page = self.get(f"{path}?pagesize=1")
        return _read(lambda document: int(document["pagination"]["results"]), page, Request("GET", path))

    def customer(self, number: str) -> TargetCustomer | None:
        """The customer under ``number``; nobody has one that is not as e-conomic writes them."""
        if not LIMITS.customer_numbers.take(number):
            return None
        path = f"/customers/{number}"
        document = self.get(path)
        return None if document is None else _read(customer_forms.read_customer, document, Request("GET", path))

    def shows(self, customer: TargetCustomer, payload: str) -> bool:
        """Whether the customer already shows what the payload says."""
        return customer_forms.shows(customer, payload)

    def draft(self, number: int) -> DraftInvoice | None:
        """The draft under ``number``."""
        path = f"/invoices/drafts/{number}"
        document = self.get(path)
        return None if document is None else _read(documents.read_draft, document, Request("GET", path))

    def is_whole(self, draft: DraftInvoice, payload: str) -> bool:  # noqa: ARG002
        """A draft and all of its lines are one call: there is none without them."""
        return True

    def with_sure_totals(self, draft: DraftInvoice) -> DraftInvoice:
        """The draft's totals are those that booking posts."""
        return draft

    def find_draft(self, locator: str) -> DraftInvoice | None:
        """The draft that carries ``locator``; $like finds, the comparison is exact."""
        for document in self._list("/invoices/drafts", f"references.other$like:{escaped(locator)}"):
            draft = _read(documents.read_draft, document, Request("GET", "/invoices/drafts"))
            if draft.locator == locator:
                return draft
        return None

    def find_booked(
        self, locator: str, draft_number: int | None = None, customer_number: str | None = None
    ) -> BookedInvoice | None:
        """The booked invoice that carries ``locator``, or that was draft ``draft_number`` of the customer.

        ``orderNumber`` cannot be filtered by: the customer's booked invoices are read for it.
        """
        request = Request("GET", "/invoices/booked")
        for document in self._list("/invoices/booked", f"references.other$like:{escaped(locator)}"):
            booked = _read(documents.read_booked, document, request)
            if booked.locator == locator:
                return self._booked(booked.number)
        if draft_number is None or customer_number is None:
            return None
        for document in self._list("/invoices/booked", f"customer.customerNumber$eq:{int(customer_number)}"):
            booked = _read(documents.read_booked, document, request)
            if booked.draft_number == draft_number and booked.locator in {None, locator}:
                return self._booked(booked.number)
        return None

    def oddities(self, draft: DraftInvoice, invoice: Invoice) -> Sequence[Reason]:  # noqa: ARG002
        """Nothing: a draft carries its own zone."""
        return ()

    def booked(self, wanted: Mapping[int, str]) -> Iterator[BookedInvoice]:
        """The booked invoices of these numbers, a call for each."""
        for number in wanted:
            if self.get(f"/invoices/booked/{number}") is not None:
                yield self._booked(number)

    def pdf(self, booked_number: int, customer_number: str, date: date) -> bytes | None:  # noqa: ARG002
        """The PDF's bytes; nothing while the target has not made it yet (1 to 3 seconds)."""
        # «Accept: application/pdf» is answered 406 (section 3.9).
        request = Request("GET", f"/invoices/booked/{booked_number}/pdf")
        try:
            raw = self._http.send(request, {"Accept": "*/*"})
        except (NotSent, NotAnswered) as error:
            raise TryAgain("economic_not_reached", what=str(error)) from None
        if raw.status == 200 and raw.body.startswith(b"%PDF"):
            return raw.body
        read_answer(request, raw, is_write=False)
        return None

    def customers(self) -> Iterator[TargetCustomer]:
        """Every customer, page by page."""
        for document in self._list("/customers"):
            yield _read(customer_forms.read_customer, document, Request("GET", "/customers"))

    def products(self) -> Iterator[TargetProduct]:
        """Every product, with the rate it has in the domestic zone."""
        request = Request("GET", "/products and their groups")
        zone = zone_of(self._invoicing, VatTreatment.DOMESTIC)
        yield from _read(lambda client: list(read_products(client, zone)), self, request)

    def invoices(self, first: date, last: date) -> Iterator[TargetInvoice]:
        """Every draft and every booked invoice dated within the period, page by page; drafts first.

        An invoice that is booked between the two lists stands in both; the later, booked, one counts.
        """
        period = f"date$gte:{first.isoformat()}$and:date$lte:{last.isoformat()}"
        for path, is_draft in (("/invoices/drafts", True), ("/invoices/booked", False)):
            for document in self._list(path, period):

                def read(item: Any, *, is_draft: bool = is_draft) -> TargetInvoice:
                    return documents.read_listed(item, is_draft=is_draft)

                yield _read(read, document, Request("GET", path))

    def _booked(self, number: int) -> BookedInvoice:
        path = f"/invoices/booked/{number}"
        answer = self._get(path)

        def read(document: Any) -> BookedInvoice:
            return documents.read_booked(document, answer.text)

        return _read(read, answer.document, Request("GET", path))

    def _list(self, path: str, expression: str | None = None) -> Iterator[Any]:
        condition = f"&filter={encoded(expression)}" if expression else ""
        skip = 0
        while True:
            page_path = f"{path}?skippages={skip}&pagesize={_PAGE}{condition}"
            page = self.get(page_path)
            items = _read(lambda document: list(document["collection"]), page, Request("GET", path))
            yield from items
            # The page's own length decides, never a count that may have moved between two pages.
            if len(items) < _PAGE:
                return
            skip += 1

    def _get(self, path: str) -> Answer:
        request = Request("GET", path)
        for attempt in range(_READ_TRIES):
            try:
                return read_answer(request, self._http.send(request), is_write=False)
            except (NotSent, NotAnswered) as error:
                failure = TryAgain("economic_not_reached", what=str(error))
            except TryAgain as error:
                failure = error
                if error.after_seconds is not None:
                    break
            if attempt == _READ_TRIES - 1:
                break
        raise failure


def _read(read: Callable[[Any], Read], document: Any, request: Request, *, is_write: bool = False) -> Read:
    """``read(document)``, where anything that is not of the promised shape is an unclear answer."""
    try:
        return read(document)
    except (KeyError, TypeError, ValueError, AttributeError, LookupError) as error:
        raise unreadable(request, f"{type(error).__name__}: {error}", is_write=is_write) from None
