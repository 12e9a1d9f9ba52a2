"""An agreement at e-conomic's stand-in, as :class:`~sandbox.books.Books`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sandbox.books import Calls, CustomerThere, Document, DocumentLine
from sandbox.economic.control import Control

__all__ = ["EconomicBooks"]

_DRAFTS = "/invoices/drafts"
_LOCATOR = re.compile(r"#(\S+)")
_FIELDS = {
    "name": "name",
    "address": "address",
    "zip": "zip",
    "city": "city",
    "country": "country",
    "telephoneAndFaxNumber": "phone",
    "email": "email",
    "corporateIdentificationNumber": "cvr_number",
    "ean": "gln",
    "currency": "currency",
}
_THEIRS = {ours: theirs for theirs, ours in _FIELDS.items()}


@dataclass(frozen=True, slots=True)
class EconomicBooks:
    """One agreement."""

    control: Control
    number: int

    calls: ClassVar[Calls] = Calls(
        create_customer=("POST", "/customers$"),
        update_customer=("PUT", "/customers/"),
        create_draft=("POST", f"{_DRAFTS}$"),
        replace_draft=("PUT", f"{_DRAFTS}/"),
        delete_draft=("DELETE", f"{_DRAFTS}/"),
        book=("POST", "/invoices/booked$"),
        read_customers=("GET", "/customers"),
        read_documents=("GET", "/invoices"),
    )

    def customers(self) -> Sequence[CustomerThere]:
        """Every customer."""
        return [
            CustomerThere(
                str(row["customerNumber"]),
                str(row["name"]),
                {ours: str(row[theirs]) for theirs, ours in _FIELDS.items() if row.get(theirs)},
            )
            for row in self.control.ledger(self.number)["customers"]
        ]

    def drafts(self) -> Sequence[Document]:
        """Every draft."""
        return [_document(row, "draftInvoiceNumber") for row in self.control.ledger(self.number)["drafts"]]

    def booked(self) -> Sequence[Document]:
        """Every booked invoice."""
        return [_document(row, "bookedInvoiceNumber") for row in self.control.ledger(self.number)["booked"]]

    def locators(self) -> Mapping[str, int]:
        """How often each of our marks stands there."""
        return self.control.locators(self.number)

    def owed(self) -> Mapping[int, Decimal]:
        """What the ledger says that customers were charged, by the booked invoice's number and in its currency."""
        return {
            int(entry["bookedInvoice"]["bookedInvoiceNumber"]): Decimal(entry["amount"])
            for entry in self.control.ledger(self.number)["entries"]
            if "remainder" in entry
        }

    def pdf_is_given(self, number: int) -> bool:
        """Whether there is a PDF of the booked invoice."""
        return self._act("GET", f"/invoices/booked/{number}/pdf") is not None

    # What people do there.

    def add_customer(self, number: str, name: str, **fields: str) -> None:
        """A customer of somebody else's making."""
        usual = {
            "customerNumber": int(number),
            "name": name,
            "currency": "DKK",
            "customerGroup": {"customerGroupNumber": 1},
            "paymentTerms": {"paymentTermsNumber": 1},
            "vatZone": {"vatZoneNumber": 1},
        }
        self._act("POST", "/customers", usual | _theirs(fields))

    def change_customer(self, number: str, **fields: str) -> None:
        """Write over some of a customer's fields."""
        self._act("PUT", f"/customers/{number}", {**self._act("GET", f"/customers/{number}"), **_theirs(fields)})

    def remove_customer(self, number: str) -> None:
        """Delete a customer."""
        self._act("DELETE", f"/customers/{number}")

    def block_customer(self, number: str) -> None:
        """Bar a customer."""
        self._act("PUT", f"/customers/{number}", {**self._act("GET", f"/customers/{number}"), "barred": True})

    def unblock_customer(self, number: str) -> None:
        """Lift the bar."""
        self._act("PUT", f"/customers/{number}", {**self._act("GET", f"/customers/{number}"), "barred": False})

    def book_draft(self, number: int) -> int:
        """Book a draft; its number then."""
        booked = self._act("POST", "/invoices/booked", {"draftInvoice": {"draftInvoiceNumber": number}})
        return int(booked["bookedInvoiceNumber"])

    def remove_draft(self, number: int) -> None:
        """Delete a draft."""
        self._act("DELETE", f"{_DRAFTS}/{number}")

    def add_line_to_draft(self, number: int, text: str, net: Decimal) -> None:
        """One more line at the end of a draft."""
        draft = self._act("GET", f"{_DRAFTS}/{number}")
        product = {"productNumber": "1000"}
        draft["lines"].append({"description": text, "product": product, "quantity": 1, "unitNetPrice": net})
        self._act("PUT", f"{_DRAFTS}/{number}", draft)

    def close_year(self, year: int) -> None:
        """Close an accounting year."""
        self.control.set_year(self.number, str(year), closed=True)

    def bar_product(self, number: str) -> None:
        """Nothing is sold of it any more."""
        self._act("PUT", f"/products/{number}", self._act("GET", f"/products/{number}") | {"barred": True})

    def remove_product(self, number: str) -> None:
        """Delete a product."""
        self._act("DELETE", f"/products/{number}")

    # What befalls a firm.

    def match(self, **more: object) -> dict[str, Any]:
        """A fault rule's match on this agreement."""
        return {"agreement": self.number, **more}

    def revoke(self) -> None:
        """The grant is gone."""
        self.control.revoke(self.number)

    def restore(self) -> None:
        """The grant is good again."""
        self.control.restore(self.number)

    def take_rights(self) -> None:
        """Reading goes on; invoices and customers may not be written any more."""
        self.control.set_roles(self.number, "Bookkeeping")

    def give_rights(self) -> None:
        """Everything may be done again."""
        self.control.set_roles(self.number, "SuperUser")

    def refusals(self) -> int:
        """Calls that were refused for want of a right."""
        return int(self.control.counters(self.number)["statuses"].get("403", 0))

    def _act(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        status, answer = self.control.act(self.number, method, path, body)
        if status >= 400:
            message = f"{method} {path} was answered {status}: {answer}"
            raise RuntimeError(message)
        return answer


def _theirs(fields: Mapping[str, str]) -> dict[str, str]:
    return {_THEIRS[name]: value for name, value in fields.items()}


def _document(row: Mapping[str, Any], number: str) -> Document:
    reference = str((row.get("references") or {}).get("other") or "")
    found = _LOCATOR.findall(reference)
    notes = row.get("notes") or {}
    due = row.get("dueDate")
    return Document(
        number=int(row[number]),
        locator=found[-1] if found else "",
        customer=str(row["customer"]["customerNumber"]),
        currency=str(row["currency"]),
        date=date.fromisoformat(row["date"]),
        due_date=date.fromisoformat(due) if due else None,
        net=Decimal(row["netAmount"]),
        vat=Decimal(row["vatAmount"]),
        gross=Decimal(row["grossAmount"]),
        text="\n".join(str(notes[name]) for name in ("heading", "textLine1", "textLine2") if notes.get(name)),
        reference=reference.partition(" #")[0] if " #" in reference else "",
        lines=tuple(map(_line, row.get("lines") or ())),
        draft_number=int(row["orderNumber"]) if row.get("orderNumber") else None,
    )


def _line(line: Mapping[str, Any]) -> DocumentLine:
    product = (line.get("product") or {}).get("productNumber")
    return DocumentLine(
        product=str(product) if product is not None else None,
        text=str(line.get("description") or ""),
        quantity=Decimal(line.get("quantity") or 0),
        price=Decimal(line.get("unitNetPrice") or 0),
        net=Decimal(line.get("totalNetAmount") or 0),
    )
