"""A company at Uniconta's stand-in, as :class:`~sandbox.books.Books`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from sandbox.books import Calls, CustomerThere, Document, DocumentLine
from sandbox.uniconta.control import Control

__all__ = ["UnicontaBooks"]

_POST = "/Invoice/GenerateDebtorInvoice"
_FIELDS = {
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
_THEIRS = {ours: theirs for theirs, ours in _FIELDS.items()} | {"address": "Address1"}
_NO_DATE = "0001-01-01"


@dataclass(frozen=True, slots=True)
class UnicontaBooks:
    """One company. ``user``: who calls for Ledgerbridge."""

    control: Control
    number: int
    user: str

    calls: ClassVar[Calls] = Calls(
        create_customer=("POST", "/Crud/Insert/DebtorClient$"),
        update_customer=("PUT", "/api/Entities/Update/DebtorClient$"),
        create_draft=("POST", "/Crud/Insert(List)?/DebtorOrderClient$"),
        replace_draft=("PUT", "/api/Entities/Update/DebtorOrderClient$"),
        delete_draft=("DELETE", "/Crud/DeleteList/DebtorOrderClient$"),
        book=("POST", f"{_POST}$"),
        read_customers=("POST", "/Query/Get/DebtorClient$"),
        read_documents=("POST", "/Query/Get/Debtor(Order|Invoice)"),
    )

    def customers(self) -> Sequence[CustomerThere]:
        """Every debtor."""
        return [
            CustomerThere(
                str(row["Account"]),
                str(row["Name"]),
                {ours: str(row[theirs]) for theirs, ours in _FIELDS.items() if row.get(theirs)}
                | ({"address": address} if (address := _address(row)) else {}),
            )
            for row in self.control.ledger(self.number)["debtors"]
        ]

    def drafts(self) -> Sequence[Document]:
        """Every order."""
        ledger = self.control.ledger(self.number)
        lines = _by_number(ledger["orderLines"], "OrderNumber")
        return [_order(row, lines[str(row["OrderNumber"])]) for row in ledger["orders"]]

    def booked(self) -> Sequence[Document]:
        """Every invoice."""
        ledger = self.control.ledger(self.number)
        lines = _by_number(ledger["invoiceLines"], "InvoiceNumber")
        return [_invoice(row, lines[str(row["InvoiceNumber"])]) for row in ledger["invoices"]]

    def locators(self) -> Mapping[str, int]:
        """How often each of our marks stands there."""
        return self.control.locators(self.number)

    def owed(self) -> Mapping[int, Decimal]:
        """What the ledger says that customers were charged, by the invoice's number and in its currency."""
        return {
            int(row["Invoice"]): _money(row.get("AmountCur") or row["Amount"])
            for row in self.control.ledger(self.number)["debtorTransactions"]
        }

    def pdf_is_given(self, number: int) -> bool:
        """Whether there is a PDF of the invoice."""
        invoice = next(row for row in self.booked() if row.number == number)
        asked = f"Account={invoice.customer}&Date={invoice.date.isoformat()}&InvoiceNumber={number}"
        return bool(self._act("GET", f"/Invoice/GetInvoicePDF?{asked}"))

    # What people do there.

    def add_customer(self, number: str, name: str, **fields: str) -> None:
        """A debtor of somebody else's making."""
        usual = {"Account": number, "Name": name, "Group": "1", "VatZone": "Domestic", "Currency": "DKK"}
        self._act("POST", "/Crud/Insert/DebtorClient", usual | _theirs(fields))

    def change_customer(self, number: str, **fields: str) -> None:
        """Write over some of a debtor's fields."""
        self._act(
            "PUT", "/api/Entities/Update/DebtorClient", self._row("DebtorClient", "Account", number) | _theirs(fields)
        )

    def remove_customer(self, number: str) -> None:
        """Delete a debtor."""
        self._act("DELETE", "/Crud/DeleteList/DebtorClient", [self._row("DebtorClient", "Account", number)])

    def block_customer(self, number: str) -> None:
        """Stop a debtor."""
        row = self._row("DebtorClient", "Account", number)
        self._act("PUT", "/api/Entities/Update/DebtorClient", row | {"Blocked": True})

    def unblock_customer(self, number: str) -> None:
        """Let a debtor buy again."""
        row = self._row("DebtorClient", "Account", number)
        self._act("PUT", "/api/Entities/Update/DebtorClient", row | {"Blocked": False})

    def book_draft(self, number: int) -> int:
        """Post an order; the invoice's number."""
        dated = next(row.date for row in self.drafts() if row.number == number)
        said = self._act("POST", _POST, {"OrderNumber": number, "Date": dated.isoformat(), "Simulate": False})
        if said.get("Err"):
            message = f"order {number} was not posted: {said}"
            raise RuntimeError(message)
        return int(said["InvoiceNumber"])

    def remove_draft(self, number: int) -> None:
        """Delete an order with its lines."""
        lines = self._rows("DebtorOrderLineClient", "OrderNumber", str(number))
        if lines:
            self._act("DELETE", "/Crud/DeleteList/DebtorOrderLineClient", lines)
        order = self._row("DebtorOrderClient", "OrderNumber", str(number))
        self._act("DELETE", "/Crud/DeleteList/DebtorOrderClient", [order])

    def add_line_to_draft(self, number: int, text: str, net: Decimal) -> None:
        """One more line at the end of an order."""
        line = {"OrderNumber": str(number), "Item": "1000", "Text": text, "Qty": 1, "Price": net, "LineNumber": 999}
        self._act("POST", "/Crud/Insert/DebtorOrderLineClient", line)

    def close_year(self, year: int) -> None:
        """Close an accounting year."""
        self.control.set_year(self.number, str(year), state="Closed")

    def bar_product(self, number: str) -> None:
        """Nothing is sold of it any more."""
        self._act(
            "PUT", "/api/Entities/Update/InvItemClient", self._row("InvItemClient", "Item", number) | {"Blocked": True}
        )

    def remove_product(self, number: str) -> None:
        """Delete an item."""
        self._act("DELETE", "/Crud/DeleteList/InvItemClient", [self._row("InvItemClient", "Item", number)])

    # What befalls a firm.

    def match(self, **more: object) -> dict[str, Any]:
        """A fault rule's match on this company."""
        return {"company": self.number, **more}

    def revoke(self) -> None:
        """The user is locked out."""
        self.control.lock(self.user)

    def restore(self) -> None:
        """The user is let in again."""
        self.control.unlock(self.user)

    def take_rights(self) -> None:
        """Nothing may be written any more."""
        self.control.set_rights(self.user, "read")

    def give_rights(self) -> None:
        """Everything may be done again."""
        self.control.set_rights(self.user, "read", "insert", "update", "delete", "post")

    def refusals(self) -> int:
        """Writes that were refused, for whichever reason."""
        return sum(int(number) for number in self.control.counters(self.number)["refusals"].values())

    def _row(self, entity: str, name: str, value: str) -> dict[str, Any]:
        return dict(self._rows(entity, name, value)[0])

    def _rows(self, entity: str, name: str, value: str) -> list[Any]:
        found = self._act("POST", f"/Query/Get/{entity}", [{"PropertyName": name, "FilterValue": value}])
        return list(found)

    def _act(self, method: str, path: str, body: Mapping[str, Any] | list[Any] | None = None) -> Any:
        status, answer = self.control.act(self.number, method, path, body)
        if status >= 400:
            message = f"{method} {path} was answered {status}: {answer}"
            raise RuntimeError(message)
        return answer


def _theirs(fields: Mapping[str, str]) -> dict[str, str]:
    return {_THEIRS[name]: value for name, value in fields.items()}


def _address(row: Mapping[str, Any]) -> str:
    return "\n".join(str(row[name]) for name in ("Address1", "Address2", "Address3") if row.get(name))


def _by_number(lines: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for line in sorted(lines, key=lambda item: item.get("LineNumber") or 0):
        found[str(line[name])].append(line)
    return found


def _order(row: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Document:
    own = tuple(_line(line, "Qty", "Price", "Total") for line in lines)
    net = sum((line.net for line in own), Decimal("0.00"))
    return _document(row, "OrderNumber", "InvoiceDate", own, (net, None, None))


def _invoice(row: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Document:
    net, gross = _money(row.get("NetAmount")), _money(row.get("TotalAmount"))
    own = tuple(_line(line, "InvoiceQty", "SalesPrice", "InvoiceTotal") for line in lines)
    return _document(row, "InvoiceNumber", "Date", own, (net, gross - net, gross))


def _document(
    row: Mapping[str, Any],
    number: str,
    dated: str,
    lines: tuple[DocumentLine, ...],
    amounts: tuple[Decimal, Decimal | None, Decimal | None],
) -> Document:
    due = str(row.get("DueDate") or _NO_DATE)[:10]
    net, vat, gross = amounts
    return Document(
        number=int(row[number]),
        locator=str(row.get("ReferenceNumber") or ""),
        customer=str(row["Account"]),
        currency=str(row.get("Currency") or "DKK"),
        date=date.fromisoformat(str(row[dated])[:10]),
        due_date=None if due == _NO_DATE else date.fromisoformat(due),
        net=net,
        vat=vat,
        gross=gross,
        text=str(row.get("Remark") or ""),
        reference=str(row.get("YourRef") or ""),
        lines=lines,
        draft_number=int(row["OrderNumber"]) if number == "InvoiceNumber" and row.get("OrderNumber") else None,
    )


def _line(line: Mapping[str, Any], quantity: str, price: str, net: str) -> DocumentLine:
    return DocumentLine(
        product=str(line["Item"]) if line.get("Item") else None,
        text=str(line.get("Text") or ""),
        quantity=Decimal(str(line.get(quantity) or 0)),
        price=Decimal(str(line.get(price) or 0)),
        net=_money(line.get(net)),
    )


def _money(value: object) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))
